"""Every error that Assetwire raises on purpose.

    AssetwireError
    ├── PermanentError          the same call fails again: the input or the state must change first
    │   ├── InvalidRequest      a caller's input is wrong
    │   │   └── TooLarge        there is more of it than is taken at once
    │   ├── NotFound            the thing asked for does not exist
    │   ├── Unauthenticated     a caller does not prove who it is
    │   ├── NotPermitted        a caller's roles do not allow the call
    │   ├── Denied              the rights do not allow it
    │   ├── NotDelivered        allowed, but not in the delivery bucket (yet)
    │   ├── Refused             the state of the thing does not admit it
    │   ├── Archived            a master is in cold storage: it must be recalled first
    │   ├── Undecodable         a master's bytes cannot be decoded
    │   ├── Unmet               a spec asks for what cannot be made of this master
    │   ├── NotUnderstood       a message or record of a shape that this version does not know
    │   └── Misconfigured       a setting, a secret or a data file is missing or wrong
    └── TransientError          the same call may succeed later
        ├── Conflict            somebody else changed the same record first
        └── Unavailable         a service throttled, timed out or failed
            └── Throttled       it says how long to wait

Each carries a stable reason `code` beside its message: callers branch on the code, people read the message.
"""


class AssetwireError(Exception):
    """Any failure that Assetwire names."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class PermanentError(AssetwireError):
    """The same call fails again."""


class TransientError(AssetwireError):
    """The same call may succeed later."""


class InvalidRequest(PermanentError):
    """A caller's input is wrong; `problems` lists `{code, field, message}`."""

    code = "invalid_request"

    def __init__(self, message: str, *, code: str | None = None, problems: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(message, code=code)
        self.problems = problems


class TooLarge(InvalidRequest):
    """There is more of a caller's input than is taken at once."""

    code = "body_too_large"


class NotFound(PermanentError):
    """The thing asked for does not exist."""

    code = "not_found"


class Unauthenticated(PermanentError):
    """A caller does not prove who it is."""

    code = "unauthenticated"


class NotPermitted(PermanentError):
    """A caller's roles do not allow the call."""

    code = "not_permitted"


class Denied(PermanentError):
    """The rights do not allow it; `code` is the decision's reason."""

    code = "denied"


class NotDelivered(PermanentError):
    """Allowed, but not in the delivery bucket (yet)."""

    code = "not_delivered"


class Refused(PermanentError):
    """The state of the thing does not admit it; `code` says which state."""

    code = "refused"


class Archived(PermanentError):
    """A master is in cold storage: it must be recalled before it can be read."""

    code = "archived"


class Undecodable(PermanentError):
    """A master's bytes cannot be decoded."""

    code = "undecodable"


class Unmet(PermanentError):
    """A spec asks for what cannot be made of this master; `names` are those of the outputs that are missing."""

    code = "unmet"

    def __init__(self, message: str, *, code: str | None = None, names: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.names = names


class NotUnderstood(PermanentError):
    """A message or record has a shape that this version does not know."""

    code = "not_understood"


class Misconfigured(PermanentError):
    """A setting, a secret or a data file is missing or wrong."""

    code = "misconfigured"


class Conflict(TransientError):
    """Somebody else changed the same record first: read again and decide again."""

    code = "conflict"


class Unavailable(TransientError):
    """A service throttled, timed out or failed."""

    code = "unavailable"


class Throttled(Unavailable):
    """A service asks to wait; `seconds` says how long."""

    code = "throttled"

    def __init__(self, message: str, *, seconds: float = 10.0) -> None:
        super().__init__(message)
        self.seconds = seconds
