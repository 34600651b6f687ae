"""Films: made of whatever cameras and programs write, and checked by opening what was made."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from assetwire.domain.errors import Undecodable
from assetwire.domain.spec import Encoding, Format
from assetwire.domain.transcode_plan import FilmTask, LoopTask
from assetwire.domain.transcode_spec import (
    Excerpt,
    FilmEncoding,
    MediaFormat,
    SoundCodec,
    SoundEncoding,
    Take,
    VideoCodec,
)
from assetwire.media.transcode.film import write_film
from fakes.films import film, greys, loudness, shade_of, sound, stamps_of, turned

SIZE = (96, 64)
STEREO = SoundEncoding(codec=SoundCodec.AAC, kilobits=128)
H264 = FilmEncoding(
    format=MediaFormat.MP4, codec=VideoCodec.H264, quality=18, effort="ultrafast", bits_per_pixel=1, sound=STEREO
)
AV1 = FilmEncoding(
    format=MediaFormat.WEBM,
    codec=VideoCodec.AV1,
    quality=30,
    effort="12",
    bits_per_pixel=1,
    sound=SoundEncoding(codec=SoundCodec.OPUS, kilobits=96),
)
TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".ts": "video/mp2t",
}


def task(size: tuple[int, int] = SIZE, *, encoding: FilmEncoding = H264, rate: int = 60, **take: Any) -> FilmTask:
    return FilmTask(take=Take(short_edge=64, frame_rate=rate, **take), encoding=encoding, size=size)


def made(master: Path, what: FilmTask | LoopTask | None = None, *, tags: dict[str, str] | None = None) -> Path:
    """Return what is made of a film; its type is that of its name."""
    out = master.with_name("out.film")
    write_film(master, TYPES[master.suffix], what or task(), out=out, tags=tags or {}, threads=1)
    return out


def close(found: list[int], wanted: list[int], tolerance: int = 6) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


SHADES = [shade_of(number) for number in range(25)]


def test_a_film_keeps_its_frames_and_is_h264_in_4_2_0_with_its_colours_named(tmp_path: Path) -> None:
    out = made(film(tmp_path / "a.mp4", tone={}))
    assert close(greys(out), SHADES)
    assert stamps_of(out) == pytest.approx([number / 25 for number in range(25)])
    with av.open(str(out)) as opened:
        picture, sound = opened.streams.video[0], opened.streams.audio[0]
        codec = picture.codec_context
        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", *SIZE)
        assert {int(codec.color_primaries), int(codec.color_trc), int(codec.colorspace)} == {1}
        assert int(codec.color_range) == 1
        assert (sound.codec_context.name, sound.codec_context.layout.name) == ("aac", "stereo")
        assert opened.duration == pytest.approx(1_000_000, abs=40_000)


def test_a_film_plays_while_it_loads_and_is_the_same_at_every_run(tmp_path: Path) -> None:
    master = film(tmp_path / "a.mp4", tone={})
    data = made(master).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert made(master).read_bytes() == data


@pytest.mark.parametrize(
    ("rotation", "white"), [(0, (0.1, 0.1)), (90, (0.1, 0.9)), (180, (0.9, 0.9)), (270, (0.9, 0.1))]
)
def test_a_film_is_turned_as_its_container_says_and_says_no_more_of_it(
    tmp_path: Path, rotation: int, white: tuple[float, float]
) -> None:
    size = SIZE if rotation % 180 == 0 else (64, 96)
    out = made(film(tmp_path / "a.mp4", frames=3, rotation=rotation, corner=True), task(size))
    corners = {at: greys(out, at=at)[0] for at in ((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1))}
    assert [at for at, grey in corners.items() if grey > 200] == [white]
    with av.open(str(out)) as opened:
        assert next(opened.decode(video=0)).rotation == 0


@pytest.mark.parametrize(
    ("parts", "size", "white"),
    [((-1, 0, 0, 1), SIZE, (0.9, 0.1)), ((1, 0, 0, -1), SIZE, (0.1, 0.9)), ((0, -1, -1, 0), (64, 96), (0.9, 0.9))],
    ids=["left to right", "upside down", "mirrored and a quarter"],
)
def test_a_film_is_mirrored_as_its_container_says(
    tmp_path: Path, parts: tuple[int, int, int, int], size: tuple[int, int], white: tuple[float, float]
) -> None:
    master = film(tmp_path / "a.mp4", frames=3, corner=True)
    a, b, c, d = (part << 16 for part in parts)
    master.write_bytes(turned(master.read_bytes(), (a, b, c, d)))
    out = made(master, task(size))
    corners = {at: greys(out, at=at)[0] for at in ((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1))}
    assert [at for at, grey in corners.items() if grey > 200] == [white]


def test_pixels_are_square(tmp_path: Path) -> None:
    out = made(film(tmp_path / "a.mp4", frames=2, aspect=Fraction(2), corner=True), task((96, 32)))
    with av.open(str(out)) as opened:
        stream = opened.streams.video[0]
        assert (stream.width, stream.height) == (96, 32)
        assert stream.sample_aspect_ratio in {None, 0, 1}
    assert greys(out, at=(0.3, 0.3))[0] > 200


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mkv", "libx265", "yuv420p10le"),
        ("a.mkv", "ffv1", "yuv444p16le"),
        ("a.mkv", "ffv1", "gray"),
        ("a.mkv", "ffv1", "bgr0"),
        ("a.mov", "mjpeg", "yuvj420p"),
        ("a.mov", "prores_ks", "yuv422p10le"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
    ],
)
def test_every_codec_and_pixel_format_ends_as_8_bits_of_4_2_0(
    tmp_path: Path, name: str, codec: str, pixels: str
) -> None:
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    out = made(film(tmp_path / name, codec=codec, pixels=pixels, encoder=quiet))
    assert close(greys(out), SHADES, 12)
    with av.open(str(out)) as opened:
        assert opened.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_an_odd_size_is_brought_to_an_even_one(tmp_path: Path) -> None:
    out = made(film(tmp_path / "a.mov", codec="png", pixels="rgb24", size=(97, 65), frames=3), task((96, 64)))
    assert close(greys(out), SHADES[:3])


def test_what_is_transparent_stands_on_white(tmp_path: Path) -> None:
    def clear(file: Path) -> Path:
        with av.open(str(file), "w") as output:
            stream = output.add_stream("qtrle", rate=25)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "argb"
            for number in range(2):
                picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
                picture.paste((90, 90, 90, 255), (48, 32, 96, 64))
                made_frame = av.VideoFrame.from_bytes(picture.tobytes(), *SIZE, format="rgba").reformat(format="argb")
                made_frame.pts = number
                output.mux(stream.encode(made_frame))
            output.mux(stream.encode(None))
        return file

    out = made(clear(tmp_path / "a.mov"))
    assert close(greys(out, at=(0.1, 0.1)), [255, 255])
    assert close(greys(out), [90, 90])


def test_high_dynamic_range_is_brought_to_standard_range(tmp_path: Path) -> None:
    # Of ten bits, 573 is PQ's code for the light of a white page (203 nits), 64 for none.
    pq = "log-level=none:colorprim=9:transfer=16:colormatrix=9:range=limited"
    master = film(
        tmp_path / "a.mkv", codec="libx265", pixels="yuv420p10le", frames=2, shade=148, encoder={"x265-params": pq}
    )
    (bright, _), (plain, _) = greys(made(master)), greys(master)
    assert plain < 160
    assert 220 < bright < 240  # 0.9 of white, as the tone curve has it
    with av.open(str(made(master))) as opened:
        assert int(opened.streams.video[0].codec_context.color_trc) == 1


def test_interlaced_film_is_made_progressive(tmp_path: Path) -> None:
    out = made(film(tmp_path / "a.ts", codec="mpeg2video", encoder={"flags": "+ildct+ilme"}))
    assert close(greys(out), SHADES, 8)
    with av.open(str(out)) as opened:
        assert not any(frame.interlaced_frame for frame in opened.decode(video=0))


def test_a_film_that_changes_its_size_keeps_the_first_ones_frame(tmp_path: Path) -> None:
    first = film(tmp_path / "one.ts", codec="mpeg2video", frames=40)
    second = film(tmp_path / "two.ts", codec="mpeg2video", frames=40, size=(64, 64))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    out = made(joined)
    left = greys(out, at=(0.02, 0.5))
    assert len(left) == pytest.approx(80, abs=2)
    assert left[10] > 50
    assert left[-10] < 10  # beside a narrower picture there is black
    assert greys(out, at=(0.5, 0.5))[-10] > 50


class TestTime:
    """Frames come at an even pace, whatever the master's timestamps are."""

    @pytest.mark.parametrize(
        ("rate", "maximum", "made_rate"), [(25, 60, 25), (60, 60, 60), (120, 60, 60), (60, 30, 30), (50, 30, 25)]
    )
    def test_the_rate_is_kept_up_to_the_maximum_and_halved_above(
        self, tmp_path: Path, rate: int, maximum: int, made_rate: int
    ) -> None:
        out = made(film(tmp_path / "a.mp4", rate=rate, frames=rate // 2), task(rate=maximum))
        with av.open(str(out)) as opened:
            assert opened.streams.video[0].average_rate == made_rate
        assert len(greys(out)) == pytest.approx(made_rate / 2, abs=1)

    def test_a_pause_shows_the_frame_before_it(self, tmp_path: Path) -> None:
        out = made(film(tmp_path / "a.mp4", frames=6, stamps=[0, 1, 2, 10, 11, 20]))
        shown = [shade_of(n) for n in [0, 1, *([2] * 8), 3, *([4] * 9), 5]]
        assert close(greys(out), shown, 8)

    def test_a_jump_of_the_clock_is_closed(self, tmp_path: Path) -> None:
        out = made(film(tmp_path / "a.mp4", frames=6, stamps=[0, 1, 2, 25_000, 25_001, 25_002]))
        assert close(greys(out), SHADES[:6])

    def test_a_container_without_timestamps_of_display_keeps_its_length(self, tmp_path: Path) -> None:
        out = made(film(tmp_path / "a.avi", codec="libx264", frames=50))
        assert len(greys(out)) == pytest.approx(50, abs=2)
        assert sorted(greys(out)[5:40]) == greys(out)[5:40]

    def test_sound_that_begins_later_begins_later(self, tmp_path: Path) -> None:
        heard = loudness(made(film(tmp_path / "a.mp4", tone={"seconds": 0.5, "late": 0.5})))
        assert max(heard[:4]) < 0.01
        assert min(heard[6:9]) > 0.2

    def test_an_excerpt_is_that_part_of_picture_and_sound_as_long_as_was_asked(self, tmp_path: Path) -> None:
        master = film(tmp_path / "a.mp4", frames=100, tone={"seconds": 4.0})
        out = made(master, task(excerpt=Excerpt(start=0.5, seconds=1.0)))
        assert close(greys(out), [shade_of(number) for number in range(50, 75)], 8)
        assert len(loudness(out)) == pytest.approx(10, abs=1)
        assert min(loudness(out)[:9]) > 0.2

    def test_an_excerpt_of_a_shorter_film_is_the_film(self, tmp_path: Path) -> None:
        out = made(film(tmp_path / "a.mp4", frames=10), task(excerpt=Excerpt(seconds=6.0)))
        assert close(greys(out), SHADES[:10])


class TestSound:
    """Two channels at the most, or none."""

    @pytest.mark.parametrize("layout", ["5.1", "7.1", "quad"])
    def test_many_channels_become_two(self, tmp_path: Path, layout: str) -> None:
        out = made(film(tmp_path / "a.mov", tone={"codec": "pcm_s16le", "layout": layout}))
        with av.open(str(out)) as opened:
            assert opened.streams.audio[0].codec_context.layout.name == "stereo"
        assert min(loudness(out)[:9]) > 0.2

    def test_one_channel_stays_one(self, tmp_path: Path) -> None:
        out = made(film(tmp_path / "a.mp4", tone={"layout": "mono"}))
        with av.open(str(out)) as opened:
            assert opened.streams.audio[0].codec_context.layout.name == "mono"

    def test_a_preview_has_none(self, tmp_path: Path) -> None:
        mute = H264.model_copy(update={"sound": None})
        out = made(film(tmp_path / "a.mp4", tone={}), task(encoding=mute))
        with av.open(str(out)) as opened:
            assert [stream.type for stream in opened.streams] == ["video"]

    def test_a_film_whose_sound_cannot_be_decoded_is_mute(self, tmp_path: Path) -> None:
        master = film(tmp_path / "a.mkv", tone={"codec": "pcm_s16le"})
        master.write_bytes(master.read_bytes().replace(b"A_PCM/INT/LIT", b"A_PCM/INT/XXX"))
        out = made(master)
        assert close(greys(out), SHADES)
        with av.open(str(out)) as opened:
            assert [stream.type for stream in opened.streams] == ["video"]


def test_a_webm_is_av1_and_opus(tmp_path: Path) -> None:
    out = made(film(tmp_path / "a.mp4", tone={}), task(encoding=AV1))
    with av.open(str(out)) as opened:
        codecs = [stream.codec_context.codec.canonical_name for stream in opened.streams]
        assert (opened.format.name, codecs) == ("matroska,webm", ["av1", "opus"])
    assert close(greys(out), SHADES, 8)


def test_a_loop_is_an_animated_webp_that_never_ends(tmp_path: Path) -> None:
    encoding = Encoding(format=Format.WEBP, quality=80, effort=2, animated=True)
    what = LoopTask(take=Take(short_edge=64, frame_rate=15, excerpt=Excerpt(seconds=1)), encoding=encoding, size=SIZE)
    with Image.open(made(film(tmp_path / "a.mp4", frames=50), what)) as image:
        assert (image.format, image.size, image.info["loop"]) == ("WEBP", SIZE, 0)
        shown = []
        for number in range(image.n_frames):
            image.seek(number)
            shown.append(image.convert("L").getpixel((70, 50)))
    assert len(shown) == 12
    assert shown[0] == pytest.approx(shade_of(0), abs=6)
    assert shown[-1] == pytest.approx(shade_of(22), abs=6)


def test_nothing_that_a_master_says_of_place_device_or_person_is_in_what_is_made(tmp_path: Path) -> None:
    told = {
        "location": "+48.1374+011.5755/",
        "com.apple.quicktime.location.ISO6709": "+48.1374+011.5755+519/",
        "com.apple.quicktime.make": "Acme-Optics",
        "com.apple.quicktime.model": "Modell-9000",
        "serial_number": "SN-1234567",
        "artist": "Somebody Private",
        "creation_time": "2026-05-04T03:02:01Z",
    }
    master = film(tmp_path / "a.mov", tags=told, options={"movflags": "use_metadata_tags"}, frames=3)
    assert b"Acme-Optics" in master.read_bytes()
    data = made(master, tags={"title": "Shoe"}).read_bytes()
    for text in ("48.1374", "Acme", "9000", "1234567", "Private", "Lavf"):
        assert text.encode() not in data, text
    assert b"Shoe" in data


class TestNothingToShow:
    """A film without frames is no film, and says so."""

    def test_a_sound_has_no_film(self, tmp_path: Path) -> None:
        with pytest.raises(Undecodable) as refused:
            made(sound(tmp_path / "a.mp4"))
        assert refused.value.code == "no_film"

    def test_a_film_whose_frames_are_all_damaged_is_undecodable(self, tmp_path: Path) -> None:
        master = film(tmp_path / "a.mkv", codec="ffv1", pixels="yuv420p", frames=3)
        data = bytearray(master.read_bytes())
        start = data.index(b"\xa3", data.index(b"\x1f\x43\xb6\x75"))
        data[start + 8 :] = bytes(len(data) - start - 8)
        master.write_bytes(bytes(data))
        with pytest.raises(Undecodable):
            made(master)
