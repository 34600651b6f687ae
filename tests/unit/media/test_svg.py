"""The SVG sanitiser: what is harmless stays, what acts or reaches out goes, what is built to hurt is refused."""

import base64
import gzip
import io
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assetwire.domain.errors import Undecodable
from assetwire.media import svg
from assetwire.media.svg import sanitised, size

SVG = "http://www.w3.org/2000/svg"


def drawing(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> bytes:
    xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg xmlns="{SVG}" {xlink} {attributes}>{inside}</svg>'.encode()


def png(width: int = 2, height: int = 2) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (255, 0, 0)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def kept(inside: str) -> str:
    """Return what is left of what stands within a drawing."""
    clean = sanitised(drawing(inside)).decode()
    assert ElementTree.fromstring(clean).tag == f"{{{SVG}}}svg"  # noqa: S314  it is our own
    return clean.split(">", 1)[1].removesuffix("</svg>")


class TestKept:
    """A drawing looks as it did."""

    @pytest.mark.parametrize(
        "inside",
        [
            '<rect width="4" height="4" fill="#f00" transform="rotate(3)"/>',
            '<g opacity="0.5"><path d="M0 0L1 1z" style="fill:red;stroke-width:2"/></g>',
            '<linearGradient id="a"><stop offset="0"/></linearGradient><circle r="3" fill="url(#a)"/>',
            '<text x="1" y="2">5 &lt; 6 &amp; 7<tspan>more</tspan></text>',
            '<use href="#a"/>',
            '<clipPath id="c"><rect width="1"/></clipPath><g clip-path="url(#c)"><ellipse rx="2" ry="1"/></g>',
            '<filter id="f"><feGaussianBlur stdDeviation="2"/></filter><rect width="2" height="2" filter="url(#f)"/>',
        ],
    )
    def test_shapes_texts_gradients_and_references_within_the_file_stay(self, inside: str) -> None:
        assert kept(inside) == inside

    def test_a_style_sheet_keeps_its_plain_rules(self) -> None:
        css = "/* x */ .a, rect.b {fill: red; stroke:url( #g )} #c{opacity:.5}"
        assert kept(f"<style>{css}</style>") == "<style>.a,rect.b{fill:red;stroke:url( #g )}#c{opacity:.5}</style>"

    def test_an_embedded_picture_stays(self) -> None:
        link = png()
        assert kept(f'<image width="2" height="2" xlink:href="{link}"/>').count(link) == 1

    def test_prefixes_are_resolved_and_other_vocabularies_left_out(self) -> None:
        data = f'<s:svg xmlns:s="{SVG}" xmlns:i="urn:ink" i:v="1"><i:view/><s:g i:label="x"><s:rect/></s:g></s:svg>'
        assert sanitised(data.encode()) == f'<svg xmlns="{SVG}"><g><rect/></g></svg>'.encode()

    def test_the_document_type_of_old_editors_is_left_out(self) -> None:
        doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        assert b"DOCTYPE" not in sanitised(doctype + drawing("<rect/>"))

    def test_a_compressed_drawing_is_unpacked(self) -> None:
        assert sanitised(gzip.compress(drawing("<rect/>"))) == sanitised(drawing("<rect/>"))

    def test_a_link_is_a_group(self) -> None:
        assert kept('<a href="https://example.org"><rect/></a>') == "<g><rect/></g>"

    def test_sanitising_twice_changes_nothing(self) -> None:
        once = sanitised(drawing('<style>.a{fill:red}</style><g class="a"><text>a&amp;b</text></g><script>x</script>'))
        assert sanitised(once) == once

    def test_other_encodings_become_utf_8(self) -> None:
        text = f'<?xml version="1.0" encoding="ISO-8859-1"?><svg xmlns="{SVG}"><text>Blüte</text></svg>'
        assert "Blüte" in sanitised(text.encode("latin-1")).decode()


class TestDropped:
    """What acts, or reaches out of the file, is not in the result; the rest is."""

    @pytest.mark.parametrize(
        "inside",
        [
            "<script>alert(1)</script>",
            '<script xlink:href="https://example.org/x.js"/>',
            "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>x</script></body></foreignObject>",
            '<html:script xmlns:html="http://www.w3.org/1999/xhtml">x</html:script>',
            '<animate attributeName="href" to="javascript:x"/>',
            '<set attributeName="onload" to="x"/>',
            '<feImage href="https://example.org"/>',
            '<metadata><rdf xmlns="urn:r"/></metadata>',
            "<style>@import url(https://example.org/a.css);</style>",
            "<style>@font-face{font-family:x;src:url(https://example.org/f)}</style>",
            "<style>@media print{.a{fill:red}}</style>",
            "<style>.a{fill:url(https://example.org/#a)}</style>",
            "<style>.a{background:url(x)}</style>",
            "<style>.a{fill:\\75rl(x)}</style>",
            "<style>.a .b{fill:red}</style>",
            "<style>{{{}}</style>",
        ],
    )
    def test_an_element_goes_with_all_that_is_in_it(self, inside: str) -> None:
        assert sanitised(drawing(inside + "<rect/>")) == sanitised(drawing("<rect/>"))

    @pytest.mark.parametrize(
        "attribute",
        [
            'onload="alert(1)"',
            'onclick="x()"',
            'href="https://example.org"',
            'href="javascript:alert(1)"',
            'xlink:href="file:///etc/passwd"',
            'href="other.svg#a"',
            'href="//example.org/#a"',
            'fill="url(https://example.org/a.svg#b)"',
            'fill="url(other.svg#b)"',
            "filter=\"url('data:image/svg+xml,x')\"",
            'mask="url(#a) url(//example.org)"',
            'style="fill:url(https://example.org)"',
            'style="behavior:url(#a)"',
            'style="-moz-binding:url(#a)"',
            'style="@import x"',
            'xml:base="https://example.org/"',
            'xmlns:x="urn:x" x:href="#a"',
        ],
    )
    def test_an_attribute_goes(self, attribute: str) -> None:
        assert kept(f'<use width="1" {attribute}/>') == '<use width="1"/>'

    @pytest.mark.parametrize(
        "link",
        [
            "https://example.org/a.png",
            "file:///etc/passwd",
            "a.png",
            "#a",
            "data:image/svg+xml;base64,PHN2Zy8+",
            "data:text/html;base64,PHN2Zy8+",
            "data:image/png;base64,PHN2Zy8+",
            "data:image/png;base64,====",
            png().replace("png;", "png;charset=x;"),
        ],
    )
    def test_an_image_that_is_no_embedded_png_or_jpeg_has_no_link(self, link: str) -> None:
        assert kept(f'<image width="2" height="2" href="{link}"/>') == '<image width="2" height="2"/>'

    def test_an_embedded_picture_of_many_pixels_has_no_link(self) -> None:
        assert kept(f'<image href="{png(5000, 4000)}"/>') == "<image/>"

    @given(st.text(max_size=60), st.sampled_from(["fill", "style", "href", "class", "id", "d"]))
    def test_no_value_breaks_out_of_its_attribute(self, value: str, name: str) -> None:
        escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        try:
            clean = sanitised(drawing(f'<rect {name}="{escaped}"/>'))
        except Undecodable:  # characters that XML does not allow
            return
        (rect,) = ElementTree.fromstring(clean)  # noqa: S314  it is our own
        assert set(rect.attrib) <= {name}
        assert list(rect) == []


def nested_uses(levels: int, times: int) -> str:
    """Return the billion laughs with `use`: each group holds the one before, several times."""
    first = '<g id="l0"><rect width="1" height="1"/></g>'
    groups = (f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * times + "</g>" for n in range(1, levels))
    return f'<defs>{first}{"".join(groups)}</defs><use href="#l{levels - 1}"/>'


def nested_patterns(levels: int, times: int) -> str:
    patterns = ['<pattern id="p0" width="1" height="1"><rect width="1" height="1"/></pattern>']
    for level in range(1, levels):
        rects = f'<rect width="1" height="1" fill="url(#p{level - 1})"/>' * times
        patterns.append(f'<pattern id="p{level}" width="1" height="1">{rects}</pattern>')
    return "".join(patterns) + f'<rect width="9" height="9" fill="url(#p{levels - 1})"/>'


LAUGHS = (
    b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text></svg>'
)
EXTERNAL = (
    b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
)
UNDECLARED = b'<!DOCTYPE svg SYSTEM "x.dtd"><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'


class TestRefused:
    """What is built to hurt is refused at once, with a reason."""

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (LAUGHS, "document type"),
            (EXTERNAL, "document type"),
            (UNDECLARED, "entit"),
            (drawing(nested_uses(12, 10)), "elements"),
            (drawing(nested_uses(200, 1)), "nests"),
            (drawing(nested_patterns(10, 10)), "elements"),
            (drawing('<g id="a"><use href="#a"/></g>'), "itself"),
            (drawing('<use id="a" href="#b"/><use id="b" href="#a"/>'), "itself"),
            (drawing('<pattern id="p"><rect fill="url(#p)"/></pattern><rect fill="url(#p)"/>'), "itself"),
            (drawing('<style>rect{fill:url(#p)}</style><pattern id="p"><rect/></pattern><rect/>'), "itself"),
            (drawing("<g>" * 200 + "</g>" * 200), "nests"),
            (drawing("<rect/>" * 60_000), "more than"),
            (drawing("<x:y xmlns:x='urn:x'/>" * 60_000), "more than"),
            (drawing('<pattern width="1e9" height="5"/>'), "too large"),
            (drawing('<filter id="f"><feGaussianBlur stdDeviation="90000"/></filter>'), "too large"),
            (
                drawing(
                    '<marker id="m">' + "<rect/>" * 500 + f'</marker><path marker-mid="url(#m)" d="M{"0 0 " * 9000}"/>'
                ),
                "elements",
            ),
            (drawing("<g opacity='.9'>" * 20 + "<rect/>" + "</g>" * 20), "layers"),
            (drawing("<style>g{mask:none}</style>" + "<g>" * 20 + "<rect/>" + "</g>" * 20), "layers"),
            (drawing("<rect style='opacity:.5'/>" * 9_000), "elements"),
            (b"<svg", "well-formed"),
            (b"", "well-formed"),
            (b'<svg xmlns="http://www.w3.org/2000/svg"><g></svg>', "well-formed"),
            (b'<?xml version="1.0" encoding="x-unheard-of"?><svg/>', "well-formed"),
            (b"\xff\xfe\x00", "well-formed"),
            (b"<svg/>", "namespace"),
            (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "namespace"),
            (gzip.compress(drawing("<rect/>"), mtime=0)[:-9], "cut off"),
            (b"\x1f\x8bnothing", "damaged"),
            (gzip.compress(b" " * (svg.LARGEST_FILE + 9), mtime=0), "bytes"),
            (b" " * (svg.LARGEST_FILE + 9), "bytes"),
        ],
        ids=lambda value: value if isinstance(value, str) else "data",
    )
    def test_it_is_refused_with_a_reason_and_soon(self, data: bytes, reason: str) -> None:
        started = time.process_time()
        with pytest.raises(Undecodable, match=reason):
            sanitised(data)
        assert time.process_time() - started < 5

    @pytest.mark.parametrize(
        "css",
        ["@" * 400_000, "{" * 400_000, "a{" * 200_000, "/*" * 200_000, "@import " * 60_000 + "{", "a" * 1_000_000],
    )
    def test_odd_style_sheets_cost_little(self, css: str) -> None:
        started = time.process_time()
        sanitised(drawing(f"<style>{css}</style>"))
        assert time.process_time() - started < 3

    @given(st.binary(max_size=200))
    def test_no_bytes_raise_anything_else(self, data: bytes) -> None:
        for content in (data, drawing("") + data, gzip.compress(data)):
            try:
                sanitised(content)
                size(content)
            except Undecodable:
                continue


