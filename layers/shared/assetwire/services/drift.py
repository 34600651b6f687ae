"""Compare PIM's view of which assets show its products with ours, and bring one to the other on request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.associations import Lists, list_key, nothing_told
from assetwire.domain.drift import Difference, PimView, Repair, differences, lists_in, place_of
from assetwire.domain.errors import InvalidRequest, NotFound, Refused
from assetwire.domain.link import LinkOrigin, LinkState, Place
from assetwire.domain.product import ProductMedia
from assetwire.ports import AssetReader
from assetwire.ports.associations import AssociationsKept
from assetwire.ports.products import Products
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.conflicts import decided
from assetwire.services.links import arrange
from assetwire.services.notify import media_of


class Compared(NamedTuple):
    """A product: how PIM's view differs, and what was repaired or could not be, by list."""

    sku: str
    differences: list[Difference]
    repaired: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for answers of the API."""
        told = [each.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for each in self.differences]
        return {"sku": self.sku, "differences": told, "repaired": self.repaired}


class _Ports(NamedTuple):
    products: Products
    assets: AssetReader
    associations: AssociationsKept
    now: datetime


def compare(
    views: Sequence[PimView],
    *,
    repair: Repair | None = None,
    by: str,
    products: Products,
    assets: AssetReader,
    associations: AssociationsKept,
    now: datetime,
) -> list[Compared]:
    """Compare products, one query each and one read for a hundred assets, and repair what differs if that is asked for.

    Raises:
        InvalidRequest: a product is named twice (`duplicate_product`).
        Conflict: others kept changing one of them: what was done is done, and the same again does the rest.
    """
    if len({view.sku for view in views}) != len(views):
        raise InvalidRequest("a product is named twice", code="duplicate_product")
    ports = _Ports(products, assets, associations, now)
    media = {view.sku: media_of(view.sku, products=products) for view in views}
    theirs = {view.sku: lists_in(view, _acknowledged(view, ports=ports)) for view in views}
    named = (asset_id for lists in theirs.values() for listed in lists.values() for asset_id in listed)
    there = {each for each, asset in assets_by_id(named, assets=assets).items() if not asset.is_gone}
    found = []
    for sku, known in media.items():
        differs = differences(sku, known, theirs[sku], there)
        repaired: list[dict[str, Any]] = []
        if differs and repair is Repair.OURS:
            repaired = _tell(sku, differs, known, theirs[sku], ports=ports)
        elif differs and repair is Repair.THEIRS:
            repaired = _follow(sku, differs, known, theirs[sku], there, by=by, ports=ports)
        found.append(Compared(sku, differs, repaired))
    return found


def _acknowledged(view: PimView, *, ports: _Ports) -> Lists:
    known = ports.associations.told(view.sku) if view.lists is None else None
    return {} if known is None else dict(known.acknowledged)


def _keys(differs: Sequence[Difference]) -> list[str]:
    """Return the lists that differ, each once."""
    return list(dict.fromkeys(list_key(each.role, each.market) for each in differs if each.role and each.market))


def _tell(
    sku: str, differs: Sequence[Difference], media: ProductMedia | None, theirs: Lists, *, ports: _Ports
) -> list[dict[str, Any]]:
    keys = _keys(differs) if media is not None and not media.product.is_deleted else sorted(theirs)

    def attempt() -> None:
        known = ports.associations.told(sku) or nothing_told(sku, now=ports.now)
        ports.associations.save_told(known.asked_for(keys, now=ports.now))

    decided(attempt)
    return [_done(place_of(sku, key), "told") for key in keys]


def _follow(
    sku: str,
    differs: Sequence[Difference],
    media: ProductMedia | None,
    theirs: Lists,
    there: set[str],
    *,
    by: str,
    ports: _Ports,
) -> list[dict[str, Any]]:
    """Make our lists PIM's. What a person took away there stays away, and what a person put there stays."""
    if media is None:
        return []
    repaired: list[dict[str, Any]] = []
    for key in _keys(differs):
        place = place_of(sku, key)
        decided_against = {
            link.asset_id
            for link in media.links_at(place)
            if link.origin is LinkOrigin.PERSON and link.state in {LinkState.REJECTED, LinkState.REMOVED}
        }
        wanted = [each for each in theirs.get(key, ()) if each in there and each not in decided_against]
        known = {"origin": LinkOrigin.PIM, "by": by, "now": ports.now}
        try:
            order = arrange(place, wanted, **known, products=ports.products, catalog=ports.assets)  # type: ignore[arg-type]
        except (InvalidRequest, NotFound, Refused) as error:
            repaired.append(_done(place, "refused", code=error.code))
            continue
        whole = order.assets == theirs.get(key, ())
        repaired.append(_done(place, "followed" if whole else "followed_in_part"))
    return repaired


def _done(place: Place, effect: str, **more: str) -> dict[str, Any]:
    return {"role": place.role.value, "market": place.market, "effect": effect, **more}
