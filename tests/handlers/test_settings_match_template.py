"""Each function is wired from exactly the variables that the template gives it: one less does not do, none is idle."""

import os
from collections.abc import Callable
from unittest.mock import patch

import pytest

from assetwire import bootstrap, settings
from assetwire.domain.errors import Misconfigured
from crash.document import template
from crash.world import World, new_process

FROM_LAMBDA = {"AWS_REGION"}
FOR_POWERTOOLS = "POWERTOOLS_"
WIRINGS: dict[str, Callable[[], object]] = {
    "authorize": bootstrap.authorize,
    "ingest": bootstrap.ingest,
    "relay": bootstrap.relay,
    "renditions": bootstrap.renditions,
    "enforce": bootstrap.enforce,
    "associate": bootstrap.associate,
    "mirror": bootstrap.mirror,
    "feeds": bootstrap.feeds_api,
    "reconcile_products": bootstrap.reconcile_products,
    "webhooks": bootstrap.webhooks,
    "purge": bootstrap.purge,
    "custody": bootstrap.custody,
    "clock": bootstrap.clock,
    "rights_expiry": bootstrap.rights_expiry,
    "catalog": bootstrap.catalog_api,
    "collections": bootstrap.collections_api,
    "worklist": bootstrap.worklist_api,
    "review": bootstrap.review_api,
    "metadata": bootstrap.metadata_api,
    "revalidate": bootstrap.revalidate,
    "lifecycle": bootstrap.lifecycle_api,
    "signed_url": bootstrap.signed_url,
    "manifests": bootstrap.manifests,
    "unpack": bootstrap.unpack,
    "uploads": bootstrap.uploads,
    "spins": bootstrap.spins,
    "gallery": bootstrap.gallery,
    "drift": bootstrap.drift,
    "notify": bootstrap.notify,
    "picker": bootstrap.picker,
    "products": bootstrap.products_api,
    "transcode": bootstrap.transcode,
}
every_function = pytest.mark.parametrize("function", WIRINGS)


def _given(function: str) -> set[str]:
    """Return the names of a function's own variables in the template."""
    document = template()
    (properties,) = (
        resource["Properties"]
        for resource in document["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        and resource["Properties"]["CodeUri"] == f"functions/{function}"
    )
    own = properties.get("Environment", {}).get("Variables", {})
    variables = document["Globals"]["Function"]["Environment"]["Variables"] | own
    return {name for name in variables if not name.startswith(FOR_POWERTOOLS)}


def _wire(function: str, world: World, names: set[str]) -> list[type[settings.Settings]]:
    """Wire a function in an environment of these variables alone; return the settings that it loaded."""
    loaded: list[type[settings.Settings]] = []
    load = settings.load

    def noted(kind: type[settings.Settings]) -> settings.Settings:
        loaded.append(kind)
        return load(kind, {name: world.environment[name] for name in names})

    new_process()
    with patch.object(settings, "load", noted), patch.dict(os.environ):
        try:
            WIRINGS[function]()
        except Misconfigured as error:
            if not error.message.startswith("settings"):  # the secret is another test's matter
                return loaded
            raise
        except Exception:  # noqa: BLE001 - nor is what the adapters say about an empty account
            return loaded
    return loaded


def test_every_function_of_the_template_is_wired_here() -> None:
    functions = [r for r in template()["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    assert {f["Properties"]["CodeUri"].removeprefix("functions/") for f in functions} == WIRINGS.keys()


@every_function
def test_the_template_gives_what_the_wiring_loads_and_nothing_idle(world: World, function: str) -> None:
    (kind,) = _wire(function, world, _given(function) | FROM_LAMBDA)
    assert {name.upper() for name in kind.model_fields} == _given(function) | FROM_LAMBDA


@every_function
def test_a_variable_that_is_missing_is_named(world: World, function: str) -> None:
    every = _given(function) | FROM_LAMBDA
    for name in every:
        with pytest.raises(Misconfigured, match=rf"\b{name}\b"):
            _wire(function, world, every - {name})
