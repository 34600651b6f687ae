"""A fresh account on moto for each handler test."""

import json
from collections.abc import Iterator

import pytest

from crash.conftest import few_renditions
from crash.world import World, aws, fresh_world
from fakes.signing_key import PRIVATE_PEM

__all__ = ["few_renditions"]


@pytest.fixture
def world() -> Iterator[World]:
    with fresh_world() as fresh:
        yield fresh


@pytest.fixture
def signing(world: World) -> World:
    """An account whose secret holds the keys of URLs and tokens."""
    held = {"SigningKeyA": PRIVATE_PEM, "TokenKeyA": "a secret"}
    aws("secretsmanager").create_secret(Name="signing", SecretString=json.dumps(held))
    return world
