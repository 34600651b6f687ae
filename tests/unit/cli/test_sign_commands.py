"""Signed URLs and cookies from a terminal: what is printed is what CloudFront takes, by others' judgement too."""

import base64
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from typer.testing import CliRunner

from assetwire.domain.errors import AssetwireError
from assetwire_cli.failure import Failure
from assetwire_cli.main import app

RSA = rsa.generate_private_key(65537, 2048)
ECDSA = ec.generate_private_key(ec.SECP256R1())
KEYS: dict[str, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey] = {"rsa": RSA, "ecdsa": ECDSA}
URL = "https://d1.example/a/b.jpg?v=1"
END = 1_900_000_000


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name, key in KEYS.items():
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        (folder / f"{name}.pem").write_bytes(private)
        (folder / f"{name}.pub").write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, spki))
    return folder


def run(*words: object) -> Any:
    return CliRunner().invoke(app, list(map(str, words)))


def sign(keys: Path, *words: object, key: str = "rsa", url: str = URL, expires: int = END) -> str:
    given = ["--url", url, "--private-key", keys / f"{key}.pem", "--key-pair-id", "K1", "--expires", expires]
    done = run("sign", *given, *words)
    assert done.exit_code == 0, done.output
    assert done.stdout.count("\n") == 1
    return str(done.stdout.rstrip("\n"))


def verdict(keys: Path, url: str, *words: object, key: str = "rsa") -> tuple[int, str]:
    done = run("verify", url, "--public-key", keys / f"{key}.pub", *words)
    return done.exit_code, done.stdout.strip()


def aws(digest: hashes.HashAlgorithm) -> CloudFrontSigner:
    return CloudFrontSigner("K1", lambda text: RSA.sign(text, padding.PKCS1v15(), digest))


