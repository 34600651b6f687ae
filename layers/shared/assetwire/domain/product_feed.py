"""Which system told of a product last, and as of when: an older word never replaces a newer one."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from assetwire.domain.model import Instant, Value

SOURCE = r"^[a-z][a-z0-9-]{0,62}$"
SourceName = Annotated[str, StringConstraints(pattern=SOURCE)]
"""A system that tells of products, as the house calls it: it stands in the address of its webhook."""
MOST_AHEAD = timedelta(minutes=5)
"""How far a source's moment may be ahead: as clocks differ. After one of next year nothing would count till then."""
MOST_LEFT_OUT = 20
"""Values of one product that could not be taken, and are remembered: the first ones say enough."""


class LeftOut(Value):
    """A value that a source gave and that could not be taken: where it stood, and why."""

    field: str
    code: str
    message: str


class Told(Value):
    """What a source told last of a product: the moments by which its words are put in order."""

    source: SourceName
    ref: Annotated[str, StringConstraints(max_length=200)]
    """What the source calls it, its kind in front: `product:<uuid>`, `product_model:<code>`."""
    changed_at: Instant
    """When the source changed it last."""
    seen_at: Instant
    """As of when the source told so: what is inherited from elsewhere changes without its own moment."""
    left_out: Annotated[tuple[LeftOut, ...], Field(max_length=MOST_LEFT_OUT)] = ()
    overruled: bool = False
    """A caller of the API has said something else since: these moments themselves count no more, newer ones do."""
    inferred: bool = False
    """The source did not say so: a look did not see the product. Whatever is as of later counts, unchanged or not."""

    def is_older_than(self, other: "Told") -> bool:
        """Tell whether something newer was said since: by the source, or as of its same moments by a caller."""
        inferred = self.inferred or other.inferred
        said, known = (each._moments(as_of_alone=inferred) for each in (self, other))
        return said <= known if other.overruled else said < known

    def _moments(self, *, as_of_alone: bool) -> tuple[datetime, ...]:
        return (self.seen_at,) if as_of_alone else (self.changed_at, self.seen_at)

    def is_ahead_of(self, now: datetime) -> bool:
        """Tell whether it is of a moment that is yet to come, further than clocks differ."""
        return max(self.changed_at, self.seen_at) > now + MOST_AHEAD

    @property
    def noted_as(self) -> str:
        """The name under which its product is found by what the source calls it."""
        return ref_name(self.source, self.ref)

    @property
    def kind(self) -> str:
        """What it is there: `product`, `product_model`."""
        return self.ref.partition(":")[0]


def ref_name(source: str, ref: str) -> str:
    """Return the name under which a product is found by what a source calls it; no evidence says such a name."""
    return f"ref:{source}:{ref}"
