"""The SVG sanitiser: writes anew what stands on its lists, drops what does not, and refuses what is built to hurt.

Scripts, event handlers, foreign objects, animation and references to anything outside the file are dropped. Entities,
endless references and what would cost without bounds are refused: no viewer would show such a file as meant, either.
"""

import base64
import binascii
import math
import re
import zlib
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from assetwire.domain.errors import Undecodable
from assetwire.media import svg_names
from assetwire.media.engine import EngineError, embedded_size
from assetwire.media.svg_names import SVG, XLINK
from assetwire.media.svg_styles import Rule, declarations, references, rules

LARGEST_FILE = 10_000_000
"""Bytes at the most, also of what a compressed file (.svgz) holds."""
ELEMENTS = 50_000
"""Elements at the most, dropped ones included."""
EXPANDED = 200_000
"""What there is to draw at the most, where each reference counts as often as it is followed."""
DEPTH = 100
"""Nested elements at the most."""
LAYERS = 10
"""Nested layers (see `svg_names.LAYERING`) at the most, where references are followed: each holds a whole picture."""
EXPANDED_DEPTH = 150
"""Nested elements at the most, where references are followed."""
LARGEST_IMAGE = 16_000_000
"""Pixels of an embedded picture at the most."""
_LONGEST_TILE = 100_000.0
"""Width and height of a pattern, a mask or a filter region at the most, in any unit."""
_LONGEST_EDGE = 1_000_000.0


def sanitised(data: bytes) -> bytes:
    """Return an SVG with what is harmless in it, as UTF-8.

    Raises:
        Undecodable: it is damaged, no SVG, too large, or has entities or references that lead to themselves.
    """
    tree = _Reader().read(_unpacked(data))
    rules_ = tuple(rule for text in tree.styles for rule in rules(text))
    _check_cost(tree, rules_)
    written = [f'<svg xmlns="{SVG}"']
    _write_attributes(tree.root, written)
    if rules_:
        written.append("<style>" + escape("".join(rule.text for rule in rules_)) + "</style>")
    _write_children(tree.root, written)
    written.append("</svg>")
    return "".join(written).encode()


def size(data: bytes) -> tuple[int, int]:
    """Return the width and height of an SVG in CSS pixels (1/96 inch), from its own size or its view box.

    Raises:
        Undecodable: it is damaged, no SVG, or has no size that makes sense.
    """
    attributes = _Reader().first(_unpacked(data))
    width, height = _length(attributes.get("width", "")), _length(attributes.get("height", ""))
    box = [_number(part) for part in re.split(r"[\s,]+", attributes.get("viewBox", "").strip()) if part]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if not width and not height:
            width, height = box[2], box[3]
        width = width or height * box[2] / box[3]
        height = height or width * box[3] / box[2]
    width, height = width or 300.0, height or 150.0  # CSS: the default size of what has none
    if not (0 < width <= _LONGEST_EDGE and 0 < height <= _LONGEST_EDGE):
        raise Undecodable(f"the drawing's size of {width:g} × {height:g} makes no sense")
    return max(1, round(width)), max(1, round(height))


_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "em": 16.0}
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*([a-z]*|%)\s*", re.ASCII)


def _length(text: str) -> float:
    """Return a length in pixels; 0 for none, for a percentage, and for a unit that depends on a font."""
    found = _LENGTH.fullmatch(text[:100])
    if found is None or found[2] not in _UNITS:
        return 0.0
    value = float(found[1]) * _UNITS[found[2]]
    return value if math.isfinite(value) and value > 0 else 0.0


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def _unpacked(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, LARGEST_FILE + 1)
        except zlib.error as error:
            raise Undecodable(f"the compressed drawing is damaged: {error}") from error
        if len(data) <= LARGEST_FILE and not unpacker.eof:
            raise Undecodable("the compressed drawing is cut off")
    if len(data) > LARGEST_FILE:
        raise Undecodable(f"the drawing has more than {LARGEST_FILE} bytes", code="too_large")
    return data


