"""Channels: who receives media, in which market, for which usage, by which media spec; all of it data."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated, NamedTuple

from pydantic import StringConstraints, field_validator

from assetwire.domain.data_files import data, read_folder
from assetwire.domain.errors import Misconfigured, NotFound
from assetwire.domain.locales import Locale, language_of
from assetwire.domain.media_spec import MediaSpec, Title
from assetwire.domain.model import Value
from assetwire.domain.rights import Usage
from assetwire.domain.spec import SpecName, profiles
from assetwire.domain.territories import TERRITORIES

ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class Channel(Value):
    """A place that receives media, in one market: `amazon-de`."""

    name: ChannelName
    title: Title
    media_spec: SpecName
    """What it asks of pictures: the name of a media spec."""
    territory: str
    """Where it shows them: ISO 3166-1 alpha-2."""
    usage: Usage = Usage.MARKETPLACE
    """What it shows them for."""
    locale: Locale
    """The language of its texts."""

    @field_validator("territory")
    @classmethod
    def _is_a_known_territory(cls, code: str) -> str:
        if code not in TERRITORIES:
            raise ValueError(f"{code!r} is no ISO 3166-1 alpha-2 code")
        return code

    @property
    def language(self) -> str:
        """The language of its texts without region or script: `de` of `de-AT`."""
        return language_of(self.locale)


class Channels(NamedTuple):
    """Every channel and media spec, by name, in the order of their names; what one names is there."""

    channels: Mapping[str, Channel]
    specs: Mapping[str, MediaSpec]

    def named(self, name: str) -> Channel:
        """Return a channel.

        Raises:
            NotFound: there is none of this name.
        """
        if name not in self.channels:
            raise NotFound(f"no channel {name[:64]!r}", code="channel_not_found")
        return self.channels[name]

    def spec(self, channel: Channel) -> MediaSpec:
        """Return a channel's media spec."""
        return self.specs[channel.media_spec]

    def only(self, names: Iterable[str]) -> "Channels":
        """Return these channels alone, and the media specs that they ask by.

        Raises:
            Misconfigured: there are none of such names; all of them are named.
        """
        chosen = sorted(set(names))
        if unknown := [name for name in chosen if name not in self.channels]:
            there = ", ".join(self.channels)
            raise Misconfigured(f"no channel {', '.join(unknown)}: there are {there}", code="channel_not_found")
        channels = {name: self.channels[name] for name in chosen}
        asked_by = sorted({channel.media_spec for channel in channels.values()})
        return Channels(channels, {name: self.specs[name] for name in asked_by})

    @property
    def changes(self) -> tuple[datetime, ...]:
        """The moments from which on another edition of any media spec holds, in order."""
        return tuple(sorted({moment for spec in self.specs.values() for moment in spec.changes}))

    @property
    def digest(self) -> str:
        """Changes when anything that is said of any channel or media spec changes."""
        said = "".join(value.model_dump_json() for value in (*self.channels.values(), *self.specs.values()))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def channels_of(channels: Mapping[str, Channel], specs: Mapping[str, MediaSpec]) -> Channels:
    """Return channels and media specs that fit together.

    Raises:
        Misconfigured: they do not; every reason is named.
    """
    if wrong := list(_misfits(channels, specs)):
        raise Misconfigured("; ".join(wrong), code="invalid_data_file")
    return Channels(dict(sorted(channels.items())), dict(sorted(specs.items())))


def read_channels(*folders: Traversable) -> Channels:
    """Return the channels and media specs of folders with `channels` and `media_specs` in them.

    A later folder's stand in for those of the same name in the folders before.

    Raises:
        Misconfigured: a file is not of its model, or they do not fit together; every reason is named.
    """
    channels = {c.name: c for folder in folders for c in read_folder(folder / "channels", Channel)}
    specs = {s.name: s for folder in folders for s in read_folder(folder / "media_specs", MediaSpec)}
    return channels_of(channels, specs)


@cache
def shipped_channels() -> Channels:
    """Return the channels and media specs that ship with the code.

    Raises:
        Misconfigured: as `read_channels` does.
    """
    return read_channels(data())


def _misfits(channels: Mapping[str, Channel], specs: Mapping[str, MediaSpec]) -> Iterator[str]:
    usages: dict[str, Channel] = {}
    for channel in channels.values():
        if channel.media_spec not in specs:
            yield f"channel {channel.name}: there is no media spec {channel.media_spec!r}"
        # A file is delivered for one usage: it cannot be a marketplace's and a shop's at once.
        first = usages.setdefault(channel.media_spec, channel)
        if first.usage is not channel.usage:
            said = f"for {channel.usage.value}, {first.name} for {first.usage.value}"
            yield f"channel {channel.name}: it uses {channel.media_spec} {said}: one media spec has one usage"
    names = Counter(output.name for profile in profiles() for output in profile.outputs)
    for spec in specs.values():
        names.update({spec.output(edition, slot).name for edition in spec.editions for slot in edition.slots})
    twice = sorted(name for name, count in names.items() if count > 1)
    yield from (f"{name} is the name of outputs of two specs" for name in twice)
