"""Texts as blocks without languages hold them: one language, and no more bytes than fit."""

from collections.abc import Mapping
from typing import Any


def in_one_language(value: Any) -> str:
    """Return a text; of one in several languages, that of any, else the English, else the first."""
    if not isinstance(value, Mapping):
        return str(value)
    english = next((text for tag, text in value.items() if tag.lower().partition("-")[0] == "en"), None)
    return str(value.get("x-default") or english or next(iter(value.values()), ""))


def cut(text: str, longest: int) -> bytes:
    """Return a text in UTF-8 of at most so many bytes: cut between characters, not within one."""
    return text.encode("utf-8", "ignore")[:longest].decode("utf-8", "ignore").encode()
