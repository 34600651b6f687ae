"""A shoot, told by somebody who knows what each photograph shows: what was written on it, and what must come of that.

It imports nothing of what it judges. PIM tells of products, of some again and otherwise; photographs carry statements:
by a manifest, in the metadata, as a barcode, in the file's name; people answer what they are asked. What must come of a
photograph follows from what was put there, not from rules.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oracles.product_numbers import MAKES, Number, number

CONFIRMED, PROPOSED, REJECTED, REMOVED = "confirmed", "proposed", "rejected", "removed"
_WITNESSES = ("manifest", "xmp", "barcode")


class Telling(NamedTuple):
    """What PIM says of a product at one time; its numbers are digits of any of their lengths."""

    numbers: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    offered: bool = True
    there: bool = True


class Item(NamedTuple):
    """A product: what it is a variant of, its attributes, and what PIM says of it, the last word last."""

    sku: str
    number: Number
    alias: str
    parent: str | None
    attributes: dict[str, str]
    tellings: tuple[Telling, ...]
    former: Number | None = None
    """A number that it had once."""

    @property
    def is_there(self) -> bool:
        """Tell whether PIM has it in the end."""
        return self.tellings[-1].there


class Statement(NamedTuple):
    """Somebody says that a photograph shows this: `manifest`, `xmp` or `barcode`; a `gtin` or a `sku`."""

    who: str
    kind: str
    value: str


class Link(NamedTuple):
    """What a link must be in the end: its state, and whether that is a person's word."""

    state: str
    by_person: bool = False


class Visit(NamedTuple):
    """What a person does about a photograph, as soon as its links are as they must be `before`, by SKU.

    `confirm`, `reject` and `correct` answer what is asked; `remove` takes it off a list; `bind` puts it on one, first.
    """

    does: str
    sku: str
    before: dict[str, str]


class Photo(NamedTuple):
    """A photograph: how it is named and filed, what is said of it, what people do, and its links in the end, by SKU."""

    name: str
    role: str
    links: dict[str, Link]
    category: str = ""
    statements: tuple[Statement, ...] = ()
    passing: frozenset[str] = frozenset()
    """To what else it may have been linked for a while: such links are removed in the end, if there are any."""
    visit: Visit | None = None
    afterwards: tuple[Statement, ...] = ()
    """What a manifest says of it only after somebody decided."""

    def has(self, state: str) -> frozenset[str]:
        """Return the products to which it is linked in a state."""
        return frozenset(sku for sku, link in self.links.items() if link.state == state)


class Shoot(NamedTuple):
    """Products and photographs of them."""

    items: tuple[Item, ...]
    photos: tuple[Photo, ...]

    def lists(self, decided: Sequence[int]) -> dict[tuple[str, str], list[str]]:
        """Return the photographs' names on each list that has any, by SKU and role.

        `decided` are those that people decided, by their numbers, in the order in which they did. What somebody
        confirmed stands before what evidence did, in that order; what somebody bound stands first of all.
        """
        placed, ranked = defaultdict[tuple[str, str], list[str]](list), defaultdict[tuple[str, str], list[str]](list)
        for photo in (self.photos[each] for each in decided):
            for sku in photo.has(CONFIRMED):
                at = placed[sku, photo.role]
                at.insert(0 if photo.visit is not None and photo.visit.does == "bind" else len(at), photo.name)
        for photo in sorted(self.photos, key=lambda photo: photo.name.casefold()):
            for sku, link in photo.links.items():
                if link == Link(CONFIRMED):
                    ranked[sku, photo.role].append(photo.name)
        return {place: placed[place] + ranked[place] for place in {*placed, *ranked}}


def shoot(seed: int, *, products: int, photos: int) -> Shoot:
    """Return a shoot of so many products and photographs.

    A third of the products are variants, and of a third PIM says something else later. A tenth of the photographs
    contradict themselves, and one in twenty shows what is not known in the end.

    Raises:
        ValueError: it would be a shoot of nothing.
    """
    if min(products, photos) < 1:
        raise ValueError("products and photographs are 1 or more: of none no link is wrong")
    dice = random.Random(seed)  # noqa: S311 - a script, and no secret
    items: list[Item] = []
    parents: list[str] = []
    for serial in range(products):
        item = _item(serial, parents, dice)
        items.append(item)
        if item.parent is None and item.is_there:
            parents.append(item.sku)
    studio = _Studio(items, dice)
    return Shoot(tuple(items), tuple(studio.photo(serial) for serial in range(photos)))


