"""What all tests share: no network where none is needed, no way into a real AWS account, and no time lost to Python."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

HERE = Path(__file__).parent
OFFLINE = frozenset({"unit", "handlers", "template"})
"""The parts of the tree in which a socket is an error."""
CHECKED = frozenset({"unit", "template"})
"""The parts of the tree that `make check` runs, but for what is slow there."""

DUMMY_AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

# The same cases in every run: `make check` gives one answer for one commit. Machines differ, so nothing is timed.
settings.register_profile("assetwire", deadline=None, derandomize=True)
settings.load_profile("assetwire")


class Thrift:
    """Runs the tests where Python 3.13 does not waste a fifth of their time."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> object:
        gc.collect()
        gc.freeze()  # what was imported stays: it need not be looked through again at each collection
        rest = session.config.pluginmanager.subset_hook_caller("pytest_runtestloop", [self])
        return _with_a_long_stack(lambda: rest(session=session))


def _with_a_long_stack(call: Callable[[], object]) -> object:
    """Call something in a frame that says to need a megabyte.

    Frames live in chunks, by default of 16 KiB, and one that does not fit maps a new chunk and unmaps it when it
    returns. A call that is made over and over at such an edge costs two system calls each time; behind a frame of this
    size, every frame of a test fits into the rest of one chunk.
    """
    return call()


_with_a_long_stack.__code__ = _with_a_long_stack.__code__.replace(co_stacksize=1 << 17)


class OneStack(LoadScopeScheduling):
    """Gives the end-to-end tests, first of all, to one process, and so to one stack; the others to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return "e2e" if nodeid.startswith("tests/e2e/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneStack:
    return OneStack(config, log)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Thrift())


def part_of(path: Path) -> str:
    return path.relative_to(HERE).parts[0] if HERE in path.parents else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if part_of(item.path) in OFFLINE:
            item.add_marker(pytest.mark.disable_socket)
        if part_of(item.path) not in CHECKED:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _no_real_account(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if part_of(request.node.path) == "e2e":  # it brings its own stack and credentials
        yield
        return
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in DUMMY_AWS.items():
        monkeypatch.setenv(name, value)
    _forget_clients()
    yield
    _forget_clients()


def _forget_clients() -> None:
    """Drop whatever is kept for a process's life, in the modules that some test has loaded."""
    for name in ("assetwire.bootstrap", "assetwire.adapters.clients"):
        for kept in vars(sys.modules[name]).values() if name in sys.modules else ():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
