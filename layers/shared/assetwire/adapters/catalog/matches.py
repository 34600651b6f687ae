"""The Matches port: notes of names in a partition for each name, and a match beside its asset."""

from collections.abc import Collection, Iterable

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.arranging import write_arrangement
from assetwire.adapters.catalog.table import Table
from assetwire.domain.link import Arrangement
from assetwire.domain.match import AssetMatch, NamedByAsset, ProductName


class DynamoMatches:
    """Matches in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def match(self, asset_id: str) -> AssetMatch | None:
        """Read what an asset's evidence came to last."""
        return self._table.find(AssetMatch, keys.asset_match(asset_id))

    def save_match(self, match: AssetMatch) -> None:
        """Write a match, if its revision is the one before."""
        self._table.save(match)

    def note_names(self, asset_id: str, names: Collection[str]) -> None:
        """Write the notes of an asset, in batches."""
        self._table.put(NamedByAsset(name=name, asset_id=asset_id) for name in sorted(names))

    def forget_names(self, asset_id: str, names: Collection[str]) -> None:
        """Delete the notes of an asset, in batches."""
        self._table.remove([NamedByAsset(name=name, asset_id=asset_id) for name in sorted(names)])

    def skus_at(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Read the products' notes at each name."""
        return {name: tuple(n.sku for n in self._table.all(ProductName, keys.product_name(name, ""))) for name in names}

    def assets_at(self, names: Iterable[str]) -> list[str]:
        """Read the assets' notes at each name."""
        notes = (note for name in names for note in self._table.all(NamedByAsset, keys.named_by_asset(name, "")))
        return list(dict.fromkeys(note.asset_id for note in notes))

    def link(self, arrangement: Arrangement, match: AssetMatch) -> None:
        """Write links, and a list if it changes, in one transaction that holds the match at its revision."""
        table = self._table
        with table.transaction("linking an asset") as transaction:
            transaction.condition_check(
                table.items, *keys.asset_match(match.asset_id), condition=table.items.revision == match.revision
            )
            write_arrangement(arrangement, table=table, transaction=transaction)
