"""Sounds and their peaks: a file for players, and a list of numbers for those who draw."""

import json
import math
from pathlib import Path

import av

from assetwire.domain.errors import Undecodable
from assetwire.domain.transcode_plan import PeaksTask, SoundTask
from assetwire.domain.transcode_spec import MediaFormat
from assetwire.media.streams import frames_of_packet, opened
from assetwire.media.transcode.sounds import SoundTrack, add_sound
from assetwire.media.transcode.source import Source
from assetwire.media.waveform import RATE, Peaks, read_peaks

_CONTAINERS = {
    MediaFormat.MP3: ("mp3", {"id3v2_version": "3", "fflags": "+bitexact"}),
    MediaFormat.M4A: ("ipod", {"movflags": "+faststart", "fflags": "+bitexact"}),
}
"""FFmpeg's muxer, and its options."""


def write_sound(master: Path, media_type: str, task: SoundTask, *, out: Path, tags: dict[str, str]) -> None:
    """Write a sound of this master.

    Raises:
        Undecodable: it has no sound, or none that can be decoded.
    """
    muxer, options = _CONTAINERS[task.file.format]
    with opened(master, media_type) as container:
        source = Source(container, task.excerpt, threads=1, sound=True, picture=False)
        with av.open(f"file:{out}", "w", format=muxer, options=options) as target:
            target.metadata.update(tags)
            stream = add_sound(target, source.sound, task.file.sound)
            heard = SoundTrack(stream, beginning=source.beginning, seconds=source.seconds)
            for packet in source.packets():
                for frame in frames_of_packet(packet):
                    target.mux(list(heard.put(frame)))
                if heard.is_full:
                    break
            target.mux(list(heard.rest()))
        if not heard.seconds:
            raise Undecodable("no sound of the file can be decoded")


def write_peaks(master: Path, media_type: str, task: PeaksTask, *, out: Path) -> None:
    """Write the peaks of a whole sound, as the program audiowaveform does: pairs of 8-bit numbers in one channel.

    Source: BBC audiowaveform, "JSON data format", version 2.

    Raises:
        Undecodable: there is no sound that can be decoded.
    """
    peaks = Peaks(task.points)
    read_peaks(master, media_type, peaks, longest=math.inf, deadline=math.inf)
    pairs = peaks.pairs()
    data = [sample >> 8 for pair in pairs for sample in pair]
    facts = {"version": 2, "channels": 1, "sample_rate": RATE, "samples_per_pixel": peaks.span, "bits": 8}
    out.write_text(json.dumps(facts | {"length": len(pairs), "data": data}, separators=(",", ":")), encoding="ascii")
