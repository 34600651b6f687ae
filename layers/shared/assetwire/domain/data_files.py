"""Data that ships with the code: JSON files of one folder, each a model of one kind, validated when first read."""

from importlib import resources
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from assetwire.domain.errors import Misconfigured

_Model = TypeVar("_Model", bound=BaseModel)


def shipped(folder: str, model: type[_Model]) -> tuple[_Model, ...]:
    """Return what the JSON files of a folder of `assetwire/data` hold, in the order of their names.

    Raises:
        Misconfigured: files are not of the model, or bear another name than they say; all of them are named.
    """
    found, wrong = [], []
    for file in sorted((resources.files("assetwire.data") / folder).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".json"):
            continue
        try:
            value = model.model_validate_json(file.read_text(encoding="utf-8"))
        except ValidationError as error:
            wrong += [f"{file.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            continue
        if file.name != f"{getattr(value, 'name', '')}.json":
            wrong.append(f"{file.name}: name: it says {getattr(value, 'name', None)!r}")
        found.append(value)
    if wrong:
        raise Misconfigured(f"data/{folder}: {'; '.join(wrong)}", code="invalid_data_file")
    return tuple(found)
