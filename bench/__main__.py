"""`python -m bench [name …]`: run the named benchmarks, or all that need nothing but this machine.

`python -m bench barcodes FOLDER [SECONDS]` runs the one that has to be told what to read.
Each runs in a process of its own, so that none finds warm imports or grown memory of another.
"""

import subprocess
import sys

BENCHES = ("imports", "signed_urls", "rights_expiry", "linking", "purges", "renditions")
ON_REQUEST = ("exposure", "intake", "large", "leak", "links_live", "memory", "revalidation", "shoot", "transcode")
"""Run only if named: these need the embedded stack, gigabytes of disk, or many minutes."""


TOLD = ("barcodes",)
"""Run only if named, alone, and told what they measure: the words behind the name are theirs."""


def main(names: list[str]) -> int:
    """Run benchmarks one after another; return how many failed."""
    if names and names[0] in TOLD:
        return _failed(*names)
    unknown = sorted(set(names) - {*BENCHES, *ON_REQUEST})
    if unknown:
        known = ", ".join((*BENCHES, *ON_REQUEST, *TOLD))
        print(f"no benchmark named {', '.join(unknown)} to be run with others; there are {known}")
        return 1
    return sum(map(_failed, names or BENCHES))


def _failed(name: str, *words: str) -> bool:
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}", *words], check=False).returncode != 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
