"""The IdempotentRequests port: a request and its parts in a partition of its own, which expires."""

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.arranging import write_arrangement
from assetwire.adapters.catalog.table import Table
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.link import Arrangement


class DynamoIdempotentRequests:
    """Requests in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def request(self, request_id: str) -> IdempotentRequest | None:
        """Read a request."""
        return self._table.find(IdempotentRequest, keys.idempotent_request(request_id))

    def save_request(self, request: IdempotentRequest) -> None:
        """Write a request, if its revision is the one before."""
        self._table.save(request)

    def parts(self, request: IdempotentRequest) -> list[RequestPart]:
        """Read the parts of a request by one query."""
        return self._table.all(RequestPart, keys.request_parts(request.request_id, request.serial))

    def carry_out(self, part: RequestPart, arrangement: Arrangement | None) -> None:
        """Write a part, a list and its links in one transaction."""
        table = self._table
        with table.transaction("carrying out a part of a request") as transaction:
            transaction.save(table.item_of(part), condition=table.items.pk.does_not_exist())
            if arrangement is not None:
                write_arrangement(arrangement, table=table, transaction=transaction)
