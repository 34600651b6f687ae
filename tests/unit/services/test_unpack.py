"""Drops: every member is told of, nothing is written twice, and content never raises."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.asset import Upload
from assetwire.domain.drop import PAGE, Drop, DropState, Members, is_drop, is_manifest
from assetwire.domain.errors import NotFound
from assetwire.domain.expansion import Fate, Limits, Role
from assetwire.media.zip_reader import Archive
from assetwire.ports import Stored
from assetwire.services.judging import Judge
from assetwire.services.unpack import Unpacking, find_drop, unpack
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW
from fakes.stores import FakeMasters
from fakes.zips import Made, honest_zip, made_zip

KEY = "drops/spring.zip"


class World:
    """A bucket and a Catalog, and the unpacking between them."""

    def __init__(self, **limits: int) -> None:
        self.catalog, self.masters = FakeCatalog(), FakeMasters()
        self._limits = Limits(**limits)

    def put(self, data: bytes, key: str = KEY, number: int = 1) -> Upload:
        return self.masters.put(some.upload(key, number), data)

    def unpack(self, upload: Upload) -> Drop | None:
        fake = self.catalog
        judge = Judge(fake)
        limits = {"maximum_bytes": 100_000, "limits": self._limits}
        world = Unpacking(self.masters, fake, fake, fake, Archive, judge, **limits)
        return unpack(upload, world=world, now=NOW)

    def drop(self, data: bytes, key: str = KEY) -> Drop:
        ended = self.unpack(self.put(data, key))
        assert ended is not None
        return ended

    @property
    def held(self) -> dict[str, list[bytes]]:
        return {key: versions for key, versions in self.masters.holds().items() if not is_drop(key)}


@pytest.fixture
def world() -> World:
    return World()


def codes(drop: Drop) -> list[str]:
    return [problem.code for problem in drop.problems]


def test_members_become_masters_and_each_is_told_of(world: World) -> None:
    files = {"a/one.jpg": b"1", "a/one.jpg.xmp": b"<x/>", ".DS_Store": b"x", "../evil.jpg": b"x", "inner.zip": b"x"}
    drop = world.drop(honest_zip(files))
    assert (drop.state, drop.members) == (DropState.DONE, 5)
    assert drop.counts == {Fate.EXPANDED: 2, Fate.SKIPPED: 1, Fate.REFUSED: 2}
    assert world.held == {"spring/a/one.jpg": [b"1"], "spring/a/one.jpg.xmp": [b"<x/>"]}
    page = find_drop("masters", KEY, "v1", page=0, drops=world.catalog)
    assert [(each.name, each.fate, each.code, each.written) for each in page.members] == [
        ("a/one.jpg", Fate.EXPANDED, "", True),
        ("a/one.jpg.xmp", Fate.EXPANDED, "", True),
        (".DS_Store", Fate.SKIPPED, "system_file", False),
        ("../evil.jpg", Fate.REFUSED, "traversal", False),
        ("inner.zip", Fate.REFUSED, "nested_archive", False),
    ]
    assert (page.drop, page.next_page) == (drop, None)


def test_a_member_that_lies_is_refused_alone(world: World) -> None:
    drop = world.drop(made_zip(Made(b"a", b"1"), Made(b"b", b"2", crc=7), Made(b"c", b"3")))
    assert (drop.counts, set(world.held)) == ({Fate.EXPANDED: 2, Fate.REFUSED: 1}, {"spring/a", "spring/c"})


@pytest.mark.parametrize(
    ("key", "data", "code"),
    [
        (KEY, b"no archive", "damaged_archive"),
        (KEY, b"", "damaged_archive"),
        (KEY, made_zip(), "empty_archive"),
        (KEY, made_zip(Made(b"a", b"1" * 50, method=0), Made(b"b", b"1", offset=0)), "overlapping_entries"),
        (KEY, b"x" * 100_001, "too_large"),
        ("drops/shoe.jpg", b"x", "invalid_drop_key"),
        (KEY, honest_zip({"manifest.csv": b"file,price\na,1\n", "a": b"1"}), "manifest_refused"),
        (KEY, made_zip(Made(b"manifest.csv", b"file\na\n", crc=1), Made(b"a", b"1")), "damaged_member"),
        ("a/manifest.csv", b"file,price\na,1\n", "manifest_refused"),
        ("a/manifest.json", b"{", "manifest_refused"),
    ],
)
def test_what_is_refused_as_a_whole_says_why_and_writes_nothing(world: World, key: str, data: bytes, code: str) -> None:
    drop = world.drop(data, key)
    assert (drop.state, codes(drop), world.held) == (DropState.REFUSED, [code], {})
    assert bool(drop.manifest_problems) == (code == "manifest_refused")
    assert not any(isinstance(record, Members) for record in world.catalog.records.values())


def test_a_drop_in_cold_storage_is_refused_and_not_tried_again(world: World) -> None:
    upload = world.put(honest_zip({"a.jpg": b"1"}))
    world.masters.cold.add(upload)
    for _ in range(2):
        ended = world.unpack(upload)
        assert ended is not None
        assert (ended.state, codes(ended), world.held) == (DropState.REFUSED, ["archived"], {})


def test_a_manifest_is_declared_before_any_member_is_there(world: World) -> None:
    order: list[str] = []
    store, declare = world.masters.store, world.catalog.declare

    def noted(key: str, file: Path, *, sha256: str, cause: str) -> Stored:
        order.append(key)
        return store(key, file, sha256=sha256, cause=cause)

    def declared(declaration: Any) -> None:
        order.append(f"declared {declaration.name}")
        declare(declaration)

    world.masters.store, world.catalog.declare = noted, declared  # type: ignore[method-assign]
    manifest = json.dumps({"files": [{"file": "b.jpg", "sku": "S-1"}, {"file": "later.jpg", "sku": "S-2"}]}).encode()
    drop = world.drop(honest_zip({"b.jpg": b"1", "manifest.json": manifest}))
    assert order == ["declared spring/b.jpg", "declared spring/later.jpg", "spring/b.jpg"]
    assert drop.declared == 2
    members = find_drop("masters", KEY, "v1", page=0, drops=world.catalog).members
    assert [(each.role, each.message) for each in members] == [(Role.MASTER, ""), (Role.MANIFEST, "applied")]


def test_a_manifest_beside_masters_is_declared_of_its_folder(world: World) -> None:
    drop = world.drop(b"file,sku\nb.jpg,S-1\n", "a/manifest.csv")
    assert (drop.state, drop.declared) == (DropState.DONE, 1)
    said = world.catalog.standing("masters", "a/b.jpg").manifest
    assert said is not None
    assert (said.skus, said.by) == (("S-1",), "a/manifest.csv@v1")


def test_a_second_delivery_changes_nothing(world: World) -> None:
    upload = world.put(honest_zip({"a": b"1", "b": b"2"}))
    first = world.unpack(upload)
    records, held = dict(world.catalog.records), world.masters.holds()
    for _ in range(2):
        assert world.unpack(upload) == first
    assert (world.catalog.records, world.masters.holds()) == (records, held)


def test_the_same_archive_again_puts_nothing_and_a_changed_member_alone_is_put(world: World) -> None:
    world.drop(honest_zip({"a": b"1", "b": b"2"}))
    world.unpack(world.put(honest_zip({"a": b"1", "b": b"3"}), number=2))
    assert world.held == {"spring/a": [b"1"], "spring/b": [b"2", b"3"]}
    again = find_drop("masters", KEY, "v2", page=0, drops=world.catalog)
    assert [each.written for each in again.members] == [False, True]


def test_what_broke_off_goes_on_after_the_last_page_that_was_written(world: World) -> None:
    files = {f"{number:03d}": str(number).encode() for number in range(2 * PAGE + 10)}
    upload, store, stored = world.put(honest_zip(files)), world.masters.store, []

    def breaks(key: str, file: Path, *, sha256: str, cause: str) -> Stored:
        stored.append(key)
        if len(stored) == PAGE + 5:
            raise ConnectionError
        return store(key, file, sha256=sha256, cause=cause)

    world.masters.store = breaks  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        world.unpack(upload)
    stored.clear()
    world.masters.store = store  # type: ignore[method-assign]
    drop = world.unpack(upload)
    assert drop is not None
    assert drop.counts == {Fate.EXPANDED: 2 * PAGE + 10}
    members = [find_drop("masters", KEY, "v1", page=page, drops=world.catalog).members for page in range(3)]
    assert all(each.written for page in members for each in page)
    assert {key: len(versions) for key, versions in world.held.items()} == {f"spring/{name}": 1 for name in files}
    first, second, third = (find_drop("masters", KEY, "v1", page=page, drops=world.catalog) for page in range(3))
    assert [len(page.members) for page in (first, second, third)] == [PAGE, PAGE, 10]
    assert [page.next_page for page in (first, second, third)] == [1, 2, None]


def test_a_drop_that_is_gone_or_unknown_is_said_to_be(world: World) -> None:
    upload = world.put(honest_zip({"a": b"1"}))
    world.masters.delete(upload)
    assert world.unpack(upload) is None
    with pytest.raises(NotFound) as unknown:
        find_drop("masters", KEY, "v9", page=0, drops=world.catalog)
    assert unknown.value.code == "drop_not_found"


def test_too_much_inflated_is_refused_before_anything_is_written() -> None:
    world = World(total_bytes=1000)
    assert codes(world.drop(honest_zip({"a": bytes(600), "b": bytes(600)}))) == ["too_large_inflated"]
    assert world.held == {}


@pytest.mark.parametrize(
    ("key", "drop", "manifest"),
    [
        ("drops/a.zip", True, False),
        ("drops/manifest.csv", True, False),
        ("a/manifest.csv", True, True),
        ("manifest.csv", False, False),
        ("a/shoe.jpg", False, False),
        ("a/my-manifest.csv", False, False),
    ],
)
def test_what_is_a_drop_is_told_by_its_key(key: str, *, drop: bool, manifest: bool) -> None:
    assert (is_drop(key), is_manifest(key)) == (drop, manifest)
