"""The metadata of masters: one model with IPTC's names, where each value was found, and what it overruled.

Names are the property names of the IPTC Photo Metadata Standard 2025.1 (Core and Extension), PLUS 2.0.1 and PRISM's
usage rights (pur), in lower case with underscores; members of structures keep the standards' own names (`ProductGTIN`,
`LicensorURL`, `rbShape`). `FIELDS` lists all that are read; nothing else is.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import Field as Default

from assetwire.domain.model import Value


class Origin(StrEnum):
    """Where a value was found."""

    XMP = "xmp"
    IPTC = "iptc"
    EXIF = "exif"
    CONTAINER = "container"
    """Tags of a video, of an audio file or of a document."""
    SIDECAR = "sidecar"
    MANIFEST = "manifest"
    API = "api"


class Type(StrEnum):
    """The shape of a field's value in JSON."""

    TEXT = "text"
    """A string."""
    LANG_ALT = "lang_alt"
    """An object: language tag (RFC 5646; `x-default` for any) → string."""
    LIST = "list"
    """An array of strings; the order counts where the standard says so."""
    DATE = "date"
    """A string: ISO 8601 as written, reduced precision and a missing time zone included."""
    URI = "uri"
    """A string: a URI or a term of a controlled vocabulary."""
    BOOLEAN = "boolean"
    INTEGER = "integer"
    STRUCTURES = "structures"
    """An array of objects: name of the member → string, lang-alt, array or object."""


class FieldFacts(NamedTuple):
    """What is known of one field: its shape, its places in a file, and whether others may see it."""

    type: Type
    xmp: str = ""
    """`prefix:Name` of the XMP property."""
    iim: str = ""
    """`record:dataset` of IPTC-IIM 4.2."""
    exif: str = ""
    """Name of the EXIF tag."""
    public: bool = True
    """Stands on the allow-list of outbound surfaces (API, manifests, renditions)."""


def _field(type_: Type, xmp: str, iim: str = "", exif: str = "", *, public: bool = True) -> FieldFacts:
    return FieldFacts(type_, xmp, iim, exif, public)


_TEXT, _ALT, _LIST, _DATE, _URI = Type.TEXT, Type.LANG_ALT, Type.LIST, Type.DATE, Type.URI
_STRUCTURES, _BOOLEAN, _INTEGER = Type.STRUCTURES, Type.BOOLEAN, Type.INTEGER

