"""The ports of webhooks: who may send deliveries, and where they wait."""

from typing import Protocol

from assetwire.domain.webhook import Delivery, Source


class WebhookSources(Protocol):
    """The systems that may send deliveries."""

    def named(self, name: str) -> Source | None:
        """Return a source, as it was read within the last minutes.

        Raises:
            Misconfigured: what is known of sources is no such thing.
        """
        ...

    def renew(self) -> bool:
        """Read what is known of sources again, unless that was just done; tell whether it was.

        Raises:
            Misconfigured: as `named` does.
        """
        ...


class DeliveryQueue(Protocol):
    """Deliveries that wait for the mirror."""

    def put(self, delivery: Delivery) -> None:
        """Let a delivery wait; the same one within minutes waits once.

        Raises:
            Unavailable: it was not taken.
        """
        ...
