"""Compile the interaction model of each locale from interactionModels/ into what Amazon receives.

`python -m tools.models` writes the models; `--check` fails when a committed one is stale.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hassil import parse_sentence
from hassil.parser import ParseError
from hassil.sample import sample_sentence

import content
from skill import names
from skill.listening.words import unaccented

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "interactionModels"
CARRIERS = ROOT / "lambda" / "skill" / "listening" / "carriers"
COMPILED = ROOT / "skill-package" / "interactionModels" / "custom"

MAX_EXPANSIONS = 16  # of one template: a longer product is a list nobody would say
MAX_SAMPLE_CHARACTERS = 200
MAX_MODEL_BYTES = 1_500_000  # Amazon's limit as far as it is known (from memory; the older figure is 1,000,000)
MAX_INTENTS = 250
OPEN_PROMPT = "Elicit.Slot.OpenQuestion"
SAMPLE_SHAPE = re.compile(r"[a-záéíóúüñ' .{}_]+")


class ModelError(ValueError):
    """A source that cannot become a model, said in words an editor understands."""


def lines_of(path: Path) -> list[str]:
    """Read a file of templates: one a line, `#` comments and blank lines left out."""
    rows = (row.strip() for row in path.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row and not row.startswith("#")]


def expand(template: str, where: str = "") -> list[str]:
    """Expand one hassil template into samples, slots kept as `{slot}`. Raises `ModelError`."""
    try:
        found = sample_sentence(parse_sentence(template), expand_lists=False)
        samples = list(dict.fromkeys(" ".join(text.split()) for text in found))
    except (ParseError, AssertionError, KeyError) as error:
        raise ModelError(f"{where}: cannot read {template!r}: {error}") from error
    if len(samples) > MAX_EXPANSIONS:
        raise ModelError(f"{where}: {template!r} makes {len(samples)} samples, at most {MAX_EXPANSIONS} are sensible")
    for sample in samples:
        if not sample or not SAMPLE_SHAPE.fullmatch(sample):
            raise ModelError(f"{where}: {sample!r} holds something Alexa cannot hear: use small letters and words")
        if len(sample) > MAX_SAMPLE_CHARACTERS:
            raise ModelError(f"{where}: {sample!r} is longer than {MAX_SAMPLE_CHARACTERS} characters")
    return samples


def files(locale: str) -> Iterator[tuple[str, Path]]:
    """Give every source file of a locale with the intent it feeds."""
    folder = SOURCES / locale
    answers = content.load(locale).answers
    for group in ("topics", "safety"):
        for path in sorted((folder / group).glob("*.txt")):
            topic, _, part = path.stem.partition(".")
            if topic not in answers:
                raise ModelError(f"{path.name}: no answer has the id {topic!r}")
            yield answers[topic].stop_intent if part == "stop" else answers[topic].intent, path
    for group in ("controls", "free"):
        for path in sorted((folder / group).glob("*.txt")):
            yield path.stem, path


def samples(locale: str) -> dict[str, list[str]]:
    """Expand all sources of a locale: intent name to its samples, with and without accents, without repeats."""
    out: dict[str, list[str]] = {}
    for intent, path in files(locale):
        rows: list[str] = []
        for template in lines_of(path):
            for sample in expand(template, f"{path.parent.name}/{path.name}"):
                rows += [sample, unaccented(sample)]
        out[intent] = list(dict.fromkeys([*out.get(intent, []), *rows]))
    return out


def stolen(by_intent: dict[str, list[str]]) -> list[str]:
    """List the samples that stand in two intents, as sentences for the editor."""
    owners: dict[str, set[str]] = defaultdict(set)
    for intent, rows in by_intent.items():
        for row in rows:
            owners[row].add(intent)
    return [f"{row!r} stands in {' and '.join(sorted(who))}" for row, who in owners.items() if len(who) > 1]


def compile_model(locale: str) -> dict[str, Any]:
    """Compile one locale's model. Raises `ModelError` naming what an editor has to mend."""
    contract = content.read_toml(SOURCES / "contract.toml")
    types = content.read_toml(SOURCES / locale / "types.toml")
    invocation = str(types.pop("invocation_name"))
    del types["spanish"]  # no slot type: it goes with the carriers
    by_intent = samples(locale)
    if twice := stolen(by_intent):
        raise ModelError("the same sentence in two intents:\n  " + "\n  ".join(twice))
    topics = list(content.load(locale).topic_by_intent)
    free = sorted(path.stem for path in (SOURCES / locale / "free").glob("*.txt"))
    order = [*topics, *contract["controls"], *free]
    if missing := [intent for intent in order if intent not in by_intent]:
        raise ModelError(f"no phrasings for {', '.join(missing)}")
    if unknown := sorted(set(by_intent) - set(order)):
        raise ModelError(f"phrasings for intents nobody named: {', '.join(unknown)}")
    intents = [_intent(name, by_intent[name], contract["slots"]) for name in order]
    intents += [{"name": name, "samples": []} for name in contract["bare"]]
    model = {
        "interactionModel": {
            "languageModel": {
                "invocationName": invocation,
                "modelConfiguration": {"fallbackIntentSensitivity": {"level": contract["fallback_sensitivity"]}},
                "intents": intents,
                "types": [_type(name, values) for name, values in types.items()],
            },
            # Only an intent of the dialog model may have its slot asked for (Dialog.ElicitSlot).
            "dialog": {
                "delegationStrategy": "SKILL_RESPONSE",
                "intents": [_elicited(contract["open_question"])],
            },
            "prompts": [
                {
                    "id": OPEN_PROMPT,
                    "variations": [{"type": "PlainText", "value": content.load(locale).line("ask_question").say}],
                }
            ],
        }
    }
    if len(intents) > MAX_INTENTS:
        raise ModelError(f"{len(intents)} intents; Alexa takes {MAX_INTENTS}")
    if (size := len(written(model).encode())) > MAX_MODEL_BYTES:
        raise ModelError(f"the model has {size} bytes; Alexa takes {MAX_MODEL_BYTES}")
    return model


