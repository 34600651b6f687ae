"""Small answers of the web, read with the standard library: no redirect is followed, and no proxy is asked."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from assetwire.domain.errors import Unavailable

_SECONDS = 5
_LARGEST = 256 * 1024


class Answered(NamedTuple):
    """The status of an answer, and its text."""

    status: int
    text: str


def get(url: str, headers: Mapping[str, str]) -> Answered:
    """Get what stands at an http(s) URL.

    Raises:
        Unavailable: nothing answered, or too much.
    """
    place = urlsplit(url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=_SECONDS)
    try:
        connection.request(
            "GET", f"{place.path or '/'}?{place.query}" if place.query else place.path, headers=dict(headers)
        )
        answer = connection.getresponse()
        body = answer.read(_LARGEST + 1)
    except (OSError, HTTPException) as error:
        raise Unavailable(f"{place.netloc} does not answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if len(body) > _LARGEST:
        raise Unavailable(f"{place.netloc} answers more than {_LARGEST} bytes")
    return Answered(answer.status, body.decode(errors="replace"))
