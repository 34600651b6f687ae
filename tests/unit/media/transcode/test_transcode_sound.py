"""Sounds and their peaks, checked by opening what was made."""

import json
from pathlib import Path
from typing import Any

import av
import pytest

from assetwire.domain.errors import Undecodable
from assetwire.domain.transcode_plan import PeaksTask, SoundTask
from assetwire.domain.transcode_spec import Excerpt, MediaFormat, SoundCodec, SoundEncoding, SoundFile
from assetwire.media.transcode.sound import write_peaks, write_sound
from fakes.films import film, loudness, sound

FILES = {
    MediaFormat.MP3: SoundFile(format=MediaFormat.MP3, sound=SoundEncoding(codec=SoundCodec.MP3, kilobits=128)),
    MediaFormat.M4A: SoundFile(format=MediaFormat.M4A, sound=SoundEncoding(codec=SoundCodec.AAC, kilobits=128)),
}
TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".flac": "audio/flac", ".ogg": "audio/ogg"}


def made(master: Path, kind: MediaFormat = MediaFormat.MP3, *, excerpt: Excerpt | None = None) -> Path:
    out = master.with_name("out.sound")
    media_type = TYPES.get(master.suffix, "video/mp4")
    write_sound(master, media_type, SoundTask(excerpt=excerpt, file=FILES[kind]), out=out, tags={"title": "Sea"})
    return out


@pytest.mark.parametrize(("kind", "codec"), [(MediaFormat.MP3, "mp3"), (MediaFormat.M4A, "aac")])
@pytest.mark.parametrize(
    ("name", "tone"),
    [
        ("a.wav", {"codec": "pcm_s16le"}),
        ("a.wav", {"codec": "pcm_s24le", "rate": 96_000}),
        ("a.wav", {"codec": "pcm_s16le", "rate": 8_000, "layout": "mono"}),
        ("a.flac", {"codec": "flac", "layout": "5.1"}),
        ("a.mp3", {"codec": "libmp3lame", "rate": 44_100}),
        ("a.ogg", {"codec": "libopus"}),
        ("a.m4a", {"codec": "aac"}),
    ],
)
def test_every_sound_becomes_one_that_browsers_play_in_two_channels_at_the_most(
    tmp_path: Path, name: str, tone: dict[str, Any], kind: MediaFormat, codec: str
) -> None:
    container = {"a.m4a": "ipod"}.get(name)
    out = made(sound(tmp_path / name, container=container, **tone), kind)
    with av.open(str(out)) as opened:
        stream = opened.streams.audio[0]
        assert stream.codec_context.codec.canonical_name == codec
        assert stream.codec_context.layout.nb_channels == (1 if tone.get("layout") == "mono" else 2)
        assert stream.codec_context.sample_rate == (44_100 if tone.get("rate") == 44_100 else 48_000)
        assert opened.duration == pytest.approx(1_000_000, abs=80_000)
        assert opened.metadata["title"] == "Sea"
    assert min(loudness(out)[1:8]) > 0.2


def test_an_excerpt_is_as_long_as_was_asked(tmp_path: Path) -> None:
    master = sound(tmp_path / "a.wav", codec="pcm_s16le", seconds=3.0)
    assert len(loudness(made(master, excerpt=Excerpt(start=0.5, seconds=1.0)))) == pytest.approx(10, abs=1)
    assert len(loudness(made(master, excerpt=Excerpt(seconds=30.0)))) == pytest.approx(30, abs=1)


def test_an_m4a_plays_while_it_loads(tmp_path: Path) -> None:
    data = made(sound(tmp_path / "a.wav", codec="pcm_s16le"), MediaFormat.M4A).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_silent_film_has_no_sound(tmp_path: Path) -> None:
    with pytest.raises(Undecodable) as refused:
        made(film(tmp_path / "a.mp4", frames=2))
    assert refused.value.code == "no_sound"


def test_a_sound_that_cannot_be_decoded_is_undecodable(tmp_path: Path) -> None:
    master = sound(tmp_path / "a.flac", codec="flac")
    data = master.read_bytes()
    master.write_bytes(data[:100] + bytes(len(data) - 100))
    with pytest.raises(Undecodable):
        made(master)


def peaks(master: Path, points: int) -> dict[str, Any]:
    out = master.with_name("peaks.json")
    write_peaks(master, TYPES[master.suffix], PeaksTask(points=points), out=out)
    return dict(json.loads(out.read_text(encoding="ascii")))


def test_peaks_are_pairs_in_the_form_that_players_know(tmp_path: Path) -> None:
    master = sound(tmp_path / "a.wav", codec="pcm_s16le", seconds=4.0)
    found = peaks(master, 100)
    assert (found["version"], found["channels"], found["bits"], found["sample_rate"]) == (2, 1, 8, 4000)
    assert len(found["data"]) == 2 * found["length"]
    assert 100 <= found["length"] < 200
    assert found["length"] * found["samples_per_pixel"] == pytest.approx(4.0 * 4000, rel=0.05)
    lows, highs = found["data"][2:-2:2], found["data"][3:-2:2]
    assert all(-70 < low < -50 for low in lows)  # half of full scale, of 128
    assert all(50 < high < 70 for high in highs)


def test_the_peaks_of_a_short_sound_are_as_many_as_there_are(tmp_path: Path) -> None:
    found = peaks(sound(tmp_path / "a.wav", codec="pcm_s16le", seconds=0.1), 2000)
    assert 20 <= found["length"] <= 40
