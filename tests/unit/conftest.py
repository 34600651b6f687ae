"""What several unit tests need."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def write_schemas() -> ModuleType:
    """The script that writes the JSON Schemas of data files."""
    file = Path(__file__).resolve().parents[2] / "scripts" / "write_schemas.py"
    spec = importlib.util.spec_from_file_location("write_schemas", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
