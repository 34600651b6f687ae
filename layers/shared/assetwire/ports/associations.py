"""What PIM was told, as services need it, and how it is told."""

from typing import Any, Protocol

from assetwire.domain.associations import Associations


class AssociationsKept(Protocol):
    """What was told of each product, read consistently."""

    def told(self, sku: str) -> Associations | None:
        """Return what was told of a product, if anything ever was."""
        ...

    def save_told(self, associations: Associations) -> None:
        """Replace what was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...


class Receiver(Protocol):
    """A system that is told."""

    def send(self, message_id: str, message: dict[str, Any]) -> None:
        """Send a message, and return once it is acknowledged; the same id again is the same message.

        Raises:
            Unavailable: nobody acknowledged it.
            Misconfigured: there is no secret to sign it with.
        """
        ...
