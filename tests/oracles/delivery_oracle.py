"""Which URLs a house must refuse, and which it must answer: its rights over time, kept by an account of its own.

Written from docs/rights.md and docs/delivery.md alone. An asset's licences must all allow what is asked: what people
grant, and what its metadata limits that to. Moments are seconds since 1970.
"""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any, NamedTuple

from oracles.rights_oracle import PLACES, USAGES, answer, is_open, names, seconds

ANYWHERE = ("*",)


class Asked(NamedTuple):
    """A URL that somebody asks for: of a file for a usage, for viewers in territories, or for a channel's machines."""

    asset: str
    file: str
    file_usage: str
    """What the file was made for."""
    usage: str
    """What it is to be shown for."""
    territories: tuple[str, ...]
    """Where; of a channel, its one territory."""
    life: int
    channel: str = ""
    cookies: bool = False
    """Cookies are to open it, and all else that is delivered of the asset."""
    gallery: bool = False
    """It is to stand in a gallery, and what signs it opens all else that is delivered of the asset."""
    network: str = ""
    """From where alone it may be asked for, an IPv4 address or network; empty: from anywhere."""

    @property
    def opens_all(self) -> bool:
        """Whether what signs it opens every file of the asset."""
        return self.cookies or self.gallery


class Minted(NamedTuple):
    """A URL that was given out: what was asked for, until when it says to be good, by which key, in which era."""

    url: str
    asked: Asked
    expires: float
    key: str
    era: int
    cookies: str = ""
    """The header that has to come with it."""
    is_sure: bool = True
    """Its file was there."""


class _Era(NamedTuple):
    """What holds of an asset until something is changed."""

    licences: tuple[dict[str, Any] | None, ...]
    in_use: bool


class House:
    """Everything that was ever decided about assets, and what follows from it for a URL."""

    def __init__(self) -> None:
        self._eras: dict[str, list[_Era]] = {}
        self._voided: dict[str, int] = {}
        self.forgotten: set[str] = set()
        """Keys that were taken away: what they opened is void."""

    def decided(self, asset: str, licences: Sequence[dict[str, Any] | None], at: float, *, in_use: bool = True) -> None:
        """Take note of what holds of an asset from now on; a narrowing voids every URL minted before."""
        eras = self._eras.setdefault(asset, [])
        eras.append(_Era(tuple(licences), in_use))
        if len(eras) > 1 and (not in_use or narrowed(eras[-2].licences, eras[-1].licences, at)):
            self._voided[asset] = len(eras) - 1

    def era(self, asset: str) -> int:
        """Return the number of the era that an asset is in."""
        return len(self._eras[asset]) - 1

    def terms(self, asset: str) -> tuple[tuple[dict[str, Any] | None, ...], bool]:
        """Return what holds of an asset: its licences, and whether it is in use."""
        return self._eras[asset][-1]

    def denied(self, asset: str, at: float, territories: Sequence[str], usages: Sequence[str]) -> str:
        """Return why an asset may not be shown in all of these places and for all of these usages, or nothing."""
        licences, in_use = self.terms(asset)
        if not in_use:
            return "out of use"
        asked_in = PLACES if tuple(territories) == ANYWHERE else territories
        for licence in licences:
            for place in asked_in:
                for usage in usages:
                    allowed, reason, _ = answer(licence, at, place, usage)
                    if not allowed:
                        return reason
        return ""

    def end(self, asset: str, at: float, territories: Sequence[str], usage: str) -> float:
        """Return when what is allowed now ends; never is far away."""
        place = "DE" if tuple(territories) == ANYWHERE else territories[0]
        ends = [answer(licence, at, place, usage)[2] for licence in self.terms(asset)[0]]
        return min((end for end in ends if end is not None), default=1e12)

    def unmintable(self, asked: Asked, at: float) -> str:
        """Return why a URL must not be given out, or nothing: then it must be, once its file is in place."""
        return self.denied(asked.asset, at, asked.territories, [asked.usage])

    def is_void(self, minted: Minted) -> bool:
        """Tell whether a URL is good for nobody any more: the rights were narrowed since, or its key is gone."""
        return minted.key in self.forgotten or minted.era < self._voided.get(minted.asked.asset, 0)

    def refused(self, minted: Minted, viewer: str, at: float, address: str = "") -> str:
        """Return why a URL must be refused to a viewer in a country (empty: unknown); if for nothing, it is answered.

        The viewer's address counts where the URL is for a network.

        A URL is good for its usage and for that of its file, where it is asked for, as the rights are at that moment.
        """
        asked = minted.asked
        if at >= minted.expires:
            return "it has ended"
        if self.is_void(minted):
            return "it is void"
        if asked.channel:
            return self.denied(asked.asset, at, asked.territories, [asked.usage, asked.file_usage])
        if asked.network and (not address or ip_address(address) not in ip_network(asked.network)):
            return "the viewer has another address"
        if not viewer:
            return "nobody knows where the viewer is"
        if asked.territories != ANYWHERE and viewer not in asked.territories:
            return "the viewer is elsewhere"
        return self.denied(asked.asset, at, [viewer], [asked.usage, asked.file_usage])


def narrowed(before: Sequence[dict[str, Any] | None], after: Sequence[dict[str, Any] | None], at: float) -> bool:
    """Tell whether anything that was allowed now or later is not any more, or is bound to another constraint."""
    if None in before:
        return False
    moments = _moments([*before, *after], at)
    old = [_places(before), _usages(before), _open(before, moments)]
    if not all(old):
        return False
    if None in after:
        return True
    new = [_places(after), _usages(after), _open(after, moments)]
    bound = [{word for each in known for word in (each or {}).get("constraints", [])} for known in (before, after)]
    return any(not some <= others for some, others in zip(old, new, strict=True)) or not bound[1] <= bound[0]


def _moments(licences: Sequence[dict[str, Any] | None], at: float) -> list[float]:
    """Return now, every later moment at which a window begins or ends, one between each two, and one after all."""
    said = [seconds(each.get(side)) for one in licences for each in (one or {}).get("windows", []) for side in each]
    edges = sorted({at, *(moment for moment in said if moment is not None and moment > at)})
    return [*edges, *((one + other) / 2 for one, other in pairwise(edges)), edges[-1] + 1]


def _places(licences: Sequence[dict[str, Any] | None]) -> set[str]:
    said = [(each.get("territories", []), each.get("excluded_territories", [])) for each in licences if each]
    return {place for place in PLACES if all(names(some, place) and not names(out, place) for some, out in said)}


def _usages(licences: Sequence[dict[str, Any] | None]) -> set[str]:
    def is_in(licence: dict[str, Any], usage: str) -> bool:
        is_bound = "none" in (licence.get("model_release"), licence.get("property_release"))
        return usage in licence.get("usages", []) and (usage == "internal" or not is_bound)

    return {usage for usage in USAGES if all(is_in(each, usage) for each in licences if each)}


def _open(licences: Sequence[dict[str, Any] | None], moments: Sequence[float]) -> set[float]:
    def is_in(licence: dict[str, Any], moment: float) -> bool:
        return is_open([(seconds(w.get("starts")), seconds(w.get("ends"))) for w in licence.get("windows", [])], moment)

    return {moment for moment in moments if all(is_in(each, moment) for each in licences if each)}
