"""A fresh account on moto for each handler test."""

from collections.abc import Iterator

import pytest

from crash.conftest import few_renditions
from crash.world import World, fresh_world

__all__ = ["few_renditions"]


@pytest.fixture
def world() -> Iterator[World]:
    with fresh_world() as fresh:
        yield fresh
