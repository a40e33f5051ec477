"""Learn the listening index of each locale from interactionModels/ and write it into lambda/skill/listening/.

`python -m tools.train` learns and writes; `--check` fails when the phrasings changed since. The index carries the
digest of what it was learned from, because learning takes a minute and a test should not.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import content
from skill.listening import NOT_OURS
from skill.listening.danger import GRAVE, MILD, OTHER, SAFETY, Evidence, Judge, closer_signs, decided
from skill.listening.encoder import spoken
from skill.listening.features import BUCKETS, buckets
from skill.listening.index import FOLDER, MAGIC
from skill.listening.safety import recognise
from tools import models

ROOT = Path(__file__).parent.parent
SEED = 7
#: Samples taken of one template: its variants differ too little to be worth more.
PER_TEMPLATE = 6
FOLDS = 4
C = 0.5
STAND_INS = {
    "{who}": ("my mom", "my dad", "my husband", "my wife", "my friend", "my sister"),
    "{phone}": ("two oh two five five five oh one four three", "five five five oh one two three", "eight nine"),
    "{choice}": ("first", "second", "third"),
    "{part}": ("end", "area code", "middle"),
}
#: Of sentences by an unseen hand that are not ours, the share that may be answered as a topic. The hands' ones were
#: written to be hard (roofs, dogs, other illnesses, cancer in general), so it is stricter than it looks.
MOST_ACCEPTED = 0.10
#: Of innocent sentences by an unseen hand, the share that may be met as grave danger, and as any ring-3 topic. A third
#: of them were written to stand as near to danger as words allow, so everyday talk is far below it.
MOST_GRAVE, MOST_ALARMS = 0.035, 0.05
#: Of sentences of danger by an unseen hand, the share that may be ruled out at first look.
MOST_RULED_OUT = 0.003
#: Of innocent sentences by an unseen hand that were written to stand near danger, the share that may still be met as
#: grave danger, and as danger of any kind, after the closer look. Hands were asked to come as near to danger as words
#: allow; what people say is far below.
MOST_NEAR_GRAVE, MOST_NEAR = 0.045, 0.036
#: Hands that wrote ordinary questions; the innocent sentences of all others are near-misses.
ORDINARY = ("topics_", "controls_", "nonsense_")
#: Of topics that are answered, the share that may become "did you mean" by an unseen hand.
MOST_OFFERED = 0.10
TUNED = ROOT / "tests" / "safety" / "tuned.csv"
#: What the encoder made of every hand's sentences when it had not seen that hand (tools/teach.py).
TAUGHT = ROOT / "tools" / "taught"


@dataclass(slots=True)
class Phrase:
    """One sentence to learn from, and the hand that wrote it; empty for our own templates."""

    text: str
    label: str
    hand: str = ""


def sources(locale: str) -> list[tuple[str, Path]]:
    """List the files to learn from with their labels."""
    folder = models.SOURCES / locale
    topics = content.load(locale).topic_by_intent
    found = [(topics.get(i, i), path) for i, path in models.files(locale) if path.parent.name != "free"]
    found += [(path.stem, path) for path in sorted((folder / "learning").glob("*.txt"))]
    return [*found, (NOT_OURS, folder / "ood.txt")]


def hands(locale: str) -> list[Path]:
    """List the files of sentences written by single hands, one `label|sentence` a line."""
    return sorted((models.SOURCES / locale / "hands").glob("*.txt"))


def by_hand(path: Path) -> list[Phrase]:
    """Read what one hand wrote. Raises `ValueError` for a line without a label."""
    out = []
    for line in models.lines_of(path):
        label, bar, text = line.partition("|")
        if not bar or not text.strip():
            raise ValueError(f"{path.name}: no label in {line!r}")
        out.append(Phrase(text.strip(), label.strip(), path.stem))
    return out


def phrases(locale: str) -> list[Phrase]:
    """Expand the files into sentences, slots filled with plausible words, the same ones every time; then the hands'."""
    from hassil import parse_sentence
    from hassil.sample import sample_sentence

    chance = random.Random(SEED)  # noqa: S311 - sampling, not secrecy
    out: list[Phrase] = []
    for label, path in sources(locale):
        for template in models.lines_of(path):
            rows = sorted({" ".join(r.split()) for r in sample_sentence(parse_sentence(template), expand_lists=False)})
            for row in chance.sample(rows, min(PER_TEMPLATE, len(rows))):
                filled = row
                for slot, words in STAND_INS.items():
                    filled = filled.replace(slot, chance.choice(words))
                out.append(Phrase(filled, label))
    for path in hands(locale):
        out += by_hand(path)
    return out