@pytest.mark.parametrize("url", [URL, "http://d1.example/%C3%BC.jpg"])
@pytest.mark.parametrize(
    ("start", "ip"), [(None, None), (END - 9, None), (None, "192.0.2.9"), (END - 9, "192.0.2.9/24")]
)
def test_rsa_urls_are_those_of_aws_byte_for_byte(keys: Path, url: str, start: int | None, ip: str | None) -> None:
    theirs, end = aws(hashes.SHA1()), datetime.fromtimestamp(END, UTC)  # noqa: S303 - CloudFront's default
    if start is ip is None:
        expected = theirs.generate_presigned_url(url, date_less_than=end)
    else:
        begin = None if start is None else datetime.fromtimestamp(start, UTC)
        policy = theirs.build_policy(url, end, date_greater_than=begin, ip_address=ip)
        expected = theirs.generate_presigned_url(url, policy=policy)
    words = [*([] if start is None else ["--not-before", start]), *([] if ip is None else ["--ip", ip])]
    assert sign(keys, *words, url=url) == expected
    with_sha256 = sign(keys, *words, "--hash", "sha256", url=url)
    assert with_sha256.endswith("&Hash-Algorithm=SHA256")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_openssl_verifies_the_policy_that_was_signed(keys: Path, key: str, digest: str, tmp_path: Path) -> None:
    signed = sign(keys, "--ip", "192.0.2.9", "--hash", digest, key=key)
    query = parse_qs(urlsplit(signed).query)
    for name in ("Policy", "Signature"):
        text = query[name][0].translate(str.maketrans("-_~", "+=/"))
        (tmp_path / name).write_bytes(base64.b64decode(text, validate=True))
    assert json.loads((tmp_path / "Policy").read_bytes())["Statement"][0]["Resource"] == URL
    words = ["openssl", "dgst", f"-{digest}", "-verify", keys / f"{key}.pub", "-signature", tmp_path / "Signature"]
    done = subprocess.run([*words, tmp_path / "Policy"], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "Verified OK"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_what_is_signed_is_served_within_its_conditions_alone(keys: Path, key: str, digest: str) -> None:
    signed = sign(keys, "--not-before", END - 9, "--ip", "192.0.2.0/24", "--hash", digest, key=key)
    for at, ip, answer in (
        (END - 9, "192.0.2.9", (1, "not_yet_valid")),
        (END - 8, "192.0.2.9", (0, "ok")),
        (END - 1, "192.0.2.255", (0, "ok")),
        (END - 1, "192.0.3.0", (1, "ip_denied")),
        (END, "192.0.2.9", (1, "expired")),
    ):
        assert verdict(keys, signed, "--at", at, "--ip", ip, key=key) == answer
    assert verdict(keys, signed, "--at", END - 1, key=key) == (1, "ip_denied")
    assert verdict(keys, signed, "--at", END - 1, key="ecdsa" if key == "rsa" else "rsa")[0] == 1


def test_one_policy_covers_all_urls_of_its_pattern(keys: Path) -> None:
    signed = sign(
        keys, "--resource", "https://d1.example/a/*", "--hash", "sha256", key="ecdsa", url="https://d1.example/a/b.jpg"
    )
    query = signed.partition("?")[2]
    asked = {f"https://d1.example/a/{name}": (0, "ok") for name in ("b.jpg", "c/d.webp")}
    asked |= {
        "https://d1.example/b/c.jpg": (1, "resource_mismatch"),
        "http://d1.example/a/b.jpg": (1, "resource_mismatch"),
    }
    for url, answer in asked.items():
        assert verdict(keys, f"{url}?{query}", "--at", END - 1, key="ecdsa") == answer


def test_cookies_let_through_what_their_policy_covers(keys: Path) -> None:
    wild = sign(keys, "--resource", "https://d1.example/a/*", "--cookies")
    assert sorted(json.loads(wild)) == ["CloudFront-Key-Pair-Id", "CloudFront-Policy", "CloudFront-Signature"]
    at = ("--at", END - 1)
    assert verdict(keys, "https://d1.example/a/x.jpg", "--cookies", wild, *at) == (0, "ok")
    assert verdict(keys, "https://d1.example/b/x.jpg", "--cookies", wild, *at) == (1, "resource_mismatch")
    canned = sign(keys, "--cookies", "--hash", "sha256", key="ecdsa")
    assert json.loads(canned)["CloudFront-Expires"] == str(END)
    assert verdict(keys, URL, "--cookies", canned, *at, key="ecdsa") == (0, "ok")
    assert verdict(keys, f"{URL}2", "--cookies", canned, *at, key="ecdsa") == (1, "bad_signature")
    other = sign(keys, url="https://d1.example/elsewhere")
    assert verdict(keys, f"{URL}&{other.partition('?')[2]}", "--cookies", wild, *at)[0] == 1  # the URL's word counts


def test_any_other_letter_makes_it_another_url(keys: Path) -> None:
    signed = sign(keys, key="ecdsa")
    for place in range(len("https://d1.example/"), len(signed)):
        changed = signed[:place] + ("A" if signed[place] != "A" else "B") + signed[place + 1 :]
        if "Key-Pair-Id=" in signed[:place]:  # another key of this id would be another matter
            continue
        assert verdict(keys, changed, "--at", END - 1, key="ecdsa")[0] == 1, changed


def test_a_key_of_another_id_is_not_asked(keys: Path) -> None:
    signed = sign(keys)
    assert verdict(keys, signed, "--at", END - 1, "--key-pair-id", "K2") == (1, "unknown_key_pair")
    assert verdict(keys, signed, "--at", END - 1, "--key-pair-id", "K1") == (0, "ok")
    assert verdict(keys, URL) == (1, "unsigned")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--url", 'https://d1.example/"'], "invalid_url"),
        (["--url", "https://d1.example/?Policy=x"], "reserved_parameter"),
        (["--expires", "0"], "invalid_expiry"),
        (["--not-before", str(END)], "invalid_start"),
        (["--ip", "::1"], "invalid_ip"),
        (["--url", "https://d1.example/*", "--ip", "192.0.2.9"], "invalid_url"),
        (["--url", f"https://d1.example/{'x' * 8000}"], "invalid_url"),
        (["--expires", str(2**31)], "invalid_expiry"),
        (["--resource", "no url"], "invalid_resource"),
        (["--key-pair-id", "a&b"], "invalid_key_pair_id"),
        (["--private-key", "nowhere.pem"], "invalid_private_key"),
    ],
)
def test_what_cannot_be_signed_is_refused_by_a_code(keys: Path, words: list[str], code: str) -> None:
    given = {"--url": URL, "--private-key": str(keys / "rsa.pem"), "--key-pair-id": "K1", "--expires": str(END)}
    given |= dict(zip(words[::2], words[1::2], strict=True))
    failure = run("sign", *(word for pair in given.items() for word in pair)).exception
    assert isinstance(failure, AssetwireError)
    assert failure.code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--at", "9" * 30], "invalid_at"),
        (["--ip", "192.0.2.0/24"], "invalid_ip"),
        (["--cookies", "[" * 100_000], "invalid_cookies"),
        (["--cookies", "{"], "invalid_cookies"),
        (["--cookies", '{"CloudFront-Policy": 1}'], "invalid_cookies"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_a_code(keys: Path, words: list[str], code: str) -> None:
    failure = run("verify", URL, "--public-key", keys / "rsa.pub", *words).exception
    assert isinstance(failure, Failure)
    assert failure.code == code


def test_a_resource_that_is_the_url_leaves_the_policy_canned(keys: Path) -> None:
    assert sign(keys, "--resource", URL) == sign(keys)
    wild = "https://d1.example/*"
    assert "Policy=" in sign(keys, "--resource", wild, url=wild)


def test_what_is_no_key_is_refused(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no key")
    given = ["--url", URL, "--key-pair-id", "K1", "--expires", END]
    for file in (tmp_path / "no.pem", keys / "rsa.pub"):
        assert isinstance(run("sign", *given, "--private-key", file).exception, AssetwireError)
    for file in (tmp_path / "no.pem", keys / "rsa.pem", tmp_path):
        failure = run("verify", URL, "--public-key", file).exception
        assert isinstance(failure, Failure)
        assert failure.code == "invalid_public_key"


@pytest.mark.parametrize(
    ("data", "unsigned"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "invalid_private_key"),
        (b"\xef\xbb\xbf", "invalid_private_key"),
        (b"", "misconfigured"),
        (b"no key", "misconfigured"),
    ],
)
def test_what_is_no_key_on_standard_input_is_told_in_our_own_words(data: bytes, unsigned: str) -> None:
    given = ["--url", URL, "--key-pair-id", "K1", "--expires", str(END), "--private-key", "-"]
    for words, code in ((["verify", URL, "--public-key", "-"], "invalid_public_key"), (["sign", *given], unsigned)):
        failure = CliRunner().invoke(app, words, input=data).exception
        assert isinstance(failure, AssetwireError)
        assert failure.code == code
        assert not any(word in failure.message for word in ("codec", "decode", "cryptography", "http"))


def test_a_key_from_standard_input_judges(keys: Path) -> None:
    done = CliRunner().invoke(app, ["verify", URL, "--public-key", "-"], input=(keys / "rsa.pub").read_bytes())
    assert (done.exit_code, done.stdout) == (1, "unsigned\n")


def test_a_resource_that_does_not_cover_the_url_is_warned_of(keys: Path) -> None:
    given = ["--url", URL, "--private-key", keys / "rsa.pem", "--key-pair-id", "K1", "--expires", END]
    done = run("sign", *given, "--resource", "https://d2.example/*")
    assert (done.exit_code, "does not cover" in done.stderr) == (0, True)
