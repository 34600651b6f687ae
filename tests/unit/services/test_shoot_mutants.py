"""What is broken on purpose turns the scripted shoot red: each fault of matching that it is there to find."""

from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import pytest
from oracles.shoot import shoot

from assetwire.domain import evidence, matched_links, matching
from assetwire.domain.evidence import Claim, Witness
from assetwire.domain.product_feed import Told
from assetwire.services import associate as following
from assetwire.services import matching as service
from fakes import shoot_house
from fakes.products import FakeProducts
from fakes.shoot_house import House

SEEDS = range(7, 17)
"""Each fault is found by one of these at the latest, nearly all by the first."""
Patch = pytest.MonkeyPatch


def is_red(seed: int) -> bool:
    house = House(shoot(seed, products=20, photos=80), seed)
    try:
        house.play(seed)
    except AssertionError:  # somebody finds no question where the script has one
        return True
    return any(house.differences())


def unheard(*kinds: str) -> frozenset[str]:
    return shoot_house.HEARD - {*kinds}


def products_are_not_followed(patch: Patch) -> None:
    patch.setattr(shoot_house, "HEARD", unheard("ProductChanged"))


def assets_are_not_followed(patch: Patch) -> None:
    patch.setattr(shoot_house, "HEARD", unheard("AssetAccepted"))


def new_evidence_is_not_followed(patch: Patch) -> None:
    patch.setattr(shoot_house, "HEARD", unheard("MetadataChanged"))


def links_are_not_followed(patch: Patch) -> None:
    patch.setattr(shoot_house, "HEARD", unheard("LinkConfirmed", "LinkRemoved"))


def one_event_in_ten_is_dropped(patch: Patch) -> None:
    """Both times that it comes, of events of products and assets alike."""
    hear = House.hear
    patch.setattr(
        House, "hear", lambda house, heard: None if crc32(repr(heard).encode()) % 10 == 0 else hear(house, heard)
    )


def a_file_name_beats_a_barcode(patch: Patch) -> None:
    ranks = {"filename": Witness.DECLARED, "barcode": Witness.BARCODE, "manifest": Witness.DECLARED}
    patch.setattr(evidence, "_WITNESSES", ranks)


def a_file_name_is_believed(patch: Patch) -> None:
    patch.setattr(Claim, "is_certain", property(lambda claim: claim.confidence >= 0.2))
    patch.setattr(evidence, "_WITNESSES", {"filename": Witness.BARCODE, "manifest": Witness.DECLARED})


def a_contradiction_is_confirmed(patch: Patch) -> None:
    patch.setattr(matching, "combinations", lambda *_: [])


def a_variants_parent_is_confirmed_in_its_place(patch: Patch) -> None:
    def parents(skus: set[str], every: dict[str, Any]) -> frozenset[str]:
        return frozenset(every[sku].facts.parent if every[sku].facts.parent in every else sku for sku in skus)

    patch.setattr(matching, "_refined", parents)


def a_parent_is_taken_for_another_product_than_its_variant(patch: Patch) -> None:
    patch.setattr(matching, "_refined", lambda skus, _: frozenset(skus))


def a_number_is_not_normalised(patch: Patch) -> None:
    names_of = evidence.names_of

    def as_written(said: Any) -> tuple[str, ...]:
        return names_of(said.model_copy(update={"gtin": said.gtin and said.value}))

    patch.setattr(evidence, "names_of", as_written)


def the_case_of_a_sku_counts(patch: Patch) -> None:
    patch.setattr(evidence, "sku_name", lambda sku: f"sku:{sku}")


def what_was_rejected_is_proposed_again(patch: Patch) -> None:
    wishes_of = matched_links.wishes_of

    def forgetful(judgement: Any, links: Sequence[Any], **asked: Any) -> Any:
        forgot = {"refused": ("other evidence",)}
        return wishes_of(judgement, [x.model_copy(update=forgot) if x.refused else x for x in links], **asked)

    patch.setattr(service, "wishes_of", forgetful)


def a_persons_word_counts_no_more_than_evidence(patch: Patch) -> None:
    wishes_of = matched_links.wishes_of
    patch.setattr(service, "wishes_of", lambda judgement, _, **asked: wishes_of(judgement, [], **asked))


def the_index_is_believed(patch: Patch) -> None:
    """Neither the product of a link's event, nor that of the decision before it, is read."""
    match_asset, wishes = service.match_asset, property(lambda found: tuple(sorted(found.wishes)))
    patch.setattr(following, "match_asset", lambda asset_id, sku, **ports: match_asset(asset_id, **ports))
    patch.setattr(service._Found, "skus", wishes)


def a_name_is_noted_after_products_were_looked_for(patch: Patch) -> None:
    patch.setattr(FakeProducts, "note_names", lambda *_: None)


def a_doubled_event_counts_twice(patch: Patch) -> None:
    link = matched_links._link

    def always(known: Any, *of: Any, **asked: Any) -> Any:
        found = link(known, *of, **asked)
        return found or known.model_copy(update={"revision": known.revision + 1})

    patch.setattr(matched_links, "_link", always)


def an_older_word_of_a_product_is_believed(patch: Patch) -> None:
    patch.setattr(Told, "is_older_than", lambda *_: False)


def what_was_settled_is_never_asked_again(patch: Patch) -> None:
    patch.setattr(service, "_ask", lambda work, *, worklist, now: worklist.open(work))


def what_is_answered_stays_a_question(patch: Patch) -> None:
    patch.setattr(service, "_settle", lambda *_, **__: None)


def a_products_other_links_are_forgotten(patch: Patch) -> None:
    patch.setattr(service, "arrangements", _only_what_is_wished_for(matched_links.arrangements))


def _only_what_is_wished_for(arrangements: Callable[..., Any]) -> Callable[..., Any]:
    return lambda asset, media, wish, **asked: [] if wish is None else arrangements(asset, media, wish, **asked)


MUTANTS: tuple[Callable[[Patch], None], ...] = (
    products_are_not_followed,
    assets_are_not_followed,
    new_evidence_is_not_followed,
    links_are_not_followed,
    one_event_in_ten_is_dropped,
    a_file_name_beats_a_barcode,
    a_file_name_is_believed,
    a_contradiction_is_confirmed,
    a_variants_parent_is_confirmed_in_its_place,
    a_parent_is_taken_for_another_product_than_its_variant,
    a_number_is_not_normalised,
    the_case_of_a_sku_counts,
    what_was_rejected_is_proposed_again,
    a_persons_word_counts_no_more_than_evidence,
    the_index_is_believed,
    a_name_is_noted_after_products_were_looked_for,
    a_doubled_event_counts_twice,
    an_older_word_of_a_product_is_believed,
    what_was_settled_is_never_asked_again,
    what_is_answered_stays_a_question,
    a_products_other_links_are_forgotten,
)


def test_nothing_is_broken() -> None:
    assert not is_red(SEEDS[0])


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_fault_turns_the_shoot_red(mutant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    assert any(map(is_red, SEEDS))
