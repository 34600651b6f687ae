"""Data that ships with the code: JSON files of one folder, each a model of one kind, validated when first read."""

from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from assetwire.domain.errors import Misconfigured

_Model = TypeVar("_Model", bound=BaseModel)


def shipped(folder: str, model: type[_Model]) -> tuple[_Model, ...]:
    """Return what the JSON files of a folder of `assetwire/data` hold, in the order of their names.

    Raises:
        Misconfigured: files are not of the model, or bear another name than they say; all of them are named.
    """
    return read_folder(data() / folder, model)


def data() -> Traversable:
    """Return the folder of all data that ships with the code."""
    return resources.files("assetwire.data")


def read_folder(folder: Traversable, model: type[_Model]) -> tuple[_Model, ...]:
    """Return what the JSON files of any folder hold, in the order of their names; nothing if there is no such folder.

    Raises:
        Misconfigured: as `shipped` does.
    """
    found: list[_Model] = []
    wrong: list[str] = []
    files = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    for file in files:
        if file.name.endswith(".json"):
            value, problems = read_file(file, model)
            wrong += [f"{file.name}: {problem}" for problem in problems]
            found += [value] if value is not None else []
    if wrong:
        raise Misconfigured(f"data/{folder.name}: {'; '.join(wrong)}", code="invalid_data_file")
    return tuple(found)


def read_file(file: Traversable, model: type[_Model]) -> tuple[_Model | None, list[str]]:
    """Return what one JSON file holds, and what is wrong with it: place and reason of each problem."""
    try:
        value = model.model_validate_json(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        return None, [f"it is no UTF-8: {error.reason} at byte {error.start}"]
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]
    name = getattr(value, "name", None)
    return value, [] if file.name == f"{name}.json" else [f"name: it says {name!r}"]
