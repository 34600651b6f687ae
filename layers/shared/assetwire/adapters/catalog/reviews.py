"""The Reviews port: one transaction for each answer."""

from assetwire.adapters.catalog.arranging import write_arrangement
from assetwire.adapters.catalog.table import Table
from assetwire.domain.review import Reviewed


class DynamoReviews:
    """Answers in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def decide(self, found: Reviewed) -> None:
        """Write the item, its links and their lists in one transaction."""
        table = self._table
        with table.transaction(f"deciding work item {found.item.work_id}") as transaction:
            transaction.save(table.item_of(found.item), condition=table.unchanged(found.item))
            for arrangement in found.arrangements:
                write_arrangement(arrangement, table=table, transaction=transaction)
