"""What evidence comes to: whom a file's name may speak over, and where one witness contradicts itself."""

from collections.abc import Sequence

import pytest

from assetwire.domain.evidence import claims_of
from assetwire.domain.inspection import Identifier
from assetwire.domain.matching import Judgement, Verdict, judge
from assetwire.domain.product import Product, ProductFacts, ProductStatus
from fakes import some
from fakes.some import NOW

GTINS = {"S-10": "04012345123456", "S-10-2": "04006381333931", "S-20": "04012345123463"}
NOBODYS = "05012345678900"
PARENTS = {"S-10-2": "S-10"}


def gtin(sku: str, source: str = "barcode", confidence: float = 0.97, where: str = "") -> Identifier:
    """Return what a witness says by a GTIN: that of a product, or the digits themselves."""
    digits = GTINS.get(sku, sku)
    return Identifier(kind="gtin", value=digits, source=source, where=where, confidence=confidence, gtin=digits)


def sku(value: str, source: str, confidence: float, where: str = "") -> Identifier:
    return Identifier(kind="sku", value=value, source=source, where=where, confidence=confidence)


def judged(*said: Identifier, file_name: str = "shoe.jpg") -> Judgement:
    asset = some.asset(inspection=some.inspection(identifiers=said)).model_copy(update={"file_name": file_name})
    claims = claims_of(asset)
    return judge(claims, {claim.name: [each for each in PRODUCTS if claim.name in each.names] for claim in claims})


def _product(number: str) -> Product:
    facts = ProductFacts(status=ProductStatus.PUBLISHED, gtins=(GTINS[number],), parent=PARENTS.get(number))
    return Product(sku=number, facts=facts, created_at=NOW, updated_at=NOW)


PRODUCTS = [_product(number) for number in GTINS]


def confirmed(judgement: Judgement) -> Sequence[str]:
    return sorted(match.sku for match in judgement.confirmed)


def proposed(judgement: Judgement) -> Sequence[str]:
    return sorted(match.sku for match in judgement.proposed)


@pytest.mark.parametrize(
    "said", [sku("S-10", "manifest", 0.95), sku("S-10", "xmp", 0.85), gtin("S-10")], ids=lambda said: said.source
)
def test_a_file_name_does_not_make_a_variant_of_what_another_witness_names(said: Identifier) -> None:
    """The second shot of `S-10` is called as its variant `S-10-2` is."""
    judgement = judged(said, file_name="S-10-2.jpg")
    assert (judgement.verdict, confirmed(judgement)) == (Verdict.CERTAIN, ["S-10"])


def test_a_variant_that_another_witness_names_is_meant_whatever_the_file_is_called() -> None:
    assert confirmed(judged(sku("S-10", "xmp", 0.85), gtin("S-10-2"), file_name="S-10.jpg")) == ["S-10-2"]


def test_of_a_product_and_its_variant_that_a_file_name_alone_names_the_variant_is_suggested() -> None:
    judgement = judged(file_name="S-10-2.jpg")
    assert (judgement.verdict, proposed(judgement)) == (Verdict.UNCERTAIN, ["S-10-2"])


def entry(number: int, called: str, confidence: float = 0.9) -> Identifier:
    """Return what an entry of `ProductInImage` says: the GTIN of a product by its SKU, or an id."""
    where = f"product_in_image[{number}]"
    if called.startswith("id "):
        return sku(called.removeprefix("id "), "xmp", confidence - 0.05, f"{where}.id")
    return gtin(called, "xmp", confidence, f"{where}.gtin")


def declared(*said: str) -> list[Identifier]:
    """Return what a manifest says of the file: a SKU, or a GTIN by the SKU of its product."""
    return [
        sku(each.removeprefix("id "), "manifest", 0.95, "shoe.jpg")
        if each.startswith("id ")
        else gtin(each, "manifest", 0.95, "shoe.jpg")
        for each in said
    ]


CONTRADICTIONS = {
    "a file and its sidecar": [entry(0, "S-10"), sku("S-20", "sidecar", 0.85, "product_in_image[0].id")],
    "the GTIN and the id of one entry": [entry(0, "S-10"), entry(0, "id S-20")],
    "the GTIN and the SKU of a manifest": declared("S-10", "id S-20"),
    "what a manifest says and what somebody wrote": [*declared("S-10"), gtin("S-20", "api", 0.9)],
    "a barcode and the surer half of what a file says": [
        *(entry(0, "S-10"), gtin("S-20", "xmp", 0.4, "description"), gtin("S-20")),
    ],
    "a list and a text that a barcode made sure": [entry(0, "S-10"), gtin("S-20", "xmp", 0.98, "keywords")],
}


@pytest.mark.parametrize("said", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_who_contradicts_themselves_is_believed_in_nothing(said: list[Identifier]) -> None:
    judgement = judged(*said)
    assert judgement.verdict is Verdict.CONTRADICTION
    assert (confirmed(judgement), proposed(judgement)) == ([], ["S-10", "S-20"])


LISTS = {
    "entries": [entry(0, "S-10"), entry(1, "id S-20")],
    "entries, and a barcode of one": [entry(0, "S-10"), entry(1, "S-20"), gtin("S-20")],
    "SKUs of a manifest": declared("id S-10", "id S-20"),
    "a manifest's SKUs, and the GTIN of one": declared("id S-10", "id S-20", "S-20"),
}


@pytest.mark.parametrize("said", LISTS.values(), ids=LISTS)
def test_several_products_that_are_listed_are_all_meant(said: list[Identifier]) -> None:
    judgement = judged(*said)
    assert (judgement.verdict, confirmed(judgement)) == (Verdict.CERTAIN, ["S-10", "S-20"])


def test_several_products_that_texts_mention_are_only_suggested() -> None:
    judgement = judged(*(gtin(each, "xmp", 0.98, "keywords") for each in ("S-10", "S-20")))
    assert (judgement.verdict, proposed(judgement)) == (Verdict.UNCERTAIN, ["S-10", "S-20"])


def test_a_text_that_is_not_sure_of_another_product_contradicts_no_list() -> None:
    assert confirmed(judged(entry(0, "S-10"), gtin("S-20", "xmp", 0.4, "description"))) == ["S-10"]


def test_an_entry_may_name_a_variant_and_the_product_that_it_is_one_of() -> None:
    assert confirmed(judged(entry(0, "S-10-2"), entry(0, "id S-10"))) == ["S-10-2"]


OPEN = {
    "a second barcode": [gtin("S-10"), gtin(NOBODYS)],
    "the surer half of what a file says": [
        *(entry(0, NOBODYS), gtin("S-10", "xmp", 0.4, "description"), gtin("S-10")),
    ],
    "a second entry": [entry(0, "S-10"), entry(1, NOBODYS)],
    "a second SKU of a manifest": declared("id S-10", "id S-99"),
}


@pytest.mark.parametrize("said", OPEN.values(), ids=OPEN)
def test_what_nobody_knows_leaves_open_what_the_same_witness_says_beside_it(said: list[Identifier]) -> None:
    judgement = judged(*said)
    assert (judgement.verdict, proposed(judgement)) == (Verdict.UNCERTAIN, ["S-10"])


KNOWN = {
    "an entry": [entry(0, "S-10"), entry(0, "id S-99")],
    "a manifest": declared("id S-10", NOBODYS),
}


@pytest.mark.parametrize("said", KNOWN.values(), ids=KNOWN)
def test_a_second_name_of_what_is_known_by_its_first_is_no_other_product(said: list[Identifier]) -> None:
    assert confirmed(judged(*said)) == ["S-10"]
