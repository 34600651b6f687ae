"""CSS in SVGs, as far as it is kept: plain rules for elements, classes and ids, with known properties."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from assetwire.media import svg_names

RULES = 5_000
"""Rules at the most; what follows is dropped."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACES = re.compile(r"[{};]")
_SELECTOR = re.compile(r"(?:\*|[a-zA-Z]{1,40})?(?:[.#][\w-]{1,100}){0,3}")
_LINK = re.compile(r"url\(\s*[\"']?#([^\s\"'()<>\\]{1,200})[\"']?\s*\)", re.IGNORECASE)


class Rule(NamedTuple):
    """A rule that is kept: as it will be written, the names that it may apply to, and the ids that it refers to."""

    text: str
    keys: tuple[str, ...]
    links: tuple[str, ...]


def declarations(text: str) -> Iterator[tuple[str, str]]:
    """Yield the properties and values of a style that are known and harmless."""
    for part in _COMMENT.sub(" ", text).split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        known = colon and value and name in svg_names.PROPERTIES and not re.search(r"[{}<>]", value)
        if known and svg_names.is_harmless(value):
            yield name, value


def rules(text: str) -> Iterator[Rule]:
    """Yield the rules of a style sheet that are kept: no @-rules, no combined selectors, no foreign properties."""
    plain = _COMMENT.sub(" ", text).replace("<!--", " ").replace("-->", " ")
    if "\\" in plain:
        return
    for number, (prelude, body) in enumerate(_blocks(plain)):
        if number >= RULES:
            return
        selectors = [selector.strip() for selector in prelude.split(",")]
        selectors = [selector for selector in selectors if selector and _SELECTOR.fullmatch(selector)]
        kept = ";".join(f"{name}:{value}" for name, value in declarations(body))
        if selectors and kept:
            keys = tuple(_key(selector) for selector in selectors)
            yield Rule(f"{','.join(selectors)}{{{kept}}}", keys, tuple(references(kept)))


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the body of each plain rule; blocks within blocks and statements without are left out."""
    depth, start, opened, nested = 0, 0, 0, False
    for found in _BRACES.finditer(text):
        at = found.start()
        if found[0] == "{":
            depth += 1
            nested = nested or depth > 1
            opened = at if depth == 1 else opened
        elif found[0] == "}" and depth:
            depth -= 1
            if depth == 0:
                if not nested:
                    yield text[start:opened], text[opened + 1 : at]
                start, nested = at + 1, False
        elif depth == 0:  # the end of a statement such as @import, or a stray brace
            start = at + 1


def references(text: str) -> list[str]:
    """Return the ids that a value refers to."""
    return _LINK.findall(text)


def _key(selector: str) -> str:
    """Return the part of a selector that the fewest elements have: its last id or class, or its element."""
    last = re.findall(r"[.#][\w-]+", selector)
    return last[-1] if last else selector
