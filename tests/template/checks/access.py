"""Access: what each role may do, and who may touch which bucket."""

import re
from collections.abc import Iterator
from typing import Any

from template.cloudformation import Document, functions, listed, resources, target

WITHOUT_RESOURCES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""Actions that know no resources, so that `*` is all one can say.

Source: AWS service authorization reference, X-Ray.
"""

FOR_MEDIACONVERT = "LongFilmsRole"
"""The role of a service that works for us: it may what it needs, and Lambda may not assume it."""

MAY_USE = {
    ("MastersBucket", "read"): {"custody", "ingest", "renditions", "spins", "transcode", "unpack"},
    ("MastersBucket", "recall"): {"custody", "ingest"},
    ("MastersBucket", "write"): {"custody", "spins", "unpack", "uploads"},
    ("RenditionsBucket", "read"): {"enforce", "transcode", FOR_MEDIACONVERT},
    ("RenditionsBucket", "write"): {"custody", "renditions", "transcode", FOR_MEDIACONVERT},
    ("DeliveryBucket", "read"): set(),
    ("DeliveryBucket", "write"): {"enforce"},
}
"""The functions that may read or change objects, by bucket.

uploads signs forms and parts, and so may put masters; spins puts manifests of spins; custody deletes and tags them;
ingest recalls what came cold. transcode labels anew what it made, and MediaConvert leaves long films for it.
"""

_PART_OF = {
    r"\$\{(\w+)\.Arn\}/\*": "AWS::S3::Bucket",  # the objects of a bucket
    r"\$\{(\w+)\.Arn\}/stream/\*": "AWS::DynamoDB::Table",  # a stream's label is known only once it exists
    r"\$\{(\w+)\.Arn\}/index/[a-z_]+": "AWS::DynamoDB::Table",
    r"arn:\$\{AWS::Partition\}:cloudfront::\$\{AWS::AccountId\}:distribution/\$\{(\w+)\}": (
        "AWS::CloudFront::Distribution"
    ),
    r"arn:\$\{AWS::Partition\}:mediaconvert:\$\{AWS::Region\}:\$\{AWS::AccountId\}:jobs/\*": None,
}
"""Resources that are no GetAtt, and what they must be parts of; None: a job's id is known only once it exists."""


