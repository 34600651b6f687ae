"""Specs of films, sounds and documents: what ships is valid, and what no player could play is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from assetwire.domain.spec import Format, profiles
from assetwire.domain.transcode_spec import (
    MEDIA_FORMATS,
    FilmEncoding,
    Films,
    Loops,
    MediaFormat,
    Pages,
    SoundFile,
    TranscodeSpec,
    media_type_of,
    transcodes,
)

FILM = {"format": "mp4", "codec": "h264", "quality": 23, "effort": "faster", "bits_per_pixel": 0.1}
LOOP = {"format": "webp", "quality": 60, "animated": True}


def shipped(name: str) -> Any:
    return next(spec.what for spec in transcodes() if spec.name == name)


def test_films_ship_in_three_sizes_a_muted_preview_of_six_seconds_and_a_loop() -> None:
    films, preview, loop = shipped("video"), shipped("preview"), shipped("loop")
    assert isinstance(films, Films)
    assert films.ladder
    assert [take.short_edge for take in films.takes.values()] == [480, 720, 1080]
    assert {(e.format, e.codec) for e in films.encodings} == {("mp4", "h264"), ("webm", "av1")}
    assert [(e.format, e.sound) for e in preview.encodings] == [(MediaFormat.MP4, None)]
    assert [take.excerpt.seconds for take in preview.takes.values()] == [6]
    assert isinstance(loop, Loops)


def test_sounds_peaks_and_pages_ship() -> None:
    assert {file.format for file in shipped("audio").encodings} == {MediaFormat.MP3, MediaFormat.M4A}
    assert shipped("audio").takes["preview"].excerpt.seconds == 30
    assert shipped("waveform").points > 1000
    assert isinstance(shipped("page"), Pages)


def test_no_two_specs_of_pictures_or_films_share_a_name() -> None:
    names = [spec.name for spec in (*profiles(), *transcodes())]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("model", "fields", "reason"),
    [
        (FilmEncoding, {**FILM, "format": "webm"}, "does not hold"),
        (FilmEncoding, {**FILM, "format": "mp3"}, "does not hold"),
        (FilmEncoding, {**FILM, "sound": {"codec": "opus", "kilobits": 96}}, "does not hold"),
        (SoundFile, {"format": "mp4", "sound": {"codec": "aac", "kilobits": 96}}, "does not hold"),
        (SoundFile, {"format": "mp3", "sound": {"codec": "aac", "kilobits": 96}}, "does not hold"),
        (Loops, {"makes": "loops", "takes": {"a": {"short_edge": 320}}, "encoding": LOOP}, "at most 15 seconds"),
        (
            Loops,
            {
                "makes": "loops",
                "takes": {"a": {"short_edge": 320, "excerpt": {"seconds": 3}}},
                "encoding": {**LOOP, "animated": False},
            },
            "animated WebP",
        ),
    ],
)
def test_what_no_player_plays_is_refused(model: Any, fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        model.model_validate(fields)


def test_a_digest_changes_with_whatever_a_spec_says() -> None:
    spec = TranscodeSpec.model_validate({"name": "page", "what": shipped("page").model_dump()})
    other = spec.model_copy(update={"what": spec.what.model_copy(update={"most": 3})})
    assert spec.digest != other.digest
    assert spec.digest == next(each.digest for each in transcodes() if each.name == "page")


def test_every_format_has_its_media_type() -> None:
    assert {media_type_of(each) for each in (*MediaFormat, *Format)} >= {"video/mp4", "audio/mpeg", "image/webp"}
    assert set(MEDIA_FORMATS) == set(MediaFormat)
