"""Films and sounds: what is told of them is what another player tells, and what stands for them can be seen."""

import struct
from pathlib import Path

import av
import pytest
from PIL import Image

from assetwire.domain.inspection import Inspection, Status
from assetwire.media.inspect import inspect
from assetwire.media.picture import picture
from assetwire.media.streams import Turn, turn_of
from fakes.films import turned
from fakes.masters import film

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

ONE = 1 << 16
MATRICES = {  # a, b, c, d: what each puts upright
    "as it is stored": ((ONE, 0, 0, ONE), Turn(0, mirrored=False)),
    "a quarter": ((0, ONE, -ONE, 0), Turn(90, mirrored=False)),
    "half": ((-ONE, 0, 0, -ONE), Turn(180, mirrored=False)),
    "three quarters": ((0, -ONE, ONE, 0), Turn(270, mirrored=False)),
    "left to right": ((-ONE, 0, 0, ONE), Turn(0, mirrored=True)),
    "upside down": ((ONE, 0, 0, -ONE), Turn(180, mirrored=True)),
    "mirrored and a quarter": ((0, -ONE, -ONE, 0), Turn(90, mirrored=True)),
    "twice as large": ((2 * ONE, 0, 0, 2 * ONE), Turn(0, mirrored=False)),
    "of zeros": ((0, 0, 0, 0), Turn(0, mirrored=False)),
}


def inspected(file: Path) -> Inspection:
    """Inspect a film without looking for barcodes."""
    size = file.stat().st_size
    return inspect(file, sha256="0", size=size, maximum_bytes=10**7, maximum_pixels=10**7, without=("barcodes",))


@pytest.mark.parametrize(("parts", "expected"), MATRICES.values(), ids=MATRICES)
def test_a_display_matrix_says_how_the_picture_is_put_upright(parts: tuple[int, int, int, int], expected: Turn) -> None:
    a, b, c, d = parts
    assert turn_of(struct.pack("=9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)) == expected


@pytest.mark.parametrize("matrix", [None, b"", b"\1" * 35])
def test_without_a_whole_matrix_nothing_is_turned(matrix: bytes | None) -> None:
    assert turn_of(matrix) == Turn(0, mirrored=False)


def quarters(tmp_path: Path) -> bytes:
    """Return a film of a picture that is red, green, blue and yellow, from left to right and from top to bottom."""
    image = Image.new("RGB", (2, 2))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)])
    file = tmp_path / "quarters.mp4"
    with av.open(str(file), "w") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(5):
            frame = av.VideoFrame.from_image(image.resize((64, 48), Image.Resampling.NEAREST))
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.read_bytes()


@pytest.mark.parametrize(
    ("how", "expected"),
    [("left to right", "GRYB"), ("upside down", "BYRG"), ("mirrored and a quarter", "YGBR"), ("of zeros", "RGBY")],
)
def test_the_poster_stands_as_the_matrix_says_and_so_do_the_facts(tmp_path: Path, how: str, expected: str) -> None:
    file = tmp_path / "master"
    file.write_bytes(turned(quarters(tmp_path), MATRICES[how][0]))
    found = inspected(file)
    poster = picture(file, "video/mp4", longest_edge=64)
    assert (found.width, found.height) == (poster.width, poster.height)
    turn = MATRICES[how][1]
    said = found.metadata.technical
    assert (said["rotation"], said.get("mirrored", False)) == (turn.degrees, turn.mirrored)
    corners = [(5, 5), (poster.width - 6, 5), (5, poster.height - 6), (poster.width - 6, poster.height - 6)]
    names = {(True, False, False): "R", (False, True, False): "G", (False, False, True): "B", (True, True, False): "Y"}
    colours = [names[tuple(level > 127 for level in poster(x, y))] for x, y in corners]
    assert "".join(colours) == expected


@pytest.mark.parametrize(
    ("name", "codec", "sound", "expected"),
    [
        ("film.mp4", "libx264", "libmp3lame", ("h264", "mp3")),
        ("film.webm", "libsvtav1", "libopus", ("av1", "opus")),
        ("film.mov", "libx265", "pcm_s16le", ("hevc", "pcm_s16le")),
    ],
)
def test_codecs_are_named_and_not_their_decoders(
    tmp_path: Path, name: str, codec: str, sound: str, expected: tuple[str, str]
) -> None:
    film(tmp_path / name, codec=codec, sound=sound, seconds=0.3)
    said = inspected(tmp_path / name).metadata.technical
    assert (said["video_codec"], said["audio_codec"]) == expected


