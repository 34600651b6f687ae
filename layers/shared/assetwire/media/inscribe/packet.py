"""Write XMP: one packet of RDF with the fields of an inscription, no longer than any container holds in one piece.

Source: ISO 16684-1:2019 (XMP), chapter 7; XMP specification part 3 (2020), 1.1.3: 65,502 bytes in a JPEG.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from assetwire.domain.metadata import FIELDS, Type
from assetwire.media.metadata.xmp import NAMESPACES

LONGEST = 65_502
"""Bytes of a packet at the most: what a JPEG's segment holds behind its name."""
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
_TAIL = '</x:xmpmeta>\n<?xpacket end="w"?>'
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ORDERED = frozenset({"creator", "licensor", "copyright_owner"})
"""Lists whose order counts: `rdf:Seq`. Sources: Dublin Core in XMP; PLUS License Data Format 2.0.1."""


def packet(fields: Mapping[str, Any]) -> bytes:
    """Return the packet of these fields, in UTF-8; what would make it too long is shortened, the longest first.

    No identifier is shortened: of a field that holds one, all is written or nothing.
    """
    kept = dict(fields)
    written = _packet(kept)
    while len(written) > LONGEST:
        longest = max(kept, key=lambda name: len(_property(name, kept[name]).encode()))
        shorter = _shortened(longest, kept[longest])
        kept = kept | {longest: shorter} if shorter else {name: kept[name] for name in kept if name != longest}
        written = _packet(kept)
    return written


def _shortened(name: str, value: Any) -> Any:
    """Return less of a value: a language, an item or half a text; None where it cannot be less."""
    match FIELDS[name].type:
        case Type.LANG_ALT if len(value) > 1:
            others = [tag for tag in value if tag != "x-default"] or list(value)
            longest = max(others, key=lambda tag: len(value[tag]))
            return {tag: text for tag, text in value.items() if tag != longest}
        case Type.LANG_ALT:
            return {tag: f"{text[: len(text) // 2]}…" for tag, text in value.items()}
        case Type.LIST | Type.STRUCTURES if len(value) > 1:
            return value[: len(value) // 2]
        case Type.TEXT:
            return f"{value[: len(value) // 2]}…"
    return None


def _packet(fields: Mapping[str, Any]) -> bytes:
    prefixes = {FIELDS[name].xmp.partition(":")[0] for name in fields}
    spaces = "".join(f" xmlns:{prefix}={quoteattr(NAMESPACES[prefix])}" for prefix in sorted(prefixes))
    properties = "".join(_property(name, value) for name, value in fields.items())
    body = f'<rdf:RDF xmlns:rdf="{_RDF}">\n<rdf:Description rdf:about=""{spaces}>\n{properties}</rdf:Description>\n'
    return f"{_HEAD}{body}</rdf:RDF>\n{_TAIL}".encode()


def _property(name: str, value: Any) -> str:
    facts = FIELDS[name]
    tag, prefix = facts.xmp, facts.xmp.partition(":")[0]
    match facts.type:
        case Type.LANG_ALT:
            content = _array("Alt", _alternatives(value))
        case Type.LIST:
            content = _array(
                "Seq" if name in _ORDERED else "Bag", (f"<rdf:li>{_text(each)}</rdf:li>" for each in value)
            )
        case Type.STRUCTURES:
            items = (f'<rdf:li rdf:parseType="Resource">{_members(each, prefix)}</rdf:li>' for each in value)
            content = _array("Seq" if name in _ORDERED else "Bag", items)
        case _:
            content = _text(value)
    return f"<{tag}>{content}</{tag}>\n"


def _alternatives(value: Mapping[str, str]) -> Iterator[str]:
    """Yield the texts of all languages, that of any language first, as XMP asks."""
    for tag in sorted(value, key=lambda tag: tag != "x-default"):
        yield f"<rdf:li xml:lang={quoteattr(_clean(tag))}>{_text(value[tag])}</rdf:li>"


def _members(structure: Mapping[str, Any], prefix: str) -> str:
    return "".join(f"<{prefix}:{name}>{_text(value)}</{prefix}:{name}>" for name, value in structure.items())


def _array(kind: str, items: Iterator[str]) -> str:
    return f"<rdf:{kind}>{''.join(items)}</rdf:{kind}>"


def _text(value: Any) -> str:
    return escape(_clean(str(value)))


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
