"""The test bed itself: no network, no real account."""

import os
import socket

import pytest
from botocore.session import get_session
from pytest_socket import SocketBlockedError

from assetwire.adapters.clients import client


def test_no_socket_opens_in_a_unit_test() -> None:
    with pytest.warns(UserWarning, match="socket"), pytest.raises(SocketBlockedError):
        socket.create_connection(("127.0.0.1", 9))


def test_credentials_are_dummies_and_no_endpoint_is_overridden() -> None:
    credentials = get_session().get_credentials()
    assert (credentials.access_key, credentials.secret_key, credentials.token) == ("testing",) * 3
    assert not [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]


@pytest.mark.parametrize("run", [1, 2])
def test_no_client_outlives_its_test(run: int) -> None:
    made = client("sqs")
    assert not hasattr(made, "marked")
    made.marked = run