def test_every_track_of_pictures_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "film.mkv"
    with av.open(str(file), "w") as output:
        streams = [output.add_stream("mpeg4", rate=25) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for stream in streams:
            frame = av.VideoFrame.from_image(Image.effect_noise((64, 48), 60).convert("RGB"))
            frame.pts = 0
            output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
    assert inspected(file).metadata.technical["video_tracks"] == 2


def wav(tags: dict[bytes, bytes]) -> bytes:
    """Return a WAV of silence with these tags."""
    chunks = b"".join(struct.pack("<4sI", name, len(text)) + text + bytes(len(text) % 2) for name, text in tags.items())
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body += struct.pack("<4sI4s", b"LIST", 4 + len(chunks), b"INFO") + chunks + struct.pack("<4sI", b"data", 800)
    return b"RIFF" + struct.pack("<I", len(body) + 800) + body + bytes(800)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_tags_that_name_no_encoding_are_read_as_utf_8_or_else_as_windows_writes(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "master").write_bytes(wav({b"INAM": "Tür “eins”".encode(encoding), b"IPRD": "Söhne".encode(encoding)}))
    found = inspected(tmp_path / "master").metadata
    assert found.fields["title"].value == {"x-default": "Tür “eins”"}
    assert found.private["tags"] == {"album": "Söhne"}


def test_a_tag_with_a_name_that_is_no_text_breaks_nothing(tmp_path: Path) -> None:
    data = film(tmp_path / "film.mkv", tags={"x-own-name": "a value"})
    (tmp_path / "film.mkv").write_bytes(data.replace(b"X-OWN-NAME", b"X-OW\xf0-NAME"))
    found = inspected(tmp_path / "film.mkv")
    assert found.status is Status.ACCEPTED
    assert found.model_dump_json()


class TestUnknownCodecs:
    """What cameras and phones write that no decoder here knows."""

    def test_a_sound_of_one_is_noted_and_the_film_accepted(self, tmp_path: Path) -> None:
        data = film(tmp_path / "film.mkv").replace(b"A_AAC", b"A_ZZZ")
        (tmp_path / "film.mkv").write_bytes(data)
        found = inspected(tmp_path / "film.mkv")
        assert (found.status, [warning.code for warning in found.warnings]) == (Status.ACCEPTED, ["unsupported_codec"])
        said = found.metadata.technical
        assert (said["video_codec"], said["audio_tracks"], "audio_codec" in said) == ("h264", 1, False)

    @pytest.mark.parametrize("sound", ["aac", None])
    def test_a_picture_of_one_is_the_reason_of_a_refusal(self, tmp_path: Path, sound: str | None) -> None:
        data = film(tmp_path / "film.mp4", sound=sound).replace(b"avc1", b"zzzz")
        (tmp_path / "film.mp4").write_bytes(data)
        assert [problem.code for problem in inspected(tmp_path / "film.mp4").problems] == ["unsupported_codec"]

    def test_a_sound_alone_of_one_is_the_reason_of_a_refusal(self, tmp_path: Path) -> None:
        data = film(tmp_path / "a.mka", codec=None, container="matroska").replace(b"A_AAC", b"A_ZZZ")
        (tmp_path / "a.mka").write_bytes(data)
        assert [problem.code for problem in inspected(tmp_path / "a.mka").problems] == ["unsupported_codec"]

    def test_a_film_whose_decoder_cannot_be_opened_is_undecodable(self, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "film.mov"), "w") as output:
            stream = output.add_stream("rawvideo", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts = 0
            output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        found = inspected(tmp_path / "film.mov")
        assert [(problem.code, problem.message) for problem in found.problems] == [
            ("undecodable", "no frame can be decoded")
        ]


class TestTransportStreams:
    """Films that have a key frame at their beginning alone, and no index to find it by."""

    def test_one_without_sound_is_accepted(self, tmp_path: Path) -> None:
        film(tmp_path / "film.ts", sound=None)
        found = inspected(tmp_path / "film.ts")
        assert (found.status, found.warnings) == (Status.ACCEPTED, ())

    def test_one_with_sound_has_a_poster(self, tmp_path: Path) -> None:
        film(tmp_path / "film.ts")
        poster = picture(tmp_path / "film.ts", "video/mp2t", longest_edge=64)
        assert (poster.width, poster.height) == (64, 48)