class _Node:
    """An element that is kept: its plain name, its attributes as they will be written, and what is in it."""

    __slots__ = ("attributes", "children", "cost", "height", "layer", "layers", "links", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[_Node | str] = []
        self.cost = 0.0
        self.height = 1
        self.layer = svg_names.makes_layer(attributes)
        self.layers = 0
        self.links: tuple[str, ...] = ()


class _Tree(NamedTuple):
    root: _Node
    styles: list[str]


class _Found(Exception):
    """No error: ends the reading early."""


class _Reader:
    """Reads a tree of what is allowed, with expat and without any entity."""

    def __init__(self) -> None:
        self._open: list[_Node] = []
        self._root: _Node | None = None
        self._dropped = 0
        self._elements = 0
        self._depth = 0
        self._styles: list[str] = []
        self._style: list[str] | None = None
        self._only_first = False
        self._first: dict[str, str] = {}

    def read(self, data: bytes) -> _Tree:
        self._parse(data)
        if self._root is None:
            raise Undecodable("the drawing is empty")
        return _Tree(self._root, self._styles)

    def first(self, data: bytes) -> dict[str, str]:
        """Return the attributes of the outermost element, without reading further."""
        self._only_first = True
        try:
            self._parse(data)
        except _Found:
            return self._first
        raise Undecodable("the drawing is empty")

    def _parse(self, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _doctype
        parser.EntityDeclHandler = _refuse_entities
        parser.ExternalEntityRefHandler = _refuse_external
        parser.SkippedEntityHandler = _refuse_entities
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # unknown encodings are no ExpatErrors
            raise Undecodable(f"the drawing is no well-formed XML: {error}") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > ELEMENTS:
            raise Undecodable(f"the drawing has more than {ELEMENTS} elements")
        if self._depth > DEPTH:
            raise Undecodable(f"the drawing nests more than {DEPTH} elements")
        namespace, _, plain = name.rpartition(" ")
        if self._depth == 1:
            if name != f"{SVG} svg":
                raise Undecodable("the outermost element is no svg of the SVG namespace")
            if self._only_first:
                self._first = attributes
                raise _Found
        if self._dropped or namespace != SVG or plain not in svg_names.ELEMENTS:
            self._dropped += 1
            return
        if plain == "style":
            self._style = []
            self._open.append(_Node("style", {}))
            return
        node = _Node(svg_names.ELEMENTS[plain], _allowed(plain, attributes))
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._dropped:
            self._dropped -= 1
            return
        closed = self._open.pop()
        if closed.name == "style" and self._style is not None:
            self._styles.append("".join(self._style))
            self._style = None

    def _text(self, text: str) -> None:
        if self._dropped:
            return
        if self._style is not None:
            self._style.append(text)
        elif self._open and self._open[-1].name in svg_names.TEXT:
            self._open[-1].children.append(text)


def _doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
    # Old editors write the public one, which is not read; declarations of one's own have no honest use.
    if has_subset:
        raise Undecodable("the drawing declares a document type of its own", code="entities_refused")


def _refuse_entities(*_: object) -> None:
    raise Undecodable("the drawing declares or uses entities", code="entities_refused")


def _refuse_external(_context: str, _base: str | None, _system: str | None, _public: str | None) -> int:
    raise Undecodable("the drawing refers to an external entity", code="entities_refused")


def _allowed(element: str, attributes: dict[str, str]) -> dict[str, str]:
    """Return the attributes that are kept, with the values that they keep."""
    kept: dict[str, str] = {}
    for full, value in attributes.items():
        name = "href" if full == f"{XLINK} href" else full
        if name == "href":
            if "href" not in kept and _is_harmless_link(element, value.strip()):
                kept["href"] = value.strip()
        elif name == "style":
            style = ";".join(f"{key}:{text}" for key, text in declarations(value))
            if style:
                kept["style"] = style
        elif name in svg_names.ATTRIBUTES and svg_names.is_harmless(value):
            if name in {"width", "height", "stdDeviation"} and element in svg_names.TILED:
                _check_tile(element, value)
            kept[name] = value
    return kept


def _check_tile(element: str, value: str) -> None:
    for part in re.split(r"[\s,]+", value):
        number = re.match(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", part)
        if number and abs(_number(number[0]) or 0.0) > svg_names.TILED[element]:
            raise Undecodable(f"a {element} of {part[:20]} is too large")


_DATA = re.compile(r"data:image/(png|jpe?g);base64,([A-Za-z0-9+/=\s]+)", re.ASCII)


def _is_harmless_link(element: str, link: str) -> bool:
    """Tell whether a link leads to a place in this file, or is a small picture in itself."""
    if element == "image":
        found = _DATA.fullmatch(link)
        if found is None:
            return False
        try:
            width, height = embedded_size(base64.b64decode("".join(found[2].split()), validate=True))
        except (binascii.Error, EngineError):
            return False
        return width * height <= LARGEST_IMAGE
    return element in svg_names.LINKING and re.fullmatch(r"#[^\s\"'()<>\\]{1,200}", link) is not None


def _check_cost(tree: _Tree, rules_: tuple[Rule, ...]) -> None:
    """Refuse a drawing whose references lead to themselves, or would have too much drawn.

    A reference costs what it leads to, for each element that may inherit it; a marker, for each vertex.
    """
    by_name: dict[str, list[Rule]] = {}
    for rule in rules_:
        for key in rule.keys:
            by_name.setdefault(key, []).append(rule)
    nodes: dict[str, _Node] = {}
    stack: list[_Node] = [tree.root]
    matches = 0
    while stack:
        node = stack.pop()
        if "id" in node.attributes:
            nodes.setdefault(node.attributes["id"], node)
        links = [link for value in node.attributes.values() for link in references(value)]
        if node.attributes.get("href", "").startswith("#"):
            links.append(node.attributes["href"][1:])
        names = (node.name, "*", f"#{node.attributes.get('id', '')}")
        for key in (*names, *(f".{name}" for name in node.attributes.get("class", "").split()[:20])):
            for rule in by_name.get(key, ()):
                matches += 1
                links.extend(rule.links)
                node.layer = node.layer or svg_names.LAYERING.search(rule.text) is not None
        if matches > EXPANDED:
            raise Undecodable("the drawing's styles apply too often")
        node.links = tuple(links)
        stack.extend(child for child in node.children if isinstance(child, _Node))
    if _cost(tree.root, nodes, set(), 0) > EXPANDED:
        raise Undecodable(f"following its references, the drawing has more than {EXPANDED} elements")


def _cost(node: _Node, nodes: dict[str, _Node], within: set[int], depth: int) -> float:
    if id(node) in within:
        raise Undecodable("a reference of the drawing leads to itself")
    if depth + node.height > EXPANDED_DEPTH:
        raise Undecodable(f"following its references, the drawing nests more than {EXPANDED_DEPTH} elements")
    if node.cost:
        return node.cost
    within.add(id(node))
    parts = [child for child in node.children if isinstance(child, _Node)]
    own = svg_names.WEIGHTS.get(node.name, 1) + (svg_names.LAYER if node.layer else 0)
    inside = own + sum([_cost(child, nodes, within, depth + 1) for child in parts])
    drawn = 1.0
    for link in node.links:
        target = nodes.get(link)
        if target is None:
            continue
        parts.append(target)
        vertices = 1 + sum(len(node.attributes.get(name, "")) // 2 for name in ("d", "points"))
        drawn += _cost(target, nodes, within, depth + 1) * (vertices if target.name == "marker" else 1)
        if drawn > EXPANDED:
            break
    within.discard(id(node))
    node.height = 1 + max((part.height for part in parts), default=0)
    node.layers = node.layer + max((part.layers for part in parts), default=0)
    if node.layers > LAYERS:
        raise Undecodable(f"the drawing nests more than {LAYERS} layers")
    node.cost = min(inside * drawn, 10.0 * EXPANDED)
    return node.cost


def _write_attributes(node: _Node, to: list[str]) -> None:
    to.extend(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    to.append(">")


def _write_children(node: _Node, to: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            to.append(escape(child))
        elif child.children:
            to.append(f"<{child.name}")
            _write_attributes(child, to)
            _write_children(child, to)
            to.append(f"</{child.name}>")
        else:
            to.append(f"<{child.name}")
            to.extend(f" {name}={quoteattr(value)}" for name, value in child.attributes.items())
            to.append("/>")
