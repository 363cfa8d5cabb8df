"""The CloudFormation template as data, with its references filled in from what stands on this machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
ACCOUNT = "123456789012"
REGION = "eu-west-1"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws"}
NO_VALUE = object()


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Ref X` is {"Ref": "X"}."""


def _tagged(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


def load(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template as CloudFormation's JSON would have it."""
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return template


class Template:
    """Parameters given, resources registered as they are made; then anything can be resolved."""

    def __init__(self, parameters: dict[str, str]) -> None:
        self.body = load()
        declared = self.body["Parameters"]
        unknown = set(parameters) - set(declared)
        if unknown:
            raise ValueError(f"the template has no parameter {', '.join(sorted(unknown))}")
        self.parameters = {name: str(entry["Default"]) for name, entry in declared.items() if "Default" in entry}
        self.parameters |= parameters
        self.made: dict[str, dict[str, str]] = {}

    def register(self, logical_id: str, **attributes: str) -> None:
        """What `!Ref` and `!GetAtt` of it give."""
        self.made[logical_id] = attributes

    def properties(self, logical_id: str) -> dict[str, Any]:
        resolved: dict[str, Any] = self.resolve(self.body["Resources"][logical_id]["Properties"])
        return resolved

    def of_type(self, kind: str) -> list[str]:
        return [name for name, resource in self.body["Resources"].items() if resource["Type"] == kind]

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        resolved = {name: self.resolve(one) for name, one in value.items()}
        return {name: one for name, one in resolved.items() if one is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in PSEUDO:
            return PSEUDO[name]
        return self.parameters[name] if name in self.parameters else self._attribute(name, "Ref")

    def _attribute(self, logical_id: str, name: str) -> str:
        """Of resources that are not made here (roles, log groups) an ARN that names them."""
        made = self.made.get(logical_id, {})
        return made.get(name, f"arn:aws:local:{REGION}:{ACCOUNT}:{logical_id}")

    def _function(self, name: str, argument: Any) -> Any:
        if name == "GetAtt":
            return self._attribute(argument[0], argument[1])
        if name == "Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._named(match[1])), argument)
        if name == "If":
            return self.resolve(argument[1] if self._condition(argument[0]) else argument[2])
        if name == "Join":
            joined = self.resolve(argument[1])
            return argument[0].join(joined.split(",") if isinstance(joined, str) else joined)
        raise ValueError(f"the local stack does not know Fn::{name}")

    def _named(self, name: str) -> Any:
        return self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)

    def _condition(self, name: str) -> bool:
        return bool(self._truth(self.body["Conditions"][name]))

    def _truth(self, value: Any) -> bool:
        name, argument = next(iter(value.items()))
        if name == "Fn::Not":
            return not self._truth(argument[0])
        left, right = map(self.resolve, argument)
        return bool(left == right)
