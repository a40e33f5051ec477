"""Talk to the skill: in a terminal, with one sentence, with a script of lines, or in a web page.

python -m simulator                      a conversation in the terminal (or a script on standard input)
python -m simulator --once "..."         one sentence, the reply as JSON
python -m simulator --script FILE        one sentence a line, one JSON object a line
python -m simulator --web                a page on 127.0.0.1 (--voice: that hears and speaks)
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

OURS = Path(__file__).parent.parent / ".venv" / "bin" / "python"
if importlib.util.find_spec("ask_sdk_core") is None and OURS.exists() and Path(sys.prefix) != OURS.parent.parent:
    # Called with a Python that lacks our dependencies, after `make setup` has put them beside us.
    os.execv(OURS, [str(OURS), "-m", "simulator", *sys.argv[1:]])  # noqa: S606 - our own interpreter

from simulator.rehearsal import Rehearsal  # noqa: E402 - only now are the dependencies there

WELCOME = (
    "Type what you would say to the speaker. Some things to try: should I get a second opinion; "
    "how do I ask my doctor; text me the number; slower; who says so; stop. An empty line is silence."
)


def main(arguments: list[str] | None = None) -> int:
    """Run one of the ways to talk; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="simulator", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--once", metavar="TEXT", help="say one sentence; print the reply as JSON")
    way.add_argument("--script", metavar="FILE", help="say each line of a file (- is standard input); print JSON lines")
    way.add_argument("--web", action="store_true", help="serve the rehearsal page on 127.0.0.1")
    way.add_argument("--endpoint", action="store_true", help="serve the skill's own endpoint on 127.0.0.1, unverified")
    parser.add_argument("--aws", action="store_true", help="in the terminal: text through AWS's interfaces on loopback")
    parser.add_argument("--voice", action="store_true", help="with --web: talk to the page (make run-voice)")
    parser.add_argument("--port", type=int, default=0, help="port for --web and --endpoint (0: any free one)")
    parser.add_argument("--locale", default="en-US")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    if options.web:
        from simulator.web import serve

        return serve(options.port, options.voice)
    if options.endpoint:
        from simulator.endpoint import main as serve_endpoint

        return serve_endpoint(options.port or 8766, verify=False)
    rehearsal = Rehearsal(locale=options.locale)
    if options.aws:
        from simulator.loopback_aws import aws_loopback

        skill, loopback = aws_loopback()
        rehearsal.through(skill, loopback.texting.sent, loopback.profile.url)
    if options.once is not None:
        print(json.dumps(rehearsal.say(options.once), ensure_ascii=False, indent=1))
        return 0
    if options.script:
        if options.script == "-":
            return script(rehearsal, sys.stdin, sys.stdout)
        try:
            lines = Path(options.script).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            print(f"cannot read the script: {error}", file=sys.stderr)
            return 2
        return script(rehearsal, lines, sys.stdout)
    return talk(rehearsal, sys.stdin, sys.stdout)


def script(rehearsal: Rehearsal, lines: Iterable[str], out: TextIO) -> int:
    """Say each line and print one JSON object for it; blank lines and `#` comments are passed over.

    One session from a fresh start: the first line is a one-shot question, and a new session begins by itself
    when the last reply closed the old one. The line `(silence)` says nothing.
    """
    for line in lines:
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        print(json.dumps(rehearsal.say(said), ensure_ascii=False), file=out, flush=True)
    return 0


def talk(rehearsal: Rehearsal, source: TextIO, out: TextIO) -> int:
    """Hold a conversation line by line. Plain text only, so that a screen reader reads it as it stands."""
    live = source.isatty()
    if live:
        print(WELCOME, file=out)
    while True:
        if live:
            print("You: ", end="", file=out, flush=True)
        line = source.readline()
        if not line:
            return 0
        said = line.strip()
        if said.startswith("#") or (not said and not live):
            continue
        reply = rehearsal.say(said or "(silence)")
        if not live:
            print(f"You: {said}", file=out)
        print(f"Guide: {reply['speech'] or '(says nothing)'}", file=out)
        for text in reply["texts"]:
            print(f"Text message to {text['to']}: {text['body']}", file=out)
        if not reply["open"]:
            print("(The conversation is over. Say something to begin a new one.)", file=out)
        print(file=out, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
