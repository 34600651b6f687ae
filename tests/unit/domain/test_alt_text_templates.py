"""Templates of alt texts: what ships, what is left out where nothing is known, and which language speaks."""

import pytest
from pydantic import ValidationError

from assetwire.domain.alt_text_templates import AltTextTemplate, template_in
from assetwire.domain.data_files import data
from assetwire.domain.link import LinkRole

SAID = {"name": "Schuh", "colour": "rot", "role": "Detail", "number": "2"}
LANGUAGES = sorted(file.name.removesuffix(".json") for file in (data() / "alt_texts").iterdir() if ".json" in file.name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_that_ships_names_every_role_and_makes_a_text_of_a_name_alone(language: str) -> None:
    template = template_in(language)
    assert template.name == language
    assert template.roles.keys() == set(LinkRole)
    assert language == "any" or all(template.roles.values())
    assert template.made({"name": "Schuh"}) == "Schuh"


def test_a_part_is_left_out_where_one_of_its_fields_is_not_known() -> None:
    template = template_in("de")
    assert template.made(SAID) == "Schuh, rot, Detail 2"
    assert template.made(SAID | {"colour": ""}) == "Schuh, Detail 2"
    assert template.made(SAID | {"number": ""}) == "Schuh, rot"
    assert template.made({}) == ""


def test_a_text_that_looks_like_a_field_is_a_text() -> None:
    assert template_in("de").made({"name": "{colour}", "colour": "rot"}) == "{colour}, rot"


@pytest.mark.parametrize(("locale", "name"), [("de-AT", "de"), ("pt-BR", "pt"), ("ja-JP", "any"), ("en", "en")])
def test_a_locale_is_spoken_to_in_its_language_or_without_words(locale: str, name: str) -> None:
    assert template_in(locale).name == name


@pytest.mark.parametrize("parts", [(), ("no field",), ("{name",), ("{Name}",), ("{name} {}",), ("{name!r}",)])
def test_parts_that_name_no_field_are_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        AltTextTemplate(name="de", parts=parts, roles={})
