"""CloudFront signed URLs, judged as the edge judges them: a pure verification that knows nothing of the signer.

The rules are those of the CloudFront Developer Guide, "Use signed URLs" (canned and custom policies). Where the guide
is silent, the answer is a refusal: base64 must be canonical, a policy's members must be known ones.
"""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from assetwire_cli.edge.wildcards import covers

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

SIGNING_PARAMETERS = frozenset({"Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"})
"""Query parameters that are CloudFront's own: never part of a resource, a cache key or an origin request."""

HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "SHA1": hashes.SHA1(),  # noqa: S303 - CloudFront's default hash: verified here, never chosen
    "SHA256": hashes.SHA256(),
}

_FROM_CLOUDFRONT = str.maketrans("-_~", "+=/")
_TO_CLOUDFRONT = str.maketrans("+=/", "-_~")
_LAST_EPOCH = 2**31 - 1  # of a 32-bit integer: the guide's "no later than 2147483647"
_NETWORK = re.compile(r"[0-9.]{7,15}(/[0-9]{1,2})?")  # the guide's "standard IPv4 CIDR format": no netmask


@dataclass(frozen=True)
class Verdict:
    """What the edge says about one URL; `expires` is known only once its signature has been verified."""

    allowed: bool
    reason: str
    expires: datetime | None = None


@dataclass(frozen=True)
class _Policy:
    resource: str | None
    """None: everything that the key's distributions serve."""
    less_than: int
    greater_than: int | None = None
    network: ipaddress.IPv4Network | None = None


