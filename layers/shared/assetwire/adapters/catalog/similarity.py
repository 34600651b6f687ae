"""The SimilarityIndex port: bands of perceptual hashes as partitions of the table."""

from collections.abc import Sequence

from assetwire.adapters.catalog.table import Table, key_of
from assetwire.domain.near_duplicates import Likeness
from assetwire.ports.similarity import Neighbours


class DynamoSimilarityIndex:
    """Likenesses in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def add(self, likenesses: Sequence[Likeness]) -> None:
        """Write likenesses in as few requests as there can be: 25 in one."""
        self._table.put(likenesses)

    def neighbours(self, likenesses: Sequence[Likeness], *, limit: int) -> Neighbours:
        """Query each band once; one that holds more is read around the likeness's own place instead."""
        found: list[Likeness] = []
        cut = 0
        for likeness in likenesses:
            band, place = key_of(likeness)
            stand = self._table.part(Likeness, band, None, limit=limit + 1)
            if len(stand) > limit:
                cut += 1
                sort = self._table.items.sk
                stand = self._table.part(Likeness, band, sort > place, limit=limit // 2)
                stand += self._table.part(Likeness, band, sort < place, limit=limit // 2, ascending=False)
            found += stand
        return Neighbours(found, cut)
