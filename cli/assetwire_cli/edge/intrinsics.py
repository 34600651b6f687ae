"""CloudFormation documents: reading their short tags, and evaluating the intrinsic functions that delivery uses."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml


class TemplateError(Exception):
    """The template does not describe something that AWS would deploy, or that the local edge can stand in for."""


NO_VALUE = object()
"""What `AWS::NoValue` evaluates to: the property that holds it is dropped."""

_PSEUDO = {
    "AWS::AccountId": "000000000000",
    "AWS::NoValue": NO_VALUE,
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "assetwire",
    "AWS::URLSuffix": "amazonaws.com",
}


class _Loader(yaml.SafeLoader):
    """Reads `!Sub x` as `{"Fn::Sub": x}`."""


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


def load_document(path: Path) -> dict[str, Any]:
    """Parse a template file; short tags become their long form.

    Raises:
        TemplateError: the file cannot be read or is no YAML mapping.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader subclass
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TemplateError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise TemplateError(f"{path}: not a CloudFormation template")
    return document


class Stack:
    """A document seen with its parameters: which resources exist, and what their properties evaluate to.

    A resource evaluates to its logical id, an attribute to `LogicalId.Attribute`.
    """

    def __init__(self, document: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._conditions: Mapping[str, Any] = document.get("Conditions") or {}
        self._resources: Mapping[str, Any] = document.get("Resources") or {}
        declared: Mapping[str, Any] = document.get("Parameters") or {}
        if unknown := sorted(parameters.keys() - declared.keys()):
            raise TemplateError(f"the template has no parameter {', '.join(unknown)}")
        self._declared = declared.keys()
        defaults = {name: str(each["Default"]) for name, each in declared.items() if "Default" in each}
        given = {**defaults, **{name: str(value) for name, value in parameters.items()}}
        lists = {name for name, each in declared.items() if each.get("Type") == "CommaDelimitedList"}
        self._parameters: Mapping[str, str | list[str]] = {
            name: [each.strip() for each in value.split(",")] if name in lists else value
            for name, value in given.items()
        }

    def of_type(self, type_: str) -> list[str]:
        """List the logical ids of the resources of a type that exist."""
        return [name for name, each in self._resources.items() if each.get("Type") == type_ and self._exists(name)]

    def properties(self, logical_id: object, type_: str) -> dict[str, Any]:
        """Evaluate the properties of a resource.

        Raises:
            TemplateError: there is no such resource, or it is of another type.
        """
        if not isinstance(logical_id, str) or not self._exists(logical_id):
            raise TemplateError(f"{logical_id!r} is not a resource of this template")
        resource = self._resources[logical_id]
        if resource.get("Type") != type_:
            raise TemplateError(f"{logical_id} is a {resource.get('Type')}, not a {type_}")
        properties = self.evaluate(resource.get("Properties") or {})
        if not isinstance(properties, dict):
            raise TemplateError(f"{logical_id} has no properties")
        return properties

    def evaluate(self, value: Any) -> Any:
        """Evaluate a value with all intrinsic functions inside it; members without a value are dropped."""
        if isinstance(value, list):
            return [each for each in map(self.evaluate, value) if each is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._function(name)(argument)
        evaluated = {name: self.evaluate(each) for name, each in value.items()}
        return {name: each for name, each in evaluated.items() if each is not NO_VALUE}

    def _exists(self, logical_id: str) -> bool:
        resource = self._resources.get(logical_id)
        if resource is None:
            return False
        return "Condition" not in resource or self._condition(resource["Condition"])

    def _function(self, name: str) -> Callable[[Any], Any]:
        functions: dict[str, Callable[[Any], Any]] = {
            "Fn::GetAtt": self._attribute,
            "Fn::If": self._if,
            "Fn::Join": lambda argument: str(argument[0]).join(self.evaluate(argument[1])),
            "Fn::Select": lambda argument: self.evaluate(argument[1])[int(self.evaluate(argument[0]))],
            "Fn::Sub": self._sub,
        }
        if name not in functions:
            raise TemplateError(f"the local edge does not evaluate {name}")
        return functions[name]

    def _ref(self, name: str) -> object:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        if name in self._declared:
            raise TemplateError(f"the parameter {name} has no value")
        if not self._exists(name):
            raise TemplateError(f"!Ref {name}: there is no such parameter or resource")
        return name

    def _attribute(self, argument: str | list[str]) -> str:
        logical_id, _, attribute = (argument if isinstance(argument, str) else ".".join(argument)).partition(".")
        if not attribute or not self._exists(logical_id):
            raise TemplateError(f"!GetAtt {logical_id}.{attribute}: there is no such resource")
        return f"{logical_id}.{attribute}"

    def _if(self, argument: list[Any]) -> Any:
        condition, yes, no = argument
        return self.evaluate(yes if self._condition(condition) else no)

    def _sub(self, argument: str | list[Any]) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in given:
                return str(self.evaluate(given[name]))
            return str(self._attribute(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)

    def _condition(self, condition: Any) -> bool:
        if isinstance(condition, str):
            if condition not in self._conditions:
                raise TemplateError(f"there is no condition {condition}")
            return self._condition(self._conditions[condition])
        name, argument = next(iter(condition.items()))
        match name:
            case "Condition":
                return self._condition(argument)
            case "Fn::Equals":
                return str(self.evaluate(argument[0])) == str(self.evaluate(argument[1]))
            case "Fn::Not":
                return not self._condition(argument[0])
            case "Fn::And":
                return all(map(self._condition, argument))
            case "Fn::Or":
                return any(map(self._condition, argument))
        raise TemplateError(f"the local edge does not evaluate {name} in a condition")
