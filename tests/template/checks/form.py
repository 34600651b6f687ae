"""Form: descriptions for people, and only what the embedded stack accepts outside of conditions."""

import fnmatch

from template.cloudformation import Document

REJECTED = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::CloudFront::KeyGroup",
    "AWS::CloudFront::PublicKey",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CodeDeploy::*",
    "AWS::Cognito::UserPoolUser",
    "AWS::Events::ApiDestination",
    "AWS::Events::Archive",
    "AWS::Events::Connection",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::Group",
    "AWS::IAM::RolePolicy",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::WAFv2::WebACLAssociation",
)
"""Types that ministack 1.5.33 refuses to deploy, as probed."""


def everything_is_described(document: Document) -> list[str]:
    """Every parameter and output, and the template itself, says in a sentence what it is."""
    named = {"the template": document}
    named |= {f"{section}/{n}": part for section in ("Parameters", "Outputs") for n, part in document[section].items()}
    return [f"{n} has no description" for n, part in named.items() if not part.get("Description", "").strip()]


def the_embedded_stack_accepts_it(document: Document) -> list[str]:
    """Of a document settled for the embedded stack: no resource is of a type that it rejects."""
    return [
        f"{name} is of type {resource['Type']}, which the embedded stack rejects"
        for name, resource in document["Resources"].items()
        if any(fnmatch.fnmatchcase(resource["Type"], rejected) for rejected in REJECTED)
    ]
