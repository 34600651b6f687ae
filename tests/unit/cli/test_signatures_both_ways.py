"""What is signed is served, and nothing beside it: the signer against the verifier, which shares no code with it."""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from assetwire.adapters.url_signer import CloudFrontSigner, with_query
from assetwire.domain.signed_policy import (
    LAST_EPOCH,
    checked_conditions,
    checked_literal,
    checked_resource,
    checked_url,
    custom_policy,
)
from assetwire_cli.edge.signature import judge

KEYS = {"KEC": ec.generate_private_key(ec.SECP256R1()), "KRSA": rsa.generate_private_key(65537, 2048)}
PUBLIC = {name: key.public_key() for name, key in KEYS.items()}
SIGNERS = {
    (name, digest): CloudFrontSigner(
        name, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), hash_algorithm=digest
    )
    for name, key in KEYS.items()
    for digest in ("sha1", "sha256")
}
URL = "https://media.example/a1/g1/v1/web%20320.jpg"
EXPIRES = 1_900_000_000
VIEWER = "192.0.2.9"

urls = st.from_regex(
    r"https?://[a-z0-9]{1,9}\.example/(?:[A-Za-z0-9_~!$&()+,;=:@/-]|%[3-9][0-9A-D]){0,20}(?:\?[a-z]{1,5}=[A-Za-z0-9.~%-]{0,9})?",
    fullmatch=True,
).filter(lambda url: "%" not in url.partition("?")[2])
networks = st.builds("{}/{}".format, st.ip_addresses(v=4), st.integers(0, 32))


def reason(url: str, at: float, ip: str = VIEWER, cookies: dict[str, str] | None = None) -> str:
    return judge(url, PUBLIC, datetime.fromtimestamp(at, UTC), ip, cookies or {}).reason


@given(urls, st.integers(2, LAST_EPOCH), st.sampled_from(list(SIGNERS)))
def test_a_canned_signature_serves_until_the_last_second(url: str, expires: int, signer: tuple[str, str]) -> None:
    signed = SIGNERS[signer].sign(checked_url(url), expires=expires)
    assert [reason(signed, at) for at in (0, expires - 1, expires)] == ["ok", "ok", "expired"]


@given(
    urls,
    st.integers(3, LAST_EPOCH),
    st.integers(1),
    st.none() | networks,
    st.ip_addresses(v=4),
    st.sampled_from(list(SIGNERS)),
)
def test_a_custom_signature_serves_within_its_times_and_its_network(
    url: str, expires: int, start: int, network: str | None, other: object, signer: tuple[str, str]
) -> None:
    not_before = start % (expires - 2)
    policy = custom_policy(checked_literal(checked_url(url)), checked_conditions(expires, not_before, network))
    within = str(ip_network(network or "0.0.0.0/0", strict=False).broadcast_address)
    ways = [(with_query(url, SIGNERS[signer].sign_policy(policy)), {}), (url, SIGNERS[signer].cookies(policy))]
    for signed, cookies in ways:
        moments = (not_before, not_before + 1, expires - 1, expires)
        assert [reason(signed, at, within, cookies) for at in moments] == ["not_yet_valid", "ok", "ok", "expired"]
        allowed = network is None or ip_address(str(other)) in ip_network(network, strict=False)
        assert reason(signed, expires - 1, str(other), cookies) == ("ok" if allowed else "ip_denied")
        assert reason(signed, expires - 1, "2001:db8::1", cookies) == ("ok" if network is None else "ip_denied")


def signed_in_every_way() -> dict[str, str]:
    signer = SIGNERS["KEC", "sha256"]
    exact = custom_policy(URL, checked_conditions(EXPIRES, 1, f"{VIEWER}/24"))
    with_size = custom_policy(f"{URL}?size=1&v=2", checked_conditions(EXPIRES, 1))
    return {
        "canned": signer.sign(URL, expires=EXPIRES),
        "canned with a query": signer.sign(f"{URL}?size=1&v=2", expires=EXPIRES),
        "canned, RSA": SIGNERS["KRSA", "sha1"].sign(URL, expires=EXPIRES),
        "custom": with_query(URL, signer.sign_policy(exact)),
        "custom with a query": with_query(f"{URL}?size=1&v=2", signer.sign_policy(with_size)),
    }


@pytest.mark.slow
@pytest.mark.parametrize("signed", signed_in_every_way().values(), ids=signed_in_every_way())
def test_no_letter_of_a_signed_url_can_be_changed_added_or_taken_away(signed: str) -> None:
    """A policy with a wildcard is the one exception: its URLs differ where the wildcard stands."""
    assert reason(signed, EXPIRES - 1) == "ok"
    for place in range(len(signed) + 1):
        before, rest = signed[:place], signed[place:]
        changed = [before + letter + rest for letter in "A0&?=%"]
        if rest:
            changed += [before + letter + rest[1:] for letter in {*"AaB01&?=%*/_~-.", rest[0].swapcase()} - {rest[0]}]
            changed += [before + rest[1:]]
        for url in changed:
            assert reason(url, EXPIRES - 1) != "ok", url


def test_a_wildcards_signature_serves_what_it_covers_alone() -> None:
    policy = custom_policy(checked_resource("https://media.example/a1/*"), checked_conditions(EXPIRES))
    query, cookies = SIGNERS["KEC", "sha1"].sign_policy(policy), SIGNERS["KEC", "sha1"].cookies(policy)
    for url, served in (
        (URL, "ok"),
        (f"{URL}?download=1", "ok"),
        (URL.replace("/a1/", "/a2/"), "resource_mismatch"),
        (URL.replace("media", "evil"), "resource_mismatch"),
    ):
        assert reason(with_query(url, query), EXPIRES - 1) == served
        assert reason(url, EXPIRES - 1, cookies=cookies) == served
