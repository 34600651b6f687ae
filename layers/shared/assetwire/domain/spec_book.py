"""All specs that hold: which of them an asset wants, and when the next of them begins or ends."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.channels import Channels, shipped_channels
from assetwire.domain.decisions import may_come
from assetwire.domain.plan import RENDERER
from assetwire.domain.preflight import candidate_of, wanted_specs
from assetwire.domain.rights import Usage
from assetwire.domain.spec import Spec, profiles
from assetwire.domain.transcode_plan import TRANSCODER
from assetwire.domain.transcode_spec import TranscodeSpec, transcodes


class SpecBook(NamedTuple):
    """Profiles, and the channels with their media specs."""

    profiles: tuple[Spec, ...]
    channels: Channels = Channels({}, {})
    transcodes: tuple[TranscodeSpec, ...] = ()
    """What is made of films, sounds, documents and spins."""

    @property
    def digest(self) -> str:
        """Changes when anything that the specs say changes, or what the renderer makes of it."""
        profiles = [spec.digest for spec in self.profiles]
        return _digest([str(TRANSCODER), *profiles, *self._made, self.channels.digest])

    @property
    def posters(self) -> tuple[Spec, ...]:
        """What is made of the first frame of a spin, to stand for the whole."""
        return tuple(spec for spec in self.profiles if spec.usage is Usage.WEB)

    @property
    def spin_digest(self) -> str:
        """Changes when anything that spins are made by does."""
        return _digest([*(spec.digest for spec in self.posters), *self._made])

    @property
    def _made(self) -> list[str]:
        return [spec.digest for spec in self.transcodes]

    def next_change(self, after: datetime) -> datetime | None:
        """Return the first moment after this one at which another edition holds; None if all stays as it is."""
        return next((moment for moment in self.channels.changes if moment > after), None)

    def wanted_by(self, asset: Asset, at: datetime) -> tuple[Spec, ...]:
        """Return the specs by which an asset is rendered.

        Those for the web are always wanted: whoever prepares an asset sees it before it may be seen. Others are, where
        the rights name their usage, now or in a window that is yet to come; of channels, what a preflight says can be
        filled, in the editions that hold.
        """
        profiles = (
            s for s in self.profiles if s.usage is Usage.WEB or may_come(asset.effective_rights, at, usage=s.usage)
        )
        return (*profiles, *wanted_specs(candidate_of(asset), at=at, channels=self.channels))


def _digest(said: list[str]) -> str:
    return hashlib.sha256("|".join([str(RENDERER), *said]).encode()).hexdigest()[:16]


@cache
def shipped_book() -> SpecBook:
    """Return the specs that ship with the code.

    Raises:
        Misconfigured: a file is no spec.
    """
    return SpecBook(profiles(), shipped_channels(), transcodes())


def house_book(channels: Iterable[str]) -> SpecBook:
    """Return the specs that a house renders by: every profile, and the channels that it has switched on.

    Raises:
        Misconfigured: a file is no spec, or there is no channel of such a name.
    """
    book = shipped_book()
    return book._replace(channels=book.channels.only(channels))
