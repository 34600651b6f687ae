"""Keys, parts and checksums of uploads."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.uploads import (
    MEBIBYTE,
    checked_key,
    checked_upload_key,
    drop_prefix,
    from_s3_checksum,
    missing_parts,
    part,
    part_bytes,
    part_count,
    parts,
    s3_checksum,
)

SIZES = st.integers(1, 5 * 1024**4)


@pytest.mark.parametrize("key", ["shoe.jpg", "a/b c/ü ☃.jpg", "x" * 512, "...", "a/..b/.c", "日本/靴.jpg"])
def test_a_sound_key_is_taken_as_it_is(key: str) -> None:
    assert checked_key(key) == key


def test_two_ways_to_write_one_name_are_one_key() -> None:
    assert checked_key("Schu\u0308h.jpg") == checked_key("Sch\u00fch.jpg") == "Sch\u00fch.jpg"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x" * 513,
        "é" * 257,
        "/shoe.jpg",
        "a//shoe.jpg",
        "a/",
        "a/./b",
        "a/../b",
        "..",
        "a\nb",
        "a\x00b",
        "a\x7fb",
        "a\u0085b",
        "\ud800",
        "a/${filename}",
    ],
)
def test_any_other_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_key(key)
    assert refused.value.code == "invalid_key"


@pytest.mark.parametrize(
    ("key", "prefix"),
    [("drops/spring.zip", "spring/"), ("drops/a/b c.ZIP", "a/b c/"), ("drops/.zip.zip", ".zip/")],
)
def test_a_drops_members_go_where_its_name_says(key: str, prefix: str) -> None:
    assert (drop_prefix(key), checked_upload_key(key)) == (prefix, key)


@pytest.mark.parametrize(
    "key",
    [
        "drops/shoe.jpg",
        "drops/.zip",
        "drops/a/.zip",
        "drops/a/ .zip",
        "drops/...zip",
        "drops/drops.zip",
        "drops/drops/a.zip",
    ],
)
def test_what_stands_among_the_drops_and_is_none_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_upload_key(key)
    assert refused.value.code == "invalid_drop_key"


@given(SIZES)
def test_parts_are_the_whole_file_without_gap_and_within_the_limits_of_s3(size: int) -> None:
    count, each = part_count(size), part_bytes(size)
    assert 1 <= count <= 10_000
    assert (5 * MEBIBYTE <= each <= 5 * 1024 * MEBIBYTE, each % MEBIBYTE) == (True, 0)
    first, last = part(size, 1), part(size, count)
    assert (first.offset, last.offset + last.bytes) == (0, size)
    assert all(part(size, n).bytes == each for n in {1, count // 2, count - 1} if 1 <= n < count)


@given(st.integers(1, 300 * MEBIBYTE), st.data())
def test_what_is_missing_is_what_is_not_there_whole(size: int, data: st.DataObject) -> None:
    every = parts(size)
    gone = data.draw(st.sets(st.sampled_from([each.number for each in every])))
    cut = data.draw(st.sets(st.sampled_from([each.number for each in every])))
    there = [(each.number, each.bytes - (each.number in cut)) for each in every if each.number not in gone]
    assert missing_parts(size, there) == sorted(gone | cut)


@pytest.mark.parametrize("number", [0, -1, 2, 10_001])
def test_a_part_that_a_file_does_not_have_is_refused(number: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        part(5, number)
    assert refused.value.code == "invalid_part"


@given(st.binary())
def test_a_checksum_survives_the_way_that_s3_writes_it(content: bytes) -> None:
    digest = hashlib.sha256(content)
    assert s3_checksum(digest.hexdigest()) == base64.b64encode(digest.digest()).decode()
    assert from_s3_checksum(s3_checksum(digest.hexdigest())) == digest.hexdigest()


@pytest.mark.parametrize("text", ["", "x" * 64, "A" * 64, "ab" * 31, "ab" * 33])
def test_what_is_no_sha256_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        s3_checksum(text)
    assert refused.value.code == "invalid_sha256"


@pytest.mark.parametrize("text", ["", "ü", "AAAA", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=-3", "!"])
def test_what_s3_wrote_of_parts_is_no_sha256_of_the_whole(text: str) -> None:
    assert from_s3_checksum(text) is None
