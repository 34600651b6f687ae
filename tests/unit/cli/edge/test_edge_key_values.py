"""Following a key value store: functions get what it holds whenever that has changed."""

from typing import Any

import pytest

from assetwire_cli.edge.key_values import KeyValueFollower


class FakeStore:
    """A key value store as its API lists it: two keys a page."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.broken = False

    def list_keys(self, *, KvsARN: str, NextToken: str = "0") -> Any:  # noqa: N803 - boto3's names
        assert KvsARN == "arn"
        if self.broken:
            raise ConnectionRefusedError("not there")
        begin = int(NextToken)
        page = list(self.values.items())[begin : begin + 2]
        more = {"NextToken": str(begin + 2)} if begin + 2 < len(self.values) else {}
        return {"Items": [{"Key": key, "Value": value} for key, value in page], **more}


class FakeFunction:
    """Notes what it is given to hold."""

    def __init__(self) -> None:
        self.held: list[dict[str, str]] = []

    def hold(self, keys: dict[str, str]) -> None:
        self.held.append(dict(keys))


def test_functions_get_all_pages_once_and_again_when_something_changed() -> None:
    store, functions = FakeStore(), [FakeFunction(), FakeFunction()]
    store.values = {"TokenKeyA": "a", "TokenKeyB": "b", "TokenKeyC": "c"}
    follower = KeyValueFollower(store, "arn", functions)  # type: ignore[arg-type]
    follower.prepare()
    assert follower.apply_once() == 3
    del store.values["TokenKeyA"]
    assert follower.apply_once() == 2
    expected = [{"TokenKeyA": "a", "TokenKeyB": "b", "TokenKeyC": "c"}, {"TokenKeyB": "b", "TokenKeyC": "c"}]
    assert [function.held for function in functions] == [expected, expected]


def test_while_the_store_cannot_be_read_functions_keep_what_they_have(capsys: pytest.CaptureFixture[str]) -> None:
    store, function = FakeStore(), FakeFunction()
    store.broken = True
    follower = KeyValueFollower(store, "arn", [function])  # type: ignore[list-item]
    follower.start(60)
    follower.stop()
    assert function.held == []
    assert capsys.readouterr().err == "edge: keys of arn: ConnectionRefusedError: not there\n"
    store.broken, store.values = False, {"TokenKeyA": "a"}
    follower.apply_once()
    assert function.held == [{"TokenKeyA": "a"}]
