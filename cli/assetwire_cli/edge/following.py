"""Threads that follow what changes in the embedded stack, from the local edge."""

import sys
import threading
from abc import ABC, abstractmethod


class Follower(ABC):
    """Applies what is new again and again, in a daemon thread, whatever goes wrong."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._complaint = ""

    @abstractmethod
    def apply_once(self) -> int:
        """Apply what is new, and count it."""

    @abstractmethod
    def prepare(self) -> None:
        """Do what comes before anything is served."""

    def start(self, poll_seconds: float) -> None:
        """Follow from now on, until `stop`."""
        try:
            self.prepare()
        except Exception as error:  # noqa: BLE001 - the stack may be down; what follows makes up for it
            self._complain(error)
        self._thread = threading.Thread(target=self._follow, args=(poll_seconds,), name=self._what, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following and wait for the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _follow(self, poll_seconds: float) -> None:
        while not self._stopping.wait(poll_seconds):
            try:
                self.apply_once()
                self._complaint = ""
            except Exception as error:  # noqa: BLE001 - a dead follower would let the edge serve what is over
                self._complain(error)

    def _complain(self, error: Exception) -> None:
        """Write an error to stderr, once while it lasts."""
        complaint = f"edge: {self._what}: {type(error).__name__}: {error}\n"
        if complaint != self._complaint:
            self._complaint = complaint
            sys.stderr.write(complaint)
            sys.stderr.flush()
