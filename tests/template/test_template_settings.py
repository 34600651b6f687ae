"""Each function finds in its environment the settings that it asks for, and is called for the routes that it knows."""

import re

import pytest
from template.cloudformation import PROJECT, Document, embedded, functions, on_aws

from assetwire import settings

SETTINGS = {
    "associate": settings.AssociateSettings,
    "authorize": settings.AuthorizeSettings,
    "catalog": settings.CatalogApiSettings,
    "clock": settings.ClockSettings,
    "collections": settings.CollectionsApiSettings,
    "rights_expiry": settings.RightsExpirySettings,
    "custody": settings.CustodySettings,
    "enforce": settings.EnforceSettings,
    "gallery": settings.GallerySettings,
    "picker": settings.PickerSettings,
    "drift": settings.DriftSettings,
    "notify": settings.NotifySettings,
    "purge": settings.PurgeSettings,
    "ingest": settings.IngestSettings,
    "metadata": settings.MetadataApiSettings,
    "lifecycle": settings.LifecycleSettings,
    "products": settings.ProductsSettings,
    "relay": settings.RelaySettings,
    "renditions": settings.RenditionsSettings,
    "revalidate": settings.RevalidateSettings,
    "spins": settings.SpinsSettings,
    "transcode": settings.TranscodeSettings,
    "signed_url": settings.SignedUrlSettings,
    "mirror": settings.MirrorSettings,
    "feeds": settings.FeedsApiSettings,
    "reconcile_products": settings.ReconcileProductsSettings,
    "webhooks": settings.WebhooksSettings,
    "worklist": settings.WorklistApiSettings,
    "review": settings.ReviewApiSettings,
    "manifests": settings.ManifestsSettings,
    "unpack": settings.UnpackSettings,
    "uploads": settings.UploadsSettings,
}
FROM_LAMBDA = {"AWS_REGION"}
FOR_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def test_every_function_has_settings(template: Document) -> None:
    assert sorted(functions(on_aws(template))) == sorted(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_environment_holds_what_the_settings_ask_for(name: str, template: Document) -> None:
    asked = {field.upper() for field in SETTINGS[name].model_fields} - FROM_LAMBDA
    for settled in (on_aws(template), embedded(template)):
        given = set(functions(settled)[name]["Environment"]["Variables"])
        assert given - FOR_POWERTOOLS == asked


@pytest.mark.parametrize("name", SETTINGS)
def test_the_api_calls_a_function_for_the_routes_it_knows(name: str, template: Document) -> None:
    handler = (PROJECT / "functions" / name / "handler.py").read_text()
    known = set(re.findall(r'"((?:DELETE|GET|PATCH|POST|PUT) /[^"]*)": ', handler))
    sources = functions(on_aws(template))[name].get("Events", {})
    events = [event["Properties"] for event in sources.values() if event["Type"] == "Api"]
    assert {f"{event['Method'].upper()} {event['Path']}" for event in events} == known
