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