def tuned_rows() -> list[dict[str, str]]:
    """Read the part of the safety set that is for tuning: `utterance`, `expect`, `also`, `style`."""
    with TUNED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tuned() -> list[Phrase]:
    """Give its crises."""
    return [Phrase(r["utterance"], r["expect"]) for r in tuned_rows() if r["expect"] in SAFETY]


def _recogniser() -> list[Path]:
    return sorted(p for p in (FOLDER / "safety").rglob("*") if p.suffix in {".py", ".txt"})


def digest(locale: str) -> str:
    """Give the digest of everything the index depends on: phrasings, and the code that turns words into features."""
    made = hashlib.sha256()
    for label, path in sources(locale):
        made.update(f"{label}\0{path.name}\0".encode() + path.read_bytes())
    for path in (TUNED, *hands(locale)):
        made.update(path.name.encode() + path.read_bytes())
    # The judges were fitted to what the recogniser said, so its lexicon counts as well.
    for path in (FOLDER / "features.py", FOLDER / "words.py", FOLDER / "danger.py", *_recogniser()):
        made.update(path.read_bytes())
    if (path := TAUGHT / f"{locale}.npz").exists():
        made.update(path.read_bytes())
    made.update(Path(__file__).read_bytes())
    return made.hexdigest()


def _matrix(texts: Sequence[str]) -> list[Any]:
    from scipy.sparse import csr_matrix

    families = [buckets(text) for text in texts]
    out = []
    for place in range(2):
        rows = [family[place] for family in families]
        indptr = [0]
        for row in rows:
            indptr.append(indptr[-1] + len(row))
        values = [v for row in rows for v in row.values()]
        columns = [b for row in rows for b in row]
        out.append(csr_matrix((values, columns, indptr), shape=(len(texts), BUCKETS)))
    return out


class Learner:
    """A linear machine over both families of features: one against all, in scikit-learn."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn from sentences and their labels."""
        import numpy as np
        from sklearn.svm import LinearSVC

        counts = _matrix(texts)
        seen = sum(((family > 0).sum(axis=0) for family in counts), start=np.zeros((1, BUCKETS)))
        self.rarity = np.log((1 + len(texts)) / (1 + np.asarray(seen).ravel())) + 1
        self.machine = LinearSVC(C=C, random_state=SEED).fit(self._weighed(counts), labels)
        self.labels: list[str] = [str(label) for label in self.machine.classes_]

    def _weighed(self, counts: list[Any]) -> Any:
        from scipy.sparse import diags
        from sklearn.preprocessing import normalize

        return sum(normalize(family @ diags(self.rarity)) for family in counts)

    def scores(self, texts: Sequence[str]) -> Any:
        """Score sentences, one row each."""
        return self.machine.decision_function(self._weighed(_matrix(texts)))


@dataclass(slots=True)
class Unseen:
    """One sentence, as scored by machines that had seen nothing of the hand that wrote it."""

    phrase: Phrase
    evidence: Evidence
    #: The encoder's scores by label; empty where the sentence came after it was taught.
    read: dict[str, float]


def key(text: str) -> str:
    """Name a sentence as the encoder hears it, for looking up what it scored."""
    return hashlib.sha256(spoken(text).encode()).hexdigest()[:16]


def taught(locale: str) -> dict[str, dict[str, float]]:
    """Read what the encoder made of sentences by hands it had not seen, by `key`; empty where it was never taught."""
    import numpy as np

    path = TAUGHT / f"{locale}.npz"
    if not path.exists():
        return {}
    with np.load(path) as stored:
        rows = zip(stored["key"], stored["scores"].astype(float).tolist(), strict=True)
        return {name.decode(): dict(zip((*SAFETY, OTHER), scores, strict=True)) for name, scores in rows}


