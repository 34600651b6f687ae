"""Policies that CloudFront verifies: which URL, until when, from when, from where; and the URLs that can have one.

The texts are, byte for byte, those that AWS's own tools sign: no white space, and members in their order. Source:
CloudFront developer guide, "Create a signed URL using a canned policy" and "… using a custom policy".

CloudFront verifies the URL as it is asked for. A signer that encodes a URL signs another than it was given, and one
that signs what viewers change on their way (a host in capitals, `..`, an apostrophe) signs what nobody asks for: such a
URL is refused with what to write instead.
"""

import re
from ipaddress import IPv4Network
from typing import NamedTuple
from urllib.parse import quote, unquote

from assetwire.domain.errors import InvalidRequest

RESERVED = frozenset({"Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"})
"""Query parameters that are CloudFront's own: no URL has one of them before it is signed."""
LONGEST_URL = 8_192
"""Characters of a request's URL, its query included. Source: CloudFront quotas, "Maximum length of a request"."""
LAST_EPOCH = 2**31 - 1
"""2038-01-19T03:14:07Z, in seconds since 1970: the guide wants a 32-bit integer."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?:[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?\[\]]*)(?:\?(?P<query>[^\[\]]*))?"
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_LAST_PORT = 2**16 - 1
_RESOURCE = re.compile(r"\*|(?:https?://|http[*?]://|\*)[^/?]+(?:[/?].*)?")
_NEVER = re.compile(r"""[^!-~]|["'\\<>^`{|}#]|%(?![0-9A-Fa-f]{2})""")
"""What stands in no URL as it is: it is percent-encoded before it is signed, or belongs to no request.

An apostrophe may, but browsers ask for %27 in its place.
"""
_NETWORK = re.compile(r"[0-9.]{7,15}/[0-9]{1,2}")
_KEY_PAIR_ID = re.compile(r"[A-Za-z0-9_\-]{1,128}")


class Conditions(NamedTuple):
    """When and from where a URL is served: seconds since 1970, both excluded; an IPv4 network, or all.

    Users are not served "on or before" `not_before` (the guide on `DateGreaterThan`).
    """

    expires: int
    not_before: int | None = None
    network: str | None = None


def checked_url(url: str) -> str:
    """Return a URL that can be signed: percent-encoded as it will be asked for, without CloudFront's parameters.

    Nothing is encoded or mended: a signature of another text than is asked for is of no use to anybody.

    Raises:
        InvalidRequest: it is no such URL (`invalid_url`), or has a parameter of CloudFront's (`reserved_parameter`).
    """
    _require_clean(url, "the URL")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise _invalid_url("a URL is http or https, with a host and a path; scheme and host in small letters")
    if parts["port"] is not None and (parts["port"][0] == "0" or int(parts["port"]) > _LAST_PORT):
        raise _invalid_url(f"{parts['port']} is no port: one is from 1 to {_LAST_PORT}, without leading zeros")
    if parts["port"] == _DEFAULT_PORTS[parts["scheme"]]:
        raise _invalid_url(f"viewers leave out :{parts['port']}, the default port, and so ask for another URL")
    if {".", ".."} & {unquote(segment) for segment in parts["path"].split("/")}:
        raise _invalid_url("viewers resolve . and .. before they ask")
    if parts["query"] == "":
        raise _invalid_url("a question mark that no parameter follows is left out")
    _require_others(parts["query"] or "", "the URL")
    return url


def checked_literal(url: str) -> str:
    """Return a URL that was checked as a resource of its own: of no other URL.

    Raises:
        InvalidRequest: it has a wildcard (`invalid_url`): one in a policy covers more than this URL.
    """
    for wildcard, text in (("*", url), ("?", url.partition("?")[2])):
        if wildcard in text:
            raise _invalid_url(f"{wildcard} is a wildcard in a policy: percent-encode it, or name the resource")
    return url


