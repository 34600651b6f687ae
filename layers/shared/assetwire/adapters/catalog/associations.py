"""The AssociationsKept port: what PIM was told of a product, beside the product."""

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.associations import Associations


class DynamoAssociations:
    """What was told of products, in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def told(self, sku: str) -> Associations | None:
        """Read what was told of a product."""
        return self._table.find(Associations, keys.associations(sku))

    def save_told(self, associations: Associations) -> None:
        """Write what is told, if its revision is the one before."""
        self._table.save(associations)