def unseen(found: list[Phrase], read: dict[str, dict[str, float]]) -> list[Unseen]:
    """Score every hand's sentences by machines that learned from everybody else's."""
    names = sorted({p.hand for p in found} - {""})
    out: list[Unseen] = []
    for fold in range(FOLDS):
        held_hands = set(names[fold::FOLDS])
        seen = [p for p in found if p.hand not in held_hands]
        held = [p for p in found if p.hand in held_hands]
        texts = [p.text for p in seen]
        asked = [p.text for p in held]
        first, second = Learner(texts, [p.label for p in seen]), Learner(texts, [_danger_label(p) for p in seen])
        for phrase, one, two in zip(held, first.scores(asked), second.scores(asked), strict=True):
            topics = dict(zip(first.labels, map(float, one), strict=True))
            danger = dict(zip(second.labels, map(float, two), strict=True))
            said, count = recognise(phrase.text), len(phrase.text.split())
            out.append(Unseen(phrase, Evidence(said, count, topics, danger), read.get(key(phrase.text), {})))
        print(f"  unseen hands: {', '.join(sorted(held_hands))}")
    return out


def _danger_label(phrase: Phrase) -> str:
    return phrase.label if phrase.label in SAFETY else OTHER


def judges(found: list[Unseen]) -> dict[str, list[float]]:
    """Fit how far each sign speaks for grave danger, and for any ring-3 topic: two logistic regressions.

    Each ends in a bias, moved to where no more innocent sentences are taken for danger than the limits allow.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    x = np.array([u.evidence.signs for u in found])
    grave = np.array([u.phrase.label in GRAVE for u in found])
    mild = np.array([u.phrase.label in MILD for u in found])
    innocent = ~(grave | mild)
    out = {}
    for name, wanted, left, most in (
        # Meeting distress with 988 is no defect, so the mild ones count half.
        ("grave", grave, np.where(mild, 0.5, 1.0), MOST_GRAVE),
        ("any", grave | mild, np.ones(len(found)), MOST_ALARMS),
    ):
        machine = LogisticRegression(C=1.0, max_iter=5000).fit(x, wanted, sample_weight=left)
        weights, scores = machine.coef_[0], x @ machine.coef_[0]
        at = float(np.quantile(scores[innocent], 1 - most))
        print(
            f"  {name}: {(scores[wanted] > at).mean():.3f} of it noticed by unseen hands,"
            f" {(scores[innocent] > at).mean():.3f} of the innocent, {(scores[mild] > at).mean():.3f} of the mild"
        )
        out[name] = [*(round(float(w), 4) for w in weights), round(-at, 4)]
    doubt = float(np.quantile(scores[grave | mild], MOST_RULED_OUT))
    print(f"  doubtful: {(scores > doubt).mean():.3f} of all, {(scores[innocent] > doubt).mean():.3f} of the innocent")
    out["doubt"] = [*out["any"][:-1], round(-doubt, 4)]
    return out


def judge(found: list[Unseen]) -> dict[str, Any]:
    """Fit the judge of the closer look: a logistic regression over all signs, and how likely danger has to be.

    Empty where the encoder was never taught. Prints what it makes of sentences by unseen hands.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    found = [u for u in found if u.read]
    if not found:
        return {}
    x = np.array([closer_signs(u.evidence, u.read) for u in found])
    labels = [*SAFETY, OTHER]
    wanted = np.array([labels.index(_danger_label(u.phrase)) for u in found])
    machine = LogisticRegression(C=1.0, max_iter=5000).fit(x, wanted)
    weights = np.column_stack([machine.coef_, machine.intercept_]).round(4).tolist()
    fitted = Judge(weights, 0.0, 0.0)
    likely = np.array([[*fitted.likelihoods(signs).values()] for signs in x.tolist()])
    grave, danger = likely[:, : len(GRAVE)].sum(axis=1), 1 - likely[:, -1]
    near = np.array([u.phrase.label not in SAFETY and not u.phrase.hand.startswith(ORDINARY) for u in found])
    stored = {
        "weights": weights,
        "grave": round(float(np.quantile(grave[near], 1 - MOST_NEAR_GRAVE)), 4),
        "any": round(float(np.quantile(danger[near], 1 - MOST_NEAR)), 4),
    }
    decided = [Judge.from_header(stored).named(u.evidence, u.read) for u in found]
    for label in SAFETY:
        of = [name for name, u in zip(decided, found, strict=True) if u.phrase.label == label]
        print(
            f"  closer look at {label}: {sum(map(bool, of)) / len(of):.3f} noticed,"
            f" {of.count(label) / len(of):.3f} by name, {of.count('emergency') / len(of):.3f} as an emergency"
        )
    alarms = np.array([bool(name) for name in decided])
    rest = np.array([u.phrase.label not in SAFETY for u in found]) & ~near
    print(
        f"  closer look at near-misses: {alarms[near].mean():.3f} alarms; at other questions: {alarms[rest].mean():.3f}"
    )
    return stored


