"""Functions: logs, roles, layers, runtime, and the folders that their code comes from."""

from collections import Counter
from collections.abc import Collection

from template.cloudformation import Document, functions, resources, target, value_of

NEEDS_DECODERS = {"ingest", "renditions", "transcode"}
"""The functions that decode media; the decoders' layers would slow the start of all others."""
_DECODERS = ("ImagingLayer", "VideoLayer")


def functions_log_into_groups_of_their_own(document: Document) -> list[str]:
    """Each function logs into an explicit group, its own, that does not keep logs for ever."""
    groups, findings = resources(document, "AWS::Logs::LogGroup"), []
    for name, function in functions(document).items():
        group = groups.get(str(target(function.get("LoggingConfig", {}).get("LogGroup"))))
        if group is None:
            findings.append(f"{name} has no log group of this template in its LoggingConfig")
        elif not isinstance(value_of(document, group.get("RetentionInDays")), int):
            findings.append(f"the logs of {name} have no retention")
    shared = Counter(target(f.get("LoggingConfig", {}).get("LogGroup")) for f in functions(document).values())
    return findings + [f"{group} is shared by functions" for group, users in shared.items() if users > 1]


def functions_have_roles_of_their_own(document: Document) -> list[str]:
    """Each function has one explicit role that no other has, so that SAM generates none."""
    roles, findings = resources(document, "AWS::IAM::Role"), []
    for name, function in functions(document).items():
        if target(function.get("Role")) not in roles:
            findings.append(f"{name} has no role of this template: SAM would make one")
        if "Policies" in function:
            findings.append(f"{name} asks SAM for policies")
    shared = Counter(target(f.get("Role")) for f in functions(document).values())
    return findings + [f"{role} is shared by functions" for role, users in shared.items() if users > 1]


def functions_run_on_python_313_and_arm64(document: Document) -> list[str]:
    """Functions and layers are for python3.13, and for arm64 unless `Arch` says otherwise."""
    findings = []
    for name, function in functions(document).items():
        if function.get("Runtime") != "python3.13":
            findings.append(f"{name} does not run on python3.13")
        if [value_of(document, a) for a in function.get("Architectures", [])] != ["arm64"]:
            findings.append(f"{name} is not for arm64 by default")
        if function.get("Handler") != "handler.handler":
            findings.append(f"{name} is not entered at handler.handler")
    for name, layer in resources(document, "AWS::Serverless::LayerVersion").items():
        if layer.get("CompatibleRuntimes") != ["python3.13"]:
            findings.append(f"{name} is not for python3.13")
        if [value_of(document, a) for a in layer.get("CompatibleArchitectures", [])] != ["arm64"]:
            findings.append(f"{name} is not for arm64 by default")
    return findings


def functions_say_how_long_and_how_large(document: Document) -> list[str]:
    """Each function has a timeout and a memory size of its own: the defaults (3 s, 128 MB) suit none."""
    wanted = ("Timeout", "MemorySize", "Description")
    return [f"{n} has no {key}" for n, f in functions(document).items() for key in wanted if not f.get(key)]


def temporary_files_hold_a_master(document: Document) -> list[str]:
    """What copies a master to /tmp has room there for the largest that the parameters admit."""
    largest = document["Parameters"]["MaximumMasterBytes"]["MaxValue"]
    rooms = {name: functions(document)[name].get("EphemeralStorage", {}).get("Size", 512) for name in NEEDS_DECODERS}
    return [f"/tmp of {n} holds {mib} MiB, less than a master" for n, mib in rooms.items() if mib * 1024**2 <= largest]


def functions_are_called(document: Document) -> list[str]:
    """Each function has an event source, or is an API's authorizer."""
    asked = {
        target(authorizer.get("FunctionArn"))
        for api in resources(document, "AWS::Serverless::Api").values()
        for authorizer in api.get("Auth", {}).get("Authorizers", {}).values()
    }
    ids = {f["Properties"]["CodeUri"].removeprefix("functions/"): name for name, f in _of_serverless(document)}
    return [
        f"nothing calls {name}"
        for name, function in functions(document).items()
        if not function.get("Events") and ids.get(name) not in asked
    ]


def _of_serverless(document: Document) -> list[tuple[str, Document]]:
    return [(n, r) for n, r in document["Resources"].items() if r["Type"] == "AWS::Serverless::Function"]


def functions_carry_only_the_layers_they_need(document: Document) -> list[str]:
    """Every function has our code and its dependencies; decoders travel only with what decodes media."""
    findings = []
    for name, function in functions(document).items():
        layers = [target(layer) for layer in function.get("Layers", [])]
        findings += [f"{name} lacks {layer}" for layer in ("RuntimeLayer", "SharedLayer") if layer not in layers]
        for layer in _DECODERS:
            if (layer in layers) != (name in NEEDS_DECODERS):
                findings.append(f"{name} {'has' if layer in layers else 'lacks'} {layer}")
    return findings


def traced_functions_may_write_traces(document: Document) -> list[str]:
    """Lambda refuses to create a function with `Tracing: Active` whose role lacks xray:PutTraceSegments."""
    roles, findings = resources(document, "AWS::IAM::Role"), []
    for name, function in functions(document).items():
        policies = roles.get(str(target(function.get("Role"))), {}).get("Policies", [])
        if function.get("Tracing") == "Active" and "xray:PutTraceSegments" not in str(policies):
            findings.append(f"{name} is traced, but its role has no xray:PutTraceSegments")
    return findings


def folders_and_functions_differ(document: Document, folders: Collection[str]) -> list[str]:
    """Return each folder without a function, and each function without a folder."""
    named = set(functions(document))
    missing = [f"functions/{name} is in no function's CodeUri" for name in sorted(set(folders) - named)]
    return missing + [f"there is no folder functions/{name}" for name in sorted(named - set(folders))]
