"""Imports: what each function's cold start spends on importing code, against boto3 with one client.

Measured is the import of functions/<name>/handler.py and of whatever its wiring in bootstrap imports; no client is
made and no setting read. The reference is `import boto3; boto3.client("s3")`, as most functions begin, the making of
its client included. Each import runs in a fresh process, in turn; milliseconds of processor time, interpreter start
excluded, byte code and disk cache warm.
"""

import ast
from pathlib import Path
from statistics import median

from bench.measure import child, show

PROJECT = Path(__file__).parents[1]
ROUNDS = 7
BOTO3 = "boto3 and an S3 client"
REFERENCE = 'import boto3; boto3.client("s3", region_name="us-east-1")'


def wiring_imports(handler: Path) -> list[str]:
    """Return the import statements inside those parts of bootstrap that a handler uses."""
    files = [PROJECT / f"layers/shared/assetwire/bootstrap/{name}.py" for name in ("consumers", "apis")]
    wired = [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]
    parts = {part.name: part for part in wired if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    source = ast.parse(handler.read_text(encoding="utf-8"))
    to_read = [n.attr for n in ast.walk(source) if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "bootstrap"]
    found: dict[str, None] = {}
    read = set()
    while to_read:
        name = to_read.pop()
        read.add(name)
        for node in ast.walk(parts[name]):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found[ast.unparse(node)] = None
            elif isinstance(node, ast.Name) and node.id in parts and node.id not in read:
                to_read.append(node.id)
    return list(found)


def milliseconds(statements: str) -> float:
    """Return the processor time that these statements take in a fresh process."""
    code = f"import time; started = time.process_time()\n{statements}\nprint((time.process_time() - started) * 1e3)"
    return float(child("-c", code).output)


def main() -> None:
    """Import everything in turn and print medians and ratios."""
    compared = {BOTO3: REFERENCE}
    for handler in sorted((PROJECT / "functions").glob("*/handler.py")):
        imports = "\n".join(["import handler", *wiring_imports(handler)])
        compared[handler.parent.name] = f"import sys; sys.path.insert(0, {str(handler.parent)!r})\n{imports}"
    spent: dict[str, list[float]] = {name: [] for name in compared}
    for statements in compared.values():
        milliseconds(statements)  # writes byte code
    for _ in range(ROUNDS):
        for name, statements in compared.items():
            spent[name].append(milliseconds(statements))
    reference = spent[BOTO3]
    ratios = {name: median(a / b for a, b in zip(times, reference, strict=True)) for name, times in spent.items()}
    show(("import", "ms", "ratio"), [(n, f"{median(t):.0f}", f"{ratios[n]:.2f}") for n, t in spent.items()])
    ours = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items() if name != BOTO3)
    print(f"ratio ours/boto3 with a client: {ours}")


if __name__ == "__main__":
    main()
