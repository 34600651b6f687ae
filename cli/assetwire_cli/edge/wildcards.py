"""Wildcards as CloudFront reads them: in path patterns and origins, and in the resources of signed policies.

Source of `covers`: CloudFront developer guide, "Create a signed URL using a custom policy", values of `Resource`.
"""

import re
from collections.abc import Iterator


def matches_wildcards(pattern: str, text: str) -> bool:
    """Match the whole text, case-sensitively: `*` stands for any characters or none, `?` for exactly one."""
    at_pattern = at_text = resume = 0
    star = -1
    while at_text < len(text):
        if at_pattern < len(pattern) and pattern[at_pattern] == "*":
            star, resume = at_pattern, at_text
            at_pattern += 1
        elif at_pattern < len(pattern) and pattern[at_pattern] in ("?", text[at_text]):
            at_pattern += 1
            at_text += 1
        elif star >= 0:  # let the last star swallow one character more
            resume += 1
            at_pattern, at_text = star + 1, resume
        else:
            return False
    return not pattern[at_pattern:].strip("*")


def covers(resource: str, url: str) -> bool:
    """Tell whether a policy's resource covers a URL: protocol, domain, path and query each for themselves.

    A wildcard stands for nothing beyond its own section, with three exceptions: a star at the end of the path covers
    any query, one at the end of the domain any path and query, and a resource without protocol begins with a star
    and is of any protocol. The guide has the query begin at a `?`, and `?` stand for a character: either reading
    counts.
    """
    if resource == "*":
        return True
    given = re.match(r"([a-z*?]+)://", resource)
    if given is None and not resource.startswith("*"):
        return False
    protocol, rest = (given[1], resource[given.end() :]) if given else ("*", resource)
    domain, slash, below = rest.partition("/")
    if not slash and domain.endswith("*"):
        below = "*"
    asked_protocol, _, asked = url.partition("://")
    base, mark, text = asked.partition("?")
    query = text if mark else None
    host, _, path = base.partition("/")
    return (
        matches_wildcards(protocol, asked_protocol)
        and matches_wildcards(domain, host)
        and any(matches_wildcards(a, path) and _covers_query(b, query) for a, b in _read(below))
    )


def _covers_query(pattern: str | None, query: str | None) -> bool:
    """Compare queries; a star alone covers that there is none, and no pattern covers none alone."""
    if pattern is None or query is None:
        return pattern in (query, "*")
    return matches_wildcards(pattern, query)


def _read(below: str) -> Iterator[tuple[str, str | None]]:
    """Read what is behind the domain in every way: as a path alone, and parted at each of its question marks."""
    yield below, "*" if below.endswith("*") else None
    for place, character in enumerate(below):
        if character == "?":
            yield below[:place], below[place + 1 :]
