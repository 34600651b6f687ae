"""Settings: all from the environment, all problems at once."""

import pytest
from pydantic import ValidationError

from assetwire import settings
from assetwire.domain.errors import Misconfigured

INGEST = {
    "CATALOG_TABLE": "catalog",
    "AWS_REGION": "eu-central-1",
    "MAXIMUM_MASTER_BYTES": "1000",
    "MAXIMUM_MASTER_PIXELS": "2000",
}
SIGNED_URL = {
    "CATALOG_TABLE": "catalog",
    "AWS_REGION": "eu-central-1",
    "SIGNING_SECRET_ID": "keys",
    "SIGNING_KEY": "SigningKeyA",
    "SIGNING_KEY_PAIR_ID": "K1",
    "TOKEN_KEY": "TokenKeyA",
    "DELIVERY_BASE_URL": "https://media.example",
    "MAXIMUM_URL_SECONDS": "86400",
    "URL_BUCKET_SECONDS": "600",
}
KINDS = [kind for kind in vars(settings).values() if isinstance(kind, type) and issubclass(kind, settings.Settings)]


def test_settings_are_read_from_variables_of_their_names() -> None:
    known = settings.load(settings.IngestSettings, INGEST)
    assert known.model_dump() == {
        "catalog_table": "catalog",
        "aws_region": "eu-central-1",
        "maximum_master_bytes": 1000,
        "maximum_master_pixels": 2000,
    }


def test_settings_come_from_the_environment_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in INGEST.items():
        monkeypatch.setenv(name, value)
    assert settings.load(settings.IngestSettings) == settings.load(settings.IngestSettings, INGEST)


@pytest.mark.parametrize(
    ("said", "meant"), [("", ()), ("ebay-de", ("ebay-de",)), (" ebay-de, shopify-us,", ("ebay-de", "shopify-us"))]
)
def test_a_list_is_read_from_names_with_commas(said: str, meant: tuple[str, ...]) -> None:
    known = {"CATALOG_TABLE": "catalog", "AWS_REGION": "eu-central-1", "CHANNELS": said}
    assert settings.load(settings.CatalogApiSettings, known).channels == meant


def test_other_variables_do_not_matter() -> None:
    assert (
        settings.load(settings.IngestSettings, INGEST | {"HOME": "/", "catalog_table": "x"}).catalog_table == "catalog"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_everything_that_is_missing_is_named_at_once(kind: type[settings.Settings]) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(kind, {})
    for name in kind.model_fields:
        assert f"{name.upper()}: " in refused.value.message


def test_missing_and_wrong_ones_are_named_together() -> None:
    spoilt = SIGNED_URL | {"MAXIMUM_URL_SECONDS": "a day", "DELIVERY_BASE_URL": "media.example/", "SIGNING_KEY": ""}
    del spoilt["CATALOG_TABLE"]
    with pytest.raises(Misconfigured) as refused:
        settings.load(settings.SignedUrlSettings, spoilt)
    problems = refused.value.message.removeprefix("settings are missing or wrong: ").split("; ")
    named = {problem.split(":")[0] for problem in problems}
    assert named == {"CATALOG_TABLE", "MAXIMUM_URL_SECONDS", "DELIVERY_BASE_URL", "SIGNING_KEY"}


@pytest.mark.parametrize(
    ("name", "value"), [("MAXIMUM_MASTER_BYTES", "0"), ("MAXIMUM_MASTER_PIXELS", "-1"), ("CATALOG_TABLE", "")]
)
def test_a_value_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        settings.load(settings.IngestSettings, INGEST | {name: value})


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://d111.cloudfront.net", True),
        ("http://127.0.0.1:4580", True),
        ("https://media.example/", False),
        ("https://media.example/path", False),
        ("https://media.example?x", False),
        ("ftp://media.example", False),
        ("", False),
        ('https://a"b', False),
    ],
)
def test_a_base_url_is_scheme_and_host_alone(url: str, *, taken: bool) -> None:
    environment = SIGNED_URL | {"DELIVERY_BASE_URL": url}
    if taken:
        assert settings.load(settings.SignedUrlSettings, environment).delivery_base_url == url
    else:
        with pytest.raises(Misconfigured, match="DELIVERY_BASE_URL"):
            settings.load(settings.SignedUrlSettings, environment)


def test_settings_do_not_change() -> None:
    known = settings.load(settings.IngestSettings, INGEST)
    with pytest.raises(ValidationError):
        known.catalog_table = "other"
