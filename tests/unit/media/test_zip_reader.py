"""Archives are read within bounds, whatever they declare, and what comes out is counted."""

import hashlib
import io
import random
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.errors import Undecodable
from assetwire.domain.expansion import Expansion, Fate, Limits, plan
from assetwire.media.zip_reader import Archive
from fakes.zips import Made, honest_zip, made_zip

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test


@pytest.fixture
def unpacked(tmp_path: Path):
    """Plan and unpack a ZIP; return the plan and what came of each member: its bytes, or why not."""

    def unpacked(data: bytes, **limits: int) -> tuple[Expansion, dict[str, bytes | str]]:
        (tmp_path / "drop.zip").write_bytes(data)
        found: dict[str, bytes | str] = {}
        with Archive(tmp_path / "drop.zip") as archive:
            expansion = plan(
                archive.entries(), prefix="drop/", limits=Limits(**limits), directory_at=archive.directory_at
            )
            for member in expansion.members if not expansion.problems else ():
                if member.fate is not Fate.EXPANDED:
                    found[member.name] = member.code
                    continue
                try:
                    result = archive.unpack(member, tmp_path / "member")
                except Undecodable as error:
                    found[member.name] = error.code
                    continue
                content = (tmp_path / "member").read_bytes()
                assert (result.bytes, result.sha256) == (len(content), hashlib.sha256(content).hexdigest())
                found[member.name] = content
        return expansion, found

    return unpacked


def test_what_another_writer_packed_comes_out_as_it_was(unpacked: Any) -> None:
    files = {"a/shoe.jpg": b"x" * 100_000, "Größe ☃.jpg": b"snow", "empty.jpg": b""}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in files.items():
            writer.writestr(name, data)
        writer.mkdir("folder")
    _, found = unpacked(packed.getvalue())
    assert found == {**files, "folder/": "directory"}


def test_zip64_records_are_read(unpacked: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writer, writer.open("big.tif", "w", force_zip64=True) as member:
        member.write(b"pixels" * 1000)
    assert unpacked(packed.getvalue())[1] == {"big.tif": b"pixels" * 1000}


def test_utf8_names_without_their_flag_are_read_and_cp437_ones_stay(unpacked: Any) -> None:
    _, found = unpacked(
        made_zip(Made("Schüh.jpg".encode(), b"1", flags=0), Made("Größe.jpg".encode("cp437"), b"2", flags=0))
    )
    assert found == {"Schüh.jpg": b"1", "Größe.jpg": b"2"}


def test_a_name_is_judged_past_its_null_character(unpacked: Any) -> None:
    assert unpacked(made_zip(Made(b"shoe.jpg\0.exe", b"1")))[1] == {"shoe.jpg\0.exe": "control_character"}


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (Made(b"a", b"content", crc=1), "damaged_member"),
        (Made(b"a", b"content" * 100, size=10), "damaged_member"),  # cut at ten bytes, whose CRC is another
        (Made(b"a", b"content", size=70, crc=None), "lying_size"),
        (Made(b"a", b"content", raw=b"\xff\xff\xff"), "damaged_member"),
        (Made(b"a", b"content", raw=b""), "damaged_member"),
        (Made(b"a", b"content", local_name=b"b"), "damaged_member"),
        (Made(b"a", b"content", method=0, size=3), "damaged_member"),
        (Made(b"a", b"content", flags=0x801), "encrypted"),
    ],
)
def test_a_member_that_lies_costs_that_member_alone(unpacked: Any, member: Made, code: str) -> None:
    expansion, found = unpacked(made_zip(Made(b"before", b"1"), member, Made(b"behind", b"2")))
    assert found == {"before": b"1", "a": code, "behind": b"2"}
    assert expansion.problems == ()


