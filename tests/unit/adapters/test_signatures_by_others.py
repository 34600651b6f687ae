"""What the services sign, by others' judgement: OpenSSL verifies every form, botocore signs the same letters."""

import base64
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.signers import CloudFrontSigner as AwsSigner
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from assetwire.adapters.url_signer import CloudFrontSigner, with_query
from assetwire.domain.rights import Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.domain.signed_policy import Conditions, custom_policy
from assetwire.services.gallery_urls import AssetCookies, AssetUrls, Viewers, sign_assets, sign_cookies
from assetwire.services.signed_url import sign_url
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW

KEYS = {"ecdsa": ec.generate_private_key(ec.SECP256R1()), "rsa": rsa.generate_private_key(65537, 2048)}
NAME, BASE = "web-320.jpg", "https://media.example"
VERSION = some.version().version_id
ASSET = some.asset(
    rights=some.rights(windows=(Window(),)),
    delivered=Delivered(generation=1, version_id=VERSION, renditions=(NAME,), usages=(Usage.WEB,)),
)
PLACE = f"{BASE}/AT-DE/{ASSET.asset_id}/g1/"
END = int(NOW.timestamp()) + 3600

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here to ask")
every_key = pytest.mark.parametrize("key", KEYS)
every_digest = pytest.mark.parametrize("digest", ["sha1", "sha256"])


def signer(key: str, digest: Any = "sha1") -> CloudFrontSigner:
    pem = KEYS[key].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return CloudFrontSigner("K2JCJMDEHXQW5F", pem, hash_algorithm=digest)


def single(by: CloudFrontSigner, ip: str | None = None) -> str:
    catalog = FakeCatalog()
    catalog.records["asset", ASSET.asset_id] = ASSET
    whom: dict[str, Any] = {"territories": ("DE", "AT"), "usage": "web", "ttl": 3600, "ip": ip}
    terms: dict[str, Any] = {"assets": catalog, "signer": by, "base_url": BASE, "maximum_ttl": 86400, "bucket": 600}
    return sign_url(ASSET.asset_id, NAME, **whom, **terms, now=NOW).url


def of_gallery(by: CloudFrontSigner, ip: str | None = None) -> str:
    terms: dict[str, Any] = {"signer": by, "base_url": BASE, "maximum_ttl": 86400, "bucket": 600, "now": NOW}
    (found,) = sign_assets([ASSET], viewers=Viewers(("DE", "AT"), "web", 3600, ip), **terms).values()
    assert isinstance(found, AssetUrls)
    return found.url(NAME)


def cookies(by: CloudFrontSigner, ip: str | None = None) -> dict[str, str]:
    catalog = FakeCatalog()
    catalog.records["asset", ASSET.asset_id] = ASSET
    terms: dict[str, Any] = {"signer": by, "base_url": BASE, "maximum_ttl": 86400, "bucket": 600, "now": NOW}
    viewers = Viewers(("DE", "AT"), "web", 3600, ip)
    (found,) = sign_cookies([ASSET.asset_id], viewers=viewers, assets=catalog, **terms).values()
    assert isinstance(found, AssetCookies)
    return {name.removeprefix("CloudFront-"): value for name, value in found.cookies.items()}


def parameters(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def decoded(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)


def openssl(folder: Path, key: str, digest: str, policy: bytes, signature: bytes) -> str:
    """Return what OpenSSL says of a signature, from files alone."""
    public = KEYS[key].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for name, content in (("public.pem", public), ("policy", policy), ("signature", signature)):
        (folder / name).write_bytes(content)
    words = ["openssl", "dgst", f"-{digest}", "-verify", "public.pem", "-signature", "signature", "policy"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip()


@needs_openssl
@every_key
@every_digest
def test_openssl_verifies_a_canned_policy_that_it_is_told_by_the_guide(key: str, digest: str, tmp_path: Path) -> None:
    """Source: CloudFront developer guide, "Create a signed URL using a canned policy"."""
    signed = single(signer(key, digest))
    url, own = signed.partition("?")[0], parameters(signed)
    policy = f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{END}}}}}}}]}}'
    assert (url, own["Expires"]) == (f"{PLACE}{VERSION}/{NAME}", str(END))
    assert openssl(tmp_path, key, digest, policy.encode(), decoded(own["Signature"])) == "Verified OK"
    later = policy.replace(str(END), str(END + 1))
    assert openssl(tmp_path, key, digest, later.encode(), decoded(own["Signature"])) == "Verification failure"


@needs_openssl
@every_key
@every_digest
@pytest.mark.parametrize("form", ["single", "gallery", "cookies"])
def test_openssl_verifies_the_policy_that_travels(key: str, digest: str, form: str, tmp_path: Path) -> None:
    by = signer(key, digest)
    own = {
        "single": lambda: parameters(single(by, "192.0.2.0/24")),
        "gallery": lambda: parameters(of_gallery(by)),
        "cookies": lambda: cookies(by),
    }[form]()
    policy = decoded(own["Policy"])
    assert own.get("Hash-Algorithm", "SHA1").lower() == digest
    assert openssl(tmp_path, key, digest, policy, decoded(own["Signature"])) == "Verified OK"
    widened = policy.replace(b"AT-DE", b"AT-FR")
    assert openssl(tmp_path, key, digest, widened, decoded(own["Signature"])) == "Verification failure"


def aws() -> AwsSigner:
    private = KEYS["rsa"]
    assert isinstance(private, rsa.RSAPrivateKey)
    return AwsSigner("K2JCJMDEHXQW5F", lambda text: private.sign(text, padding.PKCS1v15(), hashes.SHA1()))  # noqa: S303


@pytest.mark.parametrize("ip", [None, "192.0.2.9", "192.0.2.0/24"])
def test_what_is_signed_with_rsa_is_byte_for_byte_that_of_botocore(ip: str | None) -> None:
    theirs, end, url = aws(), datetime.fromtimestamp(END, UTC), f"{PLACE}{VERSION}/{NAME}"
    if ip is None:
        expected = theirs.generate_presigned_url(url, date_less_than=end)
    else:
        expected = theirs.generate_presigned_url(url, policy=theirs.build_policy(url, end, ip_address=ip))
    assert single(signer("rsa"), ip) == expected
    wildcard = theirs.build_policy(f"{PLACE}*", end, ip_address=ip)
    by_policy = theirs.generate_presigned_url(url, policy=wildcard)
    assert of_gallery(signer("rsa"), ip) == by_policy
    own = parameters(by_policy)
    assert cookies(signer("rsa"), ip) == {name: own[name] for name in ("Policy", "Signature", "Key-Pair-Id")}


@given(
    st.from_regex(r"https://[a-z]{1,9}\.example/[A-Za-z0-9/._-]{0,30}(\*|\?v=[0-9]{1,3})?", fullmatch=True),
    st.integers(1_000, 2**31 - 1),
    st.none() | st.integers(1, 999),
    st.none() | st.builds("{}/{}".format, st.ip_addresses(v=4), st.integers(0, 32)),
)
def test_every_custom_policy_with_rsa_is_byte_for_byte_that_of_botocore(
    resource: str, end: int, start: int | None, network: str | None
) -> None:
    begin = None if start is None else datetime.fromtimestamp(start, UTC)
    theirs = aws().build_policy(resource, datetime.fromtimestamp(end, UTC), begin, network)
    assert custom_policy(resource, Conditions(end, start, network)) == theirs
    url = f"{BASE}/a.jpg"
    assert with_query(url, signer("rsa").sign_policy(theirs)) == aws().generate_presigned_url(url, policy=theirs)
