"""Products, links and lists in memory, and where products and assets meet."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import key_of
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.link import Arrangement, Link, MediaOrder, Place
from assetwire.domain.link_history import LinkChange, changes_of
from assetwire.domain.match import AssetMatch
from assetwire.domain.outbox import Record
from assetwire.domain.product import Product, ProductMedia
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.variant import Variant
from assetwire.ports.history import LinkChangesPage

_Record = Product | Link | MediaOrder | AssetMatch | IdempotentRequest


class FakeProducts:
    """Products by SKU; with `hidden`, its index does not find these links yet, as DynamoDB's may not."""

    def __init__(self) -> None:
        self._products: dict[str, Product] = {}
        self.revisions: list[ProductRevision] = []
        self.changes: list[tuple[Product | Link | None, Product | Link]] = []
        """Products and links that were written, before and after."""
        self._links: dict[tuple[str, ...], Link] = {}
        self._places: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        """Of the links of each product, and of each asset."""
        self._orders: dict[tuple[str, ...], MediaOrder] = {}
        self._lists: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        """Of each product."""
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._said: defaultdict[str, set[str]] = defaultdict(set)
        self._variants: dict[tuple[str, str], Variant] = {}
        self._noted: defaultdict[str, set[str]] = defaultdict(set)
        """The variants of each product."""
        self._matches: dict[str, AssetMatch] = {}
        self._requests: dict[str, IdempotentRequest] = {}
        self._parts: dict[tuple[str, int, Place], RequestPart] = {}
        self._history: dict[str, LinkChange] = {}
        self.hidden: set[tuple[str, str]] = set()
        self.writes = 0

    def product(self, sku: str) -> Product:
        if sku not in self._products:
            raise NotFound(f"no product {sku!r}", code="product_not_found")
        return self._products[sku]

    def listed(self) -> list[str]:
        """Return the SKUs of what is there, as the listing index of the Catalog finds them."""
        return [sku for sku, product in self._products.items() if not product.is_deleted]

    def products_named(self, skus: Sequence[str]) -> list[Product]:
        return [self._products[sku] for sku in dict.fromkeys(skus) if sku in self._products]

    def media(self, sku: str) -> ProductMedia:
        product = self.product(sku)
        links = self._links_at(f"sku {sku}")
        orders = [self._orders[place] for place in sorted(self._lists[sku])]
        variants = tuple(self._variants[sku, each] for each in sorted(self._noted[sku]))
        return ProductMedia(product=product, links=tuple(links), orders=tuple(orders), variants=variants)

    def lists(self, places: Sequence[Place]) -> list[MediaOrder]:
        wanted = {(place.sku, place.market, place.role.value) for place in places}
        return [self._orders[key] for key in sorted(wanted) if key in self._orders]

    def links_of(self, asset_id: str) -> list[Link]:
        return [link for link in self._links_at(f"asset {asset_id}") if (link.sku, asset_id) not in self.hidden]

    def _links_at(self, whose: str) -> list[Link]:
        return [self._links[place] for place in sorted(self._places[whose])]

    def save(
        self,
        product: Product,
        *,
        named: Collection[str] = (),
        forgotten: Collection[str] = (),
        noted: Variant | None = None,
        left: Variant | None = None,
        revision: ProductRevision | None = None,
    ) -> None:
        _require(self._products.get(product.sku), product)
        self.changes.append((self._products.get(product.sku), product))
        self._products[product.sku] = product
        for name in named:
            self._names[name].add(product.sku)
        for name in forgotten:
            self._names[name].discard(product.sku)
        if noted is not None:
            self._variants[noted.parent, noted.sku] = noted
            self._noted[noted.parent].add(noted.sku)
        if left is not None:
            self._variants.pop((left.parent, left.sku), None)
            self._noted[left.parent].discard(left.sku)
        if revision is not None:
            self.revisions.append(revision)
        self.writes += 1

    def arrange(self, arrangement: Arrangement) -> None:
        self.require_unchanged(arrangement)
        order, links, _ = arrangement
        if order is not None:
            self._orders[_list(order)] = order
            self._lists[order.sku].add(_list(order))
        for link in links:
            self.put_link(link)
        for change in changes_of(arrangement):
            self._history[keys.change_order(change.at, key_of(change))] = change
        self.writes += 1

    def require_unchanged(self, arrangement: Arrangement) -> None:
        """Raise unless a list and its links are as they were read."""
        order, links, _ = arrangement
        if order is not None:
            _require(self._orders.get(_list(order)), order)
        for link in links:
            _require(self._links.get(_place(link)), link)

    # --- the history of links ---

    def of_product(self, sku: str, *, limit: int, before: str | None) -> LinkChangesPage:
        return self._changes(lambda change: change.sku == sku, limit, before)

    def of_asset(self, asset_id: str, *, limit: int, before: str | None) -> LinkChangesPage:
        return self._changes(lambda change: change.asset_id == asset_id, limit, before)

    def _changes(self, told: Callable[[LinkChange], bool], limit: int, before: str | None) -> LinkChangesPage:
        found = [p for p in sorted(self._history, reverse=True) if before is None or p < before]
        found = [place for place in found if told(self._history[place])]
        shown = [self._history[place] for place in found[:limit]]
        return LinkChangesPage(shown, found[limit - 1] if found[limit:] else None)

    # --- requests that are carried out once ---

    def request(self, request_id: str) -> IdempotentRequest | None:
        return self._requests.get(request_id)

    def save_request(self, request: IdempotentRequest) -> None:
        _require(self._requests.get(request.request_id), request)
        self._requests[request.request_id] = request
        self.writes += 1

    def parts(self, request: IdempotentRequest) -> list[RequestPart]:
        return [part for key, part in self._parts.items() if key[:2] == (request.request_id, request.serial)]

    def carry_out(self, part: RequestPart, arrangement: Arrangement | None) -> None:
        key = (part.request_id, part.serial, part.place)
        if key in self._parts:
            raise Conflict("it is carried out already")
        if arrangement is not None:
            self.arrange(arrangement)
        self._parts[key] = part

    # --- for tests ---

    def put_link(self, link: Link) -> None:
        """Put a link there, whatever stood there."""
        place = _place(link)
        self.changes.append((self._links.get(place), link))
        self._links[place] = link
        self._places[f"sku {link.sku}"].add(place)
        self._places[f"asset {link.asset_id}"].add(place)

    def all_links_of(self, asset_id: str) -> list[Link]:
        """Return the links of an asset, those too that the index does not find yet."""
        return self._links_at(f"asset {asset_id}")

    def all_changes(self) -> Iterator[LinkChange]:
        """Yield the whole history of links and lists."""
        yield from self._history.values()

    def all_lists(self) -> Iterator[MediaOrder]:
        """Yield every list."""
        yield from self._orders.values()

    def records(self) -> Iterator[tuple[tuple[str, ...], Record]]:
        """Yield everything that the stream of DynamoDB would tell of, by its key."""
        for kind, records in (("product", self._products), ("link", self._links), ("list", self._orders)):
            yield from (((kind, *key) if isinstance(key, tuple) else (kind, key), r) for key, r in records.items())
        yield from ((("variant", *key), note) for key, note in self._variants.items())

    # --- where products and assets meet ---

    def match(self, asset_id: str) -> AssetMatch | None:
        return self._matches.get(asset_id)

    def save_match(self, match: AssetMatch) -> None:
        _require(self._matches.get(match.asset_id), match)
        self._matches[match.asset_id] = match
        self.writes += 1

    def note_names(self, asset_id: str, names: Collection[str]) -> None:
        for name in names:
            self._said[name].add(asset_id)

    def forget_names(self, asset_id: str, names: Collection[str]) -> None:
        for name in names:
            self._said[name].discard(asset_id)

    def skus_at(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(sorted(self._names[name])) for name in names}

    def assets_at(self, names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(asset_id for name in names for asset_id in sorted(self._said[name])))

    def link(self, arrangement: Arrangement, match: AssetMatch) -> None:
        if self._matches[match.asset_id].revision != match.revision:
            raise Conflict("another run came later")
        self.arrange(arrangement)


def _require(before: _Record | None, after: _Record) -> None:
    if (-1 if before is None else before.revision) != after.revision - 1:
        raise Conflict("its revision moved")


def _place(link: Link) -> tuple[str, ...]:
    return (link.sku, link.asset_id, link.role.value, link.market)


def _list(order: MediaOrder) -> tuple[str, ...]:
    return (order.sku, order.market, order.role.value)