def checked_resource(resource: str) -> str:
    """Return a pattern of URLs: `*` stands for any characters or none, `?` for one.

    Raises:
        InvalidRequest: it is none (`invalid_resource`), or names a parameter of CloudFront's (`reserved_parameter`).
    """
    try:
        _require_clean(resource, "the resource")
    except InvalidRequest as error:
        raise InvalidRequest(error.message, code="invalid_resource") from error
    if not _RESOURCE.fullmatch(resource):
        raise InvalidRequest("a resource is a URL with wildcards, http*:// included, or *", code="invalid_resource")
    _require_others(resource.partition("?")[2], "the resource")
    return resource


def checked_key_pair_id(key_pair_id: str) -> str:
    """Return the id of a public key at CloudFront.

    Raises:
        InvalidRequest: it is none (`invalid_key_pair_id`).
    """
    if not _KEY_PAIR_ID.fullmatch(key_pair_id):
        raise InvalidRequest("a key pair id is of letters, digits, - and _", code="invalid_key_pair_id")
    return key_pair_id


def checked_conditions(expires: int, not_before: int | None = None, ip: str | None = None) -> Conditions:
    """Return the conditions of a policy; one address is a network of its own.

    Raises:
        InvalidRequest: a moment is none (`invalid_expiry`, `invalid_start`), or the network is not of IPv4
            (`invalid_ip`): CloudFront knows no other.
    """
    if not 0 < expires <= LAST_EPOCH:
        raise InvalidRequest(f"the end is in seconds since 1970, up to {LAST_EPOCH}", code="invalid_expiry")
    if not_before is not None and not 0 <= not_before < expires:
        raise InvalidRequest("the start is in seconds since 1970, and before the end", code="invalid_start")
    if ip is None:
        return Conditions(expires, not_before)
    if ":" in ip:
        raise InvalidRequest(f"{ip!a} is IPv6: CloudFront's policies know IPv4 alone", code="invalid_ip")
    network = ip if "/" in ip else f"{ip}/32"
    try:
        if not _NETWORK.fullmatch(network):
            raise ValueError(f"{ip!a} is none")
        IPv4Network(network, strict=False)
    except ValueError as error:
        raise InvalidRequest(f"an IPv4 address or network (CIDR): {error}", code="invalid_ip") from error
    return Conditions(expires, not_before, network)


def canned_policy(url: str, expires: int) -> str:
    """Return the policy that CloudFront itself makes of a URL and its `Expires`."""
    return f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'


def custom_policy(resource: str, conditions: Conditions) -> str:
    """Return a policy that travels with the URL: of a pattern of URLs, with all conditions."""
    parts = [f'"DateLessThan":{{"AWS:EpochTime":{conditions.expires}}}']
    if conditions.network is not None:
        parts.append(f'"IpAddress":{{"AWS:SourceIp":"{conditions.network}"}}')
    if conditions.not_before is not None:
        parts.append(f'"DateGreaterThan":{{"AWS:EpochTime":{conditions.not_before}}}')
    return f'{{"Statement":[{{"Resource":"{resource}","Condition":{{{",".join(parts)}}}}}]}}'


def checked_length(signed: str) -> str:
    """Return a signed URL that CloudFront takes.

    Raises:
        InvalidRequest: it is longer than `LONGEST_URL` (`invalid_url`).
    """
    if len(signed) > LONGEST_URL:
        raise _invalid_url(f"with its signature it has more than {LONGEST_URL} characters")
    return signed


def _require_clean(text: str, what: str) -> None:
    if len(text) > LONGEST_URL:
        raise _invalid_url(f"{what} has at most {LONGEST_URL} characters")
    found = _NEVER.search(text)
    if found:
        written = quote(found.group(), errors="surrogateescape")
        instead = "no fragment is asked for" if found.group() == "#" else f"percent-encode it as {written}"
        raise _invalid_url(f"{what} has {found.group()!a} at {found.start()}: {instead}")


def _require_others(query: str, what: str) -> None:
    taken = {unquote(part.partition("=")[0]) for part in query.split("&")} & RESERVED
    if taken:
        names = ", ".join(sorted(taken))
        raise InvalidRequest(f"{what} has parameters that are CloudFront's own: {names}", code="reserved_parameter")


def _invalid_url(why: str) -> InvalidRequest:
    return InvalidRequest(why, code="invalid_url")
