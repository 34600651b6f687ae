"""What channels could be given of an asset, asked of the deployed stack and from a terminal, with IAM enforced."""

import io
import json
import uuid
from typing import Any

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from assetwire.domain.channels import shipped_channels
from assetwire_cli import preflight_command
from assetwire_cli.main import app
from assetwire_cli.target import Target
from watching import eventually


def product() -> bytes:
    """Return a product on white, of 600 × 500 pixels, that no other test has."""
    shade = uuid.uuid4().bytes
    image = Image.new("RGB", (600, 500), "white")
    ImageDraw.Draw(image).rectangle([100, 100, 500, 400], fill=(shade[0] // 2, shade[1] // 2, shade[2] // 2))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90, comment=shade)
    return file.getvalue()


def test_an_asset_is_told_which_channels_can_have_it(
    target: Target, put: Any, ingested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"preflight/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, product()))["asset_id"]
    appearance = target.call("GET", f"/assets/{asset_id}")["inspection"]["appearance"]
    assert (appearance["white_border"], appearance["has_transparency"]) == (1.0, False)

    rights = {"windows": [{}], "territories": ["DE"], "usages": ["marketplace"]}
    target.call("PUT", f"/assets/{asset_id}/rights", body=rights)
    found = target.call("GET", f"/assets/{asset_id}/preflight")["channels"]
    assert [report["channel"] for report in found] == list(shipped_channels().channels)
    assert [report["channel"] for report in found if report["ready"]] == ["ebay-de", "google-de"]
    assert [report["channel"] for report in found if report["switched_on"]] == ["ebay-de", "shopify-de"]
    assert [channel["name"] for channel in target.call("GET", "/channels")["channels"]] == list(
        shipped_channels().channels
    )
    assert target.call("GET", "/channels/amazon-de")["spec"]["name"] == "amazon"

    monkeypatch.setattr(preflight_command, "target", lambda *_: target)
    ready = CliRunner().invoke(app, ["preflight", asset_id, "--channel", "ebay-de", "--json"])
    assert (ready.exit_code, json.loads(ready.stdout)["channels"][0]["ready"]) == (0, True)
    small = CliRunner().invoke(app, ["preflight", asset_id, "--channel", "amazon-de"])
    assert (small.exit_code, "too_small" in small.stdout, "(not" in small.stdout) == (2, True, True)

    def made() -> Any:
        found = target.call("GET", f"/assets/{asset_id}/renditions")
        return None if found["missing"] else found["renditions"]

    everything = eventually(made, "everything that it wants to be rendered")
    assert [each["name"] for each in everything if each["usage"] == "marketplace"] == ["ebay-picture.jpg"]
