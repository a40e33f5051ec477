"""Amazon's own description of skill files, from npm's ask-smapi-model, used as a JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

SPEC = Path(__file__).parent / "node" / "node_modules" / "ask-smapi-model" / "spec.json"
REF = "#/definitions/"


@cache
def _definitions() -> dict[str, Any]:
    """Read the definitions and make them strict: kinds are told apart, and a key Amazon does not name is an error."""
    definitions: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))["definitions"]
    _tell_kinds_apart(definitions)
    for shape in definitions.values():
        _close(shape)
    return definitions


def _tell_kinds_apart(definitions: dict[str, Any]) -> None:
    """Turn Swagger's discriminators, which JSON Schema does not know, into a choice between complete shapes."""
    for name, base in list(definitions.items()):
        field = base.get("discriminator")
        kinds = {
            key: shape
            for key, shape in definitions.items()
            if {"$ref": REF + name} in shape.get("allOf", []) and "x-discriminator-value" in shape
        }
        if not field or not kinds:
            continue
        for key, shape in kinds.items():
            parts = [base, *(part for part in shape["allOf"] if "$ref" not in part)]
            properties = {k: v for part in parts for k, v in part.get("properties", {}).items()}
            properties[field] = {"type": "string", "enum": [shape["x-discriminator-value"]]}
            required = sorted({field}.union(*(part.get("required", []) for part in parts)))
            definitions[key] = {"type": "object", "properties": properties, "required": required}
        definitions[name] = {"oneOf": [{"$ref": REF + key} for key in sorted(kinds)]}


def _close(shape: Any) -> None:
    if isinstance(shape, list):
        for item in shape:
            _close(item)
    if not isinstance(shape, dict):
        return
    if isinstance(shape.get("properties"), dict) and not {"additionalProperties", "allOf"} & set(shape):
        shape["additionalProperties"] = False
    for part in shape.values():
        _close(part)


def validate(definition: str, document: Any) -> list[str]:
    """List what Amazon's definition finds wrong in a document; skip where the schema was not installed."""
    if not SPEC.exists():
        pytest.skip("needs Node.js: run `npm ci --prefix tests/node` (Amazon's schema comes from npm)")
    definitions = _definitions()
    if definition not in definitions:
        raise KeyError(f"Amazon's spec.json has no definition {definition!r}")
    schema = {"$ref": REF + definition, "definitions": definitions}
    found = Draft4Validator(schema).iter_errors(document)
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in found)
