"""Preflight: what the channels could be given of an asset, and what they ask for."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.channels import Channel, Channels
from assetwire.domain.preflight import ChannelReport, candidate_of, preflight
from assetwire.ports import Catalog


class Preflight(NamedTuple):
    """What was asked of an asset, channel by channel in the order of their names; `more` if some were left out."""

    asset: Asset
    reports: tuple[ChannelReport, ...]
    more: bool


def preflight_asset(
    asset_id: str,
    *,
    channel: str | None,
    limit: int,
    channels: Channels,
    switched_on: Collection[str],
    catalog: Catalog,
    at: datetime,
) -> Preflight:
    """Return which slots of a channel, or of so many of all, an asset can fill at a moment, and whether it is on.

    Raises:
        NotFound: there is no such asset, or no such channel.
    """
    asked = [channels.named(channel)] if channel is not None else list(channels.channels.values())
    asset = catalog.asset(asset_id)
    candidate = candidate_of(asset)
    reports = tuple(
        preflight(candidate, each, channels.spec(each), at=at, switched_on=each.name in switched_on)
        for each in asked[:limit]
    )
    return Preflight(asset, reports, more=len(asked) > limit)


def described(channel: Channel, channels: Channels, *, switched_on: bool, at: datetime) -> dict[str, Any]:
    """Return a channel as JSON, with since when and until when the edition in effect holds; None if there is none."""
    edition = channels.spec(channel).edition(at)
    holds = None if edition is None else edition.model_dump(mode="json", include={"starts", "ends"})
    return channel.model_dump(mode="json") | {"switched_on": switched_on, "in_effect": holds}
