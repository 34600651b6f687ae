"""Write edge/viewer.js into template.yaml, which CloudFormation takes whole. Run it after a change of the function."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE, TEMPLATE = ROOT / "edge" / "viewer.js", ROOT / "template.yaml"
_PLACE = re.compile(r"(?<=\n)( +)FunctionCode: \|[^\n]*\n((?:\1  [^\n]*\n|\n)+)")


def with_function(template: str, code: str) -> str:
    """Return the template with this code in the place of the function's.

    Raises:
        ValueError: the template has not exactly one place for it.
    """
    found = list(_PLACE.finditer(template))
    if len(found) != 1:
        raise ValueError(f"the template has {len(found)} places for a function's code, not one")
    indent = found[0][1] + "  "
    lines = "".join(f"{indent}{line}\n" if line else "\n" for line in code.rstrip("\n").split("\n"))
    return template[: found[0].start(2)] + lines + template[found[0].end(2) :]


if __name__ == "__main__":
    written = with_function(TEMPLATE.read_text(encoding="utf-8"), SOURCE.read_text(encoding="utf-8"))
    TEMPLATE.write_text(written, encoding="utf-8")
