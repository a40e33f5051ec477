"""What is wrong with an APL document: Amazon's schemas, made to understand bindings, and what they do not know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator, ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT201909

SCHEMAS = Path(__file__).parent / "apl_schemas"
COMPONENTS = {path.stem for path in SCHEMAS.glob("*.json")} - {"document", "graphic"}
CHILDREN = {"Container": "ContainerChild", "Sequence": "SequenceChild", "GridSequence": "GridSequenceChild"}
PRIMITIVES = COMPONENTS - set(CHILDREN.values())
INSIDE = ("item", "items", "firstItem", "lastItem")
COMMANDS = {
    *("SendEvent", "SetValue", "SetPage", "SetState", "SetFocus", "ClearFocus", "Scroll", "ScrollToIndex"),
    *("ScrollToComponent", "SpeakItem", "SpeakList", "Sequential", "Parallel", "Idle", "AutoPage", "AnimateItem"),
    *("ControlMedia", "PlayMedia", "OpenURL", "Finish", "Reinflate"),
}
#: Features that came after APL 1.4, by component and property; the renderer takes them without a word.
LATER = {"Text": {"onTextLayout", "lang"}, "TouchWrapper": {"gestures"}, "Container": {"layoutDirection", "wrap"}}
_RESOURCE = re.compile(r"(?<![\w.])@(\w+)")


@cache
def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


@cache
def validator(name: str) -> Draft201909Validator:
    resources = [("Graphics.json", Resource.from_contents(schema("graphic"), default_specification=DRAFT201909))]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft201909Validator(schema(name), registry=registry)


def findings(document: Mapping[str, Any]) -> list[str]:
    """List what is wrong with a document, each with where it is; an empty list when nothing is."""
    layouts = document.get("layouts", {})
    found = [*_against("document", document, "document")]
    found += _undefined(document)
    for where, component, parent in components(document):
        kind = component.get("type")
        if kind in layouts:
            found += _call(where, component, layouts[kind])
        elif kind not in PRIMITIVES:
            found.append(f"{where}: unknown component {kind!r}")
        else:
            found += _primitive(where, component, str(kind), parent)
        found += [f"{where}: unknown command {each!r}" for each in _commands(component) if each not in COMMANDS]
    return found


def components(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Give every component of a document: where it is, itself, and the type it stands in ("" at the top)."""
    roots = {"mainTemplate": document.get("mainTemplate", {}), **document.get("layouts", {})}
    for name, root in roots.items():
        yield from _inside(name, root, "")


def _inside(where: str, node: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    for key in INSIDE:
        inner = node.get(key, [])
        for place, child in enumerate(inner if isinstance(inner, list) else [inner]):
            at = f"{where}/{key}[{place}]"
            yield at, child, kind
            yield from _inside(at, child, str(child.get("type")))


def _primitive(where: str, component: Mapping[str, Any], kind: str, parent: str) -> Iterator[str]:
    for name in LATER.get(kind, set()) & component.keys():
        yield f"{where}: {name} came after APL 1.4"
    child = schema(CHILDREN[parent])["properties"] if parent in CHILDREN else {}
    # A layout may be put into a container, so its outermost component may have a child's properties too.
    child = child or (schema("ContainerChild")["properties"] if not parent else {})
    own = schema(kind)["properties"]
    yield from _against(kind, {k: v for k, v in component.items() if k in own or k not in child}, where)
    if parent in CHILDREN:
        yield from _against(CHILDREN[parent], {k: v for k, v in component.items() if k in child}, where)


def _call(where: str, component: Mapping[str, Any], layout: Mapping[str, Any]) -> Iterator[str]:
    given = {p["name"] if isinstance(p, dict) else p for p in layout.get("parameters", [])}
    needed = {p for p in layout.get("parameters", []) if isinstance(p, str)}
    free = {"type", "when", "description", "width", "height", *schema("ContainerChild")["properties"]}
    for name in sorted(needed - component.keys()):
        yield f"{where}: the layout {component['type']} is not given {name}"
    for name in sorted(component.keys() - given - free):
        yield f"{where}: the layout {component['type']} takes no {name}"


def _commands(component: Mapping[str, Any]) -> Iterator[str]:
    for key, value in component.items():
        if re.match(r"on[A-Z]", key):
            for command in value if isinstance(value, list) else [value]:
                yield str(command.get("type"))


def _undefined(document: Mapping[str, Any]) -> Iterator[str]:
    styles = document.get("styles", {})
    kinds = ("colors", "dimensions", "strings", "numbers", "booleans")
    resources = {name for block in document.get("resources", []) for kind in kinds for name in block.get(kind, {})}
    used: set[str] = set()
    for where, key, text in _strings(document, ""):
        if "${" in text or text.startswith("@"):
            for name in _RESOURCE.findall(text):
                used.add(name)
                if name not in resources:
                    yield f"{where}: undefined resource @{name}"
        named = re.findall(r"'(\w+)'", text) if "${" in text else [text]
        if key == "extend" or (key == "style" and "${" not in text):
            yield from (f"{where}: undefined style {name!r}" for name in named if name not in styles)
    yield from (f"resources: @{name} is never used" for name in sorted(resources - used))


def _strings(node: Any, where: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(node, str):
        yield where, key, node
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _strings(value, f"{where}/{name}", name)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _strings(value, f"{where}[{place}]", key)


def _against(name: str, instance: Any, where: str) -> Iterator[str]:
    for error in validator(name).iter_errors(instance):
        if not _is_fine(error):
            yield f"{where}/{'/'.join(map(str, error.absolute_path))}: {error.message[:160]}"


def _is_fine(error: ValidationError) -> bool:
    """Tell whether a schema complains of what APL allows: a binding, a resource, one command where many may be."""
    value = error.instance
    if isinstance(value, str) and ("${" in value or value.startswith("@")):
        return True
    at = [str(step) for step in error.absolute_path]
    return (
        error.validator in {"type", "oneOf", "anyOf"}
        and isinstance(value, dict)
        and bool(at and re.match(r"on[A-Z]", at[-1]))
    )
