"""Load on the texting, over AWS's own interfaces stood in for on loopback: none lost, none double.

Run as `python -m bench.texting`. Everything is real but the far side: boto3's clients, HTTP, DynamoDB's conditional
writes, SQS. Four Lambdas (each with clients of its own) share this machine with the servers, so timeouts are stretched
and no reply is timed here; tests/texting/test_faults.py times replies. What is held is the count.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulator.device import Device
from simulator.loopback_aws import Loopback
from skill import names
from skill.app import Skill

RUNS = 10
DUPLICATES = 200
PEOPLE = 200
LAMBDAS = 4
THREADS = 200
PATIENCE = 120.0
AREAS = ("202", "212", "310", "415")


def lambdas(loop: Loopback) -> list[Skill]:
    """Start some Lambdas; nothing but the store tells them of each other."""
    # Equal settings would share clients, so each has a log level spelt its own way.
    return [loop.skill(loop.settings(patience=PATIENCE, log_level=f"INFO{' ' * n}")) for n in range(LAMBDAS)]


def question(skill: Skill, loop: Loopback, person: int) -> tuple[str, dict[str, Any]]:
    """Bring somebody to "Shall I send it there?"; gives their number and the envelope of their yes."""
    number = f"{AREAS[person // 100]}5550{100 + person % 100}"
    device = Device(skill, api_endpoint=loop.profile.url, user_id=f"amzn1.ask.account.load-{person}")
    heard = device.intend(names.PHONE_NUMBER, {names.PHONE_SLOT: number})
    if heard.attributes.get("pending") != "spoken":
        raise RuntimeError(f"the question was not reached: {heard.keys}")
    return f"+1{number}", device.envelope({"type": names.INTENT, "intent": {"name": names.YES, "slots": {}}})


def at_once(skills: list[Skill], requests: list[dict[str, Any]]) -> Counter[str]:
    """Send all requests at once, in turn to each Lambda; gives how often each thing was said."""
    with ThreadPoolExecutor(THREADS) as pool:
        replies = pool.map(lambda n: skills[n % len(skills)](copy.deepcopy(requests[n])), range(len(requests)))
        return Counter(reply["sessionAttributes"]["said"][0] for reply in replies)


def duplicates(loop: Loopback) -> dict[str, Any]:
    """Let one accepted request arrive many times at once, run after run; exactly one text may leave each time."""
    sent, said = [], Counter[str]()
    for _ in range(RUNS):
        loop.reset()
        skills = lambdas(loop)
        _, request = question(skills[0], loop, 0)
        said += at_once(skills, [request] * DUPLICATES)
        sent.append(len(loop.texting.sent))
    return {"texts in each run": sent, "said": dict(said), "ok": sent == [1] * RUNS}


def crowd(loop: Loopback, fault_every: int = 0) -> dict[str, Any]:
    """Let many people say yes at once; each must get one text, the ones the line was too busy for from the queue."""
    loop.reset()
    skills = lambdas(loop)
    asked = dict(question(skills[n % LAMBDAS], loop, n) for n in range(PEOPLE))
    if fault_every:
        loop.texting.faults = ["ThrottlingException" if n % fault_every == 0 else "" for n in range(PEOPLE)]
    said = at_once(skills, list(asked.values()))
    # SQS may hand out a message more than once: here two consumers are handed the same ones on purpose.
    consumers = [loop.delivery(loop.settings(patience=PATIENCE)) for _ in range(2)]
    while records := loop.aws.messages():
        for consumer in consumers:
            loop.take_up(records, consumer)
    got = Counter(to for to, _ in loop.texting.sent)
    return {
        "said": dict(said),
        "texts": sum(got.values()),
        "lost": sorted(set(asked) - set(got)),
        "double": sorted(to for to, count in got.items() if count > 1),
        "ok": got == Counter(dict.fromkeys(asked, 1)),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the loads and print what came of them as JSON; gives 1 when a text was lost or sent twice."""
    loop = Loopback()
    results: dict[str, Any] = {}
    loads: dict[str, Callable[[], dict[str, Any]]] = {
        f"{DUPLICATES} duplicates of one request, {RUNS} runs": lambda: duplicates(loop),
        f"{PEOPLE} people at once": lambda: crowd(loop),
        f"{PEOPLE} people at once, the line busy for every third": lambda: crowd(loop, 3),
    }
    try:
        for name, load in loads.items():
            began = time.monotonic()
            results[name] = {**load(), "seconds": round(time.monotonic() - began, 1)}
    finally:
        loop.close()
    print(json.dumps(results, indent=1))
    return 0 if all(result["ok"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
