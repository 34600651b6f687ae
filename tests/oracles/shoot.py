"""A shoot, told by somebody who knows what each photograph shows: what was written on it, and what must come of that.

It imports nothing of what it judges. Products have GTINs and SKUs; photographs carry statements: by a manifest, in the
metadata, as a barcode, in the file's name. What must come of them follows from what was put there, not from rules.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple


class Item(NamedTuple):
    """A product: its number of 14 digits, and the product that it is a variant of."""

    sku: str
    gtin: str
    parent: str | None = None


class Statement(NamedTuple):
    """Somebody says that a photograph shows this: `manifest`, `xmp`, `barcode` or `filename`; a `gtin` or a `sku`."""

    who: str
    kind: str
    value: str


class Photo(NamedTuple):
    """A photograph, what is said of it, and what must come of it: links that count, links to be looked at."""

    name: str
    statements: tuple[Statement, ...]
    confirmed: frozenset[str]
    proposed: frozenset[str]


class Shoot(NamedTuple):
    """Products and photographs of them."""

    items: tuple[Item, ...]
    photos: tuple[Photo, ...]


def shoot(seed: int, *, products: int, photos: int) -> Shoot:
    """Return a shoot of so many products and photographs.

    A third of the products are variants; a tenth of the photographs contradict themselves, and one in twenty shows what
    is never known.
    """
    dice = random.Random(seed)  # noqa: S311 - a script, and no secret
    items: list[Item] = []
    for number in range(products):
        parents = [item for item in items if item.parent is None]
        parent = dice.choice(parents).sku if parents and dice.random() < 1 / 3 else None
        items.append(Item(f"S-{number:05}", _number(number), parent))
    return Shoot(tuple(items), tuple(_photo(number, items, dice) for number in range(photos)))


def _photo(number: int, items: list[Item], dice: random.Random) -> Photo:
    item = dice.choice(items)
    other = dice.choice([each for each in items if each.sku not in _family(item, items)] or [items[0]])
    luck = dice.random()
    neutral = f"IMG_{number:06}.jpg"
    if luck < 0.05:
        nobody = _number(900_000 + number)
        return Photo(neutral, (Statement(_who(dice), "gtin", nobody),), frozenset(), frozenset())
    if luck < 0.15 and other.sku != item.sku:
        one, two = dice.sample(["manifest", "xmp", "barcode"], 2)
        said = (Statement(one, "gtin", item.gtin), Statement(two, "gtin", other.gtin))
        return Photo(neutral, said, frozenset(), frozenset({item.sku, other.sku}))
    if luck < 0.25:
        return Photo(f"{item.sku}_{number}.jpg", (), frozenset(), frozenset({item.sku}))
    if luck < 0.35:  # the name of another product's file stayed on it
        said = (Statement("barcode", "gtin", item.gtin),)
        return Photo(f"{other.sku}_{number}.jpg", said, frozenset({item.sku}), frozenset())
    if luck < 0.45 and item.parent is not None:
        said = (Statement("xmp", "sku", item.parent), Statement("barcode", "gtin", item.gtin))
        return Photo(neutral, said, frozenset({item.sku}), frozenset())
    if luck < 0.6:
        said = (Statement("xmp", "sku", item.sku), Statement("barcode", "gtin", item.gtin))
        return Photo(neutral, said, frozenset({item.sku}), frozenset())
    kind, value = dice.choice([("gtin", item.gtin), ("sku", item.sku)])
    who = _who(dice) if kind == "gtin" else dice.choice(["manifest", "xmp"])
    return Photo(neutral, (Statement(who, kind, value),), frozenset({item.sku}), frozenset())


def _family(item: Item, items: list[Item]) -> set[str]:
    """Return the products that are no other ones: itself, its parent, and its variants."""
    return {each.sku for each in items if each.sku in {item.sku, item.parent} or each.parent == item.sku}


def _who(dice: random.Random) -> str:
    return dice.choice(["manifest", "xmp", "barcode"])


def _number(number: int) -> str:
    """Return a GTIN-14 (an EAN-13 with a zero before it) of the prefix 400."""
    body = f"0400{number:09}"
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def deliveries(shoot: Shoot, seed: int) -> Iterator[tuple[str, int]]:
    """Yield `("item" | "photo", index)` in random order, each twice: what comes, and comes again."""
    dice = random.Random(seed + 1)  # noqa: S311
    every = [("item", n) for n in range(len(shoot.items))] + [("photo", n) for n in range(len(shoot.photos))]
    every += every
    dice.shuffle(every)
    yield from every
