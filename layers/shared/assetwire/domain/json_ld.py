"""Structured data about a picture, for search engines: schema.org's ImageObject in JSON-LD.

Source: schema.org, ImageObject; Google Search Central, "Image metadata in Google Images": `license`,
`acquireLicensePage`, `creditText`, `creator`, `copyrightNotice`.
"""

import re
from collections.abc import Mapping
from typing import Any

from assetwire.domain.metadata import FieldValue
from assetwire.domain.picture_texts import said_by

_WEB = re.compile(r"https?://[^\s<>\"]{1,2000}")


def image_object(
    fields: Mapping[str, FieldValue], *, url: str, width: int, height: int, alt: str, caption: str, locale: str
) -> dict[str, Any]:
    """Return a picture (in pixels) as an ImageObject; `fields` are those that may leave the house.

    What nobody knows is left out.
    """
    creators = fields["creator"].value if "creator" in fields else []
    people = [{"@type": "Person", "name": name} for name in creators if isinstance(name, str) and name.strip()]
    found = {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "contentUrl": url,
        "width": width,
        "height": height,
        "name": alt,
        "caption": caption,
        "creator": people[0] if len(people) == 1 else people,
        "creditText": said_by(fields, "credit_line", locale),
        "copyrightNotice": said_by(fields, "copyright_notice", locale),
        "license": _web(said_by(fields, "web_statement_of_rights", locale)),
        "acquireLicensePage": _web(_licensor(fields)),
        "digitalSourceType": said_by(fields, "digital_source_type", locale),
    }
    return {name: value for name, value in found.items() if value}


def _licensor(fields: Mapping[str, FieldValue]) -> str:
    """Return where a licence can be had: the first address of a licensor."""
    licensors = fields["licensor"].value if "licensor" in fields else []
    addresses = (each.get("LicensorURL") for each in licensors if isinstance(each, dict))
    return next((address for address in addresses if isinstance(address, str)), "")


def _web(address: str) -> str:
    return address if _WEB.fullmatch(address) else ""
