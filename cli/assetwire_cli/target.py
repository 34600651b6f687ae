"""The stack that a command works on: the embedded one, or one on AWS.

AWS's library is imported with the first call: commands that need no stack would wait for it at each start.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from assetwire_cli.failure import Failure

if TYPE_CHECKING:
    import boto3
    from botocore.httpsession import URLLib3Session

    from assetwire_cli.credentials import IamTokens


_PROBLEMS = 10
"""Problems of a refusal that its message names at the most; the API may name a thousand."""


_CODES = {401: "unauthenticated", 403: "not_permitted", 429: "throttled"}
"""What API Gateway means where it answers itself; the embedded stack knows no gateway responses."""


class NoStack(Failure):
    """There is no stack of this name, whoever asks."""

    code = "no_stack"


class ApiError(Failure):
    """The API refused a call: `status` is HTTP's, `code` the reason."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.status = status


@dataclass(frozen=True)
class Target:
    """A deployed stack; an endpoint is given for the embedded one, and a token to call as somebody else."""

    stack: str
    region: str
    endpoint: str | None = None
    token: str | None = field(default_factory=lambda: os.environ.get("ASSETWIRE_TOKEN"), repr=False)

    @cached_property
    def session(self) -> "boto3.Session":
        """Credentials: the embedded stack's own, or the environment's."""
        import boto3

        if self.endpoint:
            return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=self.region)  # noqa: S106 - the embedded stack's public pair
        return boto3.Session(region_name=self.region)

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Let Assetwire's own adapters work on this stack, by the variables that AWS's library reads."""
        from assetwire.adapters import clients

        variables = {"AWS_DEFAULT_REGION": self.region, "AWS_REGION": self.region}
        if self.endpoint:
            variables |= {"AWS_ENDPOINT_URL": self.endpoint}
            variables |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        clients.forget()
        try:
            yield
        finally:
            clients.forget()
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def client(self, service: str) -> Any:
        """Return a client of an AWS service of this stack's."""
        from botocore.config import Config

        config = Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=32)
        if service == "cloudfront-keyvaluestore":
            from assetwire_cli.key_values import key_value_client

            return key_value_client(self.session, self.endpoint, config)
        return self.session.client(service, endpoint_url=self.endpoint, config=config)  # type: ignore[call-overload]

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs, by name.

        Raises:
            NoStack: there is no such stack.
            Failure: it cannot be read, or never came to have any.
        """
        outputs = {o["OutputKey"]: o["OutputValue"] for o in self._described.get("Outputs", [])}
        if not outputs:
            raise Failure(f"stack {self.stack!r} is {self._described['StackStatus']}", code="stack_incomplete")
        return outputs

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that the stack was deployed with last, by name.

        Raises:
            NoStack: there is no such stack.
            Failure: it cannot be read.
        """
        return {p["ParameterKey"]: p["ParameterValue"] for p in self._described.get("Parameters", [])}

    @cached_property
    def _described(self) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self.client("cloudformation").describe_stacks(StackName=self.stack)
        except (ClientError, BotoCoreError) as error:
            if _is_unknown(self.stack, getattr(error, "response", {})):
                raise NoStack(f"there is no stack {self.stack!r} in {self.region}: {error}") from error
            raise Failure(f"stack {self.stack!r} cannot be read: {error}", code="stack_unreadable") from error
        return answer["Stacks"][0]

    def queues(self, output: str) -> dict[str, str]:
        """Return consumer → queue URL of an output that lists queues."""
        return dict(pair.split("=", 1) for pair in self.outputs[output].split())

    def held(self, output: str) -> dict[str, tuple[int, int]]:
        """Return consumer → messages waiting and in work, of an output that lists queues."""
        sqs, names = self.client("sqs"), ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = {}
        for consumer, url in self.queues(output).items():
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            counts[consumer] = (int(attributes[names[0]]), int(attributes[names[1]]))
        return counts

    @property
    def api_url(self) -> str:
        """The API's base URL."""
        if self.endpoint:
            return f"{self.endpoint}/_aws/execute-api/{self.outputs['ApiId']}/v1"
        return self.outputs["ApiUrl"]

    def credentials(self) -> dict[str, str]:
        """Return the headers that say who calls the API.

        Raises:
            Failure: there is neither a token nor an identity.
        """
        from assetwire_cli.credentials import plan_of

        headers = {"Authorization": f"Bearer {self.token or self._iam_tokens.token()}"}
        if self.endpoint:  # the embedded stack does not ask its authorizer which plan a call counts for
            plan = plan_of(self.token, self.outputs["MachineClientIds"])
            headers["x-api-key"] = f"{plan}-{self.outputs['UsageKeys']}"
        return headers

    @cached_property
    def _iam_tokens(self) -> "IamTokens":
        from assetwire_cli.credentials import IamTokens

        credentials = self.session.get_credentials()
        if credentials is None:
            raise Failure("no AWS credentials in the environment", code="no_credentials")
        sts = self.endpoint or self.client("sts").meta.endpoint_url
        return IamTokens(credentials, region=self.region, api_id=self.outputs["ApiId"], sts_url=sts)

    @cached_property
    def _http(self) -> "URLLib3Session":
        from botocore.httpsession import URLLib3Session

        return URLLib3Session(timeout=30)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Call the API as the token's owner, or as the credentials' identity, and return its JSON answer.

        Raises:
            ApiError: the API refused.
            Failure: it could not be reached.
        """
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError

        url = f"{self.api_url}{quote(path)}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body)
        sent = {"Content-Type": "application/json", **self.credentials(), **(headers or {})}
        request = AWSRequest(method, url, data=data, headers=sent)
        try:
            answer = self._http.send(request.prepare())
        except BotoCoreError as error:
            raise Failure(f"{method} {url}: {error}", code="unreachable") from error
        try:
            content = json.loads(answer.text)
        except ValueError:
            content = {"detail": answer.text[:500]}
        if answer.status_code >= 400:
            code = str(content.get("code") or _CODES.get(answer.status_code, "error"))
            said = f"{method} {path}: {answer.status_code} {code}: {_reason(content)}"
            raise ApiError(answer.status_code, code, said)
        return content

    def listed(self, path: str, name: str, *, query: dict[str, str], limit: int) -> Iterator[Any]:
        """Yield at most so many of what the API lists under this name, page by page.

        Raises:
            ApiError, Failure: as `call` does.
        """
        cursor, left = None, limit
        while left > 0:
            asked = query | {"limit": str(min(left, 100))} | ({"cursor": cursor} if cursor else {})
            page = self.call("GET", path, query=asked)
            yield from page[name]
            left -= len(page[name])
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _is_unknown(stack: str, answer: dict[str, Any]) -> bool:
    """Tell whether CloudFormation knows no such stack.

    It has one code, ValidationError, for that and for a name that none could have. Source: CloudFormation API
    reference, DescribeStacks; a name has letters, digits and hyphens.
    """
    code = answer.get("Error", {}).get("Code")
    return code == "ValidationError" and re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", stack) is not None


def _reason(content: dict[str, Any]) -> str:
    """Return why the API refused, with the field and the reason of each problem that it names."""
    problems = content.get("problems", [])
    told = [": ".join(filter(None, (each["field"], each["message"]))) for each in problems[:_PROBLEMS]]
    more = [f"and {len(problems) - _PROBLEMS} more"] if len(problems) > _PROBLEMS else []
    said = content.get("detail") or content.get("message") or content.get("Message")
    return "; ".join([str(said or content), *told, *more])
