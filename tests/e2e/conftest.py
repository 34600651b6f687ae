"""One embedded stack for all end-to-end tests, of their own, with IAM enforced."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assetwire.domain.webhook import Form
from assetwire_cli import webhook_sources
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import ApiError, Target
from fakes.pim_server import PimServer
from watching import eventually


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def pim() -> Iterator[PimServer]:
    """A PIM that is told which assets show its products."""
    server = PimServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def stack(pim: PimServer) -> Iterator[LocalStack]:
    stack = LocalStack("e2e-life")
    stack.reset()
    target = stack.up(lambda step: None, channels=("ebay-de", "shopify-de"), pim_endpoint=pim.url)
    place = {"secret_id": target.outputs["OutboundSecretId"], "secrets": target.client("secretsmanager")}
    webhook_sources.add("pim", Form.CLOUDEVENTS, pim.secret, **place)
    yield stack
    stack.down()


@pytest.fixture(scope="session")
def target(stack: LocalStack) -> Target:
    return stack.target


@pytest.fixture(scope="session")
def put(target: Target) -> Callable[[str, bytes], str]:
    """Put bytes under a key of the masters bucket; return S3's version id."""
    s3, bucket = target.client("s3"), target.outputs["MastersBucketName"]

    def put(key: str, body: bytes) -> str:
        return str(s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"])

    return put


@pytest.fixture(scope="session")
def ingested(target: Target) -> Callable[[str, str], dict[str, Any]]:
    """Wait until an upload is ingested; return what became of it."""

    def ingested(key: str, s3_version: str) -> dict[str, Any]:
        def ask() -> Any:
            try:
                return target.call("GET", "/uploads", query={"key": key, "s3_version": s3_version})
            except ApiError as error:
                if error.code != "upload_not_found":
                    raise
                return None

        found: dict[str, Any] = eventually(ask, f"{key} to be ingested")
        return found

    return ingested


@pytest.fixture(scope="session")
def delivered(target: Target) -> Callable[[str], dict[str, Any]]:
    """Wait until an asset's current version is delivered under its current generation; return the asset."""

    def delivered(asset_id: str) -> dict[str, Any]:
        def ask() -> Any:
            asset = target.call("GET", f"/assets/{asset_id}")
            there = asset["delivered"] or {}
            current = (asset["generation"], asset["current_version"])
            shown = (there.get("generation"), there.get("version_id"))
            return asset if there.get("renditions") and shown == current else None

        found: dict[str, Any] = eventually(ask, f"{asset_id} to be delivered")
        return found

    return delivered
