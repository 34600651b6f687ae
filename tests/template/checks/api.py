"""The API: each call is by somebody, whose roles the pool alone gives, and counts for a usage plan."""

from typing import Any

from template.cloudformation import Document, functions, listed, resources, target

AUTHORIZER = {
    "FunctionArn": {"Fn::GetAtt": ["AuthorizeFunction", "Arn"]},
    "FunctionPayloadType": "REQUEST",
    "Identity": {"Headers": ["Authorization"], "ReauthorizeEvery": 60},
}
"""Whom the API asks who calls. What it answers is kept for a minute: the header alone says for whom."""


SIGNED = {"/webhooks/{source}": {"Authorizer": "NONE", "ApiKeyRequired": False}}
"""The paths that no authorizer guards: the signature of each call says whose it is."""


def every_call_of_the_api_is_somebodys(document: Document) -> list[str]:
    """The API asks our authorizer by default, and each call counts for a usage plan; signed ones alone opt out."""
    apis, findings = resources(document, "AWS::Serverless::Api"), []
    for name, api in apis.items():
        auth = api.get("Auth", {})
        if auth.get("Authorizers", {}).get(auth.get("DefaultAuthorizer")) != AUTHORIZER:
            findings.append(f"{name} answers anyone")
        if len(auth.get("Authorizers", {})) != 1:
            findings.append(f"{name} has other authorizers")
        if auth.get("ApiKeyRequired") is not True or api.get("ApiKeySourceType") != "AUTHORIZER":
            findings.append(f"{name} does not let the authorizer say whose plan a call counts for")
        if auth.get("InvokeRole") != "NONE":
            findings.append(f"{name} lends callers the right to invoke functions")
        if "DefinitionBody" in api or "DefinitionUri" in api:
            findings.append(f"{name} has a definition of its own, whose security SAM does not set")
    for name, function in functions(document).items():
        if "FunctionUrlConfig" in function:
            findings.append(f"{name} has a URL of its own")
        for event in (e for e in function.get("Events", {}).values() if e["Type"] in {"Api", "HttpApi"}):
            properties: dict[str, Any] = event["Properties"]
            if target(properties.get("RestApiId")) not in apis or event["Type"] != "Api":
                findings.append(f"{name} is called through an API that is not ours")
            if properties.get("Auth") != SIGNED.get(properties.get("Path")):
                findings.append(f"{name}: {properties.get('Path')} opts out of the default authorizer")
            if str(properties.get("Method")).lower() in {"any", "x-amazon-apigateway-any-method", "*"}:
                findings.append(f"{name}: {properties.get('Path')} takes every method")
    return findings


def the_api_is_throttled(document: Document) -> list[str]:
    """Every method of every API has a rate, a burst, and metrics."""
    findings = []
    for name, api in resources(document, "AWS::Serverless::Api").items():
        for_all = [s for s in api.get("MethodSettings", []) if (s["ResourcePath"], s["HttpMethod"]) == ("/*", "*")]
        wanted = ("ThrottlingRateLimit", "ThrottlingBurstLimit", "MetricsEnabled")
        findings += [f"{name} has no {key}" for key in wanted if not any(s.get(key) for s in for_all)]
    return findings


MACHINES = {"cms", "pim", "channel"}
PLANS = {"people", "operators"} | MACHINES


def every_caller_has_a_usage_plan(document: Document) -> list[str]:
    """Each plan that the authorizer names has a key; machines have a rate, a burst and a quota, by own keys."""
    plans, findings = resources(document, "AWS::ApiGateway::UsagePlan"), []
    limited = {
        name for name, plan in plans.items() if "Throttle" in plan and plan.get("Quota", {}).get("Period") == "DAY"
    }
    found: dict[str, set[str]] = {}
    keys = resources(document, "AWS::ApiGateway::ApiKey")
    for use in resources(document, "AWS::ApiGateway::UsagePlanKey").values():
        value = keys[str(target(use["KeyId"]))].get("Value", {}).get("Fn::Join", ["", [""]])
        found.setdefault(str(value[1][0]), set()).add(str(target(use["UsagePlanId"])))
    for caller in sorted(PLANS):
        if len(found.get(caller, ())) != 1:
            findings.append(f"{caller} has no usage plan of its own")
        elif caller in MACHINES and not found[caller] <= limited:
            findings.append(f"{caller} may call as often as it likes")
    for name, plan in plans.items():
        if [target(stage["ApiId"]) for stage in plan.get("ApiStages", [])] != ["Api"]:
            findings.append(f"{name} is not of our API")
    return findings


