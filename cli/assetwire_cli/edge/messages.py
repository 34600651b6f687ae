"""What a viewer asks the local edge, and what the viewer gets."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What a viewer asks: `target` is the raw path and query, header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    ip: str


@dataclass(frozen=True)
class Response:
    """What the viewer gets."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
