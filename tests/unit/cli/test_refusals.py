"""Why something was refused, as the command line tells it: by the field and the reason, not by a code alone."""

import json
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from assetwire_cli import asset_commands
from assetwire_cli.main import app
from assetwire_cli.target import ApiError, Target

MONEY = {"code": "forbidden_field", "field": "purchase_price", "message": "'price' names money"}
REFUSED = {"status": 422, "code": "forbidden_field", "detail": "the edit cannot be made"}


class Answer(NamedTuple):
    """What the API answers to every call."""

    status_code: int
    text: str

    def send(self, _request: object) -> "Answer":
        return self


def target(body: dict[str, Any]) -> Target:
    place = Target("assetwire", "eu-central-1", endpoint="http://127.0.0.1:1")
    place.__dict__.update(
        {"_http": Answer(422, json.dumps(body)), "outputs": {"ApiId": "a", "MachineClientIds": "", "UsageKeys": "u"}}
    )
    return place


@pytest.mark.parametrize(
    ("problems", "told"),
    [
        ({}, "the edit cannot be made"),
        ({"problems": [MONEY]}, "the edit cannot be made; purchase_price: 'price' names money"),
        ({"problems": [MONEY | {"field": "", "line": 3}]}, "the edit cannot be made; 'price' names money"),
    ],
)
def test_a_refusal_names_what_is_wrong_with_each_field(problems: dict[str, Any], told: str) -> None:
    with pytest.raises(ApiError) as refused:
        target(REFUSED | problems).call("PATCH", "/assets/a1/metadata", body={})
    assert (refused.value.status, refused.value.code) == (422, "forbidden_field")
    assert refused.value.message == f"PATCH /assets/a1/metadata: 422 forbidden_field: {told}"


def test_a_refusal_of_very_much_says_how_much_more_there_is() -> None:
    with pytest.raises(ApiError) as refused:
        target(REFUSED | {"problems": [MONEY] * 1000}).call("POST", "/manifests", body={})
    assert refused.value.message.count("purchase_price") == 10
    assert refused.value.message.endswith("; and 990 more")


def test_an_asset_shows_what_keeps_it_in_quarantine_whether_in_its_file_or_in_its_metadata(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = dict.fromkeys(("rights", "delivered", "current_version", "generation", "revision", "file_name"), "")
    read = {"media_type": None, "width": None, "height": None, "bytes": 1, "sha256": "0"}
    inspection = read | {"problems": [{"code": "truncated", "field": "file", "message": "a part is missing"}]}
    asset = facts | {"asset_id": "a1", "status": "quarantined", "inspection": inspection, "problems": [MONEY]}
    place = type("Place", (), {"call": lambda *_: asset | {"delivered": None}})()
    monkeypatch.setattr(asset_commands, "target", lambda *_: place)
    shown = " ".join(CliRunner().invoke(app, ["asset", "a1"]).output.split())
    assert "quarantined (truncated: a part is missing; forbidden_field purchase_price: 'price' names money)" in shown
