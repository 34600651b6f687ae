"""How a command fails: one line that says what and why, and an exit code."""

from assetwire.domain.errors import AssetwireError


class Failure(AssetwireError):
    """A command cannot do what it was asked for."""

    code = "failure"
