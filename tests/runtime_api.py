"""Lambda's Runtime API on loopback, and the real runtime client (awslambdaric) running our staged folder against it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from tools import runtime
from tools.runtime import ROOT

#: What awslambdaric needs beside the folder under test; pinned and hashed in requirements/dev.txt.
CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
PREFIX = "/2018-06-01/runtime"
SKILL_ID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one invocation: `kind` is "response" or "error", `body` what was posted."""

    kind: str
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Header and body in one packet, sent at once: else Nagle's algorithm adds some 40 ms each way.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # the server is silent
        pass

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass
        return b"".join(parts)

    def do_GET(self) -> None:
        if self.path != f"{PREFIX}/invocation/next":
            self._answer(404, b"{}")
            return
        event = self.server.events.get()
        if event is None:  # closing
            self.close_connection = True
            return
        request_id = str(uuid.uuid4())
        deadline = str(int((time.time() + 8) * 1000))
        self._answer(
            200,
            event,
            {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": deadline,
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:rehearsal",
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            },
        )

    def do_POST(self) -> None:
        body = self._body()
        kind = self.path.rsplit("/", 1)[-1]
        known = self.path.startswith(f"{PREFIX}/") and kind in {"response", "error"}
        if known:
            self.server.answers.put(("init" if "/init/" in self.path else kind, body))
        self._answer(202 if known else 404, b'{"status":"OK"}')


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: queue.Queue[bytes | None] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def handle_error(self, request: Any, client_address: Any) -> None:  # a process that was ended hangs up
        pass


class RuntimeApi:
    """The three routes that a Lambda runtime client calls."""

    def __init__(self) -> None:
        """Open a port on loopback."""
        self._server = _Server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Name host and port, as AWS_LAMBDA_RUNTIME_API wants it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def invoke(self, event: Any, timeout_s: float = 30) -> Outcome:
        """Queue an event (bytes go as they are, anything else as JSON) and wait for what becomes of it."""
        began = time.perf_counter()
        self._server.events.put(event if isinstance(event, bytes) else json.dumps(event).encode())
        kind, body = self._server.answers.get(timeout=timeout_s)
        return Outcome(kind, body, time.perf_counter() - began)

    def close(self) -> None:
        """Let a waiting client go and close the port."""
        self._server.events.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Function:
    """One Lambda sandbox: the runtime client in a process of its own, with a clean environment."""

    def __init__(self, python: Path, handler: str, *path: Path, env: Mapping[str, str] | None = None) -> None:
        """Start `handler` ("module.function") with the folders of `path` in front of what Python finds."""
        self.api = RuntimeApi()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the function
        folder = path[0]
        self.process = subprocess.Popen(
            [python, "-m", "awslambdaric", handler],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={
                "AWS_LAMBDA_RUNTIME_API": self.api.address,
                "_HANDLER": handler,
                "LAMBDA_TASK_ROOT": str(folder),
                "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_LAMBDA_FUNCTION_NAME": "rehearsal",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "AWS_LAMBDA_LOG_GROUP_NAME": "rehearsal",
                "AWS_LAMBDA_LOG_STREAM_NAME": "rehearsal",
                "AWS_ACCESS_KEY_ID": "testing",
                "AWS_SECRET_ACCESS_KEY": "testing",
                # Whatever it calls at AWS meets a closed port on this machine.
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
                "AWS_EC2_METADATA_DISABLED": "true",
                "TZ": ":UTC",
                "LANG": "en_US.UTF-8",
                "PATH": os.defpath,
                "PYTHONPATH": os.pathsep.join(map(str, path)),
                "PYTHONDONTWRITEBYTECODE": "1",
                **(env or {}),
            },
        )

    def __enter__(self) -> Function:
        """Give the running function."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End it."""
        self.close()

    def invoke(self, event: Any, timeout_s: float = 30) -> Outcome:
        """Send one event and wait for its answer; fail at once, with the log, if the process has ended."""
        try:
            return self.api.invoke(event, timeout_s)
        except queue.Empty:
            raise AssertionError(
                f"no answer in {timeout_s} s (exit code {self.process.poll()}):\n{self.log()}"
            ) from None

    def log(self) -> str:
        """Give everything the function wrote so far."""
        self._log.flush()
        return os.pread(self._log.fileno(), 10_000_000, 0).decode(errors="replace")

    def peak_memory_mb(self) -> float:
        """Give the process's largest resident size so far, in MB (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1000

    def close(self) -> None:
        """End the process, then the API."""
        self.process.kill()
        self.process.wait()
        self.api.close()
        self._log.close()


def _locked_client() -> str:
    """Cut the runtime client's lines, hashes and all, out of the development lock."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"))
    wanted = [block for block in blocks if re.split(r"[=\s\[;]", block, maxsplit=1)[0] in CLIENT]
    assert len(wanted) == len(CLIENT), f"requirements/dev.txt does not lock all of {CLIENT}"
    return "\n".join(wanted) + "\n"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let one process at a time do what others then find done."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def client_python() -> Path:
    """Make, once, a small environment of the runtime's Python with the runtime client alone; give its Python.

    Raises `tools.runtime.NoRuntimeError` where that Python is missing.
    """
    version = runtime.version()
    source = runtime.find_python(version)
    wanted = _locked_client()
    home = ROOT / "build" / f"runtime-{version}"
    python, stamp = home / "bin" / "python", home / ".stamp"
    mark = hashlib.sha256(f"{source}\n{wanted}".encode()).hexdigest()
    with locked(home.parent / f"{home.name}.lock"):
        if stamp.exists() and stamp.read_text() == mark:
            return python
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([source, "-m", "venv", "--without-pip", home], check=True, env=runtime.clean_environment())
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as lock:
            lock.write(wanted)
            lock.flush()
            install = [*runtime.pip_for(python), "install", "--quiet", "--quiet", "--require-hashes", "--no-deps"]
            install += ["--only-binary=:all:", "-r", lock.name]
            subprocess.run(install, check=True, env=runtime.clean_environment())
        stamp.write_text(mark)
    return python
