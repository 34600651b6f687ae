"""Which pictures show which variant, told by somebody who looks at the whole house at once.

It imports nothing of what it judges. A house is plain: items by SKU, each with its parent, attributes, whether it is
offered, and shelves: `{(role, market): [picture…]}`, where a picture says who put it there and for whom. For each item
it answers by going over every picture of the house and asking what speaks for it, in place of climbing up a family.
"""

from typing import NamedTuple

UNSEEN = {"size"}
"""What no picture tells apart, in the houses of these tests."""
EVIDENCE = {"declared", "embedded", "barcode"}
NEAREST, LIKE, ABOVE = 0, 1, 2


class Hung(NamedTuple):
    """A picture on a shelf: its name, where that comes from, and the attributes of those whom it shows."""

    name: str
    origin: str = "pim"
    scope: tuple[tuple[str, str], ...] = ()


class Item(NamedTuple):
    """An item of the house; `refused` are pictures that somebody took from it."""

    sku: str
    parent: str | None
    attributes: dict[str, str]
    offered: bool
    shelves: dict[tuple[str, str], list[Hung]]
    refused: frozenset[str] = frozenset()


House = dict[str, Item]


def pictures(house: House, sku: str, role: str, market: str) -> list[str]:
    """Return the names of the pictures that show an item, in order."""
    votes: list[tuple[int, int, int, str, int, str]] = []
    for other in house.values():
        distance = _distance(house, sku, other.sku)
        for place, hung in enumerate(_shelf(other, role, market)):
            if distance == 0:
                votes.append((0, 0, 0, "", place, hung.name))
            elif hung.name in house[sku].refused:
                continue
            elif distance is None:
                if hung.origin in EVIDENCE and not hung.scope and _like(house, sku, other.sku):
                    votes.append((1, 0, 0, other.sku, place, hung.name))
            elif all(_has(house, sku, name) == value for name, value in hung.scope):
                votes.append((1 + distance, 0, 0 if hung.scope else 1, "", place, hung.name))
    if not votes:
        return []
    nearest = min(vote[0] for vote in votes)
    return list(dict.fromkeys(vote[-1] for vote in sorted(votes) if vote[0] == nearest))


def used(house: House, markets: list[str], roles: list[str]) -> set[str]:
    """Return the names of the pictures that something which is offered shows somewhere."""
    return {
        name
        for item in house.values()
        if item.offered
        for role in roles
        for market in markets
        for name in pictures(house, item.sku, role, market)
    }


def _shelf(item: Item, role: str, market: str) -> list[Hung]:
    return item.shelves.get((role, market)) or item.shelves.get((role, "any")) or []


def _distance(house: House, sku: str, other: str) -> int | None:
    """Return how far above an item another one is: 0 is itself, at most 2; None if it is not above it."""
    line = [sku]
    while len(line) < 3 and (parent := house[line[-1]].parent) in house and parent not in line:
        line.append(str(parent))
    return line.index(other) if other in line else None


def _has(house: House, sku: str, name: str) -> str | None:
    """Return what an item, or the nearest above it, says of an attribute."""
    line = [each for each in house if _distance(house, sku, each) is not None]
    saying = [
        (_distance(house, sku, each), house[each].attributes[name]) for each in line if name in house[each].attributes
    ]
    return min(saying)[1] if saying else None


def _like(house: House, one: str, other: str) -> bool:
    """Tell whether two children of one item look alike: their differences are unseen ones, and there are some."""
    if house[one].parent is None or house[one].parent != house[other].parent or house[one].parent not in house:
        return False
    children = [each.attributes for each in house.values() if each.parent == house[one].parent]
    mine, theirs = house[one].attributes, house[other].attributes
    for name in {name for child in children for name in child} - UNSEEN:
        if len({child.get(name) for child in children}) > 1 and (name not in mine or mine[name] != theirs.get(name)):
            return False
    return any(name in mine and name in theirs and mine[name] != theirs[name] for name in UNSEEN)