def people_are_let_in_by_the_house(document: Document) -> list[str]:
    """Nobody signs up alone, passwords are long, a second factor is possible, and the pool outlives the stack."""
    findings = []
    for name, pool in resources(document, "AWS::Cognito::UserPool").items():
        if pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly") is not True:
            findings.append(f"{name} lets anybody sign up")
        if pool.get("Policies", {}).get("PasswordPolicy", {}).get("MinimumLength", 0) < 12:
            findings.append(f"{name} takes short passwords")
        if pool.get("MfaConfiguration") not in {"OPTIONAL", "ON"} or "SOFTWARE_TOKEN_MFA" not in pool.get(
            "EnabledMfas", []
        ):
            findings.append(f"{name} knows no second factor")
        if document["Resources"][name].get("DeletionPolicy") != "Retain":
            findings.append(f"{name} may be deleted with the stack")
    return findings


def clients_get_what_they_need(document: Document) -> list[str]:
    """People sign in by code and proof, without a secret, for minutes; a machine by its secret, for its scope alone."""
    findings, scopes = [], set()
    for server in resources(document, "AWS::Cognito::UserPoolResourceServer").values():
        scopes |= {f"{server['Identifier']}/{scope['ScopeName']}" for scope in server["Scopes"]}
    for name, client in resources(document, "AWS::Cognito::UserPoolClient").items():
        flows, granted = listed(client.get("AllowedOAuthFlows", [])), listed(client.get("AllowedOAuthScopes", []))
        minutes = client.get("AccessTokenValidity", 60)
        if client.get("TokenValidityUnits", {}).get("AccessToken") != "minutes" or not 5 <= minutes <= 60:
            findings.append(f"{name}'s tokens live too long")
        if client.get("ClientName") in MACHINES:
            if flows != ["client_credentials"] or client.get("GenerateSecret") is not True:
                findings.append(f"{name} gets tokens without a secret")
            if granted != [f"assetwire/{client['ClientName']}"] or not set(granted) <= scopes:
                findings.append(f"{name} has other scopes than its own")
        else:
            if flows != ["code"] or client.get("GenerateSecret"):
                findings.append(f"{name} signs people in otherwise than by a code and its proof")
            if set(granted) & scopes or "ALLOW_USER_PASSWORD_AUTH" in client.get("ExplicitAuthFlows", []):
                findings.append(f"{name} gives people what is for machines, or takes their passwords")
            if client.get("PreventUserExistenceErrors") != "ENABLED":
                findings.append(f"{name} tells strangers who has an account")
    return findings


def groups_are_the_roles_of_people(document: Document) -> list[str]:
    """The pool has a group for each role of people, and no other."""
    named = sorted(group.get("GroupName", "") for group in resources(document, "AWS::Cognito::UserPoolGroup").values())
    return [] if named == sorted(PEOPLE) else [f"the groups are {named}"]


PEOPLE = {"librarian", "reviewer", "legal", "admin"}


def the_authorizer_reads_nothing(document: Document) -> list[str]:
    """Its role may write its log and its traces: what it judges by stands in its environment, and in the call."""
    role = target(functions(document).get("authorize", {}).get("Role"))
    policies = resources(document, "AWS::IAM::Role").get(str(role), {}).get("Policies", [])
    actions = {a for policy in policies for s in policy["PolicyDocument"]["Statement"] for a in listed(s["Action"])}
    return [f"authorize may {action}" for action in sorted(actions) if action.split(":")[0] not in {"logs", "xray"}]
