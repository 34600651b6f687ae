"""What MediaConvert is asked for: settings that botocore's model of the service admits, and that say what is wanted."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from assetwire.adapters.mediaconvert_job import can_make, job_settings
from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.metadata import Metadata
from assetwire.domain.transcode_plan import FilmTask, bit_rate, wanted_transcodes
from fakes import some

SHAPE = botocore.session.get_session().get_service_model("mediaconvert").operation_model("CreateJob").input_shape


def video(width: int = 3840, height: int = 2160, **technical: Any) -> Inspection:
    return some.inspection(
        kind=Kind.VIDEO,
        media_type="video/mp4",
        width=width,
        height=height,
        duration_seconds=7200.0,
        metadata=Metadata(technical={"frame_rate": 29.97, "audio_tracks": 1, **technical}),
    )


def task(name: str = "video-1080.mp4", inspection: Inspection | None = None) -> FilmTask:
    (found,) = (each.task for each in wanted_transcodes(inspection or video()) if each.name == name)
    assert isinstance(found, FilmTask)
    return found


def settings(inspection: Inspection | None = None, name: str = "video-1080.mp4") -> dict[str, Any]:
    read = inspection or video()
    return job_settings(task(name, read), read, source="s3://b/master.mov", destination="s3://b/remote/film")


def output(found: dict[str, Any]) -> dict[str, Any]:
    ((group,),) = ([*found["OutputGroups"]],)
    (made,) = group["Outputs"]
    return dict(made)


@pytest.mark.parametrize("technical", [{}, {"hdr": True}, {"frame_rate": 120.0}, {"audio_tracks": 0}])
@pytest.mark.parametrize("name", ["video-480.mp4", "video-720.mp4", "video-1080.mp4"])
def test_the_settings_are_of_the_services_shape(name: str, technical: dict[str, Any]) -> None:
    asked = {"Role": "arn", "Settings": settings(video(**technical), name)}
    report = ParamValidator().validate(asked, SHAPE)
    assert not report.has_errors(), report.generate_report()
    assert unknown(asked, SHAPE) == []


def unknown(value: Any, shape: Any, path: str = "") -> list[str]:
    """Return what a request names that the model does not know, and enumerated values that are none."""
    match shape.type_name:
        case "structure":
            found = [f"{path}.{name}" for name in value if name not in shape.members]
            known = (name for name in value if name in shape.members)
            return found + [each for n in known for each in unknown(value[n], shape.members[n], f"{path}.{n}")]
        case "list":
            return [each for n, item in enumerate(value) for each in unknown(item, shape.member, f"{path}.{n}")]
        case "map":
            return [each for n, item in value.items() for each in unknown(item, shape.value, f"{path}.{n}")]
        case _:
            enum = getattr(shape, "enum", None)
            return [f"{path}={value}"] if enum and value not in enum else []


def test_the_check_above_finds_what_the_service_does_not_know() -> None:
    asked = {"Role": "arn", "Settings": settings()}
    asked["Settings"]["Inputs"][0]["VideoSelector"]["Rotate"] = "LEFT"
    asked["Settings"]["Inputs"][0]["Colour"] = "red"
    assert unknown(asked, SHAPE) == [".Settings.Inputs.0.Colour", ".Settings.Inputs.0.VideoSelector.Rotate=LEFT"]


def test_a_film_is_of_the_planned_size_upright_of_square_pixels_and_plays_as_it_loads() -> None:
    found = settings()
    (read,) = found["Inputs"]
    made = output(found)
    assert (read["FileInput"], read["VideoSelector"]["Rotate"]) == ("s3://b/master.mov", "AUTO")
    assert (made["VideoDescription"]["Width"], made["VideoDescription"]["Height"]) == (1920, 1080)
    assert made["ContainerSettings"]["Mp4Settings"] == {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"}
    h264 = made["VideoDescription"]["CodecSettings"]["H264Settings"]
    assert (h264["ParNumerator"], h264["ParDenominator"], h264["InterlaceMode"]) == (1, 1, "PROGRESSIVE")
    assert (h264["GopSize"], h264["GopSizeUnits"]) == (2.0, "SECONDS")
    assert h264["MaxBitrate"] == bit_rate(task(), 30_000 / 1001)
    assert h264["QvbrSettings"] == {"QvbrQualityLevel": 8}
    group = found["OutputGroups"][0]["OutputGroupSettings"]
    assert group["FileGroupSettings"]["Destination"] == "s3://b/remote/film"


@pytest.mark.parametrize(
    ("rate", "name", "pace"),
    [
        (29.97, "video-1080.mp4", (30_000, 1001)),
        (120.0, "video-1080.mp4", (60, 1)),
        (50.0, "video-480.mp4", (25, 1)),
    ],
)
def test_the_pace_is_that_of_the_other_transcoder(rate: float, name: str, pace: tuple[int, int]) -> None:
    h264 = output(settings(video(frame_rate=rate), name))["VideoDescription"]["CodecSettings"]["H264Settings"]
    assert (h264["FramerateNumerator"], h264["FramerateDenominator"]) == pace


def test_a_film_of_unknown_pace_keeps_its_own() -> None:
    h264 = output(settings(video(frame_rate=None)))["VideoDescription"]["CodecSettings"]["H264Settings"]
    assert h264["FramerateControl"] == "INITIALIZE_FROM_SOURCE"
    assert "FramerateNumerator" not in h264


def test_high_dynamic_range_is_brought_to_standard_range() -> None:
    def corrector(**technical: Any) -> dict[str, str]:
        preprocessors = output(settings(video(**technical)))["VideoDescription"]["VideoPreprocessors"]
        return dict(preprocessors["ColorCorrector"])

    assert corrector()["ColorSpaceConversion"] == "FORCE_709"
    assert "HdrToSdrToneMapper" not in corrector()
    assert corrector(hdr=True)["HdrToSdrToneMapper"] == "PRESERVE_DETAILS"


def test_sound_is_two_channels_of_aac_where_there_is_any() -> None:
    (audio,) = output(settings())["AudioDescriptions"]
    aac = audio["CodecSettings"]["AacSettings"]
    assert (aac["Bitrate"], aac["CodingMode"], aac["SampleRate"]) == (128_000, "CODING_MODE_2_0", 48_000)
    silent = settings(video(audio_tracks=0))
    assert "AudioDescriptions" not in output(silent)
    assert "AudioSelectors" not in silent["Inputs"][0]


def test_only_films_of_h264_in_mp4_are_asked_for() -> None:
    asked = {each.name for each in wanted_transcodes(video()) if can_make(each.task)}
    assert asked == {"video-480.mp4", "video-720.mp4", "video-1080.mp4"}
    assert not can_make(task("video-480.mp4", video(30, 20)))
    assert not can_make(task("video-480.mp4", video(8000, 100)))