class TestSize:
    """The size in CSS pixels, as a browser would lay it out."""

    @pytest.mark.parametrize(
        ("attributes", "expected"),
        [
            ('width="120" height="80"', (120, 80)),
            ('width="1in" height="2.54cm"', (96, 96)),
            ('width="72pt" height="6pc"', (96, 96)),
            ('width="25.4mm" height="1e2px"', (96, 100)),
            ('viewBox="0 0 24 12"', (24, 12)),
            ('viewBox="0,0,24,12" width="100%" height="100%"', (24, 12)),
            ('viewBox="0 0 24 12" width="48"', (48, 24)),
            ('viewBox="0 0 24 12" height="48"', (96, 48)),
            ('width="0.2" height="0.1"', (1, 1)),
            ("", (300, 150)),
            ('width="-4" height="x"', (300, 150)),
            ('viewBox="0 0 nan inf"', (300, 150)),
            ('viewBox="0 0 0 0" width="9999"', (9999, 150)),
        ],
    )
    def test_sizes_units_and_view_boxes(self, attributes: str, expected: tuple[int, int]) -> None:
        assert size(drawing("", attributes)) == expected
        assert size(sanitised(drawing("", attributes))) == expected

    @pytest.mark.parametrize("attributes", ['width="9e9" height="1"', 'viewBox="0 0 1e30 1"'])
    def test_an_absurd_size_is_refused(self, attributes: str) -> None:
        with pytest.raises(Undecodable, match="size"):
            size(drawing("", attributes))

    def test_it_is_read_without_reading_the_drawing(self) -> None:
        assert size(drawing("<g>" * 300, 'width="5" height="6"')) == (5, 6)
