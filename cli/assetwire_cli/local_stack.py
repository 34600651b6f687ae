"""The embedded AWS stack: a local AWS endpoint, the real `sam deploy`, and the local edge."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assetwire_cli import signing_keys, token_keys
from assetwire_cli.failure import Failure
from assetwire_cli.project import LOCAL, ROOT, TEMPLATE, architecture
from assetwire_cli.target import Target

_REGION = "us-east-1"
_PORT, _EDGE_PORT = 4566, 4580
_MOMENT = 2.0
"""Seconds; the endpoint hands the stream's records on once a second."""
VIEWER_COUNTRY = "DE"
"""Where the viewers of the stack that people look at are, unless they say otherwise: a browser cannot."""
DEFAULT = "default"
"""The stack that commands work on; tests and benchmarks have stacks of their own."""
_AWS_VARIABLES = ("AWS_", "ASSETWIRE_", "POWERTOOLS_", "PYTHON", "VIRTUAL_ENV")
Say = Callable[[str], None]


class _Started(NamedTuple):
    process: "subprocess.Popen[bytes]"
    log_offset: int


_PATIENCE = {"aws": 600.0, "edge": 20.0}
"""Seconds that each process has to end once it is told to: the endpoint writes down all that it knows, some 500 items
of the Catalog a second on a busy machine, and what it has no time for is lost."""
_READY = {"aws": b"Running on http", "edge": b" serves "}
"""What each process writes to its log once it listens."""


