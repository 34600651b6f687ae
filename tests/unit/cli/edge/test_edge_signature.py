"""The edge's verification against signers that share no code with it: the AWS CLI and botocore."""

import base64
import json
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from assetwire_cli.edge.signature import Verdict, judge, load_public_key, without_signature

RSA = rsa.generate_private_key(65537, 2048)
ECDSA = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


KEYS = {"KRSA": pem(RSA), "KEC": pem(ECDSA), "KOTHER": pem(OTHER)}
EXPIRES = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = EXPIRES - timedelta(hours=1)
URL = "https://media.example/a1/g1/v1/web-800.jpg"
VIEWER = "192.0.2.10"

SIGNERS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "RSA-SHA1": ("KRSA", lambda text: RSA.sign(text, padding.PKCS1v15(), hashes.SHA1()), ""),  # noqa: S303 - CloudFront's default
    "RSA-SHA256": ("KRSA", lambda text: RSA.sign(text, padding.PKCS1v15(), hashes.SHA256()), "&Hash-Algorithm=SHA256"),
    "ECDSA-SHA1": ("KEC", lambda text: ECDSA.sign(text, ec.ECDSA(hashes.SHA1())), ""),  # noqa: S303 - CloudFront's default
    "ECDSA-SHA256": ("KEC", lambda text: ECDSA.sign(text, ec.ECDSA(hashes.SHA256())), "&Hash-Algorithm=SHA256"),
}


def canned(url: str = URL, kind: str = "ECDSA-SHA256", expires: datetime = EXPIRES) -> str:
    key_pair_id, sign, suffix = SIGNERS[kind]
    return CloudFrontSigner(key_pair_id, sign).generate_presigned_url(url, date_less_than=expires) + suffix


def custom(policy: object, url: str = URL, kind: str = "ECDSA-SHA256") -> str:
    """Sign any policy text, also one that no signer would write."""
    key_pair_id, sign, suffix = SIGNERS[kind]
    text = policy if isinstance(policy, str) else json.dumps(policy, separators=(",", ":"))
    return CloudFrontSigner(key_pair_id, sign).generate_presigned_url(url, policy=text) + suffix


def statement(resource: str = URL, **conditions: object) -> dict[str, object]:
    less_than = {"DateLessThan": {"AWS:EpochTime": int(EXPIRES.timestamp())}}
    return {"Statement": [{"Resource": resource, "Condition": {**less_than, **conditions}}]}


def epoch(at: datetime) -> dict[str, int]:
    return {"AWS:EpochTime": int(at.timestamp())}


def verdict(url: str, at: datetime = NOW, ip: str = VIEWER) -> Verdict:
    return judge(url, KEYS, at, ip)


def reason(url: str, at: datetime = NOW, ip: str = VIEWER) -> str:
    said = verdict(url, at, ip)
    assert said.allowed == (said.reason == "ok")
    return said.reason


# --- independent signers ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def private_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "rsa.pem"
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(RSA.private_bytes(encoding, form, serialization.NoEncryption()))
    return path