def test_a_bomb_that_declares_little_inflates_to_what_it_declares(unpacked: Any, tmp_path: Path) -> None:
    deflate = zlib.compressobj(9, wbits=-15)
    raw = b"".join(deflate.compress(bytes(1024 * 1024)) for _ in range(200)) + deflate.flush()
    tracemalloc.start()
    _, found = unpacked(made_zip(Made(b"bomb.jpg", bytes(4096), raw=raw, crc=0)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == {"bomb.jpg": "damaged_member"}
    assert (tmp_path / "member").stat().st_size <= 4096
    assert peak < 8 * 1024 * 1024


def test_a_large_member_is_held_a_mebibyte_at_a_time(unpacked: Any, tmp_path: Path) -> None:
    packed = io.BytesIO()
    noise = random.Random(1).randbytes(1024 * 1024)  # noqa: S311 - noise
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as writer, writer.open("film.mp4", "w") as member:
        for _ in range(48):
            member.write(noise)
    (tmp_path / "drop.zip").write_bytes(packed.getvalue())
    tracemalloc.start()
    with Archive(tmp_path / "drop.zip") as archive:
        (film,) = plan(archive.entries(), prefix="", limits=Limits()).members
        assert archive.unpack(film, tmp_path / "film").bytes == 48 * 1024 * 1024
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_members_that_share_their_content_are_refused_before_anything_inflates(unpacked: Any) -> None:
    kernel = Made(b"0", bytes(100_000))
    shared = [Made(str(n).encode(), bytes(100_000), offset=0, raw=b"", crc=kernel.crc) for n in range(1, 100)]
    expansion, found = unpacked(made_zip(kernel, *shared))
    assert ([problem.code for problem in expansion.problems], found) == (["overlapping_entries"], {})


def test_members_that_quote_those_behind_them_are_refused(unpacked: Any) -> None:
    """D. Fifield's bomb: each member's stream quotes the next one's header as a stored block, and runs on."""
    expansion, _ = unpacked(quoting_bomb(250))
    assert [problem.code for problem in expansion.problems] == ["overlapping_entries"]


def test_an_archive_that_holds_itself_is_expanded_once(unpacked: Any) -> None:
    assert unpacked(honest_zip({"r/r.zip": b"PK\3\4"}))[1] == {"r/r.zip": "nested_archive"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"no archive" * 100,
        b"PK\3\4" + bytes(100),
        honest_zip({"a": b"1"})[:-1],
        made_zip(Made(b"a", b"1"), directory_bytes=2**32 - 2),
        made_zip(Made(b"a", b"1"), directory_bytes=7),
        made_zip(Made(b"\xff\xfe", b"1")),
        made_zip(Made(b"a", b"1", extra=struct.pack("<HH", 1, 400))),
        b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0),
    ],
)
def test_what_is_no_archive_or_a_damaged_one_says_so(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "drop.zip").write_bytes(data)
    with pytest.raises(Undecodable) as refused, Archive(tmp_path / "drop.zip"):
        pass
    assert refused.value.code == "damaged_archive"


def test_an_archive_that_lacks_its_beginning_is_damaged(unpacked: Any) -> None:
    expansion, _ = unpacked(honest_zip({"a": b"1"})[10:])
    assert [problem.code for problem in expansion.problems] == ["damaged_archive"]


def test_a_directory_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "drop.zip").open("wb") as file:
        file.truncate(1024**3)
        file.seek(0, 2)
        file.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, 1024**3, 0, 0))
    tracemalloc.start()
    with pytest.raises(Undecodable), Archive(tmp_path / "drop.zip"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1024 * 1024


def test_bytes_flipped_anywhere_never_raise_anything_else(unpacked: Any) -> None:
    whole = honest_zip({"a/shoe.jpg": b"pixels" * 50, "b.jpg": b"more", "manifest.csv": b"file\n"})
    chance = random.Random(7)  # noqa: S311 - the same damage in every run
    for _ in range(1500):
        spoilt = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 5))):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            unpacked(bytes(spoilt))
        except Undecodable:
            continue


def quoting_bomb(count: int) -> bytes:
    """Return a ZIP file of `count` members in the space of one, made as in "A better zip bomb"."""
    kernel = zlib.compressobj(9, wbits=-15)
    tail = kernel.compress(bytes(1_000_000)) + kernel.flush()
    content, crc_of = bytes(1_000_000), zlib.crc32
    body, entries = tail, []
    for number in reversed(range(count)):
        name = f"{number:04d}".encode()
        head = struct.pack("<HHHHIII", 0x800, 8, 0, 0x5A21, crc_of(content), len(body), len(content))
        local = b"PK\3\4" + struct.pack("<H", 20) + head + struct.pack("<HH", len(name), 0) + name
        entries.append((name, head, len(body) + len(local)))
        body = local + body
        if number:
            quote = struct.pack("<BHH", 0, len(local), len(local) ^ 0xFFFF)
            content, body = local + content, quote + body
    directory = bytearray()
    for name, head, from_end in reversed(entries):
        directory += b"PK\1\2" + struct.pack("<BBH", 20, 3, 20) + head
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(body) - from_end) + name
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return body + bytes(directory) + b"PK\5\6" + end
