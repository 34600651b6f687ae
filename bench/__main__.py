"""`python -m bench [name …]`: run the named benchmarks, or all that need nothing but this machine.

Each runs in a process of its own, so that none finds warm imports or grown memory of another.
"""

import subprocess
import sys

BENCHES = ("imports", "signed_urls", "rights_expiry", "purges", "renditions")
ON_REQUEST = ("exposure", "intake", "large", "leak", "memory", "revalidation", "transcode")
"""Run only if named: these need the embedded stack, gigabytes of disk, or many minutes."""


def main(names: list[str]) -> int:
    """Run benchmarks one after another; return how many failed."""
    unknown = sorted(set(names) - {*BENCHES, *ON_REQUEST})
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are {', '.join((*BENCHES, *ON_REQUEST))}")
        return 1
    failed = 0
    for name in names or BENCHES:
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
