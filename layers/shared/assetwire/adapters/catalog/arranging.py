"""Writes lists and links, as they were read, each with a note of what was changed of it."""

from pynamodb.transactions import TransactWrite

from assetwire.adapters.catalog.table import Table
from assetwire.domain.link import Arrangement
from assetwire.domain.link_history import changes_of


def write_arrangement(arrangement: Arrangement, *, table: Table, transaction: TransactWrite) -> None:
    """Put an arrangement and its history into a transaction; the conditions of what is changed hold for its notes."""
    for record in arrangement.records:
        transaction.save(table.item_of(record), condition=table.unchanged(record))
    for change in changes_of(arrangement):
        transaction.save(table.item_of(change))
