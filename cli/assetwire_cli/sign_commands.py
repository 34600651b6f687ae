"""`assetwire sign` and `verify`: CloudFront's signed URLs and cookies, without any stack."""

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

import typer

from assetwire.adapters.url_signer import CloudFrontSigner, with_query
from assetwire.domain.signed_policy import (
    Conditions,
    canned_policy,
    checked_conditions,
    checked_key_pair_id,
    checked_length,
    checked_literal,
    checked_resource,
    checked_url,
    custom_policy,
)
from assetwire_cli import console
from assetwire_cli.edge.signature import judge, load_public_key
from assetwire_cli.edge.wildcards import covers
from assetwire_cli.failure import Failure


class Hash(StrEnum):
    """The digest that is signed: CloudFront's default, and the one that a URL names."""

    SHA1 = "sha1"
    SHA256 = "sha256"


def sign(
    *,
    url: Annotated[str, typer.Option(help="The URL, percent-encoded as it will be asked for.")],
    private_key: Annotated[Path, typer.Option(help="RSA-2048 or ECDSA P-256, PEM; - is standard input.")],
    key_pair_id: Annotated[str, typer.Option(help="CloudFront's id of the public key.")],
    expires: Annotated[int, typer.Option(help="The first moment at which it is refused: seconds since 1970.")],
    not_before: Annotated[int | None, typer.Option(help="The last second before it is served: likewise.")] = None,
    ip: Annotated[str | None, typer.Option(help="From where: an IPv4 address or network (CIDR).")] = None,
    resource: Annotated[str | None, typer.Option(help="All URLs that it holds for, with wildcards * and ?.")] = None,
    digest: Annotated[Hash, typer.Option("--hash", help="The digest that is signed.")] = Hash.SHA1,
    cookies: Annotated[bool, typer.Option("--cookies", help="Print the cookies as JSON in place of the URL.")] = False,
) -> None:
    """Print a signed URL: under a canned policy, or a custom one where a start, a network or a resource is given."""
    conditions = checked_conditions(expires, not_before, ip)
    checked_url(url)
    key = _read(private_key, "invalid_private_key")
    signer = CloudFrontSigner(checked_key_pair_id(key_pair_id), key, hash_algorithm=digest.value)
    if resource == url and "*" not in url:  # it says nothing that the URL does not
        resource = None
    if resource is None and conditions == Conditions(expires):
        policy, canned_until = canned_policy(url, expires), expires
        signed = signer.sign(url, expires=expires)
    else:
        covered = checked_literal(url) if resource is None else checked_resource(resource)
        if not covers(covered, url):
            console.err.print(f"warning: {resource} does not cover this URL", style="yellow", markup=False)
        policy, canned_until = custom_policy(covered, conditions), None
        signed = with_query(url, signer.sign_policy(policy))
    if cookies:
        console.line(json.dumps(signer.cookies(policy, canned_until=canned_until)))
    else:
        console.line(checked_length(signed))


def verify(
    url: Annotated[str, typer.Argument(help="The signed URL.")],
    *,
    public_key: Annotated[Path, typer.Option(help="RSA-2048 or ECDSA P-256, PEM; - is standard input.")],
    at: Annotated[int | None, typer.Option(help="When it is asked for: seconds since 1970; now.")] = None,
    ip: Annotated[str, typer.Option(help="From where it is asked for: an IPv4 address.")] = "",
    key_pair_id: Annotated[
        str | None, typer.Option(help="The key's id at CloudFront; whichever the URL names.")
    ] = None,
    cookies: Annotated[str | None, typer.Option(help="Cookies that come with it, as JSON.")] = None,
) -> None:
    """Judge a signed URL as CloudFront would, and print why. Exit code: 0 served, 1 refused."""
    pem = _read(public_key, "invalid_public_key")
    try:
        key = load_public_key(pem)
    except ValueError as error:
        raise Failure(f"{public_key}: {error}", code="invalid_public_key") from error
    moment = _moment(at)
    try:
        viewer = str(ip_address(ip)) if ip else ""
    except ValueError as error:
        raise Failure(f"{ip!a} is no address", code="invalid_ip") from error
    sent = _cookies(cookies)
    named = [
        *parse_qs(url.partition("?")[2]).get("Key-Pair-Id", ()),
        *filter(None, [sent.get("CloudFront-Key-Pair-Id")]),
    ]
    keys = dict.fromkeys(named if key_pair_id is None else [key_pair_id], key)
    verdict = judge(url, keys, moment, viewer, sent)
    console.line(verdict.reason)
    if not verdict.allowed:
        raise typer.Exit(1)


def _cookies(text: str | None) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise Failure(f"the cookies are no JSON: {error}", code="invalid_cookies") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Failure("cookies are an object of names and texts", code="invalid_cookies")
    return found


def _moment(at: int | None) -> datetime:
    try:
        return datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Failure("a moment is in seconds since 1970", code="invalid_at") from error


def _read(file: Path, code: str) -> str:
    try:
        return (sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()).decode("ascii")
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}", code=code) from error
    except UnicodeDecodeError as error:
        raise Failure(f"{file} is no PEM", code=code) from error