def aws_cloudfront_sign(private_key: Path, *options: str, url: str = URL) -> str:
    command = [sys.executable, str(Path(sys.executable).with_name("aws")), "cloudfront", "sign", "--url", url]
    signing = ["--key-pair-id", "KRSA", "--private-key", f"file://{private_key}"]
    until = ["--date-less-than", str(int(EXPIRES.timestamp()))]
    return subprocess.run([*command, *signing, *until, *options], capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_a_canned_url_of_the_aws_cli_is_allowed_until_it_expires(private_key_file: Path) -> None:
    url = aws_cloudfront_sign(private_key_file, url=f"{URL}?size=large")
    assert verdict(url) == Verdict(True, "ok", EXPIRES)
    assert verdict(url, EXPIRES) == Verdict(False, "expired", EXPIRES)


@pytest.mark.slow
def test_a_custom_url_of_the_aws_cli_obeys_its_start_and_its_addresses(private_key_file: Path) -> None:
    begins = NOW - timedelta(minutes=5)
    options = ["--date-greater-than", str(int(begins.timestamp())), "--ip-address", "192.0.2.0/24"]
    url = aws_cloudfront_sign(private_key_file, *options)
    assert reason(url) == "ok"
    assert reason(url, begins) == "not_yet_valid"
    assert reason(url, begins + timedelta(seconds=1)) == "ok"
    assert reason(url, ip="198.51.100.1") == "ip_denied"
    assert reason(url, ip="2001:db8::1") == "ip_denied"
    assert reason(url, ip="") == "ip_denied"


@pytest.mark.parametrize("kind", SIGNERS)
@pytest.mark.parametrize("url", [URL, f"{URL}?size=large&lang=de", "http://localhost:4580/a%20b/c.jpg", f"{URL}?"])
def test_canned_and_custom_urls_of_botocore_are_allowed(kind: str, url: str) -> None:
    assert verdict(canned(url, kind)) == Verdict(True, "ok", EXPIRES)
    assert verdict(custom(statement(url), url, kind)) == Verdict(True, "ok", EXPIRES)


def test_loaded_keys_serve_as_well_as_pem() -> None:
    assert judge(canned(), {"KEC": load_public_key(KEYS["KEC"].encode())}, NOW, VIEWER).allowed


# --- time -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [canned(), custom(statement())], ids=["canned", "custom"])
def test_the_expiry_instant_itself_is_refused(url: str) -> None:
    assert reason(url, EXPIRES - timedelta(microseconds=1)) == "ok"
    assert reason(url, EXPIRES) == "expired"
    assert reason(url, EXPIRES + timedelta(days=1)) == "expired"


def test_the_start_second_itself_is_refused() -> None:
    """The guide: "Users are not allowed to access the file on or before the specified date and time"."""
    url = custom(statement(DateGreaterThan={"AWS:EpochTime": int(NOW.timestamp())}))
    assert reason(url, NOW) == "not_yet_valid"
    assert reason(url, NOW + timedelta(microseconds=999_999)) == "not_yet_valid"
    assert reason(url, NOW + timedelta(seconds=1)) == "ok"


def test_a_moment_beyond_32_bits_is_none() -> None:
    last = datetime.fromtimestamp(2**31 - 1, UTC)
    for sign in (lambda end: canned(expires=end), lambda end: custom(statement(DateLessThan=epoch(end)))):
        assert reason(sign(last)) == "ok"
        assert reason(sign(last + timedelta(seconds=1))) == "malformed"


def test_a_moment_without_a_time_zone_is_refused() -> None:
    assert reason(canned(), NOW.replace(tzinfo=None)) == "malformed"


# --- tampering --------------------------------------------------------------------------------------------------


def test_a_changed_path_breaks_a_canned_signature() -> None:
    assert reason(canned().replace("web-800", "web-801")) == "bad_signature"


def test_a_changed_expiry_breaks_a_canned_signature() -> None:
    epoch = str(int(EXPIRES.timestamp()))
    assert reason(canned().replace(epoch, str(int(epoch) + 1))) == "bad_signature"
    assert reason(canned().replace(epoch, f"0{epoch}")) == "bad_signature"


def test_a_changed_signature_is_refused() -> None:
    head, _, tail = canned(kind="RSA-SHA256").partition("Signature=")
    swapped = ("B" if tail[0] == "A" else "A") + tail[1:]
    assert reason(f"{head}Signature={swapped}") == "bad_signature"


def test_another_key_pair_id_is_refused() -> None:
    assert reason(canned().replace("Key-Pair-Id=KEC", "Key-Pair-Id=KOTHER")) == "bad_signature"
    assert reason(canned().replace("Key-Pair-Id=KEC", "Key-Pair-Id=KRSA")) == "bad_signature"
    assert reason(canned().replace("Key-Pair-Id=KEC", "Key-Pair-Id=KECX")) == "unknown_key_pair"


def test_an_added_query_parameter_breaks_a_canned_signature() -> None:
    assert reason(f"{canned()}&response-content-type=text/html") == "bad_signature"


def test_the_scheme_is_part_of_what_is_signed() -> None:
    assert reason(canned().replace("https://", "http://")) == "bad_signature"
    assert reason(custom(statement()).replace("https://", "http://")) == "resource_mismatch"
    assert reason(custom(statement("http*://media.example/*"))) == "ok"


def test_hash_algorithm_must_be_the_one_that_was_used_and_a_known_one() -> None:
    assert reason(canned().replace("&Hash-Algorithm=SHA256", "")) == "bad_signature"
    assert reason(canned(kind="RSA-SHA1") + "&Hash-Algorithm=SHA1") == "ok"
    assert reason(canned().replace("SHA256", "SHA512")) == "unsupported_hash"
    assert reason(canned().replace("SHA256", "sha256")) == "unsupported_hash"


@pytest.mark.parametrize("url", [URL, f"{URL}?size=large", f"{URL}?"])
def test_a_url_without_any_signing_parameter_is_unsigned(url: str) -> None:
    assert verdict(url) == Verdict(False, "unsigned")


@pytest.mark.parametrize(
    "url",
    [
        f"{canned()}&Expires={int(EXPIRES.timestamp())}",
        f"{canned()}&Key-Pair-Id=KEC",
        f"{canned()}&Policy=e30_",
        f"{canned()}#fragment",
        f"{canned()} ",
        canned().replace("Expires=", "expires="),
        canned().replace("Expires=", "Expires=+"),
        canned().replace("Expires=", "Expires=" + "9" * 5000),
        canned().replace("Signature=", "Signature=*"),
        canned().replace("Key-Pair-Id=KEC", "Key-Pair-Id="),
        canned().replace("https://", "ftp://"),
        canned().replace("media", "mediä"),
        f"{URL}?Expires=1893553445",
        f"{URL}?Signature=abcd&Key-Pair-Id=KEC",
        f"{URL}?Hash-Algorithm=SHA256",
        "",
        "?",
    ],
)
def test_duplicate_missing_mixed_or_misspelt_parameters_are_malformed(url: str) -> None:
    assert verdict(url) == Verdict(False, "malformed")


def test_a_second_spelling_of_the_same_signature_is_malformed() -> None:
    url = next(each for each in (canned(expires=EXPIRES + timedelta(seconds=n)) for n in range(99)) if "__" in each)
    end = url.index("__") - 1  # two fillers: the last letter's low four bits are unused
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~"
    sibling = url[:end] + alphabet[alphabet.index(url[end]) + 1] + url[end + 1 :]
    assert reason(sibling) == "malformed"
    assert reason(url.replace("__", "")) == "malformed"


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        "\x00",
        '{"Statement":[]}',
        '{"Statement":{}}',
        {"Statement": [*statement()["Statement"], *statement()["Statement"]]},  # type: ignore[misc]
        {**statement(), "Version": "2012-10-17"},
        {"Statement": [{"Resource": URL}]},
        {"Statement": [{"Resource": URL, "Condition": {}}]},
        {"Statement": [{"Resource": None, "Condition": {"DateLessThan": {"AWS:EpochTime": 1893553445}}}]},
        {"Statement": [{"Resource": [URL], "Condition": {"DateLessThan": {"AWS:EpochTime": 1893553445}}}]},
        statement(DateLessThan={"AWS:EpochTime": "1893553445"}),
        statement(DateLessThan={"AWS:EpochTime": 1893553445.5}),
        statement(DateLessThan={"AWS:EpochTime": True}),
        statement(DateLessThan={"AWS:EpochTime": 10**30}),
        statement(DateLessThan={"AWS:EpochTime": -1}),
        statement(DateLessThan=1893553445),
        statement(DateGreaterThan={}),
        statement(IpAddress={"AWS:SourceIp": "2001:db8::/32"}),
        statement(IpAddress={"AWS:SourceIp": ["192.0.2.0/24"]}),
        statement(IpAddress={"AWS:SourceIp": "192.0.2.0/33"}),
        statement(IpAddress={"AWS:SourceIp": "192.0.2.0/255.255.255.0"}),
        statement(IpAddress={"AWS:SourceIp": "192.0.2.0/0.0.0.255"}),
        statement(IpAddress={"AWS:SourceIp": " 192.0.2.0/24"}),
        statement(StringEquals={"aws:Referer": "x"}),
        json.dumps(statement()).replace('"Resource"', '"Resource": "https://*", "Resource"'),
    ],
)
def test_a_well_signed_policy_of_another_shape_is_refused(policy: object) -> None:
    assert reason(custom(policy)) == "malformed"


