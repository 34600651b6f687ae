"""Keys of tokens: made once, known to the edge before anybody mints, and forgotten the other way round."""

import stat
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from assetwire_cli import token_keys
from assetwire_cli.failure import Failure
from assetwire_cli.key_values import key_value_client
from assetwire_cli.token_keys_command import tokens
from fakes.key_places import FakePlaces


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first = token_keys.kept_key(tmp_path / "keys", "TokenKeyA")
    assert token_keys.kept_key(tmp_path / "keys", "TokenKeyA") == first
    assert token_keys.kept_key(tmp_path / "keys", "TokenKeyB") != first
    assert len(first) == 43
    assert stat.S_IMODE((tmp_path / "keys" / "TokenKeyA.secret").stat().st_mode) == 0o600


def test_the_edge_knows_a_key_before_anybody_mints_by_it_and_nothing_is_done_twice() -> None:
    found = FakePlaces()
    assert token_keys.publish("TokenKeyA", "s", **found.places)
    assert found.steps == ["edge knows TokenKeyA", "secret changes"]
    assert found.secret == {"SigningKeyA": "pem", "TokenKeyA": "s"}
    assert not token_keys.publish("TokenKeyA", "s", **found.places)
    assert len(found.steps) == 2


def test_two_keys_live_beside_each_other_until_one_is_forgotten() -> None:
    found = FakePlaces()
    token_keys.publish("TokenKeyA", "a", **found.places)
    token_keys.publish("TokenKeyB", "b", **found.places)
    assert found.values == {"TokenKeyA": "a", "TokenKeyB": "b"}
    found.steps.clear()
    assert token_keys.forget("TokenKeyA", **found.places)
    assert found.steps == ["secret changes", "edge forgets TokenKeyA"]
    assert (found.values, found.secret) == ({"TokenKeyB": "b"}, {"SigningKeyA": "pem", "TokenKeyB": "b"})
    assert not token_keys.forget("TokenKeyA", **found.places)


@pytest.mark.parametrize("name", ["", "TokenKey", "SigningKeyA", "TokenKey-A", "TokenKey" + "A" * 17, "../TokenKeyA"])
def test_a_name_that_no_token_could_say_is_refused(name: str) -> None:
    with pytest.raises(Failure) as refused:
        tokens(key=name)
    assert refused.value.code == "invalid_key_name"


def test_requests_to_a_local_endpoint_stay_there_and_are_signed_asymmetrically(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    sent: list[Any] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {"Content-Type": "application/json"}, Raw())

    class Raw:
        def stream(self, **_: object) -> Any:
            yield b'{"Items": []}'

    for endpoint, host in (("http://127.0.0.1:4566", "127.0.0.1:4566"), (None, "000000000000.cloudfront-kvs")):
        client = key_value_client(boto3.Session(region_name="us-east-1"), endpoint, Config())
        client.meta.events.register("before-send.cloudfront-keyvaluestore", answer)
        client.list_keys(KvsARN="arn:aws:cloudfront::000000000000:key-value-store/keys")
        assert sent[-1].url.split("/")[2].startswith(host)
        assert sent[-1].headers["Authorization"].startswith(b"AWS4-ECDSA-P256-SHA256 ")
