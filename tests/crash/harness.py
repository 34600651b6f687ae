"""The crash-point harness: a run that is stopped, repeated or doubled must leave what an undisturbed run leaves."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from crash.world import Message, State, World, fresh_world


class Crash(BaseException):
    """The process is gone: nothing in the product can catch it."""


class Scenario(NamedTuple):
    """A function, and what makes the world in which it gets a message; `seed` returns that message.

    `announced` says that the run's own change is announced to the same function, so that one more run belongs to it;
    `purge_waits` that what caches must forget waits until the run has ended, or its message was delivered again.
    """

    function: str
    seed: Callable[[World], Message]
    announced: bool = False
    purge_waits: bool = False


class Stage(NamedTuple):
    """A world in which a scenario was played once undisturbed: what that called and left, and the way back."""

    scenario: Scenario
    world: World
    message: Message
    rewind: Callable[[], None]
    calls: list[str]
    state: State

    def point(self, when: str, number: int) -> str:
        """Name a point of the run."""
        return f"{when} call {number}/{len(self.calls)} {self.calls[number - 1]}"

    def require_the_same(self) -> None:
        """Require the state that the undisturbed run left."""
        state = self.world.state()
        differences = difference(self.state, state)
        assert not differences, "the final state differs:\n" + "\n".join(differences)
        require_that_viewers_get_what_stands(state)


@contextmanager
def stage(scenario: Scenario) -> Iterator[Stage]:
    """Play a scenario once, as if nothing ever failed, and go back to its beginning."""
    with fresh_world() as world:
        message = scenario.seed(world)
        world.purges_follow = not scenario.purge_waits
        rewind = world.remember()
        calls = settle(world, scenario, message)
        assert calls, "the run made no AWS call: there is nothing to test"
        state = world.state()
        require_that_viewers_get_what_stands(state)
        rewind()
        yield Stage(scenario, world, message, rewind, calls, state)


def points_of(calls: list[str]) -> list[tuple[str, int]]:
    """Return where something may happen beside a run that makes these calls: before the first and after each."""
    return [("before", 1), *(("after", number) for number in every(calls))]


class Death(NamedTuple):
    """A point at which a run can end so that AWS is in a state of its own, and the way back to that state."""

    when: str
    number: int
    back: Callable[[], None]


def deaths(on: Stage) -> list[Death]:
    """Play the run once more, and return a death for each state of AWS that it passes through.

    Of a dead process nothing but AWS's state is left. So right after a call and right before the next are one death,
    and so are all points between two calls that change something, however often the run reads in between.
    """
    found: list[Death] = []
    left: list[object] = []

    def look(when: str, number: int, _name: str) -> None:
        if when == "after" or number == 1:
            now = [on.world.state(), list(on.world.purges)]
            if now != left:
                left[:] = now
                found.append(Death(when, number, on.world.remember()))

    on.rewind()
    on.world.deliver(on.scenario.function, on.message, interrupt=look)
    return found


def check_crash_points(scenario: Scenario) -> None:
    """Let the run die in each state that it passes through, deliver the message again in a new process, and compare."""
    with stage(scenario) as on:
        for death in deaths(on):
            with _named(f"crash {on.point(death.when, death.number)}"):
                death.back()
                settle(on.world, scenario, on.message)
                on.require_the_same()


def check_redelivery(scenario: Scenario, *, times: int = 3) -> None:
    """Deliver the message several times, one after the other."""
    with stage(scenario) as on, _named(f"delivered {times} times"):
        for _ in range(times):
            settle(on.world, scenario, on.message)
        on.require_the_same()


def every(calls: list[str]) -> Iterable[int]:
    """Return the number of each of a run's calls."""
    return range(1, len(calls) + 1)


def check_twins(scenario: Scenario, *, at: Callable[[list[str]], Iterable[int]] = every) -> None:
    """Deliver the message a second time while the first run stands still before each of these calls in turn."""
    with stage(scenario) as on:
        for number in at(on.calls):
            with _named(f"a twin's whole run {on.point('before', number)}"):
                on.rewind()
                settle(on.world, scenario, on.message, before={number: lambda: deliver(on.world, scenario, on.message)})
                on.require_the_same()


Meanwhile = dict[int, Callable[[], object]]
"""What somebody else does right before a run's calls of these numbers."""


def crash_once(
    world: World, scenario: Scenario, message: Message, when: str, number: int, *, before: Meanwhile | None = None
) -> None:
    """Deliver a message to a process that is gone right before or right after its call of this number."""
    crashed = False

    def stop(when_now: str, number_now: int, name: str) -> None:
        nonlocal crashed
        if before and when_now == "before" and number_now in before:
            before[number_now]()
        if (when_now, number_now) == (when, number):
            crashed = True
            raise Crash(name)

    with suppress(Crash):
        world.deliver(scenario.function, message, interrupt=stop)
    assert crashed, "the run did not come as far as it does undisturbed"


def deliver(world: World, scenario: Scenario, message: Message, *, before: Meanwhile | None = None) -> list[str]:
    """Deliver a message that must not fail, and return the calls; do something before calls of these numbers."""

    def interrupt(when: str, number: int, _name: str) -> None:
        if before and when == "before" and number in before:
            before[number]()

    result, calls = world.deliver(scenario.function, message, interrupt=interrupt)
    failed = (result or {}).get("batchItemFailures", [])
    assert not failed, f"the message failed: {failed}"
    return calls


def settle(world: World, scenario: Scenario, message: Message, *, before: Meanwhile | None = None) -> list[str]:
    """Deliver a message, and the one that its own change causes if there is one; return the first one's calls."""
    calls = deliver(world, scenario, message, before=before)
    if scenario.announced:
        deliver(world, scenario, message)
    if scenario.purge_waits:
        world.purge()
    return calls


def require_that_viewers_get_what_stands(state: State) -> None:
    """Require that the edge shows what stands in delivery, and nothing that stood there before."""
    shown, standing = state["edge"], state["delivery"]
    assert shown == standing, f"the edge shows {sorted(shown.items())}, delivery holds {sorted(standing.items())}"


def difference(expected: State, actual: State) -> list[str]:
    """Return a line for each item, object or message that is missing, extra or other."""
    lines = []
    for part, wanted in expected.items():
        found = actual[part]
        lines += [f"{part}: missing {key}" for key in wanted.keys() - found.keys()]
        lines += [f"{part}: extra {key}" for key in found.keys() - wanted.keys()]
        for key in wanted.keys() & found.keys():
            if wanted[key] != found[key]:
                one, other = _leaves(wanted[key]), _leaves(found[key])
                changed = [path for path in sorted(one | other) if one.get(path) != other.get(path)]
                lines += [f"{part}: {key}{path}: {other.get(path)}, not {one.get(path)}" for path in changed]
    return sorted(lines)


def _leaves(text: str) -> dict[str, Any]:
    """Return path → value of everything in a JSON text; a text that is no JSON is one value."""
    try:
        value = json.loads(text)
    except ValueError:
        return {"": text}
    leaves: dict[str, Any] = {}

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict) and value:
            for name, each in value.items():
                walk(f"{path}.{name}", each)
        else:
            leaves[path] = value

    walk("", value)
    return leaves


@contextmanager
def _named(point: str) -> Iterator[None]:
    """Name the crash point in whatever goes wrong at it."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"{point}: {type(error).__name__}: {error}") from error
