"""Rights in the course of time, on the deployed stack: what begins or ends by itself is followed."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import revoke_command
from assetwire_cli.main import app
from assetwire_cli.target import ApiError, Target
from watching import ANYWHERE, eventually, get, picture


def tick(target: Target) -> None:
    """Let rights_expiry run now, and not only at the next minute."""
    answer = target.client("lambda").invoke(FunctionName=f"{target.stack}-rights-expiry")
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_an_embargo_is_lifted_and_an_end_is_followed_by_delivery(target: Target, put: Any, ingested: Any) -> None:
    key = f"rights/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]
    listed = f"/assets/{asset_id}/renditions"
    name = eventually(lambda: target.call("GET", listed)["renditions"], "files")[0]["name"]

    def license_from(starts: datetime, ends: datetime) -> int:
        """Give the asset these rights; return its generation."""
        window = {"starts": starts.isoformat(), "ends": ends.isoformat()}
        rights = {"windows": [window], "territories": ["DACH"], "usages": ["web"]}
        return int(target.call("PUT", f"/assets/{asset_id}/rights", body=rights)["generation"])

    def mint() -> dict[str, Any]:
        query = {"territory": "AT", "usage": "web", "ttl": "3600"}
        return dict(target.call("GET", f"{listed}/{name}/url", query=query))

    today = datetime.now(UTC).replace(microsecond=0)
    license_from(today + timedelta(days=1), today + timedelta(days=2))
    with pytest.raises(ApiError, match="embargoed"):
        mint()
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    ends = starts + timedelta(seconds=20)
    generation = license_from(starts, ends)
    time.sleep(max(0.0, (starts - datetime.now(UTC)).total_seconds()))
    tick(target)

    def minted() -> Any:
        try:
            return mint()
        except ApiError as error:
            if error.code != "not_delivered":
                raise
            return None

    url = eventually(minted, "the end of the embargo")
    assert datetime.fromisoformat(url["expires_at"]) == ends
    assert get(url["url"], "AT")[0] == 200
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
    assert get(url["url"], "AT")[0] == 403
    with pytest.raises(ApiError, match="expired"):
        mint()
    tick(target)
    prefix = {"Bucket": target.outputs["DeliveryBucketName"], "Prefix": f"{asset_id}/"}
    eventually(lambda: "Contents" not in target.client("s3").list_objects_v2(**prefix), "delivery to be empty")
    found = target.call("GET", f"/assets/{asset_id}")
    assert (found["phase"]["state"], found["generation"]) == ("expired", generation + 1)


def test_an_emergency_is_followed_by_origin_and_caches_and_leaves_its_record(
    target: Target, put: Any, ingested: Any, delivered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"rights/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    name = delivered(asset_id)["delivered"]["renditions"][0]
    query = {"territory": "FR", "usage": "web", "ttl": "3600"}
    url = target.call("GET", f"/assets/{asset_id}/renditions/{name}/url", query=query)["url"]
    assert [get(url, "FR")[0] for _ in range(2)] == [200, 200]  # the cache is warm
    monkeypatch.setattr(revoke_command, "target", lambda *_: target)
    done = CliRunner().invoke(app, ["revoke", asset_id, "--reason", "the wrong shoe"])
    assert done.exit_code == 0, done.output
    eventually(lambda: get(url, "FR")[0] == 403, "the edge to follow the purge", seconds=10)
    found = target.call("GET", f"/assets/{asset_id}/revocations")
    (noted,) = found["revocations"]
    assert (noted["cause"], noted["generation"], found["pending"]) == ("withdrawn", 2, None)
    assert f"purged after {noted['exposure_seconds']:.3f} s" in done.stdout
