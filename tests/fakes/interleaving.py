"""Every order in which tasks can take their steps: one runs at a time, and only where it says `step` may another."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Task = Callable[[], object]


class _Choice(NamedTuple):
    taken: int
    options: int


class _Worker(threading.Thread):
    def __init__(self, task: Task, back: threading.Semaphore) -> None:
        super().__init__(daemon=True)
        self.error: BaseException | None = None
        self._task = task
        self._back = back
        self._go = threading.Semaphore(0)

    def run(self) -> None:
        self._go.acquire()
        try:
            self._task()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the order is played
            self.error = error
        finally:
            self.done = True
            self._back.release()

    done = False

    def go_on(self) -> None:
        self._go.release()
        self._back.acquire()

    def wait(self) -> None:
        self._back.release()
        self._go.acquire()


def step() -> None:
    """Let others go on before this task does; nothing, outside of a task."""
    worker = threading.current_thread()
    if isinstance(worker, _Worker):
        worker.wait()


def every_order(begin: Callable[[], Sequence[Task]]) -> Iterator[int]:
    """Play the tasks that `begin` returns, in the state that it makes anew, in every order; give each order's number.

    What a task raises is raised here, once all have ended.
    """
    prefix: list[int] = []
    number = 0
    while True:
        number += 1
        taken = _played(begin(), prefix)
        yield number
        while taken and taken[-1].taken == taken[-1].options - 1:
            taken.pop()
        if not taken:
            return
        prefix = [choice.taken for choice in taken]
        prefix[-1] += 1


def _played(tasks: Sequence[Task], prefix: Sequence[int]) -> list[_Choice]:
    back = threading.Semaphore(0)
    workers = [_Worker(task, back) for task in tasks]
    for worker in workers:
        worker.start()
    taken: list[_Choice] = []
    while running := [worker for worker in workers if not worker.done]:
        choice = prefix[len(taken)] if len(taken) < len(prefix) else 0
        taken.append(_Choice(choice, len(running)))
        running[choice].go_on()
    for worker in workers:
        worker.join()
        if worker.error is not None:
            raise worker.error
    return taken


class Director:
    """Tasks that are begun one by one, and go on a step at a time in whichever order somebody says."""

    def __init__(self) -> None:
        self._back = threading.Semaphore(0)
        self._workers: list[_Worker] = []

    def begin(self, task: Task) -> None:
        """Begin a task: it has not done anything yet."""
        worker = _Worker(task, self._back)
        worker.start()
        self._workers.append(worker)

    @property
    def running(self) -> int:
        """How many tasks have not ended."""
        return len(self._workers)

    def go_on(self, number: int) -> None:
        """Let one of the running tasks take its next step; raise what it raises."""
        worker = self._workers[number]
        worker.go_on()
        if worker.done:
            self._workers.remove(worker)
            worker.join()
            if worker.error is not None:
                raise worker.error
