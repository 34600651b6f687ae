"""Parse XML with RDF in it, safely, into properties by namespace and name.

expat reads it, told to refuse what XMP has no use for: document types, entities, and more depth or elements than any
packet has. So nothing can be expanded, and nothing outside is ever asked for.
Source: ISO 16684-1:2019 (XMP), chapter 7.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.parsers import expat

from assetwire.media.metadata.blocks import LARGEST_BLOCK, Malformed

_DEEPEST, _MOST_ELEMENTS, _MOST_ATTRIBUTES = 48, 40_000, 400
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LANG = ("http://www.w3.org/XML/1998/namespace", "lang")
_SEPARATOR = "\n"  # stands in no URI and no name
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\\d|3[01]));",
    re.IGNORECASE,
)
_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SINGLE_BYTE = frozenset(
    {"iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "us-ascii", "ascii"}
)

Name = tuple[str, str]
"""Namespace and local name."""


class Unsafe(ValueError):
    """The XML asks for what no metadata needs: a document type or entities."""


@dataclass(slots=True)
class _Element:
    name: Name
    attributes: dict[Name, str]
    children: list["_Element"] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    closed: bool = False


class Rdf(NamedTuple):
    """The properties of all descriptions, the first of a name, and what was wrong behind them."""

    properties: dict[Name, Any]
    """Name → string, list, or dictionary: `{language: text}` for alternatives, `{Name: value}` for structures."""
    wrong: str | None


class Languages(dict[str, Any]):
    """The alternatives of a text by their language tags."""


class Structure(dict[Name, Any]):
    """The members of a structure by their names."""


class _Parser:
    """One pass of expat that keeps the elements within `rdf:RDF`."""

    def __init__(self, *, document_type: bool) -> None:
        self.roots: list[_Element] = []
        self._open: list[_Element] = []
        self._depth = 0
        self._count = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._refuse
        if not document_type:
            parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, data: bytes | str, *, last: bool) -> None:
        self._parser.Parse(data, last)

    def _refuse(self, *_declared: Any) -> None:
        raise Unsafe("a document type or an entity is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST:
            raise Malformed(f"more than {_DEEPEST} elements within each other")
        if not self._open and _name(name) != (_RDF, "RDF"):
            return
        if self._count > _MOST_ELEMENTS or len(attributes) > _MOST_ATTRIBUTES:
            raise Malformed(f"more than {_MOST_ELEMENTS} elements, or {_MOST_ATTRIBUTES} attributes of one")
        element = _Element(_name(name), {_name(key): value for key, value in attributes.items()})
        (self._open[-1].children if self._open else self.roots).append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._open:
            self._open.pop().closed = True

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text.append(text)


def parse_rdf(data: bytes) -> Rdf:
    """Parse one packet; what was complete before damage counts.

    Raises:
        Unsafe: it declares a document type or an entity.
        Malformed: it is too large, or no RDF is in it.
    """
    if len(data) > LARGEST_BLOCK:
        raise Malformed(f"a packet of {len(data)} bytes")
    text, wrong = _decoded(data)
    # The declared encoding is no longer true, so the declaration goes; what XML forbids would cost all that follows.
    text = _ILLEGAL.sub("", re.sub(r"^\s*<\?xml\s[^>]*\?>", "", text.lstrip("\ufeff \t\r\n")))
    return _parsed(iter((text.encode(),)), wrong, document_type=False)


def parse_rdf_within(pieces: Iterator[bytes]) -> Rdf:
    """Parse the RDF within a larger document, such as an SVG, whose document type may stand, but declares no entity.

    Raises:
        Unsafe: it declares an entity.
        Malformed: no RDF is in it.
    """
    return _parsed(pieces, None, document_type=True)


def _parsed(pieces: Iterator[bytes], wrong: str | None, *, document_type: bool) -> Rdf:
    parser = _Parser(document_type=document_type)
    try:
        for piece in pieces:
            parser.feed(piece, last=False)
        parser.feed(b"", last=True)
    except (expat.ExpatError, Malformed) as error:
        # What is broken behind the RDF, as padding is by some tools, costs nothing.
        complete = bool(parser.roots) and all(root.closed for root in parser.roots)
        wrong = wrong if complete and isinstance(error, expat.ExpatError) else str(error)
    if not parser.roots:
        raise Malformed(wrong or "no RDF is in the packet")
    properties: dict[Name, Any] = {}
    for root in parser.roots:
        for node in root.children:
            for name, value in _members(node).items():
                properties.setdefault(name, value)
    return Rdf(properties, wrong)


def _name(name: str) -> Name:
    namespace, _, local = name.rpartition(_SEPARATOR)
    return namespace, local


def _decoded(data: bytes) -> tuple[str, str | None]:
    """Return the text of a packet in whatever encoding of Unicode it stands, and what was wrong with it."""
    data = data.rstrip(b"\0") if data[-4:] != b">\0\0\0" and data[-2:] != b">\0" else data
    for start, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\0\0\0", "utf-32-le"),
        (b"\0\0\0<", "utf-32-be"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if data.startswith(start):
            text = data.decode(encoding, "replace")
            return text, "not valid in its encoding" if "\ufffd" in text else None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:400].decode("latin-1"))
        if declared and declared[1].lower() in _SINGLE_BYTE:
            return data.decode("cp1252", "replace"), None
        return data.decode("utf-8", "replace"), "not valid UTF-8"


def _members(element: _Element) -> Structure:
    """Return the properties of a description: its attributes, then its children."""
    members = _attributes(element)
    for child in element.children:
        if child.closed and child.name not in members and _is_property(child.name):
            members[child.name] = _value(child)
    return members


def _attributes(element: _Element) -> Structure:
    return Structure({name: value for name, value in element.attributes.items() if _is_property(name)})


def _is_property(name: Name) -> bool:
    """Tell properties from what belongs to XML and RDF: languages, types, places."""
    return name[0] not in ("", _RDF, _LANG[0]) or name == (_RDF, "value")


def _value(element: _Element) -> Any:
    """Return the value of a property in any of RDF's spellings that XMP allows."""
    attributes = element.attributes
    if (_RDF, "resource") in attributes:
        return attributes[_RDF, "resource"]
    kind = attributes.get((_RDF, "parseType"), "")
    if kind == "Literal":
        return "".join(_texts(element))
    if kind == "Resource":
        return _simple(_members(element))
    if kind == "Collection":
        return [_simple(_members(child)) for child in element.children if child.closed]
    if not element.children:
        members = _members(element)
        text = "".join(element.text)
        if members and not text.strip():
            return _simple(members)
        return _in_its_language(element, text)
    child = element.children[0]
    if len(element.children) == 1 and child.name[0] == _RDF and child.name[1] in ("Alt", "Bag", "Seq"):
        return _array(child)
    if len(element.children) == 1 and (child.name == (_RDF, "Description") or not _is_member(child)):
        members = _members(child)
        for name, value in _attributes(element).items():
            members.setdefault(name, value)
        return _simple(members)
    return _simple(_members(element))  # members without the element that should hold them


def _is_member(element: _Element) -> bool:
    """Tell a member that lacks its description from a typed node: only the second has elements that are properties."""
    return not element.children or element.children[0].name[0] == _RDF


def _array(element: _Element) -> Any:
    items = [child for child in element.children if child.closed and child.name[0] == _RDF]
    if element.name[1] == "Alt" and any(_LANG in item.attributes for item in items):
        languages = Languages()
        for item in items:
            value = _value(item)
            text = next(iter(value.values()), "") if isinstance(value, Languages) else value
            languages.setdefault(item.attributes.get(_LANG, "x-default"), text)
        return languages
    values = [_value(item) for item in items]
    return [next(iter(value.values()), "") if isinstance(value, Languages) else value for value in values]


def _in_its_language(element: _Element, text: str) -> Any:
    tag = element.attributes.get(_LANG)
    return Languages({tag: text}) if tag and element.name[0] != _RDF else text


def _simple(members: Structure) -> Any:
    """Return a structure, or the value alone where the other members only qualify it."""
    return members.get((_RDF, "value"), members)


def _texts(element: _Element) -> Iterator[str]:
    yield from element.text
    for child in element.children:
        yield from _texts(child)
