"""What the name of a file adds to what its content says: weak evidence, and a note where the two do not fit."""

from pathlib import PurePosixPath

from assetwire.domain.identifiers import combined, of_file_name
from assetwire.domain.inspection import Inspection, Problem

_EXTENSIONS = {
    "jpg jpeg jpe jfif mpo": ("image/jpeg",),
    "png apng": ("image/png",),
    "gif": ("image/gif",),
    "webp": ("image/webp",),
    "avif avifs": ("image/avif",),
    "heic heics hif": ("image/heic", "image/heif"),
    "heif heifs": ("image/heif", "image/heic"),
    "tif tiff btf": ("image/tiff",),
    "psd psb": ("image/vnd.adobe.photoshop",),
    "bmp dib": ("image/bmp",),
    "jp2 jpx jpf jph": ("image/jp2",),
    "j2k j2c jpc jhc": ("image/j2c",),
    "svg svgz": ("image/svg+xml",),
    "mp4 m4v f4v": ("video/mp4", "video/quicktime", "audio/mp4"),  # of sound alone they are named so, too
    "mov qt": ("video/quicktime", "video/mp4", "audio/mp4"),
    "3gp 3g2": ("video/mp4", "audio/mp4"),
    "webm": ("video/webm", "audio/webm"),
    "mkv mk3d": ("video/x-matroska",),
    "mka": ("audio/x-matroska",),
    "avi": ("video/x-msvideo",),
    "ts m2ts mts": ("video/mp2t",),
    "mpg mpeg vob": ("video/mpeg",),
    "mp3 mp2 mpga": ("audio/mpeg",),
    "m4a m4b m4r": ("audio/mp4",),
    "aac": ("audio/aac", "audio/mp4"),
    "wav wave bwf": ("audio/wav",),
    "flac": ("audio/flac",),
    "ogg oga opus spx": ("audio/ogg",),
    "ogv": ("video/ogg",),
    "pdf ai": ("application/pdf",),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    "xlsb": ("application/vnd.ms-excel.sheet.binary.macroEnabled.12",),
    "pptx ppsx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation",),
    "odt": ("application/vnd.oasis.opendocument.text",),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet",),
    "odp": ("application/vnd.oasis.opendocument.presentation",),
    "odg": ("application/vnd.oasis.opendocument.graphics",),
    "doc": ("application/msword",),
    "xls": ("application/vnd.ms-excel",),
    "ppt pps": ("application/vnd.ms-powerpoint",),
    "rtf": ("application/rtf",),
}
_TYPES = {extension: types for extensions, types in _EXTENSIONS.items() for extension in extensions.split()}
"""The media types that an extension is right for. One that is not here says nothing, and is right for anything."""


def named(inspection: Inspection, file_name: str) -> Inspection:
    """Return an inspection with what this name of the file adds, all evidence weighed together.

    A blob's inspection is shared by every upload of its bytes: it knows no name, and this is said of each upload.
    """
    extension = PurePosixPath(file_name.replace("\\", "/")).suffix.removeprefix(".").lower()
    expected = _TYPES.get(extension)
    warnings = inspection.warnings
    if expected and inspection.media_type and inspection.media_type not in expected:
        message = f"the name says {expected[0]}, the content is {inspection.media_type}"
        warnings += (Problem(code="wrong_extension", field="file", message=message),)
    identifiers = combined(inspection.identifiers, of_file_name(file_name))
    return inspection.model_copy(update={"warnings": warnings, "identifiers": identifiers})
