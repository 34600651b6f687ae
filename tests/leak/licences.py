"""Licences, limits and changes of them, made up by a seed: mostly of the same few places, most of them open now."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from oracles.rights_oracle import USAGES

PLACES = ("AE", "AT", "CH", "DE", "ES", "FR", "GB", "IT", "JP", "NO", "SE", "US")
"""Where viewers are: members of every group of territories, and places that are in none."""
_GROUPS = ("EU", "EEA", "EFTA", "DACH", "BENELUX", "NORDICS", "GCC")
_HOUR, _DAY = 3_600, 86_400
Licence = dict[str, Any]


def moment(at: float) -> str:
    """Return a moment in ISO 8601."""
    return datetime.fromtimestamp(at, UTC).isoformat()


def window(starts: float | None, ends: float | None) -> dict[str, str]:
    """Return a window; None is unbounded."""
    return {name: moment(at) for name, at in (("starts", starts), ("ends", ends)) if at is not None}


class Chance(random.Random):
    """Makes up licences and what becomes of them; nothing begins or ends by itself within an hour."""

    def windows(self, now: float) -> list[dict[str, str]]:
        now = int(now)
        past, soon = window(now - 9 * _DAY, now - _HOUR), window(now + _HOUR, now + 9 * _DAY)
        open_now = window(self.choice([None, now - _DAY, now - _HOUR]), self.choice([None, now + _HOUR, now + _DAY]))
        several = [past, open_now, window(now + 20 * _DAY, None)]
        rare = self.choice([[past], [soon], [past, soon], []])
        return self.choice([[open_now], [open_now], [{}], [{}], several, several[::-1], rare])

    def territories(self) -> list[str]:
        some = self.sample(PLACES, self.randint(1, 9))
        return self.choice([["*"], ["*"], ["EU", "CH"], ["DACH", "US"], [self.choice(_GROUPS), *some], some])

    def some_places(self) -> list[str]:
        """Return most of the places."""
        return self.sample(PLACES, 8)

    def excluded(self) -> list[str]:
        return self.choice([[], [], self.sample(PLACES, self.randint(1, 3)), [self.choice(_GROUPS)]])

    def usages(self) -> list[str]:
        some = self.sample(USAGES, self.randint(1, 4))
        return self.choice([USAGES, USAGES, ["web", *some], ["web", *some], ["web", "marketplace", "email"], some])

    def licence(self, now: float) -> Licence:
        """Return a licence."""
        said: Licence = {
            "windows": self.windows(now),
            "territories": self.territories(),
            "excluded_territories": self.excluded(),
            "usages": sorted(set(self.usages())),
        }
        if self.random() < 0.3:
            said["constraints"] = self.sample(["no_flipping", "credit_required", "no_merging"], self.randint(1, 2))
        if self.random() < 0.2:
            said["model_release"] = self.choice(["none", "limited", "unlimited"])
        return said

    def limits(self, now: float) -> dict[str, str] | None:
        """Return what a master's metadata says of its licence, by the names of fields; mostly nothing."""
        day = [moment(int(now) + days * _DAY) for days in (-40, 400)]
        some = [{"license_start_date": day[0]}, {"license_end_date": day[1]}, {"license_end_date": day[0]}]
        return self.choice([None, None, None, None, None, *some])

    def changed(self, licence: Licence, now: float) -> Licence:
        """Return a licence that came of another: a little narrower or wider, or another one altogether."""
        made: Callable[[], Licence] = self.choice(
            [
                lambda: {"excluded_territories": [*licence.get("excluded_territories", []), self.choice(PLACES)]},
                lambda: {"excluded_territories": []},
                lambda: {"territories": [each for each in PLACES if self.random() < 0.6]},
                lambda: {"territories": [*licence["territories"], self.choice(PLACES)]},
                lambda: {"usages": [each for each in licence["usages"] if self.random() < 0.7]},
                lambda: {"usages": sorted({*licence["usages"], "web", self.choice(USAGES)})},
                lambda: {"windows": [window(None, int(now) - _HOUR)]},
                lambda: {"windows": [window(int(now) + _HOUR, None)]},
                lambda: {"windows": [{}]},
                lambda: {"windows": [{}], "territories": ["*"], "model_release": None},
                lambda: {"constraints": ["credit_required"]},
                lambda: {"constraints": [], "model_release": "unlimited", "property_release": None},
                lambda: {"model_release": "none"},
                lambda: {"property_release": "none", "windows": [{}]},
                *([lambda: self.licence(now)] * 3),
            ]
        )
        return {**licence, **made()}


def limiting(fields: dict[str, str] | None) -> Licence | None:
    """Return a master's metadata as a licence beside those of people; None if it limits nothing."""
    if not fields:
        return None
    ends = {"starts": "license_start_date", "ends": "license_end_date"}
    said = {side: fields[name] for side, name in ends.items() if name in fields}
    return {"windows": [said], "territories": ["*"], "usages": USAGES}
