"""The history of links tells what was and what is, of each link and of the list, and nothing that stayed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, LinkState, Place, arranged
from assetwire.domain.link_history import changes_of
from assetwire.domain.link_operations import LinkOperation, OperationKind, operated
from assetwire.domain.product import ProductMedia
from assetwire.domain.relisting import relisted
from fakes import some
from fakes.some import NOW

HERO = Place("S-1", LinkRole.HERO)
A, B = some.asset_id("a.jpg"), some.asset_id("b.jpg")


def test_a_new_list_and_its_links_had_nothing_before() -> None:
    found = arranged(HERO, None, (), (A, B), origin=LinkOrigin.PERSON, by="me", now=NOW)
    assert found is not None
    of_list, first, second = changes_of(found)
    assert (of_list.asset_id, of_list.before, of_list.after) == (None, {}, {"assets": [A, B]})
    assert (first.asset_id, first.before, first.revision, first.by, first.at) == (A, {}, 0, "me", NOW)
    assert (first.after["state"], first.after["origin"], first.after["position"]) == ("confirmed", "person", 1)
    assert (second.asset_id, second.after["position"]) == (B, 2)


def test_a_reordering_is_the_lists_change_alone() -> None:
    before, links = some.media_order("a.jpg", "b.jpg"), (some.link("a.jpg"), some.link("b.jpg"))
    found = arranged(HERO, before, links, (B, A), origin=LinkOrigin.PIM, by="pim", now=NOW)
    assert found is not None
    (of_list,) = changes_of(found)
    assert (of_list.before, of_list.after) == ({"assets": [A, B]}, {"assets": [B, A]})
    assert of_list.revision == 1


def test_a_link_that_is_taken_off_tells_where_it_stood_and_by_which_evidence() -> None:
    seen = some.link("b.jpg", origin=LinkOrigin.BARCODE, confidence=0.9, evidence={"digest": "e1"}, by="assetwire")
    before, links = some.media_order("a.jpg", "b.jpg"), (some.link("a.jpg"), seen)
    found = arranged(HERO, before, links, (A,), origin=LinkOrigin.PERSON, by="me", now=NOW)
    assert found is not None
    change = next(each for each in changes_of(found) if each.asset_id == B)
    assert change.before == {"state": "confirmed", "origin": "barcode", "confidence": 0.9, "refused": [], "position": 2}
    assert change.after == {"state": "removed", "origin": "person", "confidence": 1.0, "refused": ["e1"]}


def test_a_proposal_beside_a_list_that_stays_is_one_change() -> None:
    order, proposed = some.media_order("a.jpg"), some.link("b.jpg", state=LinkState.PROPOSED, evidence={"digest": "e1"})
    (change,) = changes_of(Arrangement(None, (proposed,), (order,)))
    assert (change.asset_id, change.before, change.after["evidence"]) == (B, {}, {"digest": "e1"})
    assert "position" not in change.after


SLOW = NOW - timedelta(seconds=2)
"""What the clock of a machine says that is behind, or of one that decided a while ago and writes only now."""


def by_a_list() -> Arrangement | None:
    links = (some.link("a.jpg"), some.link("b.jpg"))
    before = some.media_order("a.jpg", "b.jpg")
    return arranged(HERO, before, links, (B,), origin=LinkOrigin.PERSON, by="me", now=SLOW)


def by_an_operation() -> Arrangement | None:
    media = ProductMedia(product=some.product(), links=(some.link("a.jpg"),), orders=(some.media_order("a.jpg"),))
    unbind = LinkOperation(op=OperationKind.UNBIND, sku="S-1", role=LinkRole.HERO, asset_id=A)
    return operated(HERO, media, [unbind], there=(), origin=LinkOrigin.PERSON, by="me", now=SLOW).arrangement


def by_an_answer() -> Arrangement | None:
    proposed = some.link("a.jpg", state=LinkState.PROPOSED)
    media = ProductMedia(product=some.product(), links=(proposed,), orders=(some.media_order("b.jpg"),))
    confirmed = proposed.now_is(LinkState.CONFIRMED, origin=LinkOrigin.PERSON, by="me", now=SLOW)
    return relisted(media, confirmed, by="me", now=SLOW)


@pytest.mark.parametrize("change", [by_a_list, by_an_operation, by_an_answer])
def test_a_change_stands_after_what_it_changes_whatever_the_clocks_say(change: Callable[[], Arrangement]) -> None:
    found = change()
    assert {record.at for record in found.records} == {NOW}
    assert {each.at for each in changes_of(found)} == {NOW}
