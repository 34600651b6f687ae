"""The documentation names everything that there is."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from assetwire import settings
from assetwire.domain.asset import Asset
from assetwire.domain.decisions import Reason
from assetwire.domain.events import EVENTS
from assetwire.domain.outbox import ANNOUNCED
from assetwire.domain.rights import Constraint, Release, Rights, Usage
from assetwire.domain.territories import GROUPS
from assetwire_cli.main import app

ROOT = Path(__file__).resolve().parents[2]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]}


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_stands_in_the_events_table_with_its_fields(event: str) -> None:
    row = next(line for line in DOCS["events.md"].splitlines() if line.startswith(f"| `{event}` |"))
    assert set(EVENTS[event].model_fields) - {"event_id", "occurred_at"} == set(
        re.findall(r"`([a-z_0-9]+)`", row.split("|")[2])
    )


def test_every_field_of_an_asset_that_functions_act_upon_has_its_row() -> None:
    for field, events in ANNOUNCED.items():
        assert field in Asset.model_fields
        row = next(line for line in DOCS["events.md"].splitlines() if line.startswith(f"| `{field}` |"))
        assert set(events) == set(re.findall(r"`([A-Za-z]+)`", row.split("|")[2])), field


def test_every_setting_is_in_the_configuration() -> None:
    kinds = [kind for kind in vars(settings).values() if isinstance(kind, type) and issubclass(kind, settings.Settings)]
    for name in {name.upper() for kind in kinds for name in kind.model_fields}:
        assert f"| `{name}` |" in DOCS["configuration.md"], name


def test_every_parameter_of_the_template_is_in_the_configuration() -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    section = template.split("\nParameters:\n")[1].split("\nRules:\n")[0]
    for name in re.findall(r"^  (\w+):$", section, flags=re.MULTILINE):
        assert f"`{name}`" in DOCS["configuration.md"], name


def test_every_function_is_in_the_readme() -> None:
    for folder in (ROOT / "functions").iterdir():
        assert f"| [`{folder.name}`](functions/{folder.name}/handler.py) |" in DOCS["README.md"]


def test_every_command_is_documented() -> None:
    def names(group: Any, before: str) -> list[str]:
        found = []
        for name, command in group.commands.items():
            found += names(command, f"{before} {name}") if hasattr(command, "commands") else [f"{before} {name}"]
        return found

    for command in names(typer.main.get_command(app), "assetwire"):
        group, _, last = command.rpartition(" ")
        row = next(
            (line for line in DOCS["api.md"].splitlines() if line.startswith(f"| `{group} ") and f"`{last}`" in line),
            "",
        )
        assert f"`{command}`" in DOCS["api.md"] or row, command


def test_every_reason_is_in_the_api_reference_and_every_word_of_rights_in_their_page() -> None:
    for reason in Reason:
        assert reason is Reason.ALLOWED or f"`{reason.value}`" in DOCS["api.md"], reason
    for word in [*Reason, *Usage, *Constraint, *Release, *GROUPS, *Rights.model_fields]:
        assert f"`{word}`" in DOCS["rights.md"], word


def test_every_route_of_the_template_is_in_the_api_reference() -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    routes = re.findall(r"Method: (\w+),\s+Path: \"?((?:[^\s\"{}]|\{\w+\})+)", template)
    assert len(routes) == template.count("Type: Api, Properties: ") + template.count("Type: Api\n")
    for method, path in routes:
        assert f"## {method.upper()} {path}" in DOCS["api.md"], path


def test_every_link_between_the_documents_leads_somewhere() -> None:
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "samples" / "README.md"]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert len({path.name[:4] for path in decisions}) == len(decisions)
    for path in decisions:
        assert path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. "), path.name


def test_every_file_of_tests_has_a_name_of_its_own() -> None:
    names = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [one for one, other in pairwise(names) if one == other] == []  # pytest takes them for one module
