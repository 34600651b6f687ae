"""Which decision a revocation counts from: the first one that delivery has not followed yet."""

from datetime import timedelta

import pytest

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, following, joined
from assetwire.domain.revocation import Cause, Narrowing
from assetwire.domain.rights import Rights, Window
from assetwire.domain.shown import Delivered
from fakes import some
from fakes.some import NOW

LATER, LAST = NOW + timedelta(seconds=9), NOW + timedelta(seconds=20)
GERMANY = some.rights(territories=("DE",))


def seen(rights: Rights | None = None) -> Asset:
    """Return an asset of which something stands in delivery."""
    asset = some.asset(rights=rights or some.rights(territories=("DE", "AT")))
    files = Delivered(generation=asset.generation, version_id=asset.current_version, renditions=("web-320.jpg",))
    return asset.with_delivered(files, now=NOW)


def test_a_decision_that_the_next_overtakes_counts_from_its_own_moment() -> None:
    narrowed = seen().with_rights(GERMANY, now=NOW)
    withdrawn = narrowed.with_life(withdrawn=Act(by="me", at=LATER), now=LATER)
    withdrawn = withdrawn.with_rights(some.rights(territories=()), now=LAST)
    assert withdrawn.generation > narrowed.generation
    narrowing = Narrowing(generation=withdrawn.generation, cause=Cause.RIGHTS_NARROWED, at=NOW)
    assert withdrawn.narrowing == narrowing


def test_what_delivery_followed_is_counted_no_more() -> None:
    narrowed = seen().with_rights(GERMANY, now=NOW)
    files = Delivered(generation=2, version_id=narrowed.current_version, renditions=("web-320.jpg",))
    again = narrowed.with_delivered(files, now=NOW).with_rights(some.rights(territories=()), now=LATER)
    assert again.narrowing == Narrowing(generation=3, cause=Cause.RIGHTS_NARROWED, at=LATER)


def test_the_end_of_a_window_exposed_nothing_that_the_next_decision_would_count() -> None:
    asset = seen(some.rights(windows=(Window(ends=LATER), Window(starts=LAST)), territories=("DE", "AT")))
    ended = asset.in_phase(now=LATER)
    assert ended.narrowing == Narrowing(generation=2, cause=Cause.RIGHTS_ENDED, at=LATER)
    narrowed = ended.with_rights(some.rights(windows=(Window(starts=LAST),), territories=("DE",)), now=LAST)
    assert narrowed.narrowing == Narrowing(generation=3, cause=Cause.RIGHTS_NARROWED, at=LAST)


@pytest.mark.parametrize("decided", [NOW - timedelta(minutes=5), NOW])
def test_what_a_collection_denies_counts_from_its_decision_and_not_from_the_job(decided: object) -> None:
    collection = Collection(collection_id="c" + "a" * 25, title="Shoot", created_at=decided, updated_at=decided)
    member = joined(seen(), collection, now=NOW)
    collection = collection.model_copy(update={"rights": GERMANY, "revision": 1})
    followed = following(member, collection, now=LATER)
    assert followed.narrowing == Narrowing(generation=2, cause=Cause.RIGHTS_NARROWED, at=decided)
    assert following(followed, collection, now=LAST) is followed