def deliveries(script: Shoot, seed: int) -> Iterator[tuple[str, int, int]]:
    """Yield what comes, in random order, each twice: kind, whose number, and of a product which of its tellings."""
    dice = random.Random(seed + 1)  # noqa: S311
    every = [("item", n, each) for n, item in enumerate(script.items) for each in range(len(item.tellings))]
    every += [("photo", n, 0) for n in range(len(script.photos))]
    every += [("visit", n, 0) for n, photo in enumerate(script.photos) if photo.visit is not None]
    every += every
    dice.shuffle(every)
    yield from every


def _item(serial: int, parents: Sequence[str], dice: random.Random) -> Item:
    sku, own = f"S-{serial:05}", number(dice.choice(MAKES), serial)
    parent = dice.choice(parents) if parents and dice.random() < 1 / 3 else None
    looks = {"colour": dice.choice(["red", "blue"]), "size": dice.choice(["40", "41"])} if parent else {}
    alias, shared = f"A-{serial:05}", f"OLD-{serial // 2:05}"  # two products have that one
    last = Telling((dice.choice(own.digits),), (alias, shared))
    known = Item(sku, own, alias, parent, looks, (last,))
    luck = dice.random()
    if luck < 0.06:  # its number and its alias come later
        return known._replace(tellings=(Telling((), (shared,)), last))
    if luck < 0.12:
        former = number(dice.choice(MAKES), serial + 4_000)
        return known._replace(tellings=(last._replace(numbers=(dice.choice(former.digits),)), last), former=former)
    if luck < 0.18:
        return known._replace(tellings=(last, last._replace(offered=False)))
    if luck < 0.28:  # deleted, and back
        return known._replace(tellings=(last, last._replace(there=False), last))
    if luck < 0.34 and parent is None and serial > 1:
        return known._replace(tellings=(last, last._replace(there=False)))
    return known


