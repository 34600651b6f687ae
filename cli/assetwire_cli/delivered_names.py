"""Names that commands put into the API's paths: anything else would be another path."""

import re

from assetwire.domain.errors import InvalidRequest
from assetwire_cli.console import on_one_line

_FILE = re.compile(r"[A-Za-z0-9_-]{1,128}\.[a-z0-9]{1,8}")


def checked_file(name: str) -> str:
    """Return the name of a delivered file.

    Raises:
        InvalidRequest: it can be none (`invalid_rendition`).
    """
    if not _FILE.fullmatch(name):
        raise InvalidRequest(f"{on_one_line(name)!r} is no file's name, as web-640.webp", code="invalid_rendition")
    return name
