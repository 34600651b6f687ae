"""Rights in the course of time: each moment is in one phase, which says when the next begins."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.decisions import decide
from assetwire.domain.rights import Rights, Window
from assetwire.domain.rights_phase import Phase, State, phase_of
from fakes.some import NOW, rights

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


def after(days: float) -> datetime:
    return NOW + days * DAY


@pytest.mark.parametrize(
    ("held", "phase"),
    [
        (None, Phase()),
        (Rights(), Phase()),
        (rights(windows=()), Phase()),
        (rights(usages=()), Phase()),
        (rights(territories=("DE",), excluded_territories=("EU",)), Phase()),
        (rights(windows=(Window(),)), Phase(state=State.OPEN)),
        (rights(windows=(Window(starts=after(2)),)), Phase(state=State.EMBARGOED, until=after(2))),
        (rights(windows=(Window(ends=NOW),)), Phase(state=State.EXPIRED)),
        (
            rights(windows=(Window(ends=after(100)),)),
            Phase(state=State.OPEN, ends_at=after(100), until=after(70)),
        ),
        (
            rights(windows=(Window(ends=after(30)),)),
            Phase(state=State.OPEN, ends_at=after(30), ends_within=30, until=after(23)),
        ),
        (
            rights(windows=(Window(ends=after(1.5)),)),
            Phase(state=State.OPEN, ends_at=after(1.5), ends_within=7, until=after(0.5)),
        ),
        (
            rights(windows=(Window(ends=after(0.5)),)),
            Phase(state=State.OPEN, ends_at=after(0.5), ends_within=1, until=after(0.5)),
        ),
        (
            rights(windows=(Window(ends=NOW), Window(starts=after(3)))),
            Phase(state=State.EMBARGOED, until=after(3)),
        ),
        (rights(windows=(Window(ends=after(1)), Window(starts=after(1)))), Phase(state=State.OPEN)),
    ],
)
def test_a_phase_says_its_state_and_when_it_ends(held: Rights | None, phase: Phase) -> None:
    assert phase_of(held, NOW) == phase


spans = st.tuples(st.integers(-50, 50), st.integers(1, 60)).map(
    lambda span: Window(starts=after(span[0]), ends=after(span[0] + span[1]))
)


@given(st.lists(spans, max_size=4), st.integers(-60, 120))
def test_nothing_changes_before_a_phase_ends_and_something_does_then(windows: list[Window], at: int) -> None:
    held = rights(windows=tuple(windows))
    phase = phase_of(held, after(at))
    assert (phase.state is State.OPEN) is decide(held, at=after(at), territory="DE", usage="web").allowed
    if phase.until is None:
        assert phase.state in {State.CLOSED, State.EXPIRED}
        return
    assert phase.until > after(at)
    assert phase_of(held, phase.until - MICROSECOND) == phase
    assert phase_of(held, phase.until) != phase
