"""exiftool, as `make setup` installs it: the independent reader and writer of metadata, and its names of our fields."""

import shutil
import subprocess
from pathlib import Path

import pytest

from assetwire.domain.metadata import FIELDS

ROOT = Path(__file__).parents[2]
EXIFTOOL = ROOT / ".local" / "exiftool" / "node_modules" / "exiftool-vendored.pl" / "bin" / "exiftool"
CONFIG = ROOT / "tests" / "exiftool" / "prism.config"
# exiftool's own names of groups and tags, where they are not the standard's.
_GROUPS = {"Iptc4xmpCore": "iptcCore", "Iptc4xmpExt": "iptcExt"}
_TAGS = {
    "AddlModelInfo": "AdditionalModelInformation",
    "DigImageGUID": "DigitalImageGUID",
    "RegistryId": "RegistryID",
    "EventId": "EventID",
}


def tag_of(name: str) -> str:
    """Return exiftool's name of a field of `FIELDS` in XMP."""
    prefix, local = FIELDS[name].xmp.split(":")
    return f"XMP-{_GROUPS.get(prefix, prefix)}:{_TAGS.get(local, local[0].upper() + local[1:])}"


def exiftool(*arguments: str) -> str:
    """Run exiftool; return what it prints."""
    if shutil.which("perl") is None:
        pytest.fail("perl is missing on this machine: exiftool, which metadata is checked with, is written in it")
    if not EXIFTOOL.exists():
        pytest.fail("exiftool is missing: run 'make setup'")
    command = ["perl", str(EXIFTOOL), "-config", str(CONFIG), "-q", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
