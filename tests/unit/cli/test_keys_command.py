"""Rotating the pairs that sign: what the commands keep, store and print, with the stack and its secret in memory."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from typer.testing import CliRunner

from assetwire_cli import keys_command, signing_keys
from assetwire_cli.failure import Failure
from assetwire_cli.main import app
from assetwire_cli.target import NoStack, Target
from fakes.key_places import FakePlaces


class Secrets:
    """Secrets Manager with one secret."""

    class exceptions:  # noqa: N801 - boto3's name
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self) -> None:
        self.text: str | None = None

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's names
        if self.text is None:
            raise self.exceptions.ResourceNotFoundException
        return {"SecretString": self.text}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803 - boto3's names
        self.text = SecretString

    @property
    def keys(self) -> dict[str, str]:
        """The private keys of signing pairs, by name; keys of tokens stand beside them."""
        return {name: key for name, key in json.loads(self.text or "{}").items() if name.startswith("SigningKey")}


class World:
    """A stack on AWS as CloudFormation describes it, and the folder that `make deploy` reads."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.secrets = folder, Secrets()
        self.parameters: dict[str, str] = {}
        self.outputs = {"SigningSecretId": "secret", "TokenKeysArn": "arn"}
        self.store = FakePlaces()

    def client(self, service: str) -> Any:
        return {"secretsmanager": self.secrets, "cloudfront-keyvaluestore": self.store}[service]

    def run(self, *words: str) -> Any:
        return CliRunner().invoke(app, ["keys", *words, "--folder", str(self.folder)])

    def deploy(self, slot: signing_keys.Slot) -> None:
        """Deploy as the Makefile does, and hold what CloudFront holds: no key is changed in its place."""
        wanted = signing_keys.parameters(self.folder, slot)
        for each in ("SigningPublicKeyA", "SigningPublicKeyB"):
            before = self.parameters.get(each)
            assert not before or wanted[each] in ("", before), "a public key cannot be edited"
        assert wanted[f"SigningPublicKey{slot}"]
        self.parameters = {**wanted, "MaximumUrlSeconds": "600"}
        signing = (
            load_pem_private_key(self.secrets.keys[f"SigningKey{slot}"].encode(), None) if self.secrets.text else None
        )
        if signing is not None:
            assert signing.public_key() == load_pem_public_key(self.parameters[f"SigningPublicKey{slot}"].encode())

    @property
    def live(self) -> str:
        return "".join(slot for slot in "AB" if self.parameters.get(f"SigningPublicKey{slot}"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path / "keys")
    monkeypatch.setattr(keys_command, "Target", lambda *_: world)
    assert world.run("init").exit_code == 0
    world.deploy("A")
    return world


def test_two_rotations_lead_from_a_to_b_and_back_and_the_key_that_signs_is_always_trusted(world: World) -> None:
    first = world.parameters["SigningPublicKeyA"]
    for signing, coming in (("A", "B"), ("B", "A")):
        done = world.run("rotate")
        assert done.exit_code == 0, done.output
        steps = [line for line in done.stdout.splitlines() if line[0].isdigit()]
        assert [f"SLOT={signing}" in steps[0], f"SLOT={coming}" in steps[1], "600 s later" in steps[2]] == [True] * 3
        world.deploy(signing)
        assert (world.live, world.parameters["SigningSlot"]) == ("AB", signing)
        world.deploy(coming)
        assert (world.live, world.parameters["SigningSlot"]) == ("AB", coming)
        assert set(world.secrets.keys) == {"SigningKeyA", "SigningKeyB"}
        retired = world.run("retire")
        assert (retired.exit_code, f"SigningKey{signing}: forgotten" in retired.stdout) == (0, True)
        world.deploy(coming)
        assert world.live == coming
        assert list(world.secrets.keys) == [f"SigningKey{coming}"]
        assert "there is none" in world.run("retire").stdout
    assert world.parameters["SigningPublicKeyA"] != first


def test_rotating_again_before_the_deployment_keeps_the_pair(world: World) -> None:
    world.run("rotate")
    before = world.secrets.keys
    assert world.run("rotate").exit_code == 0
    assert world.secrets.keys == before


def test_a_rotation_that_is_under_way_is_not_begun_anew(world: World) -> None:
    world.run("rotate")
    world.deploy("A")
    before = world.secrets.keys
    failure = world.run("rotate").exception
    assert isinstance(failure, Failure)
    assert failure.code == "rotation_under_way"
    assert world.secrets.keys == before


def test_a_folder_that_was_deleted_gets_the_key_that_signs_back(world: World) -> None:
    public = signing_keys.public_file(world.folder, "A")
    public.unlink()
    assert world.run("rotate").exit_code == 0
    assert public.read_text() == world.parameters["SigningPublicKeyA"]
    public.unlink()
    failure = world.run("retire").exception
    assert isinstance(failure, Failure)
    assert failure.code == "no_public_key"
    assert set(world.secrets.keys) == {"SigningKeyA", "SigningKeyB"}


def test_nothing_is_made_for_a_stack_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        @property
        def parameters(self) -> dict[str, str]:
            raise Failure("there is none", code="no_stack")

    monkeypatch.setattr(keys_command, "Target", lambda *_: Missing())
    for verb in ("rotate", "retire"):
        result = CliRunner().invoke(app, ["keys", verb, "--folder", str(tmp_path / "keys")])
        assert isinstance(result.exception, Failure)
    assert not (tmp_path / "keys").exists()


def _describing(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have CloudFormation answer with an error code; with none, have nobody to ask as."""
    client = boto3.client("cloudformation", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="s")
    stubber = Stubber(client)
    stubber.add_client_error("describe_stacks", code, "said by CloudFormation")
    stubber.activate()

    def answering(_: Target, service: str) -> Any:
        assert service == "cloudformation"
        if not code:
            raise NoCredentialsError
        return client

    monkeypatch.setattr(Target, "client", answering)


def test_before_the_first_deployment_a_public_key_is_all_that_there_is_to_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _describing(monkeypatch, "ValidationError")
    done = CliRunner().invoke(app, ["keys", "init", "--folder", str(tmp_path)])
    assert (done.exit_code, "not deployed yet" in done.stderr) == (0, True)
    assert signing_keys.public_file(tmp_path, "A").exists()


@pytest.mark.parametrize(
    ("code", "stack"),
    [
        ("AccessDenied", "assetwire"),
        ("ExpiredToken", "assetwire"),
        ("InvalidClientTokenId", "assetwire"),
        ("Throttling", "assetwire"),
        ("ValidationError", "no name of a stack"),
        ("", "assetwire"),
    ],
)
def test_a_stack_that_cannot_be_read_is_never_taken_for_one_that_is_not_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, stack: str
) -> None:
    _describing(monkeypatch, code)
    done = CliRunner().invoke(app, ["keys", "init", "--folder", str(tmp_path), "--stack", stack])
    assert isinstance(done.exception, Failure)
    assert not isinstance(done.exception, NoStack)
    assert done.exception.code == "stack_unreadable"
    assert ("said by CloudFormation" if code else "credentials") in done.exception.message
    assert "not deployed" not in done.output


def test_a_stack_whose_first_deployment_failed_is_told_by_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = {"Stacks": [{"StackStatus": "ROLLBACK_COMPLETE"}]}
    monkeypatch.setattr(Target, "client", lambda *_: SimpleNamespace(describe_stacks=lambda **_: described))
    failure = CliRunner().invoke(app, ["keys", "init", "--folder", str(tmp_path)]).exception
    assert isinstance(failure, Failure)
    assert (failure.code, "ROLLBACK_COMPLETE" in failure.message) == ("stack_incomplete", True)
