"""What may stand in a sanitised SVG: elements, attributes, and the values that they may have.

Names from SVG 1.1 (second edition) and SVG 2, as far as a still picture without links needs them.
"""

import re

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

ELEMENTS: dict[str, str] = {
    name: name
    for name in (
        "svg g defs symbol use switch style image path rect circle ellipse line polyline polygon text tspan textPath "
        "linearGradient radialGradient stop pattern clipPath mask marker filter feBlend feColorMatrix "
        "feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge "
        "feMergeNode feOffset"
    ).split()
} | {"a": "g"}
"""Name in the file → name that is written: a link is no more than a group."""

TEXT = frozenset({"text", "tspan", "textPath"})
"""Elements whose characters are kept."""
LINKING = frozenset({"use", "linearGradient", "radialGradient", "pattern", "textPath", "filter"})
"""Elements that may refer to another of the same file by `href`."""
TILED: dict[str, float] = {"pattern": 100_000, "mask": 100_000, "filter": 100_000, "feGaussianBlur": 500}
"""Elements that cost memory or time by their width and height, or their deviation: the most that these may be."""
WEIGHTS = {name: 200 for name in ELEMENTS if name.startswith("fe")} | {"image": 200, "filter": 200, "mask": 20}
"""What is dearer to draw than a shape, in shapes."""

LAYERING = re.compile(r"(?<![-\w])(?:opacity|mask|filter|clip-path|mix-blend-mode|isolation)(?![-\w])")
"""Properties that make an element a layer of its own, which is drawn apart and as large as the whole picture."""
LAYER = 200
"""What a layer costs, in shapes."""

PROPERTIES = frozenset(
    (
        "alignment-baseline baseline-shift clip-path clip-rule color color-interpolation color-interpolation-filters "
        "direction display dominant-baseline fill fill-opacity fill-rule filter flood-color flood-opacity font "
        "font-family font-size font-size-adjust font-stretch font-style font-variant font-weight glyph-orientation-"
        "vertical image-rendering isolation letter-spacing marker marker-end marker-mid marker-start mask mask-type "
        "mix-blend-mode opacity overflow paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray "
        "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor "
        "text-decoration text-rendering transform unicode-bidi vector-effect visibility word-spacing writing-mode "
        "enable-background white-space line-height"
    ).split()
)
"""Properties of presentation: as attributes, and in styles."""

ATTRIBUTES = PROPERTIES | frozenset(
    (
        "amplitude azimuth class clipPathUnits cx cy d dx dy exponent filterUnits fr fx fy gradientTransform "
        "gradientUnits height id in in2 intercept k1 k2 k3 k4 lengthAdjust markerHeight markerUnits markerWidth "
        "maskContentUnits maskUnits method mode offset operator orient patternContentUnits patternTransform "
        "patternUnits pathLength points preserveAspectRatio primitiveUnits r refX refY requiredFeatures result rotate "
        "rx ry slope spacing spreadMethod startOffset stdDeviation systemLanguage tableValues textLength type values "
        "version viewBox width x x1 x2 y y1 y2"
    ).split()
)

_REFERENCE = r"url\(\s*(?:#[^\s\"'()<>\\]{1,200}|\"#[^\s\"'()<>\\]{1,200}\"|'#[^\s\"'()<>\\]{1,200}')\s*\)"
_REFERENCES = re.compile(_REFERENCE, re.IGNORECASE)
_SUSPICIOUS = re.compile(
    r"url\s*\(|src\s*\(|image\s*\(|image-set|@|\\|/\*|expression|javascript|behavior|://", re.IGNORECASE
)


def is_harmless(value: str) -> bool:
    """Tell whether a value refers to nothing outside the file, and hides nothing."""
    return _SUSPICIOUS.search(_REFERENCES.sub("", value)) is None


def makes_layer(attributes: dict[str, str]) -> bool:
    """Tell whether these attributes make an element a layer."""
    plain = {"1", "none", "normal", "auto"}
    layers = any(LAYERING.fullmatch(name) and value.strip() not in plain for name, value in attributes.items())
    return layers or bool(LAYERING.search(attributes.get("style", "")))