class _RefusedError(Exception):
    """Carries a refusal's reason code to `judge`."""

    def __init__(self, reason: str, expires: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expires = expires


def judge(
    url: str,
    keys: Mapping[str, str | bytes | PublicKey],
    at: datetime,
    ip: str,
    cookies: Mapping[str, str] = MappingProxyType({}),
) -> Verdict:
    """Say whether the edge would serve this URL at that moment to that viewer; a refusal never raises.

    What signs it stands in the URL, or else in the cookies that come with it: the URL's word counts where both do.
    `keys` holds public keys (PEM or loaded) by key-pair id. Reasons: `ok`, `unsigned`, `malformed`,
    `unknown_key_pair`, `bad_signature`, `expired`, `not_yet_valid`, `ip_denied`, `resource_mismatch`,
    `unsupported_hash`.
    """
    try:
        expires = _judge(url, keys, at, ip, cookies)
    except _RefusedError as refused:
        return Verdict(allowed=False, reason=refused.reason, expires=refused.expires)
    return Verdict(allowed=True, reason="ok", expires=expires)


def without_signature(query: str) -> str:
    """Strip CloudFront's own parameters from a query string; the others keep their order and spelling."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in SIGNING_PARAMETERS)


@lru_cache(maxsize=64)
def load_public_key(pem: str | bytes) -> PublicKey:
    """Load a key that CloudFront accepts: RSA-2048 or ECDSA P-256.

    Raises:
        ValueError: the text is no public key, or one of another kind.
    """
    try:
        key = load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("this is no public key in PEM of a kind that is known") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == 2048:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("the public key is neither RSA-2048 nor ECDSA P-256")


def _judge(
    url: str, keys: Mapping[str, str | bytes | PublicKey], at: datetime, ip: str, cookies: Mapping[str, str]
) -> datetime:
    if at.tzinfo is None or not re.fullmatch(r"https?://[!-~]+", url) or "#" in url:
        raise _RefusedError("malformed")
    base, mark, query = url.partition("?")
    own, others = _split(query) if mark else ({}, [])
    resource = f"{base}?{'&'.join(others)}" if others else base
    own = own or {name: cookies[f"CloudFront-{name}"] for name in SIGNING_PARAMETERS if f"CloudFront-{name}" in cookies}
    if not own:
        raise _RefusedError("unsigned")
    if ("Expires" in own) == ("Policy" in own) or not {"Signature", "Key-Pair-Id"} <= own.keys():
        raise _RefusedError("malformed")
    algorithm = HASHES.get(own.get("Hash-Algorithm", "SHA1"))
    if algorithm is None:
        raise _RefusedError("unsupported_hash")
    key = _find_key(keys, own["Key-Pair-Id"])
    signature = _decode(own["Signature"])
    signed = _canned(resource, own["Expires"]) if "Expires" in own else _decode(own["Policy"])
    if not _verifies(key, signature, signed, algorithm):
        raise _RefusedError("bad_signature")
    policy = _read_policy(signed)
    # A canned policy was built from this very URL, whose characters are never wildcards.
    if "Policy" in own and policy.resource is not None and not covers(policy.resource, resource):
        raise _RefusedError("resource_mismatch")
    expires = datetime.fromtimestamp(policy.less_than, UTC)
    if at.timestamp() >= policy.less_than:
        raise _RefusedError("expired", expires)
    # "Not allowed to access the file on or before the specified date and time": the first second is the one after it.
    if policy.greater_than is not None and int(at.timestamp()) <= policy.greater_than:
        raise _RefusedError("not_yet_valid", expires)
    if policy.network is not None and not _within(policy.network, ip):
        raise _RefusedError("ip_denied", expires)
    return expires


def _split(query: str) -> tuple[dict[str, str], list[str]]:
    own: dict[str, str] = {}
    others: list[str] = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name not in SIGNING_PARAMETERS:
            others.append(part)
        elif name in own or not value:
            raise _RefusedError("malformed")
        else:
            own[name] = value
    return own, others


def _decode(text: str) -> bytes:
    """Decode CloudFront's base64 alphabet, and only its one canonical spelling: else a URL has siblings."""
    try:
        decoded = base64.b64decode(text.translate(_FROM_CLOUDFRONT), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _RefusedError("malformed") from error
    if base64.b64encode(decoded).decode().translate(_TO_CLOUDFRONT) != text:
        raise _RefusedError("malformed")
    return decoded


def _find_key(keys: Mapping[str, str | bytes | PublicKey], key_pair_id: str) -> PublicKey:
    key = keys.get(key_pair_id)
    if key is None:
        raise _RefusedError("unknown_key_pair")
    if not isinstance(key, str | bytes):
        return key
    try:
        return load_public_key(key)
    except ValueError as error:
        raise _RefusedError("unknown_key_pair") from error


def _verifies(key: PublicKey, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        else:
            key.verify(signature, signed, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def _canned(resource: str, expires: str) -> bytes:
    if not re.fullmatch(r"[0-9]{1,12}", expires):
        raise _RefusedError("malformed")
    condition = f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}'
    return f'{{"Statement":[{{"Resource":{json.dumps(resource)},"Condition":{condition}}}]}}'.encode()


def _read_policy(text: bytes) -> _Policy:
    try:
        document = json.loads(text.decode(), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise _RefusedError("malformed") from error
    statements = _members(document, {"Statement"})["Statement"]
    if not isinstance(statements, list) or len(statements) != 1:
        raise _RefusedError("malformed")
    statement = _members(statements[0], {"Condition"}, {"Resource"})
    conditions = _members(statement["Condition"], {"DateLessThan"}, {"DateGreaterThan", "IpAddress"})
    resource = statement.get("Resource")
    if not isinstance(resource, str | None) or ("Resource" in statement and resource is None):
        raise _RefusedError("malformed")
    return _Policy(
        resource=resource,
        less_than=_epoch(conditions["DateLessThan"]),
        greater_than=_epoch(conditions["DateGreaterThan"]) if "DateGreaterThan" in conditions else None,
        network=_network(conditions["IpAddress"]) if "IpAddress" in conditions else None,
    )


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member appears twice")
    return members


def _members(holder: object, required: Set[str], optional: Set[str] = frozenset()) -> dict[str, object]:
    if not isinstance(holder, dict) or not required <= holder.keys() <= required | optional:
        raise _RefusedError("malformed")
    return holder


def _epoch(condition: object) -> int:
    epoch = _members(condition, {"AWS:EpochTime"})["AWS:EpochTime"]
    if type(epoch) is not int or not 0 <= epoch <= _LAST_EPOCH:
        raise _RefusedError("malformed")
    return epoch


def _network(condition: object) -> ipaddress.IPv4Network:
    source = _members(condition, {"AWS:SourceIp"})["AWS:SourceIp"]
    if not isinstance(source, str) or not _NETWORK.fullmatch(source):
        raise _RefusedError("malformed")
    try:
        return ipaddress.IPv4Network(source, strict=False)
    except ValueError as error:
        raise _RefusedError("malformed") from error


def _within(network: ipaddress.IPv4Network, ip: str) -> bool:
    try:
        return ipaddress.IPv4Address(ip) in network
    except ValueError:
        return False
