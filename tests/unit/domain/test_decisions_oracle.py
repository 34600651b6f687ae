"""A hundred thousand decisions, each judged twice: by `decide`, and by an oracle that knows nothing of it."""

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from oracles.rights_oracle import GROUPS as TRUE_GROUPS
from oracles.rights_oracle import PLACES, USAGES, answer

from assetwire.domain.decisions import Decision, Reason, decide
from assetwire.domain.rights import Rights
from assetwire.domain.rights_sets import narrows, strictest
from assetwire.domain.territories import GROUPS, TERRITORIES

CLOCK_CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin, London
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe: half an hour
    datetime(2028, 2, 29, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
)
"""Moments around which clocks, days and years change."""
STEPS = [-86_400, -5_400, -3_600, -1_800, -1, 0, 1, 1_800, 3_600, 5_400, 86_400]
ZONES = [timezone(timedelta(hours=hours)) for hours in (0, 1, 2, -5, -4, 5.75, 10.5, 11, 14)]
"""Offsets of their clocks, in summer and in winter, and some that are odd or far."""


class Chance(random.Random):
    """Makes up licences and questions, most of them about the same few moments."""

    def moment(self, around: datetime) -> datetime:
        return (around + timedelta(seconds=self.choice(STEPS))).astimezone(self.choice(ZONES))

    def window(self, around: datetime) -> dict[str, str]:
        starts, ends = sorted((self.moment(around), self.moment(around)), key=datetime.timestamp)
        said = {"starts": starts.isoformat(), "ends": ends.isoformat()}
        if starts.timestamp() == ends.timestamp() or self.random() < 0.3:
            del said[self.choice(["starts", "ends"])]
        return said

    def some(self, words: list[str], most: int) -> list[str]:
        return [self.choice(words) for _ in range(self.randint(0, most))]

    def licence(self, around: datetime) -> dict[str, Any]:
        places = [*PLACES, *TRUE_GROUPS, *TRUE_GROUPS, "*"]
        said: dict[str, Any] = {
            "windows": [self.window(around) for _ in range(self.choice([0, 1, 1, 1, 2, 3, 5]))],
            "territories": self.choice([["*"], ["EU", "CH"], self.some(places, 6)]),
            "excluded_territories": self.choice([[], [], self.some(places, 2)]),
            "usages": self.choice([USAGES, self.some(USAGES, 5)]),
        }
        if self.random() < 0.3:
            said["model_release"] = self.choice(["none", "limited", "unlimited", "not_applicable"])
        if self.random() < 0.1:
            said["property_release"] = self.choice(["none", None])
        return said

    def question(self, around: datetime) -> tuple[datetime, str, str]:
        """Return a moment, a territory and a usage."""
        place = self.choice([*PLACES, "DE", "DE", "FR", "CH", "XX", "*", "EU"])
        return self.moment(around), place, self.choice([*USAGES, "web", "web", "billboard"])


@pytest.mark.parametrize("seed", range(4))
def test_25_000_decisions_are_those_of_the_oracle(seed: int) -> None:
    chance, seen = Chance(seed), Counter[str]()
    for _ in range(5_000):
        around = chance.choice(CLOCK_CHANGES)
        licence = chance.licence(around) if chance.random() > 0.01 else None
        rights = None if licence is None else Rights.model_validate_json(json.dumps(licence))
        for at, territory, usage in [chance.question(around) for _ in range(5)]:
            decision = decide(rights, at=at, territory=territory, usage=usage)
            ends = None if decision.expires_at is None else decision.expires_at.timestamp()
            assert (decision.allowed, decision.reason, ends) == answer(licence, at.timestamp(), territory, usage), (
                licence,
                at,
                territory,
                usage,
            )
            seen[decision.reason] += 1
    assert set(seen) == set(Reason) - {Reason.UNKNOWN_MOMENT}
    assert min(seen.values()) >= 50
    assert seen[Reason.ALLOWED] > 3_000


def test_what_several_licences_allow_together_each_of_them_allows() -> None:
    chance, together = Chance(9), 0
    for _ in range(1_500):
        around = chance.choice(CLOCK_CHANGES)
        licences = [chance.licence(around) for _ in range(chance.choice([1, 2, 2, 3]))]
        all_rights = [Rights.model_validate(each) for each in licences]
        merged = strictest(all_rights)
        for at, territory, usage in [chance.question(around) for _ in range(5)]:
            answers = [answer(each, at.timestamp(), territory, usage) for each in licences]
            decision = decide(merged, at=at, territory=territory, usage=usage)
            assert decision.allowed is all(allowed for allowed, _, _ in answers)
            if decision.allowed:
                together += 1
                ends = [end for _, _, end in answers if end is not None]
                assert decision.expires_at == (datetime.fromtimestamp(min(ends), UTC) if ends else None)
        assert not any(narrows(merged, each, at=around - timedelta(days=3)) for each in all_rights)
    assert together > 300


def test_an_answer_never_gets_worse_before_it_says() -> None:
    chance = Chance(5)
    for _ in range(1_500):
        around = chance.choice(CLOCK_CHANGES)
        rights = Rights.model_validate(chance.licence(around))
        at, territory, usage = chance.question(around)
        decision = decide(rights, at=at, territory=territory, usage=usage)
        later = [around + timedelta(seconds=step) for step in STEPS]
        for moment in (each for each in later if decision.allowed and each > at):
            ends = decision.expires_at
            if ends is None or moment < ends:
                assert decide(rights, at=moment, territory=territory, usage=usage).allowed
            elif moment == ends:
                assert not decide(rights, at=moment, territory=territory, usage=usage).allowed


def test_the_groups_are_those_of_the_oracle_and_no_codes() -> None:
    assert {name: sorted(codes) for name, codes in GROUPS.items()} == {n: sorted(c) for n, c in TRUE_GROUPS.items()}
    assert not GROUPS.keys() & TERRITORIES
    assert all(codes <= TERRITORIES for codes in GROUPS.values())


def test_a_moment_without_a_zone_is_no_moment() -> None:
    rights = Rights.model_validate({"windows": [{}], "territories": ["*"], "usages": ["web"]})
    naive = datetime(2026, 6, 1)  # noqa: DTZ001 - what is judged here
    assert decide(rights, at=naive, territory="DE", usage="web") == Decision(
        allowed=False, reason=Reason.UNKNOWN_MOMENT
    )