def limits(found: list[Unseen], judged: dict[str, list[float]], closer: dict[str, Any]) -> dict[str, float]:
    """Set how clearly a topic must beat "not ours", and when two topics are both offered."""
    import numpy as np

    def danger(one: Unseen) -> str:
        return decided(one.evidence, judged, closer, lambda _: one.read)

    ahead, lead, right, ours = [], [], [], []
    for one in found:
        if danger(one):
            continue
        topics = one.evidence.topics
        ordinary = {label: score for label, score in topics.items() if label not in SAFETY and label != NOT_OURS}
        (best, label), (second, _) = sorted(((s, name) for name, s in ordinary.items()), reverse=True)[:2]
        ahead.append(best - topics[NOT_OURS])
        lead.append(best - second)
        right.append(label == one.phrase.label)
        ours.append(one.phrase.label != NOT_OURS)
    a, d, r, o = (np.array(x) for x in (ahead, lead, right, ours))
    print(
        f"  topics and controls: {r[o].mean():.3f} of ours right, {(a[~o] > 0).mean():.3f} of the rest taken for ours"
    )
    clear = max(0.0, float(np.quantile(a[~o], 1 - MOST_ACCEPTED)))
    close = float(np.quantile(d[o & (a > clear)], MOST_OFFERED))
    return {"ours": round(clear, 2), "lead": round(close, 3)}


def indexes(locale: str) -> dict[str, bytes]:
    """Learn both indexes of a locale; the same phrasings give the same bytes.

    One says which words speak for which topic, control or nothing of ours; the other, only for which danger.
    """
    found = [*phrases(locale), *tuned()]
    print(f"{locale}: learning from {len(found)} sentences, {len({p.label for p in found})} labels")
    scored = unseen(found, taught(locale))
    judged = judges(scored)
    closer = judge(scored)
    at = limits(scored, judged, closer)
    texts = [p.text for p in found]
    return {
        locale: _written(Learner(texts, [p.label for p in found]), {"limits": at}, locale),
        f"danger-{locale}": _written(
            Learner(texts, [_danger_label(p) for p in found]), {"judges": judged, "closer": closer}, locale
        ),
    }


def _written(learner: Learner, more: dict[str, Any], locale: str) -> bytes:
    import numpy as np

    weights = learner.machine.coef_.T
    scale = np.abs(weights).max(axis=1) / 127
    rows = np.rint(weights / np.maximum(scale, 1e-12)[:, None]).astype(np.int8)
    header: dict[str, Any] = {
        "generated": "by tools/train.py from interactionModels/",
        "digest": digest(locale),
        "labels": learner.labels,
        "bias": [round(float(x), 5) for x in learner.machine.intercept_],
        **more,
        "pad": 0,
    }
    # Floats are read in place, so they begin at a multiple of four.
    while (len(MAGIC) + len(json.dumps(header)) + 1 + header["pad"]) % 4:
        header["pad"] += 1
    front: bytes = MAGIC + json.dumps(header).encode() + b"\n" + b" " * header["pad"]
    tables = array("f", learner.rarity.astype(float)).tobytes() + array("f", scale.astype(float)).tobytes()
    return bytes(front + tables + rows.tobytes())


def main(arguments: list[str] | None = None) -> int:
    """Learn, or check that nothing changed since; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the phrasings changed since")
    options = parser.parse_args(arguments)
    for locale in content.locales():
        if not options.check:
            for name, data in indexes(locale).items():
                (FOLDER / f"index-{name}.bin").write_bytes(data)
                print(f"index-{name}.bin: {len(data)} bytes")
            continue
        for path in (FOLDER / f"index-{name}.bin" for name in (locale, f"danger-{locale}")):
            first = path.read_bytes()[:100_000].split(b"\n", 2) if path.exists() else []
            if len(first) < 2 or json.loads(first[1]).get("digest") != digest(locale):
                print(f"{path.relative_to(ROOT)} is stale: run `make models`", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
