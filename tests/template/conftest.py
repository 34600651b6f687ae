import pytest
from template.cloudformation import Document, load


@pytest.fixture(autouse=True)
def _no_sockets(socket_disabled: None) -> None:
    """The template is judged offline."""


@pytest.fixture(scope="session")
def template() -> Document:
    return load()
