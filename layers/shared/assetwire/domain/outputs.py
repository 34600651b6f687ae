"""Which files an asset wants: what its specs ask for, of what its master can give."""

from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.inscription import INSCRIBED, inscription_of
from assetwire.domain.plan import digest_of, wanted
from assetwire.domain.rights import Usage
from assetwire.domain.spec import Output
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.subject import subject_of

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
    subject = subject_of(asset.inspection, asset.fields)
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


def is_outdated(asset: Asset, *, book: SpecBook, at: datetime) -> bool:
    """Tell whether what was finished last of an asset is not what it wants."""
    outputs = {each.name: each.digest for each in wanted_outputs(asset, book=book, at=at)}
    done = asset.rendered
    return done is None or (done.version_id, done.outputs | done.unmet) != (asset.current_version, outputs)
