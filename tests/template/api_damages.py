"""The damages that the checks of the API and of its callers are there for."""

from collections.abc import Callable

from template.checks import access, api
from template.cloudformation import Document
from template.damage import Damage, add, put, without, without_resource

_CATALOG_STATEMENTS = "CatalogApiRole/Policies/0/PolicyDocument/Statement"
_TABLE = {"Fn::GetAtt": ["Catalog", "Arn"]}

API_DAMAGES: dict[Callable[[Document], list[str]], list[Damage]] = {
    api.every_call_of_the_api_is_somebodys: [
        without("Api/Auth/DefaultAuthorizer"),
        put("Api/Auth/DefaultAuthorizer", "AWS_IAM"),
        put("Api/Auth/Authorizers/Callers/FunctionArn", {"Fn::GetAtt": ["CatalogFunction", "Arn"]}),
        put("Api/Auth/Authorizers/Callers/Identity/Headers", ["X-Forwarded-For"]),
        put("Api/Auth/Authorizers/Callers/Identity/ReauthorizeEvery", 3600),
        put("Api/Auth/Authorizers/Others", {"UserPoolArn": "arn:aws:cognito-idp:eu-central-1:1:userpool/p"}),
        without("Api/Auth/ApiKeyRequired"),
        without("Api/ApiKeySourceType"),
        without("Api/Auth/InvokeRole"),
        put("CatalogFunction/Events/SetRights/Properties/Auth", {"Authorizer": "NONE"}),
        put("WebhooksFunction/Events/Receive/Properties/Auth", {"Authorizer": "NONE"}),
        put("WebhooksFunction/Events/Receive/Properties/Path", "/assets"),
        put("CatalogFunction/Events/SetRights/Properties/Method", "any"),
        without("CatalogFunction/Events/SetRights/Properties/RestApiId"),
        put("SignedUrlFunction/FunctionUrlConfig", {"AuthType": "NONE"}),
    ],
    api.the_api_is_throttled: [
        without("Api/MethodSettings"),
        without("Api/MethodSettings/0/ThrottlingRateLimit"),
    ],
    api.every_caller_has_a_usage_plan: [
        without("MachinesPlan/Quota"),
        without("MachinesPlan/Throttle"),
        put("MachinesPlan/Quota/Period", "MONTH"),
        without_resource("PeopleUsage"),
        without_resource("CmsUsage"),
        put("CmsUsage/UsagePlanId", {"Ref": "CallersPlan"}),
        put("PimUsage/KeyId", {"Ref": "CmsUsageKey"}),
        without("CallersPlan/ApiStages"),
    ],
    api.people_are_let_in_by_the_house: [
        without("UserPool/AdminCreateUserConfig"),
        put("UserPool/Policies/PasswordPolicy/MinimumLength", 8),
        put("UserPool/MfaConfiguration", "OFF"),
        without("UserPool/EnabledMfas"),
        without("Resources/UserPool/DeletionPolicy"),
    ],
    api.clients_get_what_they_need: [
        put("CmsClient/AllowedOAuthScopes", ["assetwire/cms", "assetwire/pim"]),
        put("CmsClient/AllowedOAuthScopes", ["assetwire/channel"]),
        without("PimClient/GenerateSecret"),
        put("ChannelClient/AllowedOAuthFlows", ["client_credentials", "code"]),
        put("Scopes/Identifier", "other"),
        put("PeopleClient/AllowedOAuthFlows", ["implicit"]),
        put("PeopleClient/GenerateSecret", True),
        add("PeopleClient/AllowedOAuthScopes", "assetwire/cms"),
        add("PeopleClient/ExplicitAuthFlows", "ALLOW_USER_PASSWORD_AUTH"),
        put("PeopleClient/AccessTokenValidity", 1440),
        without("CmsClient/TokenValidityUnits"),
        without("PeopleClient/PreventUserExistenceErrors"),
    ],
    api.groups_are_the_roles_of_people: [
        without_resource("LegalGroup"),
        put("AdminGroup/GroupName", "administrators"),
    ],
    api.the_authorizer_reads_nothing: [
        add(
            "AuthorizeRole/Policies/0/PolicyDocument/Statement",
            {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": {"Fn::GetAtt": ["Catalog", "Arn"]}},
        ),
    ],
    access.histories_are_only_added_to: [
        add(_CATALOG_STATEMENTS, {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": _TABLE}),
        add(_CATALOG_STATEMENTS, {"Effect": "Allow", "Action": ["dynamodb:DeleteItem"], "Resource": _TABLE}),
        add(_CATALOG_STATEMENTS, {"Effect": "Allow", "Action": "dynamodb:PartiQLUpdate", "Resource": _TABLE}),
    ],
}
