"""Which files an asset wants: what its specs ask for, of what its master can give."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.inscription import INSCRIBED, inscription_of, labels_of
from assetwire.domain.inspection import Kind
from assetwire.domain.plan import digest_of, wanted
from assetwire.domain.rights import Usage
from assetwire.domain.spec import Output
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.subject import subject_of
from assetwire.domain.transcode_plan import Transcode, has_transcodes, wanted_transcodes
from assetwire.domain.transcoding import LeftOut

DECIDING_FIELDS = frozenset({*INSCRIBED, "image_alteration_constraints", "image_region"})
"""The fields of the metadata that decide over renditions: what is written inside, and what may be cut off."""


class Wanted(NamedTuple):
    """An output that an asset wants, and the digest of what its file is made by."""

    output: Output
    usage: Usage
    digest: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.output.name


def wanted_outputs(asset: Asset, *, book: SpecBook, at: datetime) -> tuple[Wanted, ...]:
    """Return the outputs that an asset wants of its current version at this moment."""
    subject = subject_of(asset.inspection, asset.fields, asset.effective_rights)
    if subject is None:
        return ()
    inside = inscription_of(asset.fields, asset.rights).digest
    return tuple(
        Wanted(output, spec.usage, digest_of(output, subject, inside))
        for spec in book.wanted_by(asset, at)
        for output in wanted(spec, subject)
    )


def is_unmet(asset: Asset, wanted: Wanted) -> bool:
    """Tell whether an output was tried of the current version, and cannot be made of it."""
    done = asset.rendered
    is_current = done is not None and done.version_id == asset.current_version
    return done is not None and is_current and done.unmet.get(wanted.name) == wanted.digest


class WantedTranscode(NamedTuple):
    """A file to make of a film, a sound or a document, and the digest that it is kept under."""

    transcode: Transcode
    digest: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.transcode.name


def wanted_of_media(asset: Asset, *, book: SpecBook) -> tuple[WantedTranscode, ...]:
    """Return what is to be made of an asset's current version beside its pictures; nothing of a spin."""
    inside = labels_of(asset.fields, asset.rights).digest
    return tuple(WantedTranscode(t, t.digest(inside)) for t in wanted_transcodes(asset.inspection, book.transcodes))


def is_outdated(asset: Asset, *, book: SpecBook, at: datetime) -> bool:
    """Tell whether what was finished last of an asset is not what it wants."""
    outputs = {each.name: each.digest for each in wanted_outputs(asset, book=book, at=at)}
    done = asset.rendered
    pictures = done is None or (done.version_id, done.outputs | done.unmet) != (asset.current_version, outputs)
    return pictures or _is_media_outdated(asset, book)


def _is_media_outdated(asset: Asset, book: SpecBook) -> bool:
    """Tell whether something beside pictures is wanted that was neither made nor given up."""
    if not has_transcodes(asset.inspection.kind, asset.inspection.media_type):
        return False
    done, left_out = asset.transcoded, left_out_of(asset)
    if asset.inspection.kind is Kind.SPIN:
        return not left_out and (done is None or done.made_by != book.spin_digest)
    wanted = wanted_of_media(asset, book=book)
    given_up = {
        each.name for each in wanted if each.name in left_out and left_out[each.name].made == each.transcode.made
    }
    outputs = {each.name: each.digest for each in wanted if each.name not in given_up}
    return done is None or (done.version_id, done.outputs) != (asset.current_version, outputs)


def left_out_of(asset: Asset) -> Mapping[str, LeftOut]:
    """Return what was given up of an asset's current version beside its pictures, by the name of the file."""
    state = asset.transcoding
    return {} if state is None or state.version_id != asset.current_version else state.left_out


def is_incomplete(asset: Asset) -> bool:
    """Tell whether something of an asset was given up: whoever asks for it again has it tried again."""
    return bool(left_out_of(asset))