def test_a_policy_without_a_resource_covers_everything() -> None:
    assert reason(custom({"Statement": [{"Condition": {"DateLessThan": {"AWS:EpochTime": 1893553445}}}]})) == "ok"


def test_cookies_count_where_the_url_says_nothing() -> None:
    query = urllib.parse.parse_qs(custom(statement("https://media.example/*")).partition("?")[2])
    cookies = {f"CloudFront-{name}": values[0] for name, values in query.items()}
    assert judge(URL, KEYS, NOW, VIEWER, cookies).allowed
    assert judge(URL.replace("media", "other"), KEYS, NOW, VIEWER, cookies).reason == "resource_mismatch"
    assert judge(f"{URL}?Expires=1", KEYS, NOW, VIEWER, cookies).reason == "malformed"
    assert judge(URL, KEYS, NOW, VIEWER, cookies | {"CloudFront-Expires": "1"}).reason == "malformed"
    assert judge(URL, KEYS, NOW, VIEWER, {"CloudFront-Policy": "x"}).reason == "malformed"
    assert judge(URL, KEYS, NOW, VIEWER, {"other": "x"}).reason == "unsigned"


def test_a_policy_is_trusted_only_after_its_signature_was_verified() -> None:
    forged = base64.b64encode(json.dumps(statement("*")).encode()).decode().translate(str.maketrans("+=/", "-_~"))
    head, _, tail = custom(statement()).partition("Policy=")
    said = verdict(f"{head}Policy={forged}&{tail.partition('&')[2]}", EXPIRES)
    assert said == Verdict(False, "bad_signature", None)