class _Studio:
    """Takes photographs of products."""

    def __init__(self, items: Sequence[Item], dice: random.Random) -> None:
        self._dice = dice
        self._items = items
        self._given: set[str] = set()
        """Names for marketplaces: a product has one picture of each kind there."""
        self._there = [item for item in items if item.is_there]
        self._steady = [item for item in self._there if len(item.tellings) == 1] or self._there
        self._parts = (
            (0.05, self._of_nobody),
            (0.10, self._contradiction),
            (0.09, self._by_file_name),
            (0.05, self._wrong_file_name),
            (0.03, self._number_of_another_in_its_name),
            (0.04, self._named_for_a_marketplace),
            (0.10, self._of_parent_and_variant),
            (0.10, self._by_two_witnesses),
            (0.04, self._of_two_products),
            (0.03, self._with_two_barcodes),
            (0.03, self._by_a_shared_name),
            (0.03, self._beside_a_barcode_of_nobody),
            (0.06, self._decided),
        )

    def photo(self, serial: int) -> Photo:
        category = self._dice.choice(["", "", "", "", "swatch", "lifestyle", "detail"])
        plain = Photo(f"IMG_{serial:06}.jpg", category or "alternate", {}, category)
        if self._dice.random() < 0.05:
            plain = plain._replace(name=f"IMG_{serial:06}.mp4", role="video")
        luck = self._dice.random()
        for share, part in self._parts:
            if luck < share:
                return part(plain, serial)
            luck -= share
        return self._by_one_witness(plain, serial)

    def _by_one_witness(self, plain: Photo, _: int) -> Photo:
        item = self._dice.choice(self._there)
        return _linked(plain, CONFIRMED, item, said=[self._says(item, self._dice.choice(_WITNESSES))])

    def _of_nobody(self, plain: Photo, serial: int) -> Photo:
        """Return one with a number that nobody has, or has any more."""
        gone = [(each.number, each.sku) for each in self._items if not each.is_there]
        renumbered = [(each.former, each.sku) for each in self._items if each.former is not None]
        nobodys, sku = self._dice.choice([(number("gtin13", 900_000 + serial), ""), *gone, *renumbered])
        said = (Statement(self._dice.choice(_WITNESSES), "gtin", self._dice.choice(nobodys.digits)),)
        return plain._replace(statements=said, passing=frozenset({sku}))

    def _contradiction(self, plain: Photo, serial: int) -> Photo:
        """Return one that two witnesses call two things; of some, a person says what it is."""
        dice = self._dice
        among = self._steady if dice.random() < 0.6 else self._there
        item = dice.choice(among)
        if (other := self._stranger(item, among)) is None:
            return self._by_one_witness(plain, serial)
        one, two = dice.sample(_WITNESSES, 2)
        photo = _linked(plain, PROPOSED, item, other, said=[self._says(item, one), self._says(other, two)])
        if among is self._there:
            return photo
        before, by_person = {item.sku: PROPOSED, other.sku: PROPOSED}, Link(CONFIRMED, by_person=True)
        rejected = dict.fromkeys(before, Link(REJECTED, by_person=True))
        third = dice.choice(self._steady).sku
        luck = dice.random()
        if luck < 0.3:
            visit = Visit("confirm", item.sku, before)
            return photo._replace(links=rejected | {item.sku: by_person}, visit=visit)
        if luck < 0.6:
            return photo._replace(links=rejected, visit=Visit("reject", "", before))
        if luck < 0.9 and third not in before:
            return photo._replace(links=rejected | {third: by_person}, visit=Visit("correct", third, before))
        return photo

    def _by_file_name(self, plain: Photo, serial: int) -> Photo:
        """Return one of which nothing but its name says what it is; of some, a person is sure."""
        dice, item = self._dice, self._dice.choice(self._steady)
        name = f"{item.sku}_{plain.name}" if dice.random() < 0.7 else f"{dice.choice(item.number.digits)} {plain.name}"
        photo = _linked(plain._replace(name=name), PROPOSED, item)
        luck, before = dice.random(), {item.sku: PROPOSED}
        if luck < 0.2:
            links = {item.sku: Link(CONFIRMED, by_person=True)}
            return photo._replace(links=links, visit=Visit("confirm", item.sku, before))
        if luck < 0.4:
            links = {item.sku: Link(REJECTED, by_person=True)}
            return photo._replace(links=links, visit=Visit("reject", "", before))
        if luck < 0.5:  # other evidence asks again, and confirms nothing
            again = (self._says(item, "manifest"),)
            return photo._replace(visit=Visit("reject", "", before), afterwards=again)
        return photo

    def _wrong_file_name(self, plain: Photo, serial: int) -> Photo:
        item = self._dice.choice(self._there)
        if (other := self._stranger(item, self._there)) is None:
            return self._by_one_witness(plain, serial)
        named = plain._replace(name=f"{other.sku}_{plain.name}", passing=frozenset({other.sku}))
        return _linked(named, CONFIRMED, item, said=[self._says(item, self._dice.choice(_WITNESSES))])

    def _number_of_another_in_its_name(self, plain: Photo, serial: int) -> Photo:
        """Return one whose barcode counts a fifth less, because its name has a sound number of something else."""
        item = self._dice.choice(self._there)
        if (other := self._stranger(item, self._there)) is None:
            return self._by_one_witness(plain, serial)
        name = f"{self._dice.choice(other.number.digits)} {plain.name}"
        named = plain._replace(name=name, passing=frozenset({other.sku}))
        return _linked(named, PROPOSED, item, said=[self._says(item, "barcode")])

    def _named_for_a_marketplace(self, plain: Photo, serial: int) -> Photo:
        item = self._dice.choice(self._there)
        shows, role = self._dice.choice([("MAIN", "hero"), ("SWCH", "swatch"), ("PT01", "alternate")])
        name = f"{item.number.digits[-1]}.{shows}.jpg"
        if name in self._given:
            return self._by_one_witness(plain, serial)
        self._given.add(name)
        named = plain._replace(name=name, role=plain.category or role)
        said = Statement("barcode", "gtin", self._dice.choice(item.number.digits))
        return _linked(named, CONFIRMED, item, said=[said])

    def _of_parent_and_variant(self, plain: Photo, serial: int) -> Photo:
        variants = [each for each in self._there if each.parent is not None]
        if not variants:
            return self._by_one_witness(plain, serial)
        item = self._dice.choice(variants)
        photo = plain._replace(passing=frozenset({str(item.parent)}))
        return _linked(
            photo, CONFIRMED, item, said=[Statement("xmp", "sku", str(item.parent)), self._says(item, "barcode")]
        )

    def _by_two_witnesses(self, plain: Photo, _: int) -> Photo:
        item = self._dice.choice(self._there)
        said = [self._says(item, who) for who in self._dice.sample(_WITNESSES, 2)]
        return _linked(plain, CONFIRMED, item, said=said)

    def _of_two_products(self, plain: Photo, serial: int) -> Photo:
        item, who = self._dice.choice(self._there), self._dice.choice(["manifest", "xmp"])
        if (other := self._stranger(item, self._there)) is None:
            return self._by_one_witness(plain, serial)
        said = [Statement(who, "sku", each.sku) for each in (item, other)]
        return _linked(plain, CONFIRMED, item, other, said=said)

    def _with_two_barcodes(self, plain: Photo, serial: int) -> Photo:
        """Return one with two barcodes: one may be of what stands beside the product."""
        item = self._dice.choice(self._there)
        if (other := self._stranger(item, self._there)) is None:
            return self._by_one_witness(plain, serial)
        return _linked(plain, PROPOSED, item, other, said=[self._says(each, "barcode") for each in (item, other)])

    def _by_a_shared_name(self, plain: Photo, serial: int) -> Photo:
        item = self._dice.choice(self._there)
        shared = item.tellings[-1].aliases[1]
        both = [each for each in self._items if each.tellings[-1].aliases[1] == shared]
        there = [each for each in both if each.is_there]
        if {each.parent for each in both} & {each.sku for each in both}:  # it means the variant
            return self._by_one_witness(plain, serial)
        photo = plain._replace(passing=frozenset(each.sku for each in both))
        said = [Statement(self._dice.choice(["manifest", "xmp"]), "sku", shared)]
        return _linked(photo, PROPOSED if len(there) > 1 else CONFIRMED, *there, said=said)

    def _beside_a_barcode_of_nobody(self, plain: Photo, serial: int) -> Photo:
        """Return one whose barcode leaves it open: its product may come later."""
        item, nobodys = self._dice.choice(self._there), number("gtin13", 950_000 + serial)
        said = [Statement("barcode", "gtin", self._dice.choice(nobodys.digits)), Statement("xmp", "sku", item.sku)]
        return _linked(plain, PROPOSED, item, said=said)

    def _decided(self, plain: Photo, _: int) -> Photo:
        """Return one that evidence surely names, and of which a person knows better."""
        item = self._dice.choice(self._steady)
        photo = _linked(plain, CONFIRMED, item, said=[self._says(item, self._dice.choice(_WITNESSES))])
        other = self._stranger(item, self._steady)
        if other is None or self._dice.random() < 0.5:
            links = {item.sku: Link(REMOVED, by_person=True)}
            return photo._replace(links=links, visit=Visit("remove", item.sku, {item.sku: CONFIRMED}))
        links = {item.sku: Link(PROPOSED), other.sku: Link(CONFIRMED, by_person=True)}
        return photo._replace(links=links, visit=Visit("bind", other.sku, {}))

    def _says(self, item: Item, who: str) -> Statement:
        """Return a statement that names a product, in one of the forms in which this witness writes."""
        dice = self._dice
        if who != "barcode" and dice.random() < 0.4:
            return Statement(who, "sku", dice.choice([item.sku, item.sku.lower(), item.alias]))
        forms = [*item.number.digits]
        if who == "barcode":
            forms.append(f"(01){item.number.gtin14}")
        if who == "xmp":
            longest = item.number.digits[-1]
            forms += [f"{longest[:5]}-{longest[5:]}", *([item.number.short] if item.number.short else [])]
        return Statement(who, "gtin", dice.choice(forms))

    def _stranger(self, item: Item, among: Sequence[Item]) -> Item | None:
        """Return one of these products that is not this one, its parent, or a variant of it."""
        for _ in range(20):
            other = self._dice.choice(among)
            if item.sku not in {other.sku, other.parent} and other.sku != item.parent:
                return other
        return None


def _linked(photo: Photo, state: str, *items: Item, said: Sequence[Statement] = ()) -> Photo:
    links = {item.sku: Link(state) for item in items}
    return photo._replace(links=links, statements=(*photo.statements, *said), passing=photo.passing - links.keys())