def _statements(document: Document) -> Iterator[tuple[str, Document]]:
    for name, role in resources(document, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        for name, policy in resources(document, kind).items():
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def statements_name_their_actions(document: Document) -> list[str]:
    """No statement of a role has a wildcard among its actions, or says what it does not cover."""
    findings = []
    for name, statement in _statements(document):
        if {"NotAction", "NotResource", "NotPrincipal"} & set(statement) or "Action" not in statement:
            findings.append(f"{name} allows whatever it does not name")
        findings += [f"{name} may {action}" for action in listed(statement.get("Action", [])) if "*" in str(action)]
    return findings


def statements_name_their_resources(document: Document) -> list[str]:
    """Each resource of a role's statement is one of this template's, or a named part of one."""
    return [
        f"{name} may {', '.join(listed(statement.get('Action')))} on {resource}"
        for name, statement in _statements(document)
        for resource in listed(statement.get("Resource"))
        if not _is_named(document, resource)
        and not (resource == "*" and set(listed(statement.get("Action"))) <= WITHOUT_RESOURCES)
    ]


def _is_named(document: Document, resource: Any) -> bool:
    if isinstance(resource, dict) and set(resource) == {"Fn::GetAtt"}:
        return target(resource) in document["Resources"]
    text = resource.get("Fn::Sub") if isinstance(resource, dict) else None
    for pattern, kind in _PART_OF.items():
        match = re.fullmatch(pattern, text) if isinstance(text, str) else None
        if match:
            return kind is None or match[1] in resources(document, kind)
    return False


def roles_are_for_lambda_alone(document: Document) -> list[str]:
    """Each role is assumed by Lambda alone, or by MediaConvert for this account, and has no managed policy."""
    by_lambda = [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    by_mediaconvert = [
        {
            "Effect": "Allow",
            "Principal": {"Service": "mediaconvert.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ]
    findings = []
    for name, role in resources(document, "AWS::IAM::Role").items():
        if role.get("ManagedPolicyArns"):
            findings.append(f"{name} has managed policies")
        trusted = by_mediaconvert if name == FOR_MEDIACONVERT else by_lambda
        if role["AssumeRolePolicyDocument"]["Statement"] != trusted:
            findings.append(f"{name} may be assumed by others than Lambda")
    return findings + [f"{n} is a managed policy" for n in resources(document, "AWS::IAM::ManagedPolicy")]


def objects_are_touched_by_those_who_need_to(document: Document) -> list[str]:
    """Only enforce writes delivery; masters are read by those alone that decode them; and so on, by a table."""
    named = {target(function.get("Role")): name for name, function in functions(document).items()}
    found: dict[tuple[str, str], set[str]] = {use: set() for use in MAY_USE}
    for role, statement in _statements(document):
        for resource in listed(statement.get("Resource")):
            bucket = re.search(r"\$\{(\w+)\.Arn\}", str(resource)) or re.search(
                r"'Fn::GetAtt': \['(\w+)'", str(resource)
            )
            if bucket and bucket[1] in resources(document, "AWS::S3::Bucket"):
                for action in listed(statement["Action"]):
                    found.setdefault((bucket[1], _use(action)), set()).add(named.get(role, role))
    findings = []
    for (bucket_name, use), users in found.items():
        findings += [
            f"{user} may {use} {bucket_name}" for user in sorted(users - MAY_USE.get((bucket_name, use), users))
        ]
        findings += [
            f"{user} may not {use} {bucket_name}"
            for user in sorted(MAY_USE.get((bucket_name, use), set()) - users)
            if user != FOR_MEDIACONVERT or user in document["Resources"]
        ]
    return findings


def _use(action: str) -> str:
    """Tell whether an S3 action reads objects, recalls or lists them, or changes something; what is unknown changes."""
    verb = action.removeprefix("s3:")
    if verb == "RestoreObject":
        return "recall"
    return "read" if verb.startswith("Get") else "list" if verb.startswith("List") else "write"


MAY_READ_SECRETS = {
    "SigningKeys": {"gallery", "picker", "signed_url"},
    "WebhookSecrets": {"webhooks"},
    "PimConnections": {"reconcile_products"},
    "OutboundSecrets": {"notify"},
}
"""The functions that may read each secret: what mints URLs, the door of webhooks, and what looks at PIMs."""


def secrets_are_read_by_those_who_need_them(document: Document) -> list[str]:
    """Each secret is read by those alone that a table names, and nobody may change one."""
    named = {target(function.get("Role")): name for name, function in functions(document).items()}
    return [
        f"{named.get(role, role)} may {action} of {target(resource)}"
        for role, statement in _statements(document)
        for action in listed(statement.get("Action", []))
        for resource in listed(statement.get("Resource"))
        if action.startswith("secretsmanager:")
        and (
            named.get(role) not in MAY_READ_SECRETS.get(str(target(resource)), set())
            or action != "secretsmanager:GetSecretValue"
        )
    ]


MAY_DELETE = {
    *(
        "associate",
        "collections",
        "custody",
        "feeds",
        "ingest",
        "mirror",
        "products",
        "reconcile_products",
        "renditions",
        "revalidate",
        "transcode",
    ),
}
"""The functions that may delete items: of deleted assets and collections, of what batches replace, links, and names."""

MAY_UPDATE = {"enforce", "purge"}
"""The functions that may change items in place: revocations, whose steps are noted one by one."""


def histories_are_only_added_to(document: Document) -> list[str]:
    """Items are changed in place, or deleted, by those alone whose job that is, and by nobody with SQL."""
    named = {target(function.get("Role")): name for name, function in functions(document).items()}
    findings = []
    for role, statement in _statements(document):
        for action in listed(statement.get("Action", [])):
            verb = str(action).removeprefix("dynamodb:")
            if verb == "UpdateItem" and named.get(role) not in MAY_UPDATE:
                findings.append(f"{named.get(role, role)} may {action}")
            if verb.startswith("PartiQL") or verb in {"DeleteTable", "UpdateTable"}:
                findings.append(f"{named.get(role, role)} may {action}")
            if verb in {"DeleteItem", "BatchWriteItem"} and named.get(role) not in MAY_DELETE:
                findings.append(f"{named.get(role, role)} may {action}")
    return findings


def functions_may_use_what_feeds_them(document: Document) -> list[str]:
    """Each function may write its own log group, and take messages from its own queue."""
    findings = []
    for name, function in functions(document).items():
        role = target(function.get("Role"))
        mine = [statement for owner, statement in _statements(document) if owner == role]
        needs = [
            ({"logs:CreateLogStream", "logs:PutLogEvents"}, target(function.get("LoggingConfig", {}).get("LogGroup")))
        ]
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                actions = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
                needs.append((actions, target(event["Properties"]["Queue"])))
        for actions, resource in needs:
            if not any(target(s["Resource"]) == resource and actions <= set(listed(s["Action"])) for s in mine):
                findings.append(f"{name} may not use {resource}")
    return findings