def test_whitespace_in_a_signed_policy_is_part_of_what_is_signed() -> None:
    assert reason(custom(json.dumps(statement(), indent=2))) == "ok"


@pytest.mark.parametrize(("ip", "expected"), [("192.0.2.10", "ok"), ("192.0.2.11", "ip_denied")])
def test_an_address_without_a_prefix_is_that_address_alone(ip: str, expected: str) -> None:
    assert reason(custom(statement(IpAddress={"AWS:SourceIp": "192.0.2.10"})), ip=ip) == expected


def test_any_ipv4_viewer_is_within_the_zero_prefix() -> None:
    assert reason(custom(statement(IpAddress={"AWS:SourceIp": "0.0.0.0/0"}))) == "ok"


# --- wildcards --------------------------------------------------------------------------------------------------


def test_one_wildcard_policy_signs_all_renditions_of_an_asset_and_no_other_asset() -> None:
    policy = statement("https://media.example/a1/*")
    assert reason(custom(policy, "https://media.example/a1/g1/v1/web-800.jpg")) == "ok"
    assert reason(custom(policy, "https://media.example/a1/g2/v9/zoom.avif?download=1")) == "ok"
    assert reason(custom(policy, "https://media.example/a10/g1/v1/web-800.jpg")) == "resource_mismatch"
    assert reason(custom(policy, "https://media.example.org/a1/x.jpg")) == "resource_mismatch"
    assert reason(custom(policy, "https://media.example/A1/x.jpg")) == "resource_mismatch"


def test_a_custom_resource_is_matched_with_the_other_query_parameters() -> None:
    assert reason(custom(statement(f"{URL}?size=large"), f"{URL}?size=large")) == "ok"
    assert reason(custom(statement(f"{URL}?size=large"), URL)) == "resource_mismatch"
    assert reason(custom(statement(URL), f"{URL}?size=large")) == "resource_mismatch"


# --- keys -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "private",
    [rsa.generate_private_key(65537, 3072), ec.generate_private_key(ec.SECP384R1())],
    ids=["RSA-3072", "P-384"],
)
def test_keys_that_cloudfront_would_reject_verify_nothing(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
) -> None:
    with pytest.raises(ValueError, match="neither"):
        load_public_key(pem(private))
    assert judge(canned(), {"KEC": pem(private)}, NOW, VIEWER).reason == "unknown_key_pair"
    assert judge(canned(), {"KEC": "no key"}, NOW, VIEWER).reason == "unknown_key_pair"
    assert judge(canned(), {}, NOW, VIEWER).reason == "unknown_key_pair"


def test_the_signing_parameters_alone_are_stripped_from_a_query() -> None:
    assert without_signature(urllib.parse.urlsplit(canned(f"{URL}?b=2&a=&a=1")).query) == "b=2&a=&a=1"


# --- any change at all ------------------------------------------------------------------------------------------

SIGNED = [canned(f"{URL}?size=large", kind) for kind in SIGNERS] + [
    custom(statement(URL), URL, kind) for kind in SIGNERS
]


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(
    url=st.sampled_from(SIGNED),
    position=st.integers(min_value=0),
    letter=st.characters(min_codepoint=0, max_codepoint=0x17F) | st.sampled_from("&=?#%*+-_~/ABab01"),
)
def test_no_url_with_one_changed_character_is_allowed(url: str, position: int, letter: str) -> None:
    begin = url.index("/", len("https://"))
    at = begin + position % (len(url) - begin)
    changed = url[:at] + letter + url[at + 1 :]
    assert verdict(changed).allowed == (changed == url)


@settings(max_examples=500, deadline=None)
@given(url=st.text() | st.builds(lambda text: f"{URL}?{text}", st.text(alphabet="&=?PolicyExpires-_~09")), ip=st.text())
def test_no_text_at_all_raises_or_is_allowed(url: str, ip: str) -> None:
    assert not verdict(url, ip=ip).allowed