FIELDS: Mapping[str, FieldFacts] = MappingProxyType(
    {
        # IPTC Core
        "title": _field(_ALT, "dc:title", "2:05"),
        "headline": _field(_TEXT, "photoshop:Headline", "2:105"),
        "description": _field(_ALT, "dc:description", "2:120", "ImageDescription"),
        "description_writer": _field(_TEXT, "photoshop:CaptionWriter", "2:122"),
        "keywords": _field(_LIST, "dc:subject", "2:25"),
        "creator": _field(_LIST, "dc:creator", "2:80", "Artist"),
        "creators_job_title": _field(_TEXT, "photoshop:AuthorsPosition", "2:85"),
        "creators_contact_info": _field(_STRUCTURES, "Iptc4xmpCore:CreatorContactInfo", public=False),
        "date_created": _field(_DATE, "photoshop:DateCreated", "2:55", "DateTimeOriginal"),
        "credit_line": _field(_TEXT, "photoshop:Credit", "2:110"),
        "source": _field(_TEXT, "photoshop:Source", "2:115"),
        "copyright_notice": _field(_ALT, "dc:rights", "2:116", "Copyright"),
        "rights_usage_terms": _field(_ALT, "xmpRights:UsageTerms"),
        "web_statement_of_rights": _field(_URI, "xmpRights:WebStatement"),
        "marked": _field(_BOOLEAN, "xmpRights:Marked"),
        "instructions": _field(_TEXT, "photoshop:Instructions", "2:40", public=False),
        "job_id": _field(_TEXT, "photoshop:TransmissionReference", "2:103"),
        "sublocation": _field(_TEXT, "Iptc4xmpCore:Location", "2:92"),
        "city": _field(_TEXT, "photoshop:City", "2:90"),
        "province_or_state": _field(_TEXT, "photoshop:State", "2:95"),
        "country": _field(_TEXT, "photoshop:Country", "2:101"),
        "country_code": _field(_TEXT, "Iptc4xmpCore:CountryCode", "2:100"),
        "intellectual_genre": _field(_TEXT, "Iptc4xmpCore:IntellectualGenre", "2:04"),
        "scene_code": _field(_LIST, "Iptc4xmpCore:Scene"),
        "subject_code": _field(_LIST, "Iptc4xmpCore:SubjectCode", "2:12"),
        "alt_text": _field(_ALT, "Iptc4xmpCore:AltTextAccessibility"),
        "extended_description": _field(_ALT, "Iptc4xmpCore:ExtDescrAccessibility"),
        "category": _field(_TEXT, "photoshop:Category", "2:15"),
        "supplemental_categories": _field(_LIST, "photoshop:SupplementalCategories", "2:20"),
        "urgency": _field(_INTEGER, "photoshop:Urgency", "2:10"),
        # IPTC Extension
        "product_in_image": _field(_STRUCTURES, "Iptc4xmpExt:ProductInImage"),
        "digital_image_guid": _field(_TEXT, "Iptc4xmpExt:DigImageGUID"),
        "digital_source_type": _field(_URI, "Iptc4xmpExt:DigitalSourceType"),
        "person_in_image": _field(_LIST, "Iptc4xmpExt:PersonInImage", public=False),
        "person_in_image_with_details": _field(_STRUCTURES, "Iptc4xmpExt:PersonInImageWDetails", public=False),
        "event": _field(_ALT, "Iptc4xmpExt:Event"),
        "event_identifier": _field(_LIST, "Iptc4xmpExt:EventId"),
        "about_cv_term": _field(_STRUCTURES, "Iptc4xmpExt:AboutCvTerm"),
        "genre": _field(_STRUCTURES, "Iptc4xmpExt:Genre"),
        "contributor": _field(_STRUCTURES, "Iptc4xmpExt:Contributor"),
        "ai_system_used": _field(_TEXT, "Iptc4xmpExt:AISystemUsed"),
        "ai_system_version_used": _field(_TEXT, "Iptc4xmpExt:AISystemVersionUsed"),
        "ai_prompt_information": _field(_TEXT, "Iptc4xmpExt:AIPromptInformation", public=False),
        "ai_prompt_writer_name": _field(_TEXT, "Iptc4xmpExt:AIPromptWriterName", public=False),
        "organisation_in_image_name": _field(_LIST, "Iptc4xmpExt:OrganisationInImageName"),
        "organisation_in_image_code": _field(_LIST, "Iptc4xmpExt:OrganisationInImageCode"),
        "additional_model_information": _field(_TEXT, "Iptc4xmpExt:AddlModelInfo", public=False),
        "model_age": _field(_LIST, "Iptc4xmpExt:ModelAge", public=False),
        "max_avail_width": _field(_INTEGER, "Iptc4xmpExt:MaxAvailWidth"),
        "max_avail_height": _field(_INTEGER, "Iptc4xmpExt:MaxAvailHeight"),
        "image_region": _field(_STRUCTURES, "Iptc4xmpExt:ImageRegion"),
        "location_created": _field(_STRUCTURES, "Iptc4xmpExt:LocationCreated", public=False),
        "location_shown": _field(_STRUCTURES, "Iptc4xmpExt:LocationShown", public=False),
        "registry_entry": _field(_STRUCTURES, "Iptc4xmpExt:RegistryId"),
        "artwork_or_object": _field(_STRUCTURES, "Iptc4xmpExt:ArtworkOrObject"),
        "embedded_encoded_rights_expression": _field(_STRUCTURES, "Iptc4xmpExt:EmbdEncRightsExpr"),
        "linked_encoded_rights_expression": _field(_STRUCTURES, "Iptc4xmpExt:LinkedEncRightsExpr"),
        # PLUS
        "licensor": _field(_STRUCTURES, "plus:Licensor"),
        "copyright_owner": _field(_STRUCTURES, "plus:CopyrightOwner"),
        "image_creator": _field(_STRUCTURES, "plus:ImageCreator"),
        "image_supplier": _field(_STRUCTURES, "plus:ImageSupplier"),
        "image_supplier_image_id": _field(_TEXT, "plus:ImageSupplierImageID"),
        "license_id": _field(_TEXT, "plus:LicenseID"),
        "license_start_date": _field(_DATE, "plus:LicenseStartDate"),
        "license_end_date": _field(_DATE, "plus:LicenseEndDate"),
        "region_constraints": _field(_ALT, "plus:RegionConstraints"),
        "media_constraints": _field(_ALT, "plus:MediaConstraints"),
        "product_or_service_constraints": _field(_ALT, "plus:ProductOrServiceConstraints"),
        "image_alteration_constraints": _field(_LIST, "plus:ImageAlterationConstraints"),
        "credit_line_required": _field(_URI, "plus:CreditLineRequired"),
        "model_release_status": _field(_URI, "plus:ModelReleaseStatus"),
        "model_release_id": _field(_LIST, "plus:ModelReleaseID", public=False),
        "property_release_status": _field(_URI, "plus:PropertyReleaseStatus"),
        "property_release_id": _field(_LIST, "plus:PropertyReleaseID", public=False),
        "minor_model_age_disclosure": _field(_URI, "plus:MinorModelAgeDisclosure"),
        "data_mining": _field(_URI, "plus:DataMining"),
        "other_constraints": _field(_ALT, "plus:OtherConstraints"),
        # PRISM usage rights, and its older place
        "expiration_date": _field(_DATE, "pur:expirationDate"),
        "embargo_date": _field(_DATE, "pur:embargoDate"),
        "prism_expiration_date": _field(_DATE, "prism:expirationDate"),
        # XMP basic
        "rating": _field(_INTEGER, "xmp:Rating"),
        "label": _field(_TEXT, "xmp:Label"),
        "creator_tool": _field(_TEXT, "xmp:CreatorTool", "2:65", "Software"),
    }
)

