"""Faults that are put into a copy of the product, each of which the leak test must find."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_SHARED, _EDGE = "layers/shared/assetwire", "cli/assetwire_cli/edge"
_PARTS = ("layers/shared", "cli", "tests/fakes", "tests/oracles", "tests/leak", "template.yaml")
"""What the leak test in memory runs of."""


class Patch(NamedTuple):
    """A text of a file that stands there once, and what stands in its place."""

    file: str
    old: str
    new: str


class Mutant(NamedTuple):
    """A fault: what it is, and the patches that make it."""

    name: str
    patches: tuple[Patch, ...]

    def applied(self, root: Path) -> None:
        """Put the fault into a checkout.

        Raises:
            ValueError: a text does not stand there exactly once.
        """
        for file, old, new in self.patches:
            text = (root / file).read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {file} has {text.count(old)} × {old!r}, not one")
            (root / file).write_text(text.replace(old, new), encoding="utf-8")


def _one(name: str, file: str, old: str, new: str) -> Mutant:
    return Mutant(name, (Patch(file, old, new),))


_ENFORCE, _DECISIONS = f"{_SHARED}/services/enforce.py", f"{_SHARED}/domain/decisions.py"
_TERMS, _IN_FORCE = f"{_SHARED}/domain/url_terms.py", f"{_SHARED}/domain/rights_in_force.py"
_GONE = (
    "        if todo.gone:\n"
    "            if narrowing is not None:\n"
    "                revocations.note(_revocation(asset, narrowing, removed_at=clock()))\n"
    "            forget(asset, _urgency(asset, wanted.record, todo), narrowing)\n"
)
_REMOVED = "        if todo.remove:\n            delivery.remove(todo.remove)\n"

_COUNTRY = "const country = request.headers['cloudfront-viewer-country'];"
_ELSEWHERE = "if (asked[1] !== 'any' && asked[1].split('-').indexOf(country.value) < 0) {"
_SAID = "'assetwire-path-1', asked[1], asked[2], asked[3], asked[5]"
_KEY_GROUP = "          TrustedKeyGroups: !If [OnAws, [!Ref DeliveryKeyGroup], !Ref AWS::NoValue]\n"
_WITH_THE_RIGHTS = "expires = min(expires, int(rights_end.timestamp()))"

MUTANTS = (
    # rights
    _one(
        "excluded territories are licensed",
        _DECISIONS,
        "if names(rights.excluded_territories, territory):",
        "if False:",
    ),
    _one("all territories are licensed", _DECISIONS, "if not names(rights.territories, territory):", "if False:"),
    _one("all usages are licensed", _DECISIONS, "if usage not in rights.usages:", "if False:"),
    _one("embargoes do not count", _DECISIONS, "(starts is None or starts <= at) and", ""),
    _one(
        "releases do not count",
        f"{_SHARED}/domain/rights_sets.py",
        "return usage == Usage.INTERNAL or",
        "return True or",
    ),
    _one(
        "what metadata says does not count",
        _IN_FORCE,
        "return limits_of(fields | edited)",
        "return None",
    ),
    _one(
        "what collections allow does not count",
        _IN_FORCE,
        "asset.held_limits), *inherited.values()]",
        "asset.held_limits)]",
    ),
    _one(
        "what a collection allows reaches no member",
        f"{_SHARED}/services/inheritance.py",
        "after = following(asset, collection, now=self._now) if isinstance(asset, Asset) else asset",
        "after = asset",
    ),
    _one(
        "a narrowing begins no generation",
        _IN_FORCE,
        '{"generation": before.generation + 1,',
        '{"generation": before.generation,',
    ),
    _one(
        "a withdrawal begins no generation",
        f"{_SHARED}/domain/lifecycle.py",
        "withdrawn=withdrawn, generation=_voided(asset)",
        "withdrawn=withdrawn",
    ),
    # minting
    _one("a URL is good at the second of the end", _TERMS, _WITH_THE_RIGHTS, f"{_WITH_THE_RIGHTS} + 1"),
    _one("a URL outlives the rights", _TERMS, _WITH_THE_RIGHTS, "pass"),
    _one(
        "the first of several territories decides",
        _TERMS,
        "if several and decision.allowed and rights is not None:",
        "if False:",
    ),
    _one(
        "URLs are minted before their files are there",
        _TERMS,
        " or delivered.generation != asset.generation",
        "",
    ),
    _one(
        "a URL for a network is good from anywhere",
        f"{_SHARED}/services/signed_url.py",
        "network = None if wanted.ip is None else checked_conditions(expires, ip=wanted.ip).network",
        "network = None",
    ),
    _one(
        "cookies open every generation",
        f"{_SHARED}/services/gallery_urls.py",
        'custom_policy(f"{opened.prefix}*"',
        "custom_policy(f\"{opened.prefix.rpartition('/g')[0]}/*\"",
    ),
    # delivery
    Mutant(
        "caches are purged before the origin is empty",
        (
            Patch(_ENFORCE, _GONE, "        if todo.remove:\n            delivery.remove(list(todo.remove))\n"),
            Patch(_ENFORCE, _REMOVED, _GONE),
        ),
    ),
    _one("caches are not purged", _ENFORCE, _GONE, ""),
    _one("the old generation stays in delivery", _ENFORCE, _REMOVED, ""),
    _one(
        "what is granted again is not delivered",
        _ENFORCE,
        "in todo.copy.items():",
        "in (todo.copy.items() if asset.generation == 1 else ()):",
    ),
    # the edge
    _one("the behaviour of signed URLs has no key group", "template.yaml", _KEY_GROUP, ""),
    _one("viewers may be anywhere", "template.yaml", _ELSEWHERE, "if (false) {"),
    _one(
        "viewers of whom nobody knows where they are get in",
        "template.yaml",
        _COUNTRY,
        _COUNTRY.replace(";", " || { value: asked[1].slice(0, 2) };"),
    ),
    _one(
        "a signature is good at the second of its end",
        f"{_EDGE}/signature.py",
        "if at.timestamp() >= policy.less_than:",
        "if at.timestamp() > policy.less_than:",
    ),
    _one(
        "nobody compares a viewer's address",
        f"{_EDGE}/signature.py",
        "if policy.network is not None and not _within(policy.network, ip):",
        "if False:",
    ),
    _one("tokens have no end", "template.yaml", "if (Date.now() >= Number(asked[2]) * 1000) {", "if (false) {"),
    _one("nobody compares the code of a token", "template.yaml", "if (!key || !isSame(", "if (!key || 0 && !isSame("),
    Mutant(
        "the code of a token does not cover its end",
        (
            Patch("template.yaml", _SAID, _SAID.replace(" asked[2],", "")),
            Patch(f"{_SHARED}/domain/viewer_paths.py", "by.key_id, str(expires), channel,", "by.key_id, channel,"),
        ),
    ),
    # keys
    _one(
        "a retired key is not forgotten",
        "cli/assetwire_cli/signing_keys.py",
        "    for file in files:\n        file.unlink()\n",
        "",
    ),
    _one(
        "a forgotten key of tokens stays at the edge",
        "cli/assetwire_cli/token_keys.py",
        "    store.delete_key(KvsARN=store_arn, Key=name, IfMatch=etag)\n",
        "",
    ),
)


def copied(to: Path) -> Path:
    """Copy what the leak test runs of into a folder, and return that."""
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, to / part)
    return to


def leak_test(root: Path, *, assets: int = 16, seed: int = 1, rounds: int = 3) -> "subprocess.CompletedProcess[str]":
    """Run the leak test in memory of a checkout, in a process of its own."""
    paths = os.pathsep.join(str(root / part) for part in ("layers/shared", "cli", "tests"))
    size = {"--assets": assets, "--seed": seed, "--rounds": rounds}
    command = [
        sys.executable,
        "-m",
        "leak",
        "--hasty",
        *(word for name, many in size.items() for word in (name, str(many))),
    ]
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)
