"""A drop is planned with suspicion: every member ends expanded, skipped or refused, with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.expansion import Entry, Expansion, Fate, Limits, Role, plan
from assetwire.domain.uploads import checked_key

LINK, DIRECTORY, FIFO, REGULAR = 0o120777 << 16, 0o040755 << 16, 0o010644 << 16, 0o100644 << 16


def laid_out(*entries: Entry) -> list[Entry]:
    """Return the entries one after the other in their file."""
    placed, offset = [], 0
    for entry in entries:
        placed.append(entry._replace(offset=offset))
        offset += 100 + entry.compressed
    return placed


def named(*names: str, **facts: int) -> list[Entry]:
    return laid_out(*(Entry(name, 10, 10, 0, **facts) for name in names))


def planned(entries: list[Entry], **limits: int) -> Expansion:
    return plan(entries, prefix="spring/", limits=Limits(**limits))


def codes(expansion: Expansion) -> list[str]:
    return [member.code for member in expansion.members]


def test_members_become_keys_below_the_drops_name() -> None:
    expansion = planned(named("a/shoe.jpg", "b c/Schu\u0308h.jpg", "A1.jpg.xmp", "manifest.csv", "a/manifest.csv"))
    assert [(member.key, member.role) for member in expansion.members] == [
        ("spring/a/shoe.jpg", Role.MASTER),
        ("spring/b c/Sch\u00fch.jpg", Role.MASTER),
        ("spring/A1.jpg.xmp", Role.SIDECAR),
        ("spring/manifest.csv", Role.MANIFEST),
        ("spring/a/manifest.csv", Role.MASTER),
    ]
    assert [member.key for member in expansion.of(Role.MASTER)] == [
        *("spring/a/shoe.jpg", "spring/b c/Sch\u00fch.jpg", "spring/a/manifest.csv"),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil.jpg", "traversal"),
        ("a/../../evil.jpg", "traversal"),
        ("a/..", "traversal"),
        ("/etc/passwd", "absolute_path"),
        ("//server/share", "absolute_path"),
        ("C:/evil.jpg", "drive_letter"),
        ("c:evil.jpg", "drive_letter"),
        ("a\\b.jpg", "backslash"),
        ("..\\evil.jpg", "backslash"),
        ("a\nb.jpg", "control_character"),
        ("shoe.jpg\0.exe", "control_character"),
        ("a\u0085.jpg", "control_character"),
        ("\ud800.jpg", "control_character"),
        ("", "invalid_name"),
        ("a//b.jpg", "invalid_name"),
        ("./a.jpg", "invalid_name"),
        ("a/${filename}", "invalid_name"),
        ("x" * 510, "invalid_name"),
        ("inner.zip", "nested_archive"),
        ("a/inner.TAR.GZ", "nested_archive"),
    ],
)
def test_a_name_that_is_not_safe_is_refused(name: str, code: str) -> None:
    expansion = planned(named("fine.jpg", name))
    assert (codes(expansion), expansion.members[1].fate, expansion.members[1].key) == (["", code], Fate.REFUSED, "")


@pytest.mark.parametrize(
    "name",
    ["__MACOSX/._shoe.jpg", "__MACOSX/a/b", ".DS_Store", "a/.DS_Store", "Thumbs.db", "a/desktop.ini", "a/._b.jpg"],
)
def test_an_operating_systems_own_files_are_skipped_and_listed(name: str) -> None:
    (member,) = planned(named(name)).members
    assert (member.fate, member.code, member.name) == (Fate.SKIPPED, "system_file", name)


@pytest.mark.parametrize(
    ("facts", "fate", "code"),
    [
        ({"attributes": LINK, "system": 3}, Fate.REFUSED, "symlink"),
        ({"attributes": LINK, "system": 19}, Fate.REFUSED, "symlink"),
        ({"attributes": FIFO, "system": 3}, Fate.REFUSED, "special_file"),
        ({"attributes": DIRECTORY, "system": 3}, Fate.SKIPPED, "directory"),
        ({"attributes": REGULAR, "system": 3}, Fate.EXPANDED, ""),
        ({"attributes": LINK, "system": 0}, Fate.EXPANDED, ""),  # on MS-DOS these bits mean nothing
        ({"flags": 0x1}, Fate.REFUSED, "encrypted"),
        ({"flags": 0x40}, Fate.REFUSED, "encrypted"),
        ({"flags": 0x20}, Fate.REFUSED, "unsupported_compression"),
        ({"method": 9}, Fate.REFUSED, "unsupported_compression"),
        ({"method": 12}, Fate.REFUSED, "unsupported_compression"),
        ({"method": 14}, Fate.REFUSED, "unsupported_compression"),
        ({"method": 8}, Fate.EXPANDED, ""),
    ],
)
def test_what_is_no_plain_file_is_not_expanded(facts: dict[str, int], fate: Fate, code: str) -> None:
    (member,) = planned(named("shoe.jpg", **facts)).members
    assert (member.fate, member.code) == (fate, code)


def test_a_link_whose_name_ends_in_a_slash_is_a_link() -> None:
    entries = laid_out(Entry("a/", 0, 0, 0), Entry("b/", 0, 0, 0, system=3, attributes=LINK))
    assert codes(planned(entries)) == ["directory", "invalid_name"]


def test_names_that_are_one_key_are_all_refused() -> None:
    names = ("a/Sch\u00fch.jpg", "a/Schu\u0308h.jpg", "b.jpg", "B.JPG", "c.jpg")
    assert codes(planned(named(*names))) == [*("duplicate_name",) * 2, *("case_collision",) * 2, ""]


def test_a_name_that_stands_twice_is_refused_twice() -> None:
    assert codes(planned(named("a.jpg", "a.jpg", "b.jpg"))) == ["duplicate_name", "duplicate_name", ""]


@pytest.mark.parametrize(
    ("entry", "limits", "code"),
    [
        (Entry("a.tif", 10, 101, 0), {"member_bytes": 100}, "too_large"),
        (Entry("a.tif", 10, 1001, 0), {"ratio": 100, "ratio_from": 500}, "compression_ratio"),
        (Entry("a.tif", 0, 1001, 0), {"ratio": 100, "ratio_from": 500}, "compression_ratio"),
        (Entry("a.tif", 10, 1000, 0), {"ratio": 100, "ratio_from": 500}, ""),
        (Entry("a.tif", 10, 500, 0), {"ratio": 2, "ratio_from": 500}, ""),
        (Entry("a.tif", 1000, 0, 0), {}, "lying_size"),
    ],
)
def test_a_member_that_costs_too_much_is_refused(entry: Entry, limits: dict[str, int], code: str) -> None:
    assert codes(planned([entry], **limits)) == [code]


@pytest.mark.parametrize(
    ("entries", "limits", "code"),
    [
        ([], {}, "empty_archive"),
        (named("a", "b", "c"), {"members": 2}, "too_many_members"),
        (named("a", "b", "c"), {"total_bytes": 29}, "too_large_inflated"),
        (named("manifest.csv", "Manifest.JSON"), {}, "two_manifests"),
        ([Entry("a", 100, 100, 0), Entry("b", 100, 100, 50)], {}, "overlapping_entries"),
        ([Entry("a", 100, 100, 0), Entry("b", 100, 100, 0)], {}, "overlapping_entries"),
        ([Entry("a", 100, 100, -1)], {}, "damaged_archive"),
        ([Entry("a", -1, 100, 0)], {}, "damaged_archive"),
    ],
)
def test_an_archive_that_is_no_honest_one_is_refused_as_a_whole(
    entries: list[Entry], limits: dict[str, int], code: str
) -> None:
    assert [problem.code for problem in planned(entries, **limits).problems] == [code]


def test_no_member_may_reach_into_the_directory() -> None:
    entries = [Entry("a", 100, 100, 0, raw_name_bytes=1)]
    assert plan(entries, prefix="", limits=Limits(), directory_at=131).problems == ()
    assert plan(entries, prefix="", limits=Limits(), directory_at=130).problems[0].code == "overlapping_entries"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=20))
def test_whatever_the_names_each_member_is_told_of_and_no_two_share_a_key(names: list[str]) -> None:
    expansion = planned(named(*names))
    assert [member.name for member in expansion.members] == names
    keys = [member.key for member in expansion.members if member.fate is Fate.EXPANDED]
    assert len({key.casefold() for key in keys}) == len(keys)
    for key in keys:
        assert key.startswith("spring/")
        assert checked_key(key) == key
    assert all(member.code for member in expansion.members if member.fate is not Fate.EXPANDED)
