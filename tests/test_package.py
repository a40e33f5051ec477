"""The package: what is in it, that it is the same each time, and that Lambda's own runtime client runs it."""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from runtime_api import SKILL_ID, Function, client_python, locked

from bench.cold_start import QUESTION, event
from skill import names
from tools import package, runtime
from tools.runtime import ROOT

# One worker stages; the others have enough to do.
pytestmark = pytest.mark.xdist_group("package")

#: A function that may text, as far as it knows: no call leaves this machine (see runtime_api).
DEPLOYED = {"SKILL_ID": SKILL_ID, "HASH_KEY": "k" * 32, "TEXTS_TABLE": "rehearsal"}
UTTERANCE = "my neighbour's purple canary"
NUMBER = "2025550143"


@pytest.fixture(scope="session")
def python313() -> Path:
    """The runtime's Python."""
    try:
        return runtime.find_python(runtime.version())
    except runtime.NoRuntimeError as missing:
        pytest.skip(str(missing))


def _staged(factory: pytest.TempPathFactory, platform: str, python: Path) -> Path:
    """Stage once for all workers of this run."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / f"staged-{platform}"
    with locked(folder.with_suffix(".lock")):
        if not folder.exists():
            package.stage(folder, platform, python)
    return folder


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory, python313: Path) -> Path:
    """The folder staged for this machine."""
    return _staged(tmp_path_factory, "host", python313)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory, python313: Path) -> Path:
    """The folder staged for Lambda."""
    return _staged(tmp_path_factory, runtime.architecture(), python313)


@pytest.fixture(scope="session")
def client() -> Path:
    """The runtime's Python with the runtime client."""
    try:
        return client_python()
    except runtime.NoRuntimeError as missing:
        pytest.skip(str(missing))


# -- finding the runtime -------------------------------------------------------------------------------------


def test_the_runtime_is_named_once_in_the_template(tmp_path: Path) -> None:
    assert re.fullmatch(r"3\.1[0-9]", runtime.version())
    assert runtime.architecture() in package.WHEELS
    two = tmp_path / "template.yaml"
    two.write_text("Runtime: python3.13\n  Runtime: python3.12\n")
    with pytest.raises(runtime.NoRuntimeError, match=r"one value.*3\.12.*3\.13"):
        runtime.version(two)