MEMBERS: Mapping[str, Type] = MappingProxyType(
    dict.fromkeys(
        # Texts in several languages.
        (
            "ProductName",
            "ProductDescription",
            "LocationName",
            "CvTermName",
            "PersonName",
            "PersonDescription",
            "Name",
            "AOTitle",
            "AOContentDescription",
            "AOContributionDescription",
            "AOPhysicalDescription",
        ),
        _ALT,
    )
    | dict.fromkeys(
        ("Identifier", "Role", "LocationId", "PersonId", "AOCreator", "AOCreatorId", "AOStylePeriod"),
        _LIST,
    )
    | dict.fromkeys(("rCtype", "rRole", "rbVertices", "PersonCharacteristic"), _STRUCTURES)
)
"""Members of structures that are no plain texts, by their names in the standards; all others keep the shape that they
were written in, and numbers such as `rbX` stay strings, as XMP has them."""


class FieldValue(Value):
    """What one field says, in the shape of its type, and where that was found."""

    value: Any
    source: Origin


class Conflict(Value):
    """A value that was found as well, and overruled by the order of the Metadata Working Group."""

    field: str
    kept: Origin
    overruled: Origin
    value: Any


class Metadata(Value):
    """Everything that a master says about itself beside its size.

    `technical` holds facts of the encoding, `fields` what people wrote, by the names in `FIELDS`; `private` what never
    leaves the house, such as the GPS position and serial numbers.
    """

    technical: dict[str, Any] = Default(default_factory=dict)
    fields: dict[str, FieldValue] = Default(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    private: dict[str, Any] = Default(default_factory=dict)