class LocalStack:
    """One embedded stack: its processes, and everything they know in a folder of its own."""

    def __init__(self, name: str = DEFAULT) -> None:
        self.folder = LOCAL / "stacks" / name
        self._file = self.folder / "stack.json"
        self._preferred = (_PORT, _EDGE_PORT) if name == DEFAULT else (0, 0)  # 0: any that is free
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def _scratch(self) -> Path:
        """Where the endpoint unpacks each function for each of its workers, some 55 to 300 MB, and leaves it."""
        return self.folder / "tmp"

    # --- what is known ---

    @property
    def facts(self) -> dict[str, str]:
        """Ports, URLs and parameters of the stack as it was last brought up; empty if it never was."""
        try:
            facts: dict[str, str] = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return facts

    @property
    def running(self) -> bool:
        """Whether both of its processes run."""
        return all(self.processes().values())

    def processes(self) -> dict[str, bool]:
        """Return process → whether it runs."""
        return {name: self._pid(name) is not None for name in ("aws", "edge")}

    @property
    def target(self) -> Target:
        """The stack, for commands.

        Raises:
            Failure: it does not run.
        """
        facts = self.facts
        if not facts or not self.running:
            raise Failure("the embedded stack does not run: `assetwire local up` starts it", code="not_running")
        return Target("assetwire", _REGION, facts["endpoint"])

    # --- up and down ---

    def up(
        self,
        say: Say,
        *,
        key_type: signing_keys.KeyType = "ecdsa",
        slot: signing_keys.Slot | None = None,
        channels: Sequence[str] | None = None,
        viewer_country: str = "",
        token_key: str | None = None,
        pim_endpoint: str | None = None,
    ) -> Target:
        """Start what does not run, build, deploy, store the keys; each step is said. Safe to call again.

        The pair of `slot` signs from then on, made if it is not there. Without a slot, the pair signs that
        signed before; without `channels` or `pim_endpoint`, these stay as they were; without `token_key`, tokens are
        made by the same key as before. Viewers who do not say where they are count as being in `viewer_country`; in
        none if it is empty.

        Raises:
            Failure: a step failed; its log is named.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        facts = self.facts
        if self._pid("aws") is None:
            port = _free_port(int(facts.get("port", self._preferred[0])))
            say(f"starting the embedded AWS endpoint on port {port}")
            self._start_aws(port)
        else:
            port = int(facts["port"])
        edge_port = (
            int(facts["edge_port"])
            if self._pid("edge")
            else _free_port(int(facts.get("edge_port", self._preferred[1])))
        )
        endpoint, base_url = f"http://127.0.0.1:{port}", f"http://localhost:{edge_port}"
        signing: signing_keys.Slot = slot or ("B" if facts.get("slot") == "B" else "A")
        pair = signing_keys.kept_pair(self.folder / "keys", key_type, signing)
        facts = {
            "port": str(port),
            "edge_port": str(edge_port),
            "endpoint": endpoint,
            "edge": base_url,
            "slot": signing,
            "channels": facts.get("channels", "") if channels is None else ",".join(channels),
            "viewer_country": viewer_country,
            "pim_endpoint": facts.get("pim_endpoint", "") if pim_endpoint is None else pim_endpoint,
            "token_key": token_key or facts.get("token_key", token_keys.NAME),
        }
        parameters = self._parameters(facts)
        self._file.write_text(json.dumps(facts, indent=2))
        with _alone(LOCAL / "build.lock"):
            say("building functions and layers for this machine (sam build)")
            cache = ["--parallel", "--cached", "--cache-dir", str(LOCAL / "build-cache")]
            self._sam("build", cache, parameters, endpoint)
            say("deploying template.yaml (sam deploy)")
            self._sam("deploy", _DEPLOY, parameters, endpoint)
        target = Target("assetwire", _REGION, endpoint)
        secrets = target.client("secretsmanager")
        signing_keys.store(pair, target.outputs["SigningSecretId"], secrets=secrets, slot=signing)
        secret = token_keys.kept_key(self.folder / "keys", facts["token_key"])
        token_keys.publish(facts["token_key"], secret, **token_keys.places(target))
        self._restart_edge(target, facts, say)
        return target

    def retire(self, slot: signing_keys.Slot, say: Say) -> None:
        """Forget the pair of a slot that does not sign: the edge refuses its URLs from then on."""
        facts, target = self.facts, self.target
        secrets = target.client("secretsmanager")
        signing_keys.retire(self.folder / "keys", target.outputs["SigningSecretId"], secrets=secrets, slot=slot)
        self._restart_edge(target, facts, say)

    def _parameters(self, facts: dict[str, str]) -> dict[str, str]:
        signing: signing_keys.Slot = "B" if facts.get("slot") == "B" else "A"
        own = {
            "Arch": architecture(),
            "Embedded": "true",
            "DeliveryBaseUrl": facts["edge"],
            "Channels": facts.get("channels", ""),
            "PimEndpoint": facts.get("pim_endpoint", ""),
            "TokenKey": facts.get("token_key", token_keys.NAME),
            "EmbeddedEndpoint": facts["endpoint"],
            "Operators": "admin=arn:aws:iam::000000000000:root",
        }
        return own | signing_keys.parameters(self.folder / "keys", signing)

    def down(self) -> list[str]:
        """Stop its processes, which keep their state on disk; return those that ran.

        The Catalog's stream does not outlive the endpoint: the relay gets a moment to announce what was just written.
        """
        if self._pid("aws") is not None:
            time.sleep(_MOMENT)
        return [name for name in ("edge", "aws") if self._stop(name)]

    def reset(self) -> None:
        """Stop it and forget everything that it held; the next `up` starts from nothing."""
        self.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- processes ---

    def _start_aws(self, port: int) -> None:
        self._rewind_streams()
        self._scratch.mkdir(exist_ok=True)
        known = {
            "TMPDIR": str(self._scratch),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "false",
            "SFTP_ENABLED": "false",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
        }
        self._wait_until_ready("aws", self._spawn("aws", [str(LOCAL / "stack" / "bin" / "ministack")], known))

    def _rewind_streams(self) -> None:
        """Let the stream's readers start where the stream does.

        The endpoint keeps how far they have read, but not the streams: after a restart they would wait at a place that
        the new, empty stream has not come to yet, and the relay would miss as many changes as it had announced before.
        """
        file = self.folder / "state" / "lambda.json"
        try:
            state = json.loads(file.read_text())
            state["payload"]["dynamodb_stream_positions"]["data"] = {}
        except (OSError, ValueError, KeyError, TypeError):
            return  # it never ran
        file.write_text(json.dumps(state))

    def _restart_edge(self, target: Target, facts: dict[str, str], say: Say) -> None:
        self._stop("edge")
        say(f"starting the local edge on port {facts['edge_port']}")
        file = self.folder / "parameters.json"
        file.write_text(json.dumps(self._parameters(facts)))
        options = {
            "--template": str(TEMPLATE),
            "--parameters": str(file),
            "--bucket": target.outputs["DeliveryBucketName"],
            "--distribution-id": target.outputs["DistributionId"],
            "--key-value-store": target.outputs["TokenKeysArn"],
            "--endpoint-url": str(target.endpoint),
            "--port": facts["edge_port"],
            "--base-url": facts["edge"],
            "--viewer-country": facts.get("viewer_country", ""),
        }
        words = [word for pair in options.items() for word in pair]
        command = [sys.executable, "-m", "assetwire_cli.edge", *words]
        self._wait_until_ready("edge", self._spawn("edge", command, _CREDENTIALS))

    def _spawn(self, name: str, command: list[str], variables: dict[str, str]) -> "_Started":
        with (self.folder / f"{name}.log").open("ab") as log:
            offset = log.tell()
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.folder,
                env={**_bare_environment(), "PYTHONUNBUFFERED": "1", **variables},
            )
        (self.folder / f"{name}.pid").write_text(str(process.pid))
        self._children[name] = process
        return _Started(process, offset)

    def _wait_until_ready(self, name: str, started: "_Started", seconds: float = 60) -> None:
        """Wait for a process to say in its own log that it listens: whoever answers on its port may be another.

        Raises:
            Failure: it ended, or says nothing.
        """
        log, deadline = self.folder / f"{name}.log", time.monotonic() + seconds
        while time.monotonic() < deadline and started.process.poll() is None:
            with log.open("rb") as opened:
                opened.seek(started.log_offset)
                if _READY[name] in opened.read():
                    return
            time.sleep(0.05)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-3:])
        raise Failure(f"{name} did not start; see {log}\n{tail}", code="not_started")

    def _pid(self, name: str) -> int | None:
        """Return the process id if the process still is the one that we started."""
        try:
            pid = int((self.folder / f"{name}.pid").read_text())
            command = _command_line(pid)
        except (OSError, ValueError):
            return None
        return pid if {"aws": "ministack", "edge": "assetwire_cli.edge"}[name] in command else None

    def _stop(self, name: str) -> bool:
        pid = self._pid(name)
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE[name]
        while time.monotonic() < deadline and self._pid(name) is not None:
            if name in self._children:
                self._children[name].poll()
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # whatever it started and left behind
        child = self._children.pop(name, None)
        if child is not None:
            child.wait()
        (self.folder / f"{name}.pid").unlink(missing_ok=True)
        if name == "aws":
            shutil.rmtree(self._scratch, ignore_errors=True)
        return True

    def _sam(self, verb: str, options: list[str], parameters: dict[str, str], endpoint: str) -> None:
        log = self.folder / f"sam-{verb}.log"
        overrides = [f'{name}="{value}"' for name, value in parameters.items()]
        place = {"build": "--build-dir", "deploy": "--template-file"}[verb]
        path = {"build": LOCAL / "build", "deploy": LOCAL / "build" / "template.yaml"}[verb]
        command = [str(LOCAL / "sam" / "bin" / "sam"), verb, place, str(path), *options]
        if verb == "build":
            command += ["--template-file", str(TEMPLATE)]
        tools = [str(Path(sys.executable).parent), str(LOCAL / "uv" / "bin")]  # Python and uv, for the layers
        path_variable = os.pathsep.join([*tools, os.environ.get("PATH", "")])
        variables = {
            **_CREDENTIALS,
            "AWS_ENDPOINT_URL": endpoint,
            "ASSETWIRE_ARCH": architecture(),
            "ASSETWIRE_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
            "SAM_CLI_TELEMETRY": "0",
            "PATH": path_variable,
        }
        with log.open("wb") as output:
            done = subprocess.run(
                [*command, "--parameter-overrides", *overrides],
                cwd=ROOT,
                env={**_bare_environment(), **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise Failure(f"sam {verb} failed; see {log}\n{tail}", code=f"sam_{verb}_failed")


_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": _REGION}
_DEPLOY = [
    *("--stack-name", "assetwire"),
    "--resolve-s3",
    *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
    "--no-confirm-changeset",
    "--no-fail-on-empty-changeset",
]


def all_stacks() -> Iterator[LocalStack]:
    """Yield every embedded stack that was ever brought up on this machine and not reset."""
    folder = LOCAL / "stacks"
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        yield LocalStack(entry.name)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep others on this machine waiting that hold the same lock: stacks are built in one place."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _bare_environment() -> dict[str, str]:
    """The environment without what would leak into functions and tools."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_AWS_VARIABLES)}


def _command_line(pid: int) -> str:
    """Return the command of a running process, by /proc or ps.

    Raises:
        OSError: it does not run.
    """
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        command = proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        if not command:
            raise ProcessLookupError(pid)  # ended, and not yet waited for
        return command
    done = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessLookupError(pid)
    return done.stdout


def _free_port(preferred: int) -> int:
    """Return the preferred port of this machine, or any other if that is taken."""
    for port in (preferred, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Failure("no free port on this machine", code="no_port")
