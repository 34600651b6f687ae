"""The embedded stack's processes: started for certain, told apart from others, and stopped."""

import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assetwire_cli import local_stack
from assetwire_cli.failure import Failure
from assetwire_cli.local_stack import LocalStack


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStack:
    monkeypatch.setattr(local_stack, "LOCAL", tmp_path)
    stack = LocalStack("test")
    stack.folder.mkdir(parents=True)
    return stack


def spawn(stack: LocalStack, script: str) -> local_stack._Started:
    return stack._spawn("edge", [sys.executable, "-c", script, "assetwire_cli.edge"], {})


def test_a_process_is_ready_once_it_says_so_itself(stack: LocalStack) -> None:
    started = spawn(stack, "import time; time.sleep(0.2); print('edge: it serves me'); time.sleep(60)")
    stack._wait_until_ready("edge", started, seconds=10)
    assert stack.processes() == {"aws": False, "edge": True}
    assert stack.down() == ["edge"]
    assert stack.processes() == {"aws": False, "edge": False}


def test_a_process_that_ended_is_no_success_though_another_answers_on_its_port(stack: LocalStack) -> None:
    (stack.folder / "edge.log").write_text("edge: an earlier one serves \n")
    with socket.create_server(("127.0.0.1", 0)):
        started = spawn(stack, "raise SystemExit('port is already in use')")
        with pytest.raises(Failure, match="already in use"):
            stack._wait_until_ready("edge", started, seconds=10)


_SLOW_TO_END = """
import pathlib, signal, sys, time
def end(*_):
    time.sleep(1)
    pathlib.Path("state").write_text("kept")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("it serves me")
time.sleep(60)
"""


@pytest.mark.parametrize(("patience", "kept"), [(20.0, True), (0.2, False)])
def test_a_process_has_time_to_write_down_what_it_knows(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, patience: float, kept: bool
) -> None:
    monkeypatch.setitem(local_stack._PATIENCE, "edge", patience)
    stack._wait_until_ready("edge", spawn(stack, _SLOW_TO_END), seconds=10)
    assert stack.down() == ["edge"]
    assert stack.processes() == {"aws": False, "edge": False}
    assert (stack.folder / "state").exists() == kept


def test_what_the_endpoint_unpacked_for_its_workers_goes_when_it_is_stopped(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import tempfile, time; tempfile.mkdtemp(); print('Running on http'); time.sleep(60)"
    spawned, words = stack._spawn, [sys.executable, "-c", script, "ministack"]
    monkeypatch.setattr(stack, "_spawn", lambda name, _, variables: spawned(name, words, variables))
    stack._start_aws(1)
    assert len(list((stack.folder / "tmp").iterdir())) == 1
    assert stack.down() == ["aws"]
    assert not (stack.folder / "tmp").exists()


def test_the_endpoint_has_minutes_to_write_down_a_large_catalog() -> None:
    assert local_stack._PATIENCE["aws"] >= 300


def test_a_process_id_that_belongs_to_somebody_else_by_now_is_left_alone(stack: LocalStack) -> None:
    started = spawn(stack, "import time; print('it serves me'); time.sleep(60)")
    stack._wait_until_ready("edge", started, seconds=10)
    (stack.folder / "aws.pid").write_text(str(started.process.pid))  # it is no endpoint
    assert stack.processes() == {"aws": False, "edge": True}
    begun = time.monotonic()
    assert stack.down() == ["edge"]
    assert started.process.returncode is not None
    assert time.monotonic() - begun < 10


def test_two_stacks_are_built_one_after_the_other(tmp_path: Path) -> None:
    order: list[str] = []

    def build(name: str) -> None:
        with local_stack._alone(tmp_path / "lock"):
            order.append(f"{name} begins")
            time.sleep(0.1)
            order.append(f"{name} ends")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(build, ["one", "other"]))
    assert [entry.split()[1] for entry in order] == ["begins", "ends", "begins", "ends"]


def test_a_taken_port_is_avoided() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert local_stack._free_port(port) != port
