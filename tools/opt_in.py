"""The picture a sender's registration asks for: how somebody agrees to a text, drawn from the skill's own words.

`python -m tools.opt_in` writes build/opt-in.html and, where a Chromium is installed, build/opt-in.png.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from html import escape
from pathlib import Path

from simulator.rehearsal import Rehearsal
from skill.handlers.texting import script_version

ROOT = Path(__file__).parent.parent
PAGE, PICTURE = ROOT / "build" / "opt-in.html", ROOT / "build" / "opt-in.png"
#: What carriers take: a PNG of at most 400 KB.
MOST_BYTES = 400_000
SIZE = "900,960"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SAID = ("text me the number", "yes")

SHAPE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Second Opinion Guide: how somebody agrees to a text</title>
<style>
body {{ font: 20px/1.45 sans-serif; color: #111; background: #fff; margin: 32px; }}
p {{ margin: 0 0 14px; padding: 12px 16px; border-radius: 12px; max-width: 640px; }}
.person {{ background: #e8eef7; margin-left: auto; }} .guide {{ background: #f3f0e6; }}
.text {{ border: 2px solid #111; border-radius: 24px; max-width: 420px; }} b {{ display: block; font-size: 16px; }}
</style>
<h1>Second Opinion Guide</h1>
<h2>How somebody agrees to the one text, spoken (script&nbsp;{version})</h2>
{turns}
<h2>The text as it arrives</h2>
<p class="text">{body}</p>
</html>
"""


def page() -> str:
    """Hold the conversation with the skill itself and write it as a page."""
    rehearsal = Rehearsal()
    rows, body = [], ""
    for said in SAID:
        reply = rehearsal.say(said)
        rows.append(f'<p class="person"><b>The person says</b>{escape(said)}</p>')
        rows.append(f'<p class="guide"><b>Second Opinion Guide says</b>{escape(reply["speech"])}</p>')
        body = next((text["body"] for text in reply["texts"]), body)
    voice = rehearsal.skill.voice(rehearsal.locale)
    return SHAPE.format(version=script_version(voice), turns="\n".join(rows), body=escape(body))


def main() -> int:
    """Write the page and draw it; gives 1 when the picture would be too large to file."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("no Chromium here: open the page in a browser and take a picture of all of it (PNG, 400 KB at most)")
        return 0
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={SIZE}"]
    subprocess.run([browser, *flags, f"--screenshot={PICTURE}", PAGE.as_uri()], check=True, capture_output=True)
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return int(PICTURE.stat().st_size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
