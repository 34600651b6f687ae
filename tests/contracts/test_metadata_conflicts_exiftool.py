"""What exiftool wrote into EXIF and elsewhere, read by us: which of the standards counts where they differ."""

from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.metadata import Origin
from assetwire.media.metadata import Extracted, read_metadata
from fakes.written_by_exiftool import CONTAINERS, picture, values, write


@pytest.fixture
def container(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, str]:
    """Return a file of this kind without metadata, and its media type."""
    media_type, make = CONTAINERS[request.param]
    file = tmp_path / f"master.{request.param}"
    make(file)
    return file, media_type


class TestExif:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("container", ["jpg", "png", "tif", "webp", "avif", "heic", "psd", "jp2"], indirect=True)
    def test_every_orientation_is_read(self, container: tuple[Path, str], orientation: int) -> None:
        file, media_type = container
        write(file, {"IFD0:Orientation": orientation})
        assert read_metadata(file, media_type).technical["orientation"] == orientation

    @pytest.mark.parametrize("container", ["jpg", "png", "tif", "webp", "avif", "heic", "psd", "jp2"], indirect=True)
    def test_the_camera_the_author_and_the_place_are_read(self, container: tuple[Path, str]) -> None:
        file, media_type = container
        tags = {
            "IFD0:ImageDescription": "Blüte",
            "IFD0:Artist": "Ann; Bo",
            "IFD0:Copyright": "© Ann",
            "IFD0:Make": "Canon",
            "IFD0:Model": "R5",
            "ExifIFD:DateTimeOriginal": "2026:11:23 10:20:30",
            "ExifIFD:SubSecTimeOriginal": "25",
            "ExifIFD:OffsetTimeOriginal": "+01:00",
            "ExifIFD:ISO": 100,
            "ExifIFD:ExposureTime": 0.004,
            "ExifIFD:FNumber": 2.8,
            "ExifIFD:FocalLength": 50,
            "ExifIFD:LensModel": "RF 50",
            "ExifIFD:SerialNumber": "0042",
            "ExifIFD:OwnerName": "Ann",
            "GPS:GPSLatitude": 48.2082,
            "GPS:GPSLatitudeRef": "S",
            "GPS:GPSLongitude": 16.3738,
            "GPS:GPSLongitudeRef": "W",
            "GPS:GPSAltitude": 171.5,
            "GPS:GPSAltitudeRef": 1,
        }
        write(file, tags, "-charset", "exif=UTF8")
        extracted = read_metadata(file, media_type)
        assert values(extracted) == {
            "description": {"x-default": "Blüte"},
            "creator": ["Ann", "Bo"],
            "copyright_notice": {"x-default": "© Ann"},
            "date_created": "2026-11-23T10:20:30.25+01:00",
        }
        assert extracted.technical == {
            "camera_make": "Canon",
            "camera_model": "R5",
            "lens": "RF 50",
            "iso": 100,
            "exposure_seconds": 0.004,
            "f_number": 2.8,
            "focal_length_mm": 50.0,
        }
        assert extracted.private == {
            "camera_owner_name": "Ann",
            "camera_serial_number": "0042",
            "gps": {"latitude": -48.2082, "longitude": -16.3738, "altitude_metres": -171.5},
        }
        assert extracted.warnings == ()

    @pytest.mark.parametrize("container", ["jpg"], indirect=True)
    def test_a_position_in_xmp_alone_stays_private_too(self, container: tuple[Path, str]) -> None:
        file, media_type = container
        write(file, {"XMP-exif:GPSLatitude": -48.2082, "XMP-exif:GPSLongitude": 16.3738})
        extracted = read_metadata(file, media_type)
        assert extracted.private == {"gps": {"latitude": -48.2082, "longitude": 16.3738}}
        assert extracted.fields == {}


class TestConflicts:
    """Each written into one block only: the Metadata Working Group's order decides."""

    def written(self, tmp_path: Path, *runs: dict[str, Any]) -> Extracted:
        file = tmp_path / "master.jpg"
        picture().save(file)
        for tags in runs:
            write(file, tags)
        return read_metadata(file, "image/jpeg")

    def test_exif_comes_before_xmp_and_iim(self, tmp_path: Path) -> None:
        tags = {"IFD0:ImageDescription": "E", "XMP-dc:Description": "X", "IPTC:Caption-Abstract": "I"}
        extracted = self.written(tmp_path, tags)
        assert extracted.fields["description"].value == {"x-default": "E"}
        assert [(each.kept, each.overruled, each.value) for each in extracted.conflicts] == [
            (Origin.EXIF, Origin.XMP, {"x-default": "X"}),
            (Origin.EXIF, Origin.IPTC, {"x-default": "I"}),
        ]

    def test_xmp_comes_before_iim_without_a_digest(self, tmp_path: Path) -> None:
        extracted = self.written(tmp_path, {"XMP-dc:Subject": ["x"], "IPTC:Keywords": ["i"]})
        assert extracted.fields["keywords"].value == ["x"]
        assert [(each.overruled, each.value) for each in extracted.conflicts] == [(Origin.IPTC, ["i"])]

    def test_xmp_comes_before_iim_when_the_digest_is_the_iims(self, tmp_path: Path) -> None:
        tags = {"XMP-dc:Subject": ["x"], "IPTC:Keywords": ["i"]}
        assert self.written(tmp_path, tags, {"IPTCDigest": "new"}).fields["keywords"].value == ["x"]

    def test_iim_comes_before_xmp_when_it_was_changed_after_the_digest(self, tmp_path: Path) -> None:
        tags = {"XMP-dc:Subject": ["x"], "IPTC:Keywords": ["i"], "XMP-dc:Title-de": "nur XMP"}
        extracted = self.written(tmp_path, tags, {"IPTCDigest": "new"}, {"IPTC:Keywords": ["changed"]})
        assert extracted.fields["keywords"].value == ["changed"]
        assert extracted.fields["title"].source is Origin.XMP
        assert [(each.kept, each.overruled, each.value) for each in extracted.conflicts] == [
            (Origin.IPTC, Origin.XMP, ["x"])
        ]

    def test_the_same_in_all_blocks_is_no_conflict(self, tmp_path: Path) -> None:
        said = "A caption that is far longer than IIM's by-line"
        tags = {
            "EXIF:ImageDescription": said,
            "XMP-dc:Description": said,
            "XMP-dc:Description-de": "Eine Bildunterschrift",
            "IPTC:Caption-Abstract": f" {said}",
            "XMP-dc:Creator": [said],
            "IPTC:By-line": [said[:32]],
            "XMP-dc:Subject": ["a", "b"],
            "IPTC:Keywords": ["b", "a"],
            "EXIF:DateTimeOriginal": "2026:11:23 10:20:30",
            "XMP-photoshop:DateCreated": "2026:11:23 10:20:30+01:00",
            "IPTC:DateCreated": "2026:11:23",
        }
        extracted = self.written(tmp_path, tags)
        assert extracted.conflicts == ()
        assert extracted.fields["description"].value == {"x-default": said, "de": "Eine Bildunterschrift"}
        assert extracted.fields["creator"].value == [said]
        assert extracted.fields["date_created"].value == "2026-11-23T10:20:30+01:00"
