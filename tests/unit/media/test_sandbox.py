"""The sandbox: whatever a decoder does, it does to its child; the answer says what, and the next one is right."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetwire.media.sandbox import Ending, Run, Sandbox
from fakes.masters import encoded, picture

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

MEMORY = 200 * 1024**2


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    made.run("fakes.sandbox_tasks:count", {"to": 1}, seconds=20)  # its server starts
    yield made
    made.close()


def run(sandbox: Sandbox, task: str, *, seconds: float = 10.0, **arguments: Any) -> Run:
    return sandbox.run(f"fakes.sandbox_tasks:{task}", arguments, seconds=seconds, memory=MEMORY)


def server_of(sandbox: Sandbox) -> int:
    assert sandbox._server is not None
    return sandbox._server.process.pid


@pytest.fixture(autouse=True)
def _the_next_answer_is_right(sandbox: Sandbox) -> Iterator[None]:
    yield
    assert [report["number"] for report in run(sandbox, "count", to=3).reports] == [0, 1, 2]


def test_reports_come_back_in_order_with_how_it_ended(sandbox: Sandbox) -> None:
    found = run(sandbox, "count", to=3)
    assert found.reports == [{"number": 0}, {"number": 1}, {"number": 2}]
    assert (found.ending, found.stage) == (Ending.FINISHED, "counting")
    assert 1024**2 < found.peak_bytes < MEMORY


def test_the_server_outlives_its_children_and_runs_no_thread(sandbox: Sandbox) -> None:
    before = server_of(sandbox)
    run(sandbox, "crash")
    assert server_of(sandbox) == before
    assert len(list(Path(f"/proc/{before}/task").iterdir())) == 1


def test_what_is_reported_can_be_encoded(sandbox: Sandbox) -> None:
    assert run(sandbox, "report_half_a_pair").reports == [{"text": "a?b"}]


@pytest.mark.parametrize("task", ["allocate", "swell"])
def test_memory_is_bounded(sandbox: Sandbox, task: str) -> None:
    found = run(sandbox, task, megabytes=2048)
    assert (found.ending, found.reports) == (Ending.TOO_MUCH_MEMORY, [{"before": True}])
    assert found.peak_bytes < MEMORY + 64 * 1024**2
    assert run(sandbox, task, megabytes=50).ending is Ending.FINISHED


def test_time_is_bounded(sandbox: Sandbox) -> None:
    started = time.monotonic()
    found = run(sandbox, "spin", seconds=1.2)
    assert (found.ending, found.stage, found.reports) == (Ending.TOO_SLOW, "spinning", [{"before": True}])
    assert 1.0 < time.monotonic() - started < 5


def test_a_late_stage_that_hangs_costs_its_own_time_and_no_report(sandbox: Sandbox) -> None:
    found = run(sandbox, "hang_late", seconds=30)
    assert (found.ending, found.stage, found.reports) == (Ending.TOO_SLOW, "late", [{"before": True}])
    assert found.seconds < 10


@pytest.mark.parametrize("task", ["crash", "throw"])
def test_a_crash_is_an_answer(sandbox: Sandbox, task: str) -> None:
    found = run(sandbox, task)
    assert (found.ending, found.reports) == (Ending.CRASHED, [{"before": True}])


def test_what_a_library_prints_is_lost(sandbox: Sandbox) -> None:
    found = run(sandbox, "print_garbage")
    assert (found.ending, found.reports) == (Ending.FINISHED, [{"before": True}])


def test_garbage_for_a_report_is_a_crash(sandbox: Sandbox) -> None:
    assert run(sandbox, "report_garbage").ending is Ending.CRASHED


def test_reports_are_bounded(sandbox: Sandbox) -> None:
    found = run(sandbox, "report_without_end")
    assert found.ending is Ending.CRASHED
    assert len(str(found.reports)) < 10 * 1024**2


def test_a_child_writes_no_file(sandbox: Sandbox, tmp_path: Path) -> None:
    found = run(sandbox, "write_file", path=str(tmp_path / "written"))
    assert found.reports == [{"refused": errno.EFBIG}]


def test_a_child_sees_no_credentials_and_no_files_of_others(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    found = run(sandbox, "see").reports[0]
    assert not [name for name in found["environment"] if "AWS" in name]
    assert found["descriptors"] < 12


_COMMAND = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have it ignored
import sys
import assetwire.media.inspect as inspecting
from assetwire_cli.main import main
inspecting._EXAMINE = "fakes.sandbox_tasks:spin"
sys.argv = ["assetwire", "inspect", sys.argv[1]]
main()
"""


def below(pid: int) -> list[int]:
    """Return the processes below one."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(grandchild for child in children for grandchild in below(child))]


def is_alive(pid: int) -> bool:
    """Tell whether a process is there, and not merely waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)])
def test_a_command_that_is_ended_leaves_no_process_and_where_it_can_no_folder(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    (tmp_path / "master.jpg").write_bytes(encoded(picture()))
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-c", _COMMAND, str(tmp_path / "master.jpg")]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": os.pathsep.join(sys.path)}
    deadline = time.monotonic() + 7
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while len(found := below(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        assert (process.wait(5), process.stderr and process.stderr.read()) == (code, b"")
    assert len(found) == 2
    while any(map(is_alive, found)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_alive, found))
    assert number is signal.SIGKILL or list((tmp_path / "tmp").iterdir()) == []


def test_a_process_that_a_child_leaves_behind_holds_nobody_up(sandbox: Sandbox) -> None:
    started = time.monotonic()
    run(sandbox, "fork_and_leave", seconds=1.5)
    assert time.monotonic() - started < 8


def test_a_server_that_was_ended_is_started_anew(sandbox: Sandbox) -> None:
    os.kill(server_of(sandbox), signal.SIGKILL)
    assert run(sandbox, "count", to=1).reports == [{"number": 0}]


def test_a_task_that_is_none_is_a_crash_and_costs_a_server(sandbox: Sandbox) -> None:
    assert sandbox.run("fakes.sandbox_tasks:missing", {}, seconds=5).ending is Ending.CRASHED


def test_children_die_with_their_server(sandbox: Sandbox) -> None:
    server = server_of(sandbox)
    asking = threading.Thread(target=lambda: run(sandbox, "spin", seconds=3))
    asking.start()
    children = Path(f"/proc/{server}/task/{server}/children")
    deadline = time.monotonic() + 5
    while not (found := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.01)
    (child,) = found
    time.sleep(0.2)  # it has bound its life to the server's by now
    os.kill(server, signal.SIGKILL)
    while Path(f"/proc/{child}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes()
    asking.join()
