"""The rooms of the house: who may import whom (docs/architecture.md), and what may not stand in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STDLIB_ONLY = ["content", "lambda/skill/rules", "lambda/skill/listening"]
#: `rules/phone.py` leans on the library that knows which numbers exist; it says so, and loads it late.
#: `listening/encoder.py` multiplies matrices; `listening/closer.py` alone imports it, late, and does without.
EXCUSED = {("lambda/skill/rules/phone.py", "phonenumbers"), ("lambda/skill/listening/encoder.py", "numpy")}


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", STDLIB_ONLY)
def test_rules_listening_and_content_need_the_standard_library_only(folder: str) -> None:
    import sys

    for path in modules(folder):
        name = str(path.relative_to(ROOT))
        for module in imports(path):
            root = module.split(".")[0]
            if (name, root) in EXCUSED:
                continue
            inside = module.startswith((folder.removeprefix("lambda/").replace("/", "."), "content"))
            assert root in sys.stdlib_module_names or inside, f"{name} imports {module}"


def test_boto3_and_phonenumbers_are_imported_only_when_needed() -> None:
    for path in modules("lambda"):
        late = {"boto3", "botocore", "phonenumbers", "urllib3"}
        assert not {m.split(".")[0] for m in imports(path, top_level_only=True)} & late, path


def test_numpy_is_reached_through_the_closer_look_only() -> None:
    for path in modules("lambda"):
        if path.name != "encoder.py":
            assert "numpy" not in {m.split(".")[0] for m in imports(path)}, path
            early = {m for m in imports(path, top_level_only=True) if m.endswith("listening.encoder")}
            assert not early, f"{path} loads numpy with it"


def test_nothing_in_lambda_knows_the_rehearsal() -> None:
    for path in [*modules("lambda"), *modules("content")]:
        assert not {m.split(".")[0] for m in imports(path)} & {"simulator", "tools", "tests", "flask"}, path


def test_handlers_reach_the_world_through_protocols_only() -> None:
    for path in modules("lambda/skill/handlers"):
        assert not {m.split(".")[0] for m in imports(path)} & {"boto3", "botocore", "urllib3", "os"}, path


def tracked() -> list[Path]:
    out = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if out.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in out.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_path_of_a_machine_no_registry_and_no_stray_phone_number_is_committed() -> None:
    machine = re.compile(r"/(?:root|home/\w+|work)/|registry\.npmjs|pypi\.org|files\.pythonhosted|deb\.debian")
    phone = re.compile(r"(?<![\d.])\+?1?[-. (]?\b([2-9]\d{2})[-. )]{0,2}([2-9]\d{2})[-. ]?(\d{4})\b(?![\d.])")
    # The second one is the misreading that the screens' picture test must notice.
    allowed = {
        "8008134673",
        "8008184673",
        "8002272345",
        "8004226237",
        "8006334227",
        "8005325274",
        "8887939355",
        "8774862048",
    }
    for path in tracked():
        if path.suffix in {".png", ".ico", ".bin", ".txt"} and "interactionModels" not in path.parts:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        if path.name != Path(__file__).name:
            assert not machine.search(text), f"{name}: {machine.search(text)}"
        if path.suffix in {".json", ".lock", ".svg"}:
            continue
        for match in phone.finditer(text):
            digits = "".join(match.groups())
            fictional = digits[3:8] == "55501"
            simulator = digits in {"4254147755", "4254147167"}
            assert digits in allowed or fictional or simulator, f"{name}: {match.group()!r}"
