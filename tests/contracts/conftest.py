"""AWS as moto plays it, with the Catalog's table as the template describes it."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import session
from moto import mock_aws
from moto.core.base_backend import BackendDict

from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.ports import Catalog
from fakes.catalog import FakeCatalog
from fakes.moto_shortcuts import plain_attribute_values

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
TABLE = "catalog"


class TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation: `!Ref x` and the like become what stands behind the tag."""


def _behind_the_tag(loader: TemplateLoader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


TemplateLoader.add_multi_constructor("!", _behind_the_tag)

Client = Callable[[str], Any]


@pytest.fixture(scope="session")
def resources() -> dict[str, Any]:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    return yaml.load(template, Loader=TemplateLoader)["Resources"]  # noqa: S506 - a SafeLoader with tags


@pytest.fixture(scope="session", autouse=True)
def _models_are_read_once() -> Iterator[None]:
    """Keep botocore's models of the services between tests: reading them is most of what a new client costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_loader", cache(session.create_loader))
        yield


@pytest.fixture(scope="session")
def clients() -> Client:
    """Return clients that no test shares with the code under test."""
    account = session.get_session()
    account.set_credentials("testing", "testing")
    return cache(lambda service: account.create_client(service, region_name=REGION))


@pytest.fixture(scope="module")
def _played_by_moto() -> Iterator[None]:
    with mock_aws(), plain_attribute_values():
        yield


@pytest.fixture
def aws(_played_by_moto: None, clients: Client) -> Client:
    """Return clients of an empty AWS account."""
    BackendDict.reset()
    return clients


@pytest.fixture
def table(aws: Client, resources: dict[str, Any]) -> str:
    described = resources["Catalog"]["Properties"]
    aws("dynamodb").create_table(
        TableName=TABLE,
        **{name: described[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema")},
        GlobalSecondaryIndexes=described["GlobalSecondaryIndexes"],
        StreamSpecification={"StreamEnabled": True, **described["StreamSpecification"]},
    )
    return TABLE


@pytest.fixture(params=["fake", "dynamodb"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    if request.param == "fake":
        return FakeCatalog()
    return DynamoCatalog(request.getfixturevalue("table"), region="us-east-1")
