"""What the edge's function should do, written from docs/delivery.md alone: slow, and without a regular expression."""

import base64
import hashlib
from collections.abc import Mapping
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Any

OWN = {"Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"}


def _made_of(text: str, alphabet: str, longest: int) -> bool:
    return 0 < len(text) <= longest and all(letter in alphabet for letter in text)


def _number(text: str, longest: int) -> bool:
    return _made_of(text, digits, longest) and text[0] != "0"


def _is_file(parts: list[str]) -> bool:
    if len(parts) != 4:
        return False
    asset, generation, version, name = parts
    stem, dot, extension = name.partition(".")
    return (
        _made_of(asset, ascii_lowercase + digits, 64)
        and generation[:1] == "g"
        and _number(generation[1:], 9)
        and _made_of(version, ascii_lowercase + digits + "-", 64)
        and _made_of(stem, ascii_letters + digits + "_-", 128)
        and dot == "."
        and _made_of(extension, ascii_lowercase + digits, 8)
    )


def _hmac(key: bytes, text: bytes) -> bytes:
    """RFC 2104, spelled out."""
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    key += bytes(64 - len(key))
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + text).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).digest()


def judged(request: Mapping[str, Any], keys: Mapping[str, str], now: float) -> tuple[str, str]:
    """Return `("", path in the bucket)` of a viewer request that passes, else `(reason, "")`."""
    if not request["uri"].startswith("/"):
        return "malformed", ""
    parts = request["uri"][1:].split("/")
    if parts[0] == "t" and len(parts) > 1:
        return _by_token(parts[1:], keys, now)
    return _by_territory(parts, request["headers"])


def _by_territory(parts: list[str], headers: Mapping[str, Any]) -> tuple[str, str]:
    codes = parts[0].split("-")
    well_formed = all(len(code) == 2 and set(code) <= set(ascii_uppercase) for code in codes)
    if not _is_file(parts[1:]) or not (parts[0] == "any" or (well_formed and codes == sorted(set(codes)))):
        return "malformed", ""
    country = headers.get("cloudfront-viewer-country", {"value": ""})
    if "multiValue" in country or len(country["value"]) != 2:
        return "no_viewer_country", ""
    if parts[0] != "any" and country["value"] not in codes:
        return "other_territory", ""
    return "", "/" + "/".join(parts[1:])


def _by_token(parts: list[str], keys: Mapping[str, str], now: float) -> tuple[str, str]:
    words = parts[0].split(".")
    if len(words) != 4 or not _is_file(parts[1:]):
        return "malformed", ""
    key_id, expires, channel, code = words
    if not (
        _made_of(key_id, ascii_letters + digits, 16)
        and _number(expires, 11)
        and _made_of(channel, ascii_lowercase + digits + "-", 63)
        and channel[0] in ascii_lowercase
        and len(code) == 43
        and _made_of(code, ascii_letters + digits + "_-", 43)
    ):
        return "malformed", ""
    path = "/" + "/".join(parts[1:])
    said = f"assetwire-path-1\n{key_id}\n{expires}\n{channel}\n{path}"
    secret = keys.get("TokenKey" + key_id)
    if not secret:
        return "bad_token", ""
    right = base64.urlsafe_b64encode(_hmac(secret.encode(), said.encode())).decode().rstrip("=")
    if code != right:
        return "bad_token", ""
    return ("expired", "") if now >= int(expires) else ("", path)
