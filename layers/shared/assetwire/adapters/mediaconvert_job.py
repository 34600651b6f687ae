"""What AWS Elemental MediaConvert is asked for: the settings of one job, made of what is to be made, and nothing else.

Source: MediaConvert API reference, CreateJob; the AWS solution "Video on Demand on AWS", appendix F, for qualities.
"""

from fractions import Fraction
from typing import Any

from assetwire.domain.inspection import Inspection
from assetwire.domain.pace import frame_rate
from assetwire.domain.transcode_plan import FilmTask, bit_rate
from assetwire.domain.transcode_spec import FilmEncoding, MediaFormat, SoundCodec, VideoCodec

_SMALLEST, _LONGEST, _MOST_PIXELS = 32, 4096, 4096 * 2160
"""Pixels that MediaConvert makes of H.264. Source: user guide, "Maximum supported output resolutions"."""
_QUALITIES = ((20, 9), (24, 8), (28, 7))
"""Constant rate factors up to which a quality level of MediaConvert stands for them; beyond, 6."""
_SELECTOR = "Audio Selector 1"


def can_make(task: object) -> bool:
    """Tell whether MediaConvert is asked for such files: films of H.264 in MP4, the only ones that take long."""
    if not isinstance(task, FilmTask) or task.take.excerpt is not None:
        return False
    encoding, (width, height) = task.encoding, task.size
    fits = min(width, height) >= _SMALLEST and max(width, height) <= _LONGEST and width * height <= _MOST_PIXELS
    known = (encoding.format, encoding.codec) == (MediaFormat.MP4, VideoCodec.H264)
    return fits and known and (encoding.sound is None or encoding.sound.codec is SoundCodec.AAC)


def job_settings(task: FilmTask, inspection: Inspection, *, source: str, destination: str) -> dict[str, Any]:
    """Return the settings of a job that makes a film of `source` (s3://…) and puts it at `destination` with `.mp4`."""
    has_sound = task.encoding.sound is not None and bool(inspection.metadata.technical.get("audio_tracks", 1))
    described: dict[str, Any] = {"VideoDescription": _video(task, inspection)}
    read: dict[str, Any] = {
        "FileInput": source,
        "TimecodeSource": "ZEROBASED",
        "VideoSelector": {"Rotate": "AUTO", "ColorSpace": "FOLLOW"},
    }
    if has_sound:
        read["AudioSelectors"] = {_SELECTOR: {"DefaultSelection": "DEFAULT"}}
        described["AudioDescriptions"] = [_audio(task.encoding)]
    mp4 = {"Container": "MP4", "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"}}
    group = {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {"Destination": destination}}
    output = {"ContainerSettings": mp4, "Extension": "mp4", **described}
    return {"Inputs": [read], "OutputGroups": [{"OutputGroupSettings": group, "Outputs": [output]}]}


def _video(task: FilmTask, inspection: Inspection) -> dict[str, Any]:
    width, height = task.size
    colours: dict[str, Any] = {"ColorSpaceConversion": "FORCE_709"}
    if inspection.metadata.technical.get("hdr"):
        colours["HdrToSdrToneMapper"] = "PRESERVE_DETAILS"
    return {
        "Width": width,
        "Height": height,
        "ScalingBehavior": "DEFAULT",
        "CodecSettings": {"Codec": "H_264", "H264Settings": _h264(task, inspection)},
        "ColorMetadata": "INSERT",
        "VideoPreprocessors": {
            "ColorCorrector": colours,
            "Deinterlacer": {"Algorithm": "INTERPOLATE", "Mode": "DEINTERLACE", "Control": "NORMAL"},
        },
    }


def _h264(task: FilmTask, inspection: Inspection) -> dict[str, Any]:
    encoding = task.encoding
    known = inspection.metadata.technical.get("frame_rate")
    rate = frame_rate(Fraction(known).limit_denominator(1001) if known else None, None, task.take.frame_rate)
    quality = next((level for factor, level in _QUALITIES if encoding.quality <= factor), 6)
    pace: dict[str, Any] = {"FramerateControl": "INITIALIZE_FROM_SOURCE"}
    if known:
        pace = {
            "FramerateControl": "SPECIFIED",
            "FramerateNumerator": rate.numerator,
            "FramerateDenominator": rate.denominator,
            "FramerateConversionAlgorithm": "DUPLICATE_DROP",
        }
    return {
        "RateControlMode": "QVBR",
        "QvbrSettings": {"QvbrQualityLevel": quality},
        "MaxBitrate": bit_rate(task, float(rate)),
        "QualityTuningLevel": "SINGLE_PASS_HQ",
        "CodecProfile": "HIGH",
        "InterlaceMode": "PROGRESSIVE",
        "GopSize": encoding.keyframe_seconds,
        "GopSizeUnits": "SECONDS",
        "ParControl": "SPECIFIED",
        "ParNumerator": 1,
        "ParDenominator": 1,
        **pace,
    }


def _audio(encoding: FilmEncoding) -> dict[str, Any]:
    kilobits = encoding.sound.kilobits if encoding.sound else 128
    aac = {"Bitrate": kilobits * 1000, "CodingMode": "CODING_MODE_2_0", "SampleRate": 48_000, "CodecProfile": "LC"}
    return {"AudioSourceName": _SELECTOR, "CodecSettings": {"Codec": "AAC", "AacSettings": aac}}
