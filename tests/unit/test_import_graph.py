"""The arrows point one way: handler → service → domain, adapters behind ports. And what else can be read off."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "layers" / "shared"
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SHARED.rglob("*.py"))}
HANDLERS = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("functions/*/handler.py"))}
STANDARD = frozenset(sys.stdlib_module_names)
AWS = ("boto3", "botocore", "pynamodb", "s3transfer")
IMAGING = ("PIL", "av", "pillow_heif", "pypdfium2", "pyvips", "zxingcpp")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SHARED).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> set[str]:
    """Return the full name of every module that is imported anywhere, in functions and for types too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(str(node.module))
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def part(package: str) -> Iterator[tuple[str, set[str]]]:
    """Return each module of a package with what it imports of others than the standard library."""
    for path, tree in MODULES.items():
        if within(name_of(path), package):
            yield name_of(path), {name for name in imports(tree) if name.split(".")[0] not in STANDARD}


def offences(package: str, *allowed: str) -> list[str]:
    return [
        f"{module} imports {name}"
        for module, names in part(package)
        for name in sorted(names)
        if not within(name, *allowed) and name != "assetwire"
    ]


def test_the_walk_found_the_code() -> None:
    assert len(MODULES) > 30
    assert len(HANDLERS) >= 6
    assert {"assetwire.domain.rights", "assetwire.services.ingest"} <= {name_of(path) for path in MODULES}


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("assetwire.domain", ("pydantic", "pydantic_core", "assetwire.domain")),
        ("assetwire.ports", ("assetwire.domain", "assetwire.ports")),
        ("assetwire.services", ("assetwire.domain", "assetwire.ports", "assetwire.services", "pydantic")),
        ("assetwire.media", ("assetwire.domain", "assetwire.ports", "assetwire.media", *IMAGING)),
        (
            "assetwire.adapters",
            (
                "assetwire.domain",
                "assetwire.ports",
                "assetwire.adapters",
                "botocore",
                "pynamodb",
                "cryptography",
                "jwt",
                "pydantic",
                "standardwebhooks",
            ),
        ),
        ("assetwire.settings", ("assetwire.domain", "pydantic")),
        ("assetwire.requests", ("assetwire.domain", "pydantic")),
        ("assetwire.product_requests", ("assetwire.domain", "pydantic")),
        ("assetwire.review_requests", ("assetwire.domain", "pydantic")),
        ("assetwire.feed_requests", ("pydantic",)),
        ("assetwire.api", ("assetwire.domain", "assetwire.observability", "pydantic")),
        (
            "assetwire.queue_events",
            ("assetwire.domain", "assetwire.observability", "aws_lambda_powertools", "pydantic"),
        ),
        ("assetwire.observability", ("aws_lambda_powertools",)),
    ],
)
def test_a_package_imports_only_what_it_may(package: str, allowed: tuple[str, ...]) -> None:
    assert list(part(package))
    assert offences(package, *allowed) == []


def test_every_module_is_in_a_package_that_is_checked() -> None:
    checked = (
        "domain",
        "ports",
        "services",
        "media",
        "adapters",
        "settings",
        "product_requests",
        "requests",
        "review_requests",
        "feed_requests",
        "api",
        "queue_events",
    )
    others = {name_of(path) for path in MODULES} - {"assetwire", "assetwire.data", "assetwire.observability"}
    assert {name.split(".")[1] for name in others} - set(checked) == {"bootstrap"}


def test_aws_is_known_to_adapters_alone() -> None:
    outside = [name for name, names in part("assetwire") if names & set(AWS) and "adapters" not in name]
    assert outside == []
    assert not any(within(name, *AWS) for tree in HANDLERS.values() for name in imports(tree))


def test_wiring_imports_nothing_before_it_is_used() -> None:
    for path in (SHARED / "assetwire" / "bootstrap").glob("*.py"):
        at_once = ast.Module([node for node in MODULES[path].body if isinstance(node, ast.Import | ast.ImportFrom)], [])
        found = {name for name in imports(at_once) if name.split(".")[0] not in STANDARD}
        assert all(name == "assetwire" or within(name, "assetwire.settings", "assetwire.bootstrap") for name in found)


def test_handlers_import_no_service_and_no_adapter() -> None:
    found = {name for tree in HANDLERS.values() for name in imports(tree)}
    assert not {name for name in found if within(name, "assetwire.adapters", "assetwire.services", "assetwire.media")}


def test_the_environment_is_read_in_settings_alone() -> None:
    words = {"environ", "getenv", "environb", "putenv"}
    readers = {
        path.name
        for path, tree in (MODULES | HANDLERS).items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in words)
        or (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & words)
    }
    assert readers == {"settings.py"}


def test_the_clock_is_read_in_wiring_alone() -> None:
    readers = {
        path.name
        for path, tree in (MODULES | HANDLERS).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"datetime.now", "datetime.utcnow", "time.time"}
    }
    assert readers == {"moment.py"}


def test_nothing_is_printed() -> None:
    printers = [
        str(path)
        for path, tree in (MODULES | HANDLERS).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "pprint"}
    ]
    assert printers == []


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_handler_has_at_most_60_lines() -> None:
    assert {path.parent.name: lines(path) for path in HANDLERS if lines(path) > 60} == {}


def test_a_module_has_at_most_400_lines() -> None:
    assert {name_of(path): lines(path) for path in MODULES if lines(path) > 400} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    words = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "base"}
    assert [name_of(path) for path in MODULES if words & set(path.stem.split("_"))] == []


def test_every_module_says_what_it_is() -> None:
    silent = [str(path) for path, tree in (MODULES | HANDLERS).items() if not ast.get_docstring(tree)]
    assert silent == []


def test_code_of_this_repository_is_written_for_python_3_11() -> None:
    for path in MODULES | HANDLERS:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 11))
