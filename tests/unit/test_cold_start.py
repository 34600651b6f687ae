"""Cold starts: what a function loads before its first event, and with its first one, is what it uses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "layers" / "shared"
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
HEAVY = {"boto3", "botocore.session", "pynamodb", "PIL", "pyvips", "cryptography", "pydantic", "aws_lambda_powertools"}
"""botocore itself is a name and a version, which Powertools asks for; its session is what takes time."""

WIRED = {
    "authorize": (
        ["adapters.pool_tokens", "adapters.sts_identities", "services.authorize"],
        {"cryptography", "pydantic"},
    ),
    "ingest": (
        [
            *("adapters.catalog.declarations", "adapters.catalog.repository", "adapters.catalog.rules"),
            *("adapters.catalog.similarity", "adapters.catalog.worklist", "adapters.media_store", "adapters.vault"),
            *("media.inspect", "media.metadata", "services.ingest", "services.judging", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "relay": (
        ["adapters.catalog.images", "adapters.event_bus", "adapters.queues", "services.relay"],
        {"botocore.session", "pydantic"},
    ),
    "renditions": (
        [
            *("adapters.catalog.repository", "adapters.media_store", "media.render_apart", "services.renditions"),
            "queue_events",
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "transcode": (
        [
            *("adapters.catalog.repository", "adapters.media_store", "adapters.mediaconvert", "media.render_apart"),
            *("media.transcode.local", "services.spins", "services.transcode", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "spins": (
        ["adapters.catalog.repository", "adapters.media_store", "services.spin_requests", "api", "requests"],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "enforce": (
        [
            "adapters.catalog.purges",
            "adapters.catalog.repository",
            "adapters.catalog.revocations",
            "adapters.media_store",
            "services.enforce",
            "queue_events",
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "associate": (
        [
            *("adapters.catalog.matches", "adapters.catalog.products", "adapters.catalog.repository"),
            *("adapters.catalog.worklist", "services.associate", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "products": (
        [
            *("adapters.catalog.products", "adapters.catalog.reader", "services.families", "services.links"),
            *("adapters.catalog.idempotency", "services.bulk_links"),
            *(
                "adapters.catalog.link_history",
                "services.history",
                "services.products",
                "api",
                "product_requests",
                "requests",
            ),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "webhooks": (
        [
            *("adapters.queues", "adapters.webhook_secrets", "adapters.webhook_signatures", "services.webhooks"),
            "api",
        ],
        {"botocore.session", "pydantic", "aws_lambda_powertools"},
    ),
    "feeds": (
        [
            *("adapters.catalog.agenda", "adapters.catalog.feeds", "adapters.catalog.products"),
            *("services.product_import", "services.reconcile_products", "api", "feed_requests"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "reconcile_products": (
        [
            *("adapters.akeneo", "adapters.catalog.agenda", "adapters.catalog.feeds", "adapters.catalog.products"),
            *("services.reconcile_products", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "mirror": (
        [
            *("adapters.catalog.agenda", "adapters.catalog.feeds", "adapters.catalog.matches"),
            *("adapters.catalog.products", "services.webhooks", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "gallery": (
        [
            *("adapters.catalog.product_reader", "adapters.catalog.reader", "adapters.signing_secret"),
            *("services.gallery", "services.gallery_urls", "api", "product_requests"),
        ],
        {"botocore.session", "cryptography", "pydantic", "aws_lambda_powertools"},
    ),
    "notify": (
        [
            *("adapters.catalog.associations", "adapters.catalog.product_reader", "adapters.webhook_receiver"),
            *("adapters.webhook_secrets", "services.notify", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "drift": (
        [
            *("adapters.catalog.associations", "adapters.catalog.products", "adapters.catalog.reader"),
            *("services.drift", "api", "product_requests"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "picker": (
        [
            *("adapters.catalog.collections", "adapters.catalog.matches", "adapters.catalog.products"),
            *("adapters.catalog.repository", "adapters.catalog.similarity", "adapters.signing_secret"),
            *("services.picker", "services.signed_url", "api", "product_requests"),
        ],
        {"botocore.session", "cryptography", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "purge": (
        ["adapters.catalog.purges", "adapters.catalog.revocations", "adapters.cdn", "services.purge", "queue_events"],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "custody": (
        [
            *("adapters.catalog.declarations", "adapters.catalog.repository", "adapters.media_store", "adapters.vault"),
            *("services.custody", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "lifecycle": (
        ["adapters.catalog.repository", "services.lifecycle", "api", "requests"],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "rights_expiry": (
        ["adapters.catalog.agenda", "services.rights_expiry"],
        {"botocore.session", "pynamodb", "pydantic"},
    ),
    "clock": (
        [
            *("adapters.catalog.agenda", "adapters.catalog.feeds", "adapters.catalog.specs", "services.clock"),
            *("services.reconcile_products", "services.refresh"),
        ],
        {"botocore.session", "pynamodb", "pydantic"},
    ),
    "catalog": (
        [
            *("adapters.catalog.agenda", "adapters.catalog.repository", "services.assets", "services.preflight"),
            *(
                "services.reconcile",
                "services.refresh",
                "adapters.catalog.history",
                "adapters.catalog.purges",
                "adapters.catalog.revocations",
                "adapters.catalog.trail",
                "services.history",
                "services.trail",
                "api",
                "requests",
            ),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "manifests": (
        [
            *("adapters.catalog.repository", "adapters.catalog.declarations", "adapters.catalog.rules"),
            *("services.judging", "services.manifests", "services.unpack", "api", "requests"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "unpack": (
        [
            *("adapters.catalog.repository", "adapters.catalog.declarations", "adapters.catalog.rules"),
            *("adapters.media_store", "media.zip_reader", "services.judging", "services.unpack", "queue_events"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "uploads": (
        ["adapters.catalog.repository", "adapters.media_store", "services.uploads", "api", "requests"],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "metadata": (
        [
            "adapters.catalog.agenda",
            "adapters.catalog.repository",
            "adapters.catalog.rules",
            "services.job_control",
            "services.judging",
            "services.metadata",
            "services.rules",
            "services.selection",
            "api",
            "requests",
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "revalidate": (
        [
            "adapters.catalog.agenda",
            "adapters.catalog.collections",
            "adapters.catalog.purges",
            "adapters.catalog.repository",
            "adapters.catalog.rules",
            "adapters.media_store",
            "services.inheritance",
            "services.jobs",
            "services.judging",
            "services.reconcile",
            "services.refresh",
            "services.revalidation",
            "queue_events",
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "collections": (
        [
            *("adapters.catalog.collections", "adapters.catalog.repository", "services.collections"),
            *("services.members", "api", "requests"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "review": (
        [
            *("adapters.catalog.matches", "adapters.catalog.products", "adapters.catalog.repository"),
            *("adapters.catalog.reviews", "adapters.catalog.similarity", "adapters.catalog.worklist"),
            *("services.review", "services.review_case", "api", "review_requests"),
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "worklist": (
        [
            "adapters.catalog.repository",
            "adapters.catalog.similarity",
            "adapters.catalog.worklist",
            "services.near_duplicates",
            "services.work_statistics",
            "services.worklist",
            "api",
            "requests",
        ],
        {"botocore.session", "pynamodb", "pydantic", "aws_lambda_powertools"},
    ),
    "signed_url": (
        [
            *("adapters.catalog.reader", "adapters.signing_secret", "services.gallery_urls", "services.signed_url"),
            *("api", "requests"),
        ],
        {"botocore.session", "cryptography", "pydantic", "aws_lambda_powertools"},
    ),
}
"""What bootstrap imports for each function at its first event, and the heavy packages that this may load."""


def loaded(code: str, *paths: Path) -> set[str]:
    """Return which heavy packages a fresh interpreter has loaded after this code, with an empty environment."""
    before = f"import json, sys\nsys.path[:0] = {[str(path) for path in paths]!r}"
    program = f"{before}\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1])) & HEAVY


def test_the_table_below_names_every_function() -> None:
    assert sorted(WIRED) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_is_imported_without_environment_and_without_adapters(function: str) -> None:
    found = loaded("import handler\nassert callable(handler.handler)", ROOT / "functions" / function, SHARED)
    assert found <= {"pydantic", "aws_lambda_powertools"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_loads_what_it_uses_and_nothing_else(function: str) -> None:
    modules, heavy = WIRED[function]
    assert loaded("import " + ", ".join(f"assetwire.{module}" for module in modules), SHARED) == heavy


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_checked_here_is_what_bootstrap_imports(function: str) -> None:
    import ast

    names = {
        "catalog": "CatalogApi",
        "metadata": "MetadataApi",
        "worklist": "WorklistApi",
        "review": "ReviewApi",
        "collections": "CollectionsApi",
        "uploads": "Uploads",
        "manifests": "Manifests",
        "lifecycle": "LifecycleApi",
        "spins": "Spins",
        "signed_url": "UrlApi",
        "products": "ProductsApi",
        "feeds": "FeedsApi",
    }
    bootstrap = SHARED / "assetwire" / "bootstrap"
    (wiring,) = [
        node
        for file in sorted(bootstrap.glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == names.get(function, function)
    ]
    imported = {
        str(node.module)
        for node in ast.walk(wiring)
        if isinstance(node, ast.ImportFrom)
        and str(node.module).startswith("assetwire.")
        and "domain" not in str(node.module)
    }
    checked = {f"assetwire.{module}" for module in WIRED[function][0]}
    shapes = {"assetwire.queue_events", "assetwire.api", "assetwire.requests", "assetwire.review_requests"} | {
        "assetwire.feed_requests",
        "assetwire.product_requests",
    }
    assert checked - imported <= shapes
    assert imported - checked == set()
