"""Commands that are given harmful words: none gets into a path of the API, nor into a policy."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assetwire.domain.errors import AssetwireError, InvalidRequest
from assetwire_cli import asset_commands
from assetwire_cli.main import app
from fakes import some
from fakes.harmful import BREAKING_OUT, LOOKING_ALIKE, spoilt
from fakes.signing_key import PRIVATE_PEM

ASSET_ID, NAME, URL, END = some.asset_id(), "web-320.jpg", "https://d1.example/a/b.jpg", 1_900_000_000
SOMEWHERE = {"'", "&", "=", "%", "*", ":", ";", "/", "..", "?"}
NEVER = [text for text in [*BREAKING_OUT, *LOOKING_ALIKE] if text not in SOMEWHERE]
"""What stands in no URL as it is, wherever it is written."""


def run(*words: object) -> Any:
    return CliRunner().invoke(app, list(map(str, words)))


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "private.pem"
    file.write_text(PRIVATE_PEM)
    return file


def sign(private: Path, **changes: object) -> Any:
    given = {"url": URL, "private_key": private, "key_pair_id": "K1", "expires": END} | changes
    return run("sign", *(f"--{name.replace('_', '-')}={value}" for name, value in given.items()))


@pytest.fixture(scope="module", autouse=True)
def nobody_is_asked() -> Any:
    """The API is out of reach: whoever asks it fails otherwise than by a refusal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asset_commands, "target", lambda *_: pytest.fail("the API was asked"))
        yield


@given(spoilt(ASSET_ID), spoilt(NAME).filter(lambda name: not re.fullmatch(r"[A-Za-z0-9_-]+\.[a-z0-9]+", name)))
def test_a_url_of_what_can_be_no_asset_or_file_is_refused_before_anybody_is_asked(asset_id: str, name: str) -> None:
    for words, code in (((asset_id, NAME), "invalid_asset_id"), ((ASSET_ID, name), "invalid_rendition")):
        refused = run("url", "--", *words).exception
        assert isinstance(refused, InvalidRequest)
        assert refused.code == code
        assert refused.message.isprintable()


@given(st.integers(0, len(URL)), st.sampled_from(NEVER))
def test_what_stands_in_no_url_is_not_signed(private: Path, at: int, harmful: str) -> None:
    refused = sign(private, url=URL[:at] + harmful + URL[at:]).exception
    assert isinstance(refused, AssetwireError)


@given(spoilt(URL), st.sampled_from(["url", "resource"]))
def test_what_is_signed_is_a_policy_of_this_text_alone(private: Path, text: str, field: str) -> None:
    """Some of it is no harm in a URL, percent-encoded for instance: then it stands in the policy as it was given."""
    done = sign(private, **{field: text}, ip="192.0.2.9")
    if done.exit_code:
        assert isinstance(done.exception, AssetwireError)
        return
    query = parse_qs(urlsplit(done.stdout.strip()).query)
    assert {name for name in query if name in {"Policy", "Signature", "Key-Pair-Id", "Expires"}} == {
        *("Policy", "Signature", "Key-Pair-Id")
    }
    assert all(len(query[name]) == 1 for name in ("Policy", "Signature", "Key-Pair-Id"))
    policy = base64.b64decode(query["Policy"][0].translate(str.maketrans("-_~", "+=/")), validate=True)
    assert json.loads(policy) == {
        "Statement": [
            {
                "Resource": text,
                "Condition": {
                    "DateLessThan": {"AWS:EpochTime": END},
                    "IpAddress": {"AWS:SourceIp": "192.0.2.9/32"},
                },
            }
        ]
    }


@given(spoilt("192.0.2.0/24"), spoilt("K1"), spoilt(str(END)))
def test_networks_keys_and_moments_are_what_they_look_like(private: Path, ip: str, key_pair_id: str, end: str) -> None:
    for changes in ({"ip": ip}, {"expires": end}):
        done = sign(private, **changes)
        assert done.exit_code, changes
        assert not done.stdout
    done = sign(private, key_pair_id=key_pair_id)
    assert done.exit_code or key_pair_id.isascii()
    assert done.exit_code == 0 or not done.stdout
