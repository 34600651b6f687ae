"""Metadata of any file: EXIF, IPTC-IIM, XMP and the ICC profile's name, as `domain.metadata` documents them."""

from assetwire.media.metadata.merge import merged
from assetwire.media.metadata.reading import Extracted, read_metadata
from assetwire.media.metadata.xmp import Packet, parse_xmp

__all__ = ["Extracted", "Packet", "merged", "parse_xmp", "read_metadata"]
