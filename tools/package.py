"""Stage the folder that Lambda runs: our code, the content, the locked dependencies, byte-compiled.

Run as `python -m tools.package`. It needs the standard library only, so that `sam build` works in a fresh clone.
The same sources give the same bytes, whenever and wherever they are staged.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import runtime
from tools.runtime import ROOT

LOCK = ROOT / "lambda" / "requirements.txt"
#: What of ours ships, and where to: the code at the top of the folder, the content as the package it is.
OURS = ((ROOT / "lambda", Path()), (ROOT / "content", Path("content")))
#: The AWS services whose descriptions stay in botocore and boto3: texting, storage, queue, and who we are.
SERVICES = frozenset({"pinpoint-sms-voice-v2", "dynamodb", "sqs", "sts"})
#: Lambda's Python runs on Amazon Linux 2023 (glibc 2.34); older wheels run there too, newest first.
WHEELS = {
    "arm64": ("manylinux_2_34_aarch64", "manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "x86_64": ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}
#: Every file is dated alike, so that an archive of the folder is the same tomorrow (zip knows nothing before 1980).
DATE = 315_619_200
#: Where Lambda unpacks the folder; compiled files name it instead of a path of the machine that built them.
TASK_ROOT = "/var/task"


class PackageError(Exception):
    """The folder could not be staged; the message says why."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What was staged, in bytes."""

    folder: Path
    platform: str
    python: str
    files: int
    size: int
    compiled: int
    digest: str
    seconds: float


def stage(into: Path, platform: str, python: Path | None = None) -> Staged:
    """Stage everything into `into`, for a platform of `WHEELS` or for "host", this machine.

    What was staged there before is replaced, and only when all went well. `python` is the runtime's Python where
    it need not be looked for. Raises `PackageError` and `runtime.NoRuntimeError`.
    """
    began = time.monotonic()
    wanted = runtime.version()
    python = python or runtime.find_python(wanted)
    _check_replaceable(into)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=into.parent) as made:
        new = Path(made)
        _install(new, platform, wanted, python)
        _strip(new)
        _copy_ours(new)
        compile_all(new, python)
        _settle(new)
        _move(new, into)
    files = list(_files(into))
    return Staged(
        folder=into,
        platform=platform,
        python=wanted,
        files=len(files),
        size=sum(f.stat().st_size for f in files),
        compiled=sum(f.stat().st_size for f in files if f.suffix == ".pyc"),
        digest=digest(into),
        seconds=time.monotonic() - began,
    )


def _check_replaceable(into: Path) -> None:
    """Refuse to replace a folder that nobody staged: a slip of the keyboard must not cost a working tree."""
    if into.exists() and any(into.iterdir()) and not (into / "botocore").is_dir():
        raise PackageError(f"{into} is not empty and was not staged by this tool; name another folder")


def _run(command: list[str], what: str, **more: str) -> None:
    told = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**runtime.clean_environment(), **more}
    )
    if told.returncode:
        raise PackageError(f"{what} failed:\n{(told.stdout + told.stderr).strip()[-4000:]}")


def _install(new: Path, platform: str, wanted: str, python: Path) -> None:
    """Install the locked dependencies, hashes checked and wheels only, so that nothing runs while installing."""
    command = [*runtime.pip_for(python), "install", "--quiet", "--quiet", "--no-compile", "--require-hashes"]
    command += ["--only-binary=:all:", "--target", str(new), "-r", str(LOCK)]
    if platform != "host":
        command += ["--implementation", "cp", "--python-version", wanted]
        for wheel in WHEELS[platform]:
            command += ["--platform", wheel]
    _run(command, "installing the locked dependencies")


def _strip(new: Path) -> None:
    """Take out what never runs on Lambda, and what pip writes differently each time."""
    shutil.rmtree(new / "bin", ignore_errors=True)  # scripts that name this machine's Python
    numpy = [folder for folder in (new / "numpy").rglob("tests") if folder.is_dir()]
    for folder in [*new.glob("*/tests"), *numpy, new / "numpy" / "f2py", new / "boto3" / "examples"]:
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in ("*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED", "**/*.pyi", "**/*.a"):
        for file in new.glob(pattern):
            file.unlink()
    for data in (new / "botocore" / "data", new / "boto3" / "data"):
        for service in data.iterdir():
            if service.is_dir() and service.name not in SERVICES:  # files: endpoints, partitions, retries
                shutil.rmtree(service)


def _wanted(name: str) -> bool:
    """Tell whether a file or folder of ours ships: not the hidden, not the compiled, not what is for people or pip."""
    return not name.startswith((".", "__pycache__", "requirements.")) and not name.endswith((".pyc", ".md", "~"))


def _copy_ours(new: Path) -> None:
    for source, target in OURS:
        for folder, folders, files in os.walk(source):
            folders[:] = sorted(f for f in folders if _wanted(f))
            there = new / target / Path(folder).relative_to(source)
            there.mkdir(parents=True, exist_ok=True)
            for name in sorted(filter(_wanted, files)):
                if (there / name).exists():
                    raise PackageError(f"{there.relative_to(new) / name} is ours and a dependency's: rename ours")
                shutil.copyfile(Path(folder) / name, there / name)


def compile_all(folder: Path, python: Path) -> None:
    """Compile once and for all: unchecked, so that Python never compares them with a source's date.

    -f, because compiled files with dates would be kept and go stale as soon as the folder is copied.
    One process in one order and a fixed hash seed give the same bytes each time.
    """
    command = [str(python), "-W", "ignore", "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    _run([*command, "-s", str(folder), "-p", TASK_ROOT, str(folder)], "compiling", PYTHONHASHSEED="0")


def _settle(new: Path) -> None:
    for path in [*new.rglob("*"), new]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (DATE, DATE))


def _move(new: Path, into: Path) -> None:
    into.mkdir(exist_ok=True)
    for old in into.iterdir():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    for entry in sorted(new.iterdir()):
        entry.rename(into / entry.name)
    os.utime(into, (DATE, DATE))


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def digest(folder: Path) -> str:
    """Give one hash (SHA-256, hexadecimal) of all names, modes and bytes in a folder."""
    whole = hashlib.sha256()
    for path in _files(folder):
        stat = path.stat()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{stat.st_mode:o}\0{stat.st_size}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def archive(folder: Path, file: Path) -> int:
    """Write a staged folder as a zip that is the same each time, and give its size in bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for path in _files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), date_time=(1980, 1, 2, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            bundle.writestr(entry, path.read_bytes())
    return file.stat().st_size


def main(arguments: list[str] | None = None) -> int:
    """Stage the folder that the command line describes and report its sizes."""
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "lambda", help="folder to stage into")
    parser.add_argument("--platform", choices=[*WHEELS, "host"], help="default: the one template.yaml names")
    parser.add_argument("--python", type=Path, help="the runtime's Python, where it is not to be looked for")
    parser.add_argument("--zip", type=Path, help="also write the folder as this archive")
    asked = parser.parse_args(arguments)
    try:
        staged = stage(asked.into.resolve(), asked.platform or runtime.architecture(), asked.python)
        zipped = archive(staged.folder, asked.zip) if asked.zip else 0
    except (PackageError, runtime.NoRuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    mb = 1_000_000
    print(f"Staged {asked.into} for Lambda python{staged.python} ({staged.platform}) in {staged.seconds:.1f} s:")
    print(f"  {staged.files} files, {staged.size / mb:.1f} MB, of which {staged.compiled / mb:.1f} MB compiled")
    if zipped:
        print(f"  {zipped / mb:.1f} MB as {asked.zip}")
    print(f"  sha256 {staged.digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
