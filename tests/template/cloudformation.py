"""Reads template.yaml as CloudFormation does: intrinsics in their long form, conditions decided, Globals merged.

A document is the parsed template, a plain dict. `settle` decides its conditions; all checks work on settled documents.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2]
TEMPLATE = PROJECT / "template.yaml"

Document = dict[str, Any]
_NO_VALUE = {"Ref": "AWS::NoValue"}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load(text: str | None = None) -> Document:
    """Return the template; parts that YAML anchors share are separate, so that each can be damaged alone."""
    parsed = yaml.load(TEMPLATE.read_text(encoding="utf-8") if text is None else text, _Loader)  # noqa: S506 - it is safe
    return json.loads(json.dumps(parsed))


def settle(document: Document, conditions: Mapping[str, bool]) -> Document:
    """Return the document as it is deployed when its conditions have these values, Globals merged into functions."""
    settled = {section: value for section, value in document.items() if section not in {"Conditions", "Globals"}}
    for section in ("Resources", "Outputs"):
        live = {n: r for n, r in document[section].items() if conditions.get(r.get("Condition"), True)}
        settled[section] = {n: _decided(r, conditions) for n, r in live.items()}
        for part in settled[section].values():
            part.pop("Condition", None)
    for resource in settled["Resources"].values():
        shared = document.get("Globals", {}).get(resource["Type"].removeprefix("AWS::Serverless::"))
        if shared and resource["Type"].startswith("AWS::Serverless::"):
            resource["Properties"] = _merged(_decided(shared, conditions), resource.get("Properties", {}))
    return settled


def on_aws(document: Document) -> Document:
    """Return the document as it is deployed to AWS with every option in use."""
    return settle(document, dict.fromkeys(document["Conditions"], True))


def embedded(document: Document) -> Document:
    """Return the document as it is deployed to the embedded stack."""
    on_aws_alone = dict.fromkeys(("OnAws", "KeyALive", "KeyBLive", "LongFilms"), False)
    return settle(document, dict.fromkeys(document["Conditions"], True) | on_aws_alone)


def _decided(value: Any, conditions: Mapping[str, bool]) -> Any:
    if isinstance(value, list):
        decided = (_decided(item, conditions) for item in value)
        return [item for item in decided if item != _NO_VALUE]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        condition, then, otherwise = value["Fn::If"]
        return _decided(then if conditions[condition] else otherwise, conditions)
    decided_items = {key: _decided(item, conditions) for key, item in value.items()}
    return {key: item for key, item in decided_items.items() if item != _NO_VALUE}


def _merged(shared: Any, own: Any) -> Any:
    if isinstance(shared, dict) and isinstance(own, dict):
        both = {key: _merged(shared[key], own[key]) if key in own else shared[key] for key in shared}
        return copy.deepcopy(both | {key: own[key] for key in own if key not in shared})
    return own


def resources(document: Document, kind: str) -> dict[str, Document]:
    """Return the properties of every resource of a type (`AWS::SQS::Queue`), by logical id."""
    found = {name: r for name, r in document["Resources"].items() if r["Type"] == kind}
    return {name: r.get("Properties", {}) for name, r in found.items()}


def functions(document: Document) -> dict[str, Document]:
    """Return the properties of every function, by the name of its folder in functions/."""
    found = resources(document, "AWS::Serverless::Function")
    return {str(p.get("CodeUri")).removeprefix("functions/"): p for p in found.values()}


def target(value: Any) -> str | None:
    """Return the logical id that a Ref, a GetAtt or a Sub of nothing else (`${Queue.Arn}`) points at."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [(function, argument)] = value.items()
    if function == "Ref":
        return str(argument)
    if function == "Fn::GetAtt":
        return str(argument[0])
    if function == "Fn::Sub" and isinstance(argument, str):
        names = list(_variables(argument))
        return names[0].split(".")[0] if len(names) == 1 and argument == f"${{{names[0]}}}" else None
    return None


def value_of(document: Document, value: Any) -> Any:
    """Return a plain value, or the default of the parameter that it is a Ref of."""
    parameter = document["Parameters"].get(target(value))
    return parameter.get("Default") if parameter else value


def references(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every place in a value that names a logical id or parameter, and that name."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, f"{path}/{index}")
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        here = f"{path}/{key}"
        if key == "Ref":
            yield here, item
        elif key == "Fn::GetAtt":
            yield here, item[0]
        elif key == "DependsOn":
            yield from ((here, name) for name in ([item] if isinstance(item, str) else item))
        elif key == "Fn::Sub":
            text, local = (item, {}) if isinstance(item, str) else item
            yield from ((here, n.split(".")[0]) for n in _variables(text) if n not in local)
            yield from references(local, here)
        else:
            yield from references(item, here)


def _variables(text: str) -> Iterator[str]:
    """Yield the names in `${…}`; `${!…}` stands for itself."""
    for piece in text.split("${")[1:]:
        name = piece.split("}", 1)[0]
        if not name.startswith("!"):
            yield name


def absent_references(document: Document) -> list[str]:
    """Return every reference of a settled document to a name that is not in it."""
    known = set(document["Resources"]) | set(document["Parameters"])
    known |= {f"{name}.Stage" for name in resources(document, "AWS::Serverless::Api")}  # SAM's name of an API's stage
    findings = []
    for section in ("Resources", "Outputs"):
        for place, name in references(document[section], section):
            if name not in known and not name.startswith("AWS::"):
                findings.append(f"{place} refers to {name}, which is absent")
    return findings


def listed(value: Any) -> list[Any]:
    """Return a policy's value, one or a list, as a list."""
    return value if isinstance(value, list) else [value]


def distributions(document: Document) -> dict[str, Document]:
    """Return the configuration of every distribution, by logical id."""
    return {n: d["DistributionConfig"] for n, d in resources(document, "AWS::CloudFront::Distribution").items()}


def behaviours(document: Document) -> list[tuple[str, Document]]:
    """Return every cache behaviour, each with what to call it."""
    found = []
    for name, distribution in distributions(document).items():
        found.append((f"{name}'s default behaviour", distribution.get("DefaultCacheBehavior", {})))
        found += [(f"{name}'s {b.get('PathPattern')}", b) for b in distribution.get("CacheBehaviors", [])]
    return found
