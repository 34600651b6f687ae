"""Runs a CloudFront Function in Node, with what CloudFront's runtime 2.0 offers and no more."""

import contextlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

_HOST = Path(__file__).with_name("function_host.mjs")


class FunctionError(Exception):
    """The function could not be loaded, or failed: CloudFront would answer with an error, and serve nothing."""


class FunctionRuntime:
    """One function in a process of its own, which is kept and answers one event at a time; thread-safe."""

    def __init__(self, code: str, keys: Mapping[str, str] | None = None) -> None:
        """Load the function; `keys` is what its key value store holds.

        Raises:
            FunctionError: there is no Node, or the code is not such a function.
        """
        command = [_node(), "--experimental-vm-modules", "--no-warnings", str(_HOST)]
        self._lock = threading.Lock()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self._ask({"code": code})
            self.hold(keys or {})
        except FunctionError:
            self.close()
            raise

    def hold(self, keys: Mapping[str, str]) -> None:
        """Let the key value store hold these, and nothing else, from now on."""
        self._ask({"keys": dict(keys)})

    def run(self, event: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Return what the function makes of an event: a request or a response.

        Raises:
            FunctionError: it failed.
        """
        result = self._ask({"event": event, "now": int(at.timestamp() * 1000)}).get("result")
        if not isinstance(result, dict):
            raise FunctionError(f"the function returned {result!r}")
        return result

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert stdout is not None  # noqa: S101
        line = json.dumps(message).encode() + b"\n"
        with self._lock:
            try:
                stdin.write(line)
                stdin.flush()
                said = stdout.readline()
            except (OSError, ValueError) as error:
                raise FunctionError(f"the function's process has ended: {error}") from error
        if not said:
            raise FunctionError("the function's process has ended")
        answer: dict[str, Any] = json.loads(said)
        if "error" in answer:
            raise FunctionError(answer["error"])
        return answer


def _node() -> str:
    """Return Node beside this Python, where the project's set-up puts it, or the machine's own."""
    beside = Path(sys.executable).parent / "node"
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        raise FunctionError("there is no Node on this machine: `make setup` installs one")
    return found
