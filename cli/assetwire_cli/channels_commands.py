"""`assetwire channels`: the channels and media specs that ship, and whether a file of one is right. Needs no stack."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.channels import Channel, Channels, channels_of, read_channels, shipped_channels
from assetwire.domain.data_files import data as shipped_data
from assetwire.domain.data_files import read_file, read_folder
from assetwire.domain.errors import Misconfigured
from assetwire.domain.media_spec import MediaSpec, Slot
from assetwire_cli import console
from assetwire_cli.failure import Failure

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="FOLDER", help="More channels and media specs: a folder with channels and media_specs in it."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

app = typer.Typer(no_args_is_help=True, help="Channels and their media specs, as they ship with the code.")


def known_channels(folder: Path | None) -> Channels:
    """Return the channels that ship, and those of a folder, which stand in for them.

    Raises:
        Failure: there is no such folder, or it holds neither channels nor media specs.
        Misconfigured: a file in it is wrong; every reason is named.
    """
    if folder is None:
        return shipped_channels()
    if not any((folder / name).is_dir() for name in ("channels", "media_specs")):
        raise Failure(f"{folder} holds neither channels nor media_specs", code="no_data")
    return read_channels(shipped_data(), folder)


@app.command("list")
def list_channels(*, data: DataFolder = None, as_json: AsJson = False) -> None:
    """List every channel."""
    known = known_channels(data)
    if as_json:
        for channel in known.channels.values():
            console.line(channel.model_dump_json())
        return
    table = console.Rows("channel", "title", "media spec", "territory", "usage", "locale", "next change")
    now = datetime.now().astimezone()
    for channel in known.channels.values():
        later = (moment for moment in known.spec(channel).changes if moment > now)
        change = next((f"{moment:%Y-%m-%d}" for moment in later), "-")
        words = (channel.name, channel.title, channel.media_spec, channel.territory, channel.usage, channel.locale)
        table.add(*words, change)
    console.out.print(table)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its name.")],
    *,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what a channel asks, edition by edition."""
    known = known_channels(data)
    channel = known.named(name)
    spec = known.spec(channel)
    if as_json:
        console.line(json.dumps(channel.model_dump(mode="json") | {"spec": spec.model_dump(mode="json")}, indent=2))
        return
    where = f"{channel.territory}, {channel.usage}, {channel.locale}"
    console.line(f"{channel.name}: {channel.title} ({where}), media spec {spec.name}: {spec.title}")
    for edition in spec.editions:
        since = f"{edition.starts:%Y-%m-%d %H:%M} UTC" if edition.starts else "the beginning"
        until = f"{edition.ends:%Y-%m-%d %H:%M} UTC" if edition.ends else "further notice"
        console.line(f"from {since} until {until}:")
        table = console.Rows("slot", "title", "pictures", "file", "asks")
        for slot in edition.slots:
            title = f"{slot.name}*" if slot.required else slot.name
            pictures = "any number" if slot.most is None else str(slot.most)
            table.add(title, slot.title, pictures, spec.output(edition, slot).name, _asks(slot))
        console.out.print(table)
    for source in spec.sources:
        console.line(f"{source.title}: {source.url}")


@app.command("check")
def check(file: Annotated[Path, typer.Argument(help="A channel's or a media spec's JSON file.")]) -> None:
    """Say everything that is wrong with a channel's or media spec's FILE. Exit code: 0 nothing, 2 something.

    A channel's media spec may be one that ships, or one in the folder media_specs beside that of the file.
    """
    problems = _problems(file)
    for problem in problems:
        console.line(f"{file}: {problem}")
    if problems:
        raise typer.Exit(2)
    console.line(f"{file}: nothing is wrong")


def _problems(file: Path) -> list[str]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}", code="unreadable") from error
    except ValueError as error:
        return [f"it is no JSON: {error}"]
    if not isinstance(said, dict) or not {"editions", "media_spec"} & said.keys():
        return ["it is neither a media spec, with editions, nor a channel, with a media_spec"]
    shipped = shipped_channels()
    channels, specs = dict(shipped.channels), dict(shipped.specs)
    if "editions" in said:
        spec, problems = read_file(file, MediaSpec)
        specs |= {spec.name: spec} if spec else {}
    else:
        channel, problems = read_file(file, Channel)
        channels |= {channel.name: channel} if channel else {}
        try:
            beside = read_folder(file.resolve().parent.parent / "media_specs", MediaSpec)
            specs |= {spec.name: spec for spec in beside}
        except Misconfigured as error:
            problems.append(error.message)
    try:
        channels_of(channels, specs)
    except Misconfigured as error:
        problems.append(error.message)
    return problems


def _asks(slot: Slot) -> str:
    """Return a slot's limits in a line."""
    limits: dict[str, Any] = slot.limits.model_dump(mode="json", exclude_none=True)
    aspect = limits.pop("aspect", None)
    said = [f"{name.replace('_', ' ')} {value}" for name, value in limits.items() if name != "formats"]
    said += [f"{aspect['width']}:{aspect['height']} ± {aspect['tolerance']:.1%}"] if aspect else []
    said += [f"white border {slot.white_border:.0%}"] if slot.white_border is not None else []
    said += ["alt text"] if slot.alt_text else []
    said += [f"advised longest {slot.advised_longest}"] if slot.advised_longest else []
    return ", ".join([" ".join(limits["formats"]), *said])