def _intent(name: str, rows: list[str], slot_types: dict[str, str]) -> dict[str, Any]:
    used = dict.fromkeys(re.findall(r"\{(\w+)\}", " ".join(rows)))
    if unknown := [slot for slot in used if slot not in slot_types]:
        raise ModelError(f"{name}: contract.toml has no slot {', '.join(unknown)}")
    intent: dict[str, Any] = {"name": name}
    if used:
        intent["slots"] = [{"name": slot, "type": slot_types[slot]} for slot in used]
    return {**intent, "samples": rows}


def _elicited(intent: str) -> dict[str, Any]:
    slot = {
        "name": names.QUESTION_SLOT,
        "type": "AMAZON.SearchQuery",
        "elicitationRequired": True,
        "confirmationRequired": False,
        "prompts": {"elicitation": OPEN_PROMPT},
    }
    return {"name": intent, "confirmationRequired": False, "prompts": {}, "slots": [slot]}


def _type(name: str, values: dict[str, list[str]]) -> dict[str, Any]:
    if alone := [key for key, said in values.items() if len(said) < 2]:
        raise ModelError(f"types.toml: {name} needs a second way to say {', '.join(alone)} (Amazon refuses a lone one)")
    return {
        "name": name,
        "values": [{"id": key, "name": {"value": said[0], "synonyms": said[1:]}} for key, said in values.items()],
    }


def written(model: dict[str, Any]) -> str:
    """Write a model the one way it is committed."""
    return json.dumps(model, ensure_ascii=False, indent=1) + "\n"


def carriers(locale: str) -> dict[str, Any]:
    """Gather what the skill needs to rebuild a free question: each carrier family's prefix, and who is meant."""
    prefixes = {}
    for path in sorted((SOURCES / locale / "free").glob("*.txt")):
        found = re.match(r"# prefix:[ \t]*(.*)", path.read_text(encoding="utf-8"))
        if not found:
            raise ModelError(f"free/{path.name}: the first line must be `# prefix:` and what the carriers stand for")
        prefixes[path.stem] = found.group(1).strip()
    types = content.read_toml(SOURCES / locale / "types.toml")
    return {
        "generated": "by tools/models.py from interactionModels/",
        "prefixes": prefixes,
        "people": {phrase: key for key, said in types["PERSON_CARED_FOR"].items() for phrase in said},
        "spanish": types["spanish"],
        "whom": content.read_toml(SOURCES / locale / "whom.toml"),
    }


def targets(locale: str) -> dict[Path, str]:
    """Give every generated file of a locale with its text."""
    return {
        COMPILED / f"{locale}.json": written(compile_model(locale)),
        CARRIERS / f"{locale}.json": written(carriers(locale)),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write or check the compiled models; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a committed model is stale")
    options = parser.parse_args(arguments)
    for locale in content.locales():
        try:
            made = targets(locale)
        except ModelError as error:
            print(f"interactionModels/{locale}: {error}", file=sys.stderr)
            return 1
        for path, text in made.items():
            if options.check:
                if not path.exists() or path.read_text(encoding="utf-8") != text:
                    print(f"{path.relative_to(ROOT)} is stale: run `make models`", file=sys.stderr)
                    return 1
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {len(text.encode())} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
