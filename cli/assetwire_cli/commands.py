"""The table of commands: each is imported when it is asked for, as most need what the others have no use for."""

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup

_PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("demo_command", "demo"),
        "local": ("local_commands", "app"),
        "upload": ("upload_command", "upload"),
        "drop": ("drop_command", "drop"),
        "assets": ("asset_commands", "assets"),
        "asset": ("asset_commands", "asset"),
        "history": ("asset_commands", "history"),
        "rights": ("rights_commands", "app"),
        "collections": ("collections_commands", "app"),
        "drift": ("drift_command", "drift"),
        "revoke": ("revoke_command", "revoke"),
        "url": ("asset_commands", "url"),
        "cookies": ("cookies_command", "cookies"),
        "product": ("product_commands", "app"),
        "webhooks": ("webhook_commands", "app"),
        "work": ("work_commands", "app"),
        "review": ("review_commands", "app"),
        "metadata": ("metadata_commands", "metadata_app"),
        "template": ("rules_commands", "template_app"),
        "vocab": ("rules_commands", "vocab_app"),
        "renditions": ("rendition_commands", "app"),
        "audit-delivery": ("audit_command", "audit_delivery"),
        "jobs": ("job_commands", "jobs"),
        "lifecycle": ("lifecycle_commands", "app"),
        "spin": ("spin_commands", "app"),
        "inspect": ("inspect_command", "inspect"),
        "corpus": ("corpus_command", "corpus"),
        "render": ("render_command", "render"),
        "transcode": ("transcode_command", "transcode"),
        "preflight": ("preflight_command", "preflight_"),
        "channels": ("channels_commands", "app"),
        "similar": ("similar_command", "similar"),
        "replay": ("replay_command", "replay"),
        "sign": ("sign_commands", "sign"),
        "verify": ("sign_commands", "verify"),
        "access": ("access_commands", "app"),
        "keys": ("keys_command", "app"),
    }
)
"""The module and the function, or the group of commands, by the name of the command, as `--help` lists them."""


class Commands(Mapping[str, Any]):
    """The commands by their names, each made from its module when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = _PLACES[name]
        found = getattr(importlib.import_module(f"assetwire_cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            made: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(name)(found)
            made = typer.main.get_command(alone)
        made.name = name
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


class Group(TyperGroup):
    """The command `assetwire` itself, which has those of the table."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes | {"commands": None})
        self.commands: Any = Commands()
