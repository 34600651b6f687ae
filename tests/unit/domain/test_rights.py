"""Rights: one decision, judged against a slow one that is obviously right."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain.decisions import Decision, Reason, decide, may_be_seen, may_come
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.rights_sets import narrows
from assetwire.domain.territories import TERRITORIES
from fakes.some import NOW, rights

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
START, END = NOW, NOW + timedelta(days=30)
ONE_WINDOW = rights(windows=(Window(starts=START, ends=END),))


def judge(held: Rights | None, at: datetime = NOW, territory: str = "DE", usage: str = "web") -> Decision:
    return decide(held, at=at, territory=territory, usage=usage)


class TestReasons:
    """Each refusal says why."""

    @pytest.mark.parametrize(
        ("held", "asked", "reason"),
        [
            (None, {}, Reason.NO_RIGHTS),
            (rights(), {}, Reason.ALLOWED),
            (rights(windows=()), {}, Reason.NO_WINDOW),
            (rights(windows=(Window(starts=NOW + SECOND),)), {}, Reason.EMBARGOED),
            (rights(windows=(Window(ends=NOW - SECOND),)), {}, Reason.EXPIRED),
            (
                rights(windows=(Window(ends=NOW - SECOND), Window(starts=NOW + SECOND))),
                {},
                Reason.EMBARGOED,
            ),
            (rights(windows=(Window(),)), {}, Reason.ALLOWED),
            (rights(), {"territory": "XX"}, Reason.UNKNOWN_TERRITORY),
            (rights(), {"territory": "de"}, Reason.UNKNOWN_TERRITORY),
            (rights(), {"territory": ""}, Reason.UNKNOWN_TERRITORY),
            (rights(), {"territory": "*"}, Reason.UNKNOWN_TERRITORY),
            (rights(territories=()), {}, Reason.TERRITORY_NOT_LICENSED),
            (rights(territories=("FR",)), {}, Reason.TERRITORY_NOT_LICENSED),
            (rights(excluded_territories=("DE",)), {}, Reason.TERRITORY_EXCLUDED),
            (rights(territories=("DE",), excluded_territories=("DE",)), {}, Reason.TERRITORY_EXCLUDED),
            (rights(excluded_territories=("*",)), {}, Reason.TERRITORY_EXCLUDED),
            (rights(usages=()), {}, Reason.USAGE_NOT_LICENSED),
            (rights(usages=(Usage.PRINT,)), {}, Reason.USAGE_NOT_LICENSED),
            (rights(), {"usage": "billboard"}, Reason.USAGE_NOT_LICENSED),
            (rights(), {"usage": "WEB"}, Reason.USAGE_NOT_LICENSED),
            (Rights(), {}, Reason.TERRITORY_NOT_LICENSED),
        ],
    )
    def test_a_decision_names_its_reason(self, held: Rights | None, asked: dict[str, str], reason: Reason) -> None:
        decision = judge(held, **asked)
        assert decision.reason is reason
        assert decision.allowed is (reason is Reason.ALLOWED)

    def test_a_refusal_has_no_end(self) -> None:
        assert judge(rights(usages=())).expires_at is None


class TestBoundaries:
    """A window is open at its start and shut at its end."""

    @pytest.mark.parametrize("step", [SECOND, MICROSECOND])
    @pytest.mark.parametrize(
        "windows",
        [
            (Window(starts=START, ends=END),),
            (Window(starts=START, ends=END), Window(starts=END + timedelta(days=9), ends=END + timedelta(days=10))),
        ],
    )
    def test_a_window_begins_with_its_start_and_ends_before_its_end(
        self, windows: tuple[Window, ...], step: timedelta
    ) -> None:
        held = rights(windows=windows)
        assert [judge(held, at).allowed for at in (START - step, START, END - step, END)] == [False, True, True, False]

    def test_a_window_of_a_microsecond_is_a_window(self) -> None:
        held = rights(windows=(Window(starts=NOW, ends=NOW + MICROSECOND),))
        assert judge(held, NOW).allowed
        assert not judge(held, NOW + MICROSECOND).allowed

    @pytest.mark.parametrize("ends", [START, START - MICROSECOND])
    def test_a_window_that_does_not_last_is_refused(self, ends: datetime) -> None:
        with pytest.raises(ValidationError):
            Window(starts=START, ends=ends)

    def test_an_allowed_answer_ends_with_its_window(self) -> None:
        assert judge(ONE_WINDOW, START).expires_at == END

    def test_windows_that_touch_or_overlap_are_one(self) -> None:
        middle, far = END, END + timedelta(days=30)
        touching = rights(windows=(Window(starts=middle, ends=far), Window(starts=START, ends=middle)))
        overlapping = rights(
            windows=(Window(starts=START, ends=middle), Window(starts=middle - SECOND, ends=far), Window(starts=START))
        )
        assert judge(touching, START).expires_at == far
        assert judge(overlapping, START).expires_at is None

    def test_a_window_within_another_does_not_shorten_it(self) -> None:
        held = rights(windows=(Window(starts=START, ends=END), Window(starts=START, ends=START + SECOND)))
        assert judge(held, START).expires_at == END

    def test_a_gap_of_a_microsecond_is_a_gap(self) -> None:
        held = rights(windows=(Window(ends=END), Window(starts=END + MICROSECOND)))
        assert judge(held, START).expires_at == END
        assert judge(held, END).reason is Reason.EMBARGOED

    def test_no_end_is_no_end_however_it_is_written(self) -> None:
        last = datetime.max.replace(tzinfo=UTC)
        assert judge(rights(windows=(Window(starts=START),)), START).expires_at is None
        assert judge(rights(windows=(Window(starts=START), Window(ends=START))), START).expires_at is None
        assert judge(rights(windows=(Window(starts=START),)), last).allowed


class Berlin2026(tzinfo):
    """The wall clock of Berlin around 25 October 2026, 03:00: an hour comes twice."""

    def utcoffset(self, when: datetime | None) -> timedelta:
        return timedelta(hours=1 if when is not None and when.fold else 2)

    def dst(self, when: datetime | None) -> timedelta:
        return self.utcoffset(when) - timedelta(hours=1)


class TestTimeZones:
    """A moment is a moment, on whatever clock."""

    @pytest.mark.parametrize(
        "at",
        [
            datetime(2026, 6, 1, 12, tzinfo=UTC),
            datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 6, 1, 1, 30, tzinfo=timezone(-timedelta(hours=10, minutes=30))),
            datetime(2026, 6, 2, 2, tzinfo=timezone(timedelta(hours=14))),
        ],
    )
    def test_equal_moments_get_equal_answers(self, at: datetime) -> None:
        held = rights(windows=(Window(starts=NOW, ends=NOW + MICROSECOND),))
        assert judge(held, at) == judge(held, NOW)
        assert Window(starts=at, ends=END) == Window(starts=NOW, ends=END)

    def test_the_hour_that_comes_twice_is_two_hours(self) -> None:
        first = datetime(2026, 10, 25, 2, 30, tzinfo=Berlin2026())
        held = rights(windows=(Window(starts=first, ends=first.replace(fold=1)),))
        half_past_midnight = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert held.windows[0] == Window(starts=half_past_midnight, ends=half_past_midnight + timedelta(hours=1))
        assert judge(held, half_past_midnight).allowed
        assert not judge(held, half_past_midnight + timedelta(hours=1)).allowed

    def test_an_end_read_from_json_keeps_its_offset(self) -> None:
        window = Window.model_validate_json('{"ends": "2026-10-25T02:30:00+01:00"}')
        assert window.ends == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        ['{"ends": "2026-10-25T02:30:00"}', '{"starts": "2026-10-25"}', '{"starts": "2026"}', '{"starts": 2026}'],
    )
    def test_a_moment_without_a_time_zone_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            Window.model_validate_json(text)

    @pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
    def test_a_moment_outside_the_calendar_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            Window.model_validate_json(f'{{"ends": "{text}"}}')


class TestRecords:
    """What a rights record takes."""

    def test_territories_and_usages_are_sets(self) -> None:
        held = Rights(territories=("FR", "DE", "FR"), usages=("web", "print", "web"))
        assert (held.territories, held.usages) == (("DE", "FR"), (Usage.PRINT, Usage.WEB))
        assert held == Rights(territories=("DE", "FR"), usages=("print", "web"))

    @pytest.mark.parametrize(
        "fields",
        [{"territories": ("XX",)}, {"excluded_territories": ("de",)}, {"usages": ("billboard",)}, {"owner": "X"}],
    )
    def test_unknown_words_are_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Rights(**fields)

    def test_the_territories_are_those_of_iso_3166(self) -> None:
        assert len(TERRITORIES) == 249
        assert {"DE", "GB", "US", "TW", "XK", "EU", "UK"} & TERRITORIES == {"DE", "GB", "US", "TW"}


# --- the oracle: written from the words of the licence, on whole hours, with nothing of the code under test ----------

KNOWN = ("AT", "DE", "FR")  # JP is known too, and named by no licence below
Licence = dict[str, Any]
"""`windows`: (first hour or None, end hour or None); `territories`, `excluded`, `usages`: words."""


def open_at(windows: list[tuple[int | None, int | None]], hour: float) -> bool:
    return any((a is None or a <= hour) and (b is None or hour < b) for a, b in windows)


def slow_decision(licence: Licence | None, hour: float, territory: str, usage: str) -> tuple[str, int | None]:
    """Return the reason, and the hour at which an allowed answer ends."""
    if licence is None:
        return "no_rights", None
    if territory not in (*KNOWN, "JP"):
        return "unknown_territory", None
    for word in licence["excluded"]:
        if word in {territory, "*"}:
            return "territory_excluded", None
    if not any(word in {territory, "*"} for word in licence["territories"]):
        return "territory_not_licensed", None
    if not any(word == usage for word in licence["usages"]):
        return "usage_not_licensed", None
    windows = licence["windows"]
    if not windows:
        return "no_window", None
    if open_at(windows, hour):
        shut = [b for _, b in windows if b is not None and b > hour and not open_at(windows, b)]
        return "allowed", min(shut, default=None)
    return ("embargoed" if any(a is not None and a > hour for a, _ in windows) else "expired"), None


hours = st.integers(0, 12)
spans = st.tuples(st.none() | hours, st.none() | hours).filter(
    lambda span: span[0] is None or span[1] is None or span[0] < span[1]
)
licences = st.fixed_dictionaries(
    {
        "windows": st.lists(spans, max_size=5),
        "territories": st.lists(st.sampled_from([*KNOWN, "*"]), max_size=3),
        "excluded": st.lists(st.sampled_from([*KNOWN, "*"]), max_size=2) | st.just([]),
        "usages": st.lists(st.sampled_from(["web", "print", "pos"]), max_size=3),
    }
)
moments = st.integers(-2, 28).map(lambda half: half / 2)
"""Half hours: every border, and a moment between any two."""


def clock(hour: float) -> datetime:
    return NOW + timedelta(hours=hour)


def as_rights(licence: Licence | None) -> Rights | None:
    if licence is None:
        return None
    return Rights(
        windows=tuple(
            Window(starts=None if a is None else clock(a), ends=None if b is None else clock(b))
            for a, b in licence["windows"]
        ),
        territories=tuple(licence["territories"]),
        excluded_territories=tuple(licence["excluded"]),
        usages=tuple(licence["usages"]),
    )


class TestAgainstTheOracle:
    """Several hundred random licences, each judged twice."""

    @settings(max_examples=300)
    @given(
        st.none() | licences,
        moments,
        st.sampled_from([*KNOWN, "JP", "XX", "*"]),
        st.sampled_from(["web", "print", "?"]),
    )
    def test_the_decision_is_the_slow_one(
        self, licence: Licence | None, hour: float, territory: str, usage: str
    ) -> None:
        reason, end = slow_decision(licence, hour, territory, usage)
        decision = decide(as_rights(licence), at=clock(hour), territory=territory, usage=usage)
        assert (decision.reason.value, decision.expires_at) == (reason, None if end is None else clock(end))
        assert decision.allowed is (reason == "allowed")

    @settings(max_examples=300)
    @given(st.none() | licences, st.none() | licences, moments)
    def test_rights_narrow_when_something_that_was_allowed_from_now_on_is_not_any_more(
        self, old: Licence | None, new: Licence | None, now: float
    ) -> None:
        asked = [
            (half / 2, territory, usage)
            for half in range(int(now * 2), 30)
            for territory in (*KNOWN, "JP")
            for usage in ("web", "print", "pos")
        ]
        lost = [one for one in asked if slow_decision(old, *one)[0] == "allowed" != slow_decision(new, *one)[0]]
        assert narrows(as_rights(old), as_rights(new), at=clock(now)) is bool(lost)

    @settings(max_examples=300)
    @given(st.none() | licences, moments)
    def test_an_asset_may_be_seen_for_a_usage_if_it_may_be_seen_anywhere(
        self, licence: Licence | None, hour: float
    ) -> None:
        held = as_rights(licence)

        def anywhere(hour: float, usage: Usage) -> bool:
            places = (*KNOWN, "JP")
            return any(decide(held, at=clock(hour), territory=place, usage=usage).allowed for place in places)

        for usage in (Usage.WEB, Usage.PRINT):
            assert may_be_seen(held, clock(hour), usage=usage) is anywhere(hour, usage)
            later = any(anywhere(half / 2, usage) for half in range(int(hour * 2), 30))
            assert may_come(held, clock(hour), usage=usage) is (later or anywhere(hour, usage))

    @given(licences, moments)
    def test_the_same_rights_never_narrow(self, licence: Licence, now: float) -> None:
        assert not narrows(as_rights(licence), as_rights(licence), at=clock(now))


def test_excluding_every_licensed_territory_by_name_leaves_nothing_to_see() -> None:
    for excluded in (
        rights(territories=("DE", "AT"), excluded_territories=("AT", "DE")),
        rights(excluded_territories=tuple(TERRITORIES)),
    ):
        assert not may_be_seen(excluded, NOW, usage=Usage.WEB)
        assert not may_come(excluded, NOW, usage=Usage.WEB)


@pytest.mark.parametrize(
    ("old", "new", "narrowed"),
    [
        (rights(windows=(Window(ends=NOW),)), None, False),  # it was over already
        (rights(windows=(Window(ends=NOW + MICROSECOND),)), None, True),
        (rights(), rights(holder="Another"), False),
        (rights(territories=("DE",)), rights(), False),
        (rights(), rights(territories=tuple(TERRITORIES)), False),
        (rights(), rights(territories=tuple(TERRITORIES - {"AQ"})), True),
        (rights(territories=("DE",)), rights(territories=("DACH",)), False),
        (rights(territories=("DACH",)), rights(territories=("EU",)), True),
        (rights(), rights(constraints=("no_cropping",)), True),
        (rights(constraints=("no_cropping",)), rights(), False),
        (rights(), rights(model_release="none"), True),
        (rights(usages=("internal",)), rights(usages=("internal",), model_release="none"), False),
        (rights(usages=("web",), property_release="none"), None, False),  # its usages were admitted to nobody
        (rights(windows=(Window(starts=START, ends=END),)), rights(windows=(Window(starts=NOW, ends=END),)), False),
        (ONE_WINDOW, rights(windows=(Window(ends=START + SECOND), Window(starts=START + SECOND, ends=END))), False),
        (ONE_WINDOW, rights(windows=(Window(ends=START + SECOND), Window(starts=START + 2 * SECOND))), True),
    ],
)
def test_a_narrowing_is_judged_from_now_on(old: Rights, new: Rights | None, narrowed: bool) -> None:
    assert narrows(old, new, at=NOW) is narrowed
