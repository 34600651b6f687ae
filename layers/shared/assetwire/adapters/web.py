"""Small answers of the web, read with the standard library: no redirect is followed, and no proxy is asked."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from assetwire.domain.errors import Unavailable

_SECONDS = 5
_LARGEST = 256 * 1024
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Answered(NamedTuple):
    """The status of an answer, its text, and its headers by their names in lower case."""

    status: int
    text: str
    headers: Mapping[str, str] = _NO_HEADERS


def get(url: str, headers: Mapping[str, str]) -> Answered:
    """Get what stands at an http(s) URL.

    Raises:
        Unavailable: nothing answered, or too much.
    """
    return ask("GET", url, headers)


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    seconds: float = _SECONDS,
    largest: int = _LARGEST,
) -> Answered:
    """Ask an http(s) URL, and wait so many seconds for each part of an answer of so many bytes at the most.

    Raises:
        Unavailable: nothing answered, or too much.
    """
    place = urlsplit(url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=seconds)
    path = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        read = answer.read(largest + 1)
        said = {name.lower(): value for name, value in answer.getheaders()}
    except (OSError, HTTPException) as error:
        raise Unavailable(f"{place.netloc} does not answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if len(read) > largest:
        raise Unavailable(f"{place.netloc} answers more than {largest} bytes")
    return Answered(answer.status, read.decode(errors="replace"), said)
