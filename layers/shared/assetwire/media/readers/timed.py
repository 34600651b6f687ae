"""Video and audio: containers, streams and tags, through FFmpeg's demuxers."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import av

from assetwire.domain.errors import Undecodable
from assetwire.domain.inspection import Kind
from assetwire.media.limits import DECODING_BYTES
from assetwire.media.readers.facts import Facts
from assetwire.media.streams import Turn, film_of, is_cover, opened, sound_of, turn_of

LONGEST_SECONDS = 30 * 86_400
"""Seconds that a film may last, to be believed: headers declare 9·10¹⁸."""
_LONGEST = 2000
"""Characters of a tag that are kept."""
_TAGS = 100
"""Tags that are kept."""
_DECODING = 32
"""Bytes a pixel that decoding holds: up to 16 reference frames of 1.5, and two of ours of 4."""
_PACKETS = 300
"""Packets in which a stream must show something that can be decoded."""
# Names by code. Source: ITU-T H.273, tables 2 and 3.
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    11: "dci-p3",
    12: "p3",
}
_HDR = {16: "pq", 18: "hlg"}
_FIELDS = {  # tags of MP4, QuickTime, Matroska, ID3, Vorbis and RIFF, in lower case, the better name first
    "title": ("title", "com.apple.quicktime.title", "tit2"),
    "description": ("description", "com.apple.quicktime.description", "comment", "synopsis", "subject"),
    "copyright_notice": ("copyright", "com.apple.quicktime.copyright", "tcop"),
    "creator": ("artist", "com.apple.quicktime.artist", "author", "com.apple.quicktime.author", "album_artist"),
    "keywords": ("keywords", "com.apple.quicktime.keywords"),
    "date_created": ("com.apple.quicktime.creationdate", "creation_time", "date", "date_recorded", "year"),
    "creator_tool": ("software", "com.apple.quicktime.software", "encoding_tool", "encoder"),
}
_ALTERNATIVES, _LISTS = frozenset({"title", "description", "copyright_notice"}), frozenset({"creator", "keywords"})
_CONTAINERS_OWN = frozenset({"major_brand", "minor_version", "compatible_brands", "handler_name", "language"})
_SHOWN_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+\-]\d\d:?\d\d)?)?)?)?$")
_SOUNDS = {"video/mp4": "audio/mp4", "video/quicktime": "audio/mp4"}
"""What a container without a picture is, where it is not named alike."""


def read(file: Path, media_type: str) -> Facts:
    """Read what a film or a sound says of itself, its first frame included.

    Raises:
        Undecodable: it is damaged, or has no stream that is known.
        Exception: whatever else FFmpeg's bindings throw at damage.
    """
    try:
        with opened(file, media_type) as container:
            return _facts(container, file, media_type)
    except av.FFmpegError as error:
        raise Undecodable(f"the container is damaged: {error.strerror}") from error


def check(file: Path, media_type: str) -> None:
    """Decode the beginning of each kind of stream.

    Raises:
        Undecodable: nothing of it can be decoded.
    """
    try:
        for stream_of in (film_of, sound_of):
            with opened(file, media_type) as container:  # anew for each: not every container can be wound back
                stream = stream_of(container)
                if stream is not None and _first_frame(container, stream) is not None:
                    return
    except av.FFmpegError as error:
        raise Undecodable(f"the streams are damaged: {error.strerror}") from error
    raise Undecodable("no frame can be decoded")


def _first_frame(container: Any, stream: Any) -> Any:
    """Return the first frame that can be decoded among the first packets; None if none can."""
    for number, packet in enumerate(container.demux(stream)):
        with suppress(av.FFmpegError, ValueError):  # the latter where a decoder cannot be opened
            if frames := packet.decode():
                return frames[0]
        if number > _PACKETS:
            break
    return None


def _facts(container: Any, file: Path, media_type: str) -> Facts:
    picture, sound = film_of(container), sound_of(container)
    if picture is None and not container.streams.audio:
        raise Undecodable("the container has neither picture nor sound")
    main = picture or sound
    if main is None or not main.codec_context:
        raise Undecodable("nothing here reads the codec of its picture or sound", code="unsupported_codec")
    kind = Kind.AUDIO if picture is None else Kind.VIDEO
    if picture is None:
        media_type = _SOUNDS.get(media_type, media_type.replace("video/", "audio/"))
    elif media_type.startswith("audio/"):
        media_type = media_type.replace("audio/", "video/")
    seconds, warnings = _duration(container)
    technical: dict[str, Any] = {"container": str(container.format.name).split(",", maxsplit=1)[0]}
    if seconds:
        technical["bit_rate"] = round(file.stat().st_size * 8 / seconds)
    width = height = None
    if picture is not None:
        width, height = picture.width, picture.height
        facts = _of_picture(container, picture)
        if facts["rotation"] % 180:
            width, height = height, width
        technical |= facts
    technical |= _of_sounds(container, sound)
    unknown = sum(not stream.codec_context for stream in container.streams.audio)
    if unknown:
        warnings += (("unsupported_codec", "audio_codec", f"nothing here reads {unknown} of its audio tracks"),)
    tags = _tags(container, main)
    if picture is not None and not (width and height):
        raise Undecodable("the picture has no size")
    return Facts(
        kind=kind,
        media_type=media_type,
        width=width,
        height=height,
        duration_seconds=seconds,
        technical=technical,
        container=_fields(tags),
        private=_private(tags),
        decoding_bytes=(width or 0) * (height or 0) * _DECODING,
        warnings=warnings,
    )


def _duration(container: Any) -> tuple[float | None, tuple[tuple[str, str, str], ...]]:
    """Return the seconds that a film lasts, where they can be believed."""
    found = [container.duration / 1_000_000] if container.duration else []
    found += [float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base]
    for seconds in found:
        if 0 < seconds <= LONGEST_SECONDS:
            return round(seconds, 3), ()
    if not found:
        return None, ()
    message = f"{found[0]:.3g} seconds are not believed"
    return None, (("absurd_duration", "duration_seconds", message),)


def _of_picture(container: Any, stream: Any) -> dict[str, Any]:
    codec = stream.codec_context
    turn = _turn(container, stream)
    facts: dict[str, Any] = {"video_codec": codec.codec.canonical_name, "rotation": turn.degrees}
    facts["video_tracks"] = sum(not is_cover(other) for other in container.streams.video)
    if turn.mirrored:
        facts["mirrored"] = True
    rate = stream.average_rate or stream.guessed_rate
    if rate and 0 < rate < 1000:
        facts["frame_rate"] = round(float(rate), 3)
    if codec.pix_fmt:
        facts["pixel_format"] = codec.pix_fmt
        bits = max((part.bits for part in codec.format.components), default=8)
        facts["bits_per_sample"] = bits
    if codec.color_primaries in _PRIMARIES:
        facts["colour_primaries"] = _PRIMARIES[codec.color_primaries]
    facts["hdr"] = codec.color_trc in _HDR
    if codec.color_trc in _HDR:
        facts["transfer"] = _HDR[codec.color_trc]
    aspect = stream.sample_aspect_ratio
    if aspect and aspect != 1:
        facts["pixel_aspect_ratio"] = f"{aspect.numerator}:{aspect.denominator}"
    return facts


def _turn(container: Any, stream: Any) -> Turn:
    """Return how the stored picture is turned to be seen upright.

    From the container's display matrix, where PyAV shows it (from 19 on); else from the first frame, which has it too.
    """
    codec = stream.codec_context
    if hasattr(codec, "coded_side_data"):
        return turn_of(codec.coded_side_data.get("display_matrix") if codec.coded_side_data else None)
    if (stream.width or 0) * (stream.height or 0) * _DECODING > DECODING_BYTES:
        return turn_of(None)  # it is refused, whichever way it is turned
    frame = _first_frame(container, stream)
    return turn_of(frame.side_data.get("DISPLAYMATRIX") if frame else None)


def _of_sounds(container: Any, sound: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"audio_tracks": len(container.streams.audio)}
    if sound:
        codec = sound.codec_context
        facts |= {
            "audio_codec": codec.codec.canonical_name,
            "channels": codec.layout.nb_channels,
            "sample_rate": codec.sample_rate,
        }
    return facts


def _tags(container: Any, stream: Any) -> dict[str, str]:
    """Return the tags of the container and of its main stream, where Ogg has them; those of both, the container's."""
    tags: dict[str, str] = {}
    for name, text in [*container.metadata.items(), *stream.metadata.items()][: 4 * _TAGS]:
        known = _readable(name).lower()
        value = _readable(text).replace("\0", "").strip()[:_LONGEST]
        if value and known not in _CONTAINERS_OWN and len(known) <= 100 and len(tags) < _TAGS:
            tags.setdefault(known, value)
    return tags


def _readable(text: str) -> str:
    """Return a tag's text; one that is no UTF-8, which FFmpeg hands on as it stands, is taken for Windows-1252.

    So RIFF's tags are written, which name no encoding.
    """
    data = str(text).encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _fields(tags: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, names in _FIELDS.items():
        value = next((tags[name] for name in names if name in tags), None)
        if value is None:
            continue
        if field in _ALTERNATIVES:
            found[field] = {"x-default": value}
        elif field in _LISTS:
            found[field] = [part.strip() for part in re.split("[;,]" if field == "keywords" else ";", value)]
            found[field] = [part for part in found[field] if part]
        elif field != "date_created" or _SHOWN_DATE.match(value):
            found[field] = value
    return {field: value for field, value in found.items() if value}


def _private(tags: Mapping[str, str]) -> dict[str, Any]:
    """Return the tags that have no field: places, albums, cameras, whatever programs wrote."""
    mapped = {name for names in _FIELDS.values() for name in names}
    rest = {name: value for name, value in tags.items() if name not in mapped}
    return {"tags": rest} if rest else {}