def _script(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_a_shim_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("HOME", str(tmp_path))
    _script(tmp_path / "shims" / "python3.99", "echo 'pyenv: python3.99: command not found' >&2; exit 127")
    _script(tmp_path / "pyenv/versions/3.99.2/bin/python3.99", "echo cpython 3.98")  # says it is another
    _script(tmp_path / "pyenv/versions/3.99.10/bin/python3.99", "exit 1")
    _script(tmp_path / "pyenv/versions/3.99.1/bin/python3.99", "echo cpython 3.99")
    assert runtime.find_python("3.99") == tmp_path / "pyenv/versions/3.99.1/bin/python3.99"


def test_a_missing_runtime_is_said_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(runtime.version, "__defaults__", (_template(tmp_path, "3.99"),))
    assert package.main(["--into", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "Python 3.99 is needed" in said
    assert "pyenv install 3.99" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def _template(folder: Path, version: str) -> Path:
    file = folder / "template.yaml"
    file.write_text((ROOT / "template.yaml").read_text().replace(f"python{runtime.version()}", f"python{version}"))
    return file


# -- staging -------------------------------------------------------------------------------------------------


def test_a_folder_that_was_not_staged_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "lambda_function.py").write_text("precious")
    with pytest.raises(package.PackageError, match="not staged by this tool"):
        package.stage(tmp_path, "host", Path(sys.executable))
    assert (tmp_path / "lambda_function.py").read_text() == "precious"


@pytest.mark.python313
def test_a_dependency_of_another_hash_is_refused_and_the_old_folder_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python313: Path
) -> None:
    (tmp_path / "out" / "botocore").mkdir(parents=True)
    lock = package.LOCK.read_text()
    forged = re.sub(r"(?<=sha256:)[0-9a-f]{64}", "0" * 64, lock.split("\nask-sdk-model")[0])
    (tmp_path / "requirements.txt").write_text(forged)
    monkeypatch.setattr(package, "LOCK", tmp_path / "requirements.txt")
    with pytest.raises(package.PackageError, match=r"(?i)hash"):
        package.stage(tmp_path / "out", "host", python313)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["botocore"]


def _locked() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", package.LOCK.read_text(), re.MULTILINE))


@pytest.mark.python313
@pytest.mark.parametrize("which", ["host", "shipped"])
def test_nothing_ships_but_ours_and_the_locked_dependencies(which: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(which)
    installed = {}
    for info in folder.glob("*.dist-info"):
        name, version = info.name.removesuffix(".dist-info").rsplit("-", 1)
        installed[name.replace("_", "-")] = version
    assert installed == _locked()
    at_top = {p.name for p in folder.iterdir() if not p.name.endswith(".dist-info")}
    ours = {"skill", "content", "__pycache__"} | {p.name for p in (ROOT / "lambda").glob("*.py")}
    theirs = {"ask_sdk_core", "ask_sdk_model", "ask_sdk_runtime", "boto3", "botocore", "certifi", "charset_normalizer"}
    theirs |= {
        "dateutil",
        "idna",
        "jmespath",
        "numpy",
        "numpy.libs",
        "phonenumbers",
        "requests",
        "s3transfer",
        "six.py",
    }
    theirs |= {"urllib3"}
    assert at_top == ours | theirs
    assert not [p for p in folder.rglob("*") if p.name in {"tests", "simulator", "flask", ".git", ".env"}]
    # where licences may be .md
    packed = [p for p in folder.rglob("*") if ".dist-info" not in str(p) and p.name != "LICENSE.md"]
    assert not [p for p in packed if p.suffix in {".md", ".pyi"} or p.name.startswith("requirements.")]


@pytest.mark.python313
def test_all_of_ours_ships(shipped: Path) -> None:
    for source, target in package.OURS:
        for file in source.rglob("*"):
            if file.suffix in {".py", ".toml", ".json", ".jsonl", ".bin"} and "__pycache__" not in file.parts:
                copy_ = shipped / target / file.relative_to(source)
                assert copy_.read_bytes() == file.read_bytes(), file


@pytest.mark.python313
def test_every_source_is_compiled_once_and_for_all_by_the_runtimes_python(shipped: Path) -> None:
    tag = f"cpython-{runtime.version().replace('.', '')}"
    sources = list(shipped.rglob("*.py"))
    assert len(sources) > 1000
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        head = compiled.read_bytes()[:8]
        assert int.from_bytes(head[4:], "little") == 0b01, f"{compiled} would be compared with a date"
    assert len(list(shipped.rglob("*.pyc"))) == len(sources)


@pytest.mark.python313
def test_no_path_of_this_machine_ships(host: Path, python313: Path) -> None:
    marks = [str(p).encode() for p in (ROOT, host.parent, python313.resolve().parent.parent)]
    for file in host.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not [mark for mark in marks if mark in data], file


def _differing(one: Path, other: Path) -> set[str]:
    """Name the files that two folders do not hold alike."""

    def held(folder: Path) -> dict[str, tuple[int, bytes]]:
        files = [p for p in folder.rglob("*") if p.is_file()]
        return {p.relative_to(folder).as_posix(): (p.stat().st_mode, p.read_bytes()) for p in files}

    ours, theirs = held(one), held(other)
    return {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)}


@pytest.mark.python313
def test_the_same_sources_give_the_same_bytes(host: Path, tmp_path: Path, python313: Path) -> None:
    again = tmp_path / "elsewhere" / "again"
    before = os.umask(0o077)
    try:
        staged = package.stage(again, "host", python313)
    finally:
        os.umask(before)
    assert _differing(host, again) == set()
    assert staged.digest == package.digest(host)
    assert package.archive(host, tmp_path / "1.zip") == package.archive(again, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


@pytest.mark.python313
def test_the_two_platforms_differ_in_machine_code_only(host: Path, shipped: Path) -> None:
    differing = _differing(host, shipped)
    # numpy notes how it was built, in a module that nothing here imports but numpy itself.
    noted = {name for name in differing if name.startswith("numpy/") and "__config__" in name}
    assert all(name.endswith((".so", "/WHEEL")) for name in differing - noted), differing
    machine = {"arm64": 0xB7, "x86_64": 0x3E}[runtime.architecture()]
    native = list(shipped.rglob("*.so"))
    assert native
    assert {int.from_bytes(file.read_bytes()[18:20], "little") for file in native} == {machine}


def _services_called() -> set[str]:
    """Find the names of services in calls like client("sqs") and Client("dynamodb", ...)."""
    found = set()
    for file in (ROOT / "lambda").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if called.lower() in {"client", "resource"}:
                    found.add(str(call.args[0].value))
    return found


@pytest.mark.python313
def test_botocore_keeps_the_services_we_call(host: Path, python313: Path) -> None:
    called = _services_called()
    assert called, "nothing in lambda/ calls AWS any more: then botocore need not ship"
    assert called <= package.SERVICES
    kept = {p.name for p in (host / "botocore" / "data").iterdir() if p.is_dir()}
    assert kept == package.SERVICES
    script = "import boto3, sys; [boto3.client(s, region_name='us-east-1') for s in sys.argv[1:]]; print('made')"
    environment = {"PYTHONPATH": str(host), "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    told = subprocess.run(
        [python313, "-S", "-c", script, *sorted(package.SERVICES)],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert told.stdout == "made\n", told.stderr


# -- running it ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def function(client: Path, host: Path) -> Iterator[Function]:
    """The staged folder under the real runtime client."""
    with Function(client, "lambda_function.lambda_handler", host, env=DEPLOYED) as running:
        yield running


def _speech(outcome: Any) -> str:
    """Give the plain words of an answer that speaks."""
    assert outcome.kind == "response", outcome.body[:500]
    assert outcome.seconds < 8
    ssml = outcome.json["response"]["outputSpeech"]["ssml"]
    return "".join(ElementTree.fromstring(ssml).itertext())  # noqa: S314 - our own words


def _quiet(function: Function) -> str:
    """Give the log, after looking through it for what must never stand there."""
    log = function.log()
    for never in ("Traceback", 'File "', UTTERANCE, "canary", NUMBER, "2 0 2", "amzn1.ask.account", "[ERROR]"):
        assert never not in log
    return log


@pytest.mark.python313
def test_the_staged_folder_opens_and_answers(function: Function) -> None:
    opened = function.invoke(event("LaunchRequest"))
    assert "second opinion guide" in _speech(opened).lower()
    assert opened.json["response"]["shouldEndSession"] is False
    answered = function.invoke(QUESTION)
    assert len(_speech(answered).split()) > 10
    assert answered.json["sessionAttributes"]["topic"] == "when_needed"
    assert "intent=ShouldIGetSecondOpinionIntent keys=when_needed" in _quiet(function)


@pytest.mark.python313
def test_another_skills_request_is_refused_without_a_word(function: Function) -> None:
    foreign = copy.deepcopy(QUESTION)
    other = {"applicationId": "amzn1.ask.skill.ffffffff-ffff-4fff-8fff-ffffffffffff"}
    foreign["session"]["application"] = foreign["context"]["System"]["application"] = other
    refused = function.invoke(foreign)
    assert refused.kind == "response"
    assert refused.json == {"version": "1.0", "response": {"shouldEndSession": True}}
    _quiet(function)


@pytest.mark.python313
@pytest.mark.parametrize(
    "junk", [None, 3, "x" * 1000, [], [QUESTION], {}, {"request": None}, {"request": {"type": []}}]
)
def test_what_is_no_request_is_refused_calmly(function: Function, junk: Any) -> None:
    refused = function.invoke(junk)
    assert refused.kind == "response"
    assert refused.json["response"]["shouldEndSession"] is True
    _quiet(function)


@pytest.mark.python313
def test_an_unknown_request_type_gets_a_spoken_answer(function: Function) -> None:
    answered = function.invoke(event("Alexa.Something.New"))
    assert _speech(answered)
    assert answered.json["response"]["shouldEndSession"] is True
    _quiet(function)


@pytest.mark.python313
@pytest.mark.parametrize(
    ("intent", "slot"), [(names.PHONE_NUMBER, names.PHONE_SLOT), ("OpenQuestionIntent", names.QUESTION_SLOT)]
)
@pytest.mark.parametrize("filling", [f"{UTTERANCE} ", f"{NUMBER} "])
def test_a_megabyte_in_a_slot_gets_a_spoken_answer(function: Function, intent: str, slot: str, filling: str) -> None:
    huge = (filling * (1_000_000 // len(filling) + 1))[:1_000_000]
    answered = function.invoke(event("IntentRequest", intent, {slot: {"name": slot, "value": huge}}))
    assert _speech(answered)
    assert len(answered.body) < 24_000
    _quiet(function)


@pytest.mark.python313
def test_a_phone_number_and_what_was_said_stay_out_of_the_log(function: Function) -> None:
    said = {"name": names.PHONE_SLOT, "value": NUMBER}
    heard = function.invoke(event("IntentRequest", names.PHONE_NUMBER, {names.PHONE_SLOT: said}))
    assert "2 0 2" in _speech(heard), "the number should be read back, else this test proves nothing"
    assert f"intent={names.PHONE_NUMBER}" in _quiet(function)


@pytest.mark.python313
def test_it_goes_on_after_bytes_that_are_not_json(client: Path, host: Path) -> None:
    with Function(client, "lambda_function.lambda_handler", host, env=DEPLOYED) as function:
        assert function.invoke(b"\xff{not json").kind == "error"  # the runtime client's own refusal
        assert _speech(function.invoke(QUESTION))


@pytest.mark.python313
def test_without_a_skill_id_it_does_not_start(client: Path, host: Path) -> None:
    with Function(client, "lambda_function.lambda_handler", host) as function:
        outcome = function.invoke(QUESTION)
        assert outcome.kind == "init"
        assert "SKILL_ID is not set" in outcome.json["errorMessage"]


# -- SAM -----------------------------------------------------------------------------------------------------


@pytest.mark.sam
@pytest.mark.python313
def test_sam_builds_the_folder_that_we_stage(shipped: Path, tmp_path: Path) -> None:
    sam = ROOT / ".venv-sam" / "bin" / "sam"
    if not sam.exists() or not shutil.which("make"):
        pytest.skip("needs the SAM command line in .venv-sam (`make sam-setup`) and make")
    # SAM asks the web for a newer version once a week; this says that it has just asked.
    (tmp_path / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time(), "installationId": "0"}))
    told = subprocess.run(
        [sam, "build", "SkillFunction", "--build-dir", tmp_path / "built", "--template", ROOT / "template.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**runtime.clean_environment(), "SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(tmp_path)},
    )
    assert told.returncode == 0, told.stderr
    assert package.digest(tmp_path / "built" / "SkillFunction") == package.digest(shipped)


def test_the_consumer_is_built_as_the_skill_is() -> None:
    """So that building the one, above, shows both."""
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    built = re.findall(r"^  (\w+):\n    Type: AWS::Serverless::Function$", template, re.MULTILINE)
    assert set(built) == {"SkillFunction", "TextsConsumer"}
    for how in ("BuildMethod: makefile", "ContextPath: .", "WorkingDirectory: ."):
        assert template.count(f"\n      {how}\n") == len(built)
    recipes = {
        subprocess.run(
            ["make", "--no-print-directory", "--dry-run", f"build-{name}", "ARTIFACTS_DIR=there"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in built
    }
    assert len(recipes) == 1
    assert "tools.package" in recipes.pop()
