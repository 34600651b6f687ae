"""The template that the crash tests' world is made from."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


@cache
def template() -> dict[str, Any]:
    """Return template.yaml; an intrinsic function is `{tag: value}`."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("!", _intrinsic)
    return dict(yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - a SafeLoader


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {tag: loader.construct_mapping(node, deep=True)}
