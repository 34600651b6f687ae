"""Wiring of the function behind the API of collections."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.rights import Rights
    from assetwire.requests import CollectionRequest, MembersRequest
    from assetwire.services.members import Moved


class CollectionsApi:
    """The use cases behind the API of collections."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.collections import DynamoCollections
        from assetwire.adapters.catalog.repository import DynamoCatalog

        known = settings.load(settings.CollectionsApiSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._collections = DynamoCollections(known.catalog_table, region=known.aws_region)

    def create(self, asked: "CollectionRequest", *, by: str, may_set_rights: bool, reason: str) -> dict[str, Any]:
        """Make a collection, and return it as JSON."""
        import secrets

        from assetwire.services.collections import create_collection

        facts = asked.model_dump(include={"title", "kind"}) | {"rights": asked.rights}
        who: dict[str, Any] = {"by": by, "may_set_rights": may_set_rights, "reason": reason}
        token = asked.token or secrets.token_hex(16)
        return create_collection(**facts, token=token, **who, **self._known()).model_dump(mode="json")

    def list(self, *, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return a page of collections, as JSON."""
        from assetwire.services.collections import list_collections

        found = list_collections(limit=limit, cursor=cursor, collections=self._collections)
        return {
            "collections": [each.model_dump(mode="json") for each in found.collections],
            "next_cursor": found.cursor,
        }

    def read(self, collection_id: str) -> dict[str, Any]:
        """Return a collection as JSON."""
        return self._collections.collection(collection_id).model_dump(mode="json")

    def rename(self, collection_id: str, title: str, **asked: Any) -> dict[str, Any]:
        """Give a collection another title."""
        from assetwire.services.collections import rename

        return rename(collection_id, title, **asked, **self._known()).model_dump(mode="json")

    def set_rights(self, collection_id: str, rights: "Rights | None", **asked: Any) -> dict[str, Any]:
        """Replace what a collection allows its members."""
        from assetwire.services.collections import set_rights

        return set_rights(collection_id, rights, **asked, **self._known()).model_dump(mode="json")

    def delete(self, collection_id: str, **asked: Any) -> dict[str, Any]:
        """Delete a collection."""
        from assetwire.services.collections import delete_collection

        return delete_collection(collection_id, **asked, **self._known()).model_dump(mode="json")

    def history(self, collection_id: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return a page of who changed what of a collection, as JSON."""
        from assetwire.services.collections import read_changes

        found = read_changes(collection_id, limit=limit, cursor=cursor, collections=self._collections)
        return {"changes": [each.model_dump(mode="json") for each in found.changes], "next_cursor": found.cursor}

    def add(self, collection_id: str, asked: "MembersRequest", *, by: str) -> "Moved":
        """Put assets into a collection."""
        from assetwire.services.members import add_members

        return add_members(collection_id, asked.asset_ids, by=by, reason=asked.reason, **self._ports())

    def remove(self, collection_id: str, asked: "MembersRequest", *, by: str) -> "Moved":
        """Take assets out of a collection."""
        from assetwire.services.members import remove_members

        return remove_members(collection_id, asked.asset_ids, by=by, reason=asked.reason, **self._ports())

    def members(self, collection_id: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return a page of members, as JSON."""
        from assetwire.services.members import list_members

        found = list_members(collection_id, limit=limit, cursor=cursor, **self._ports())
        return {"members": found.members, "next_cursor": found.cursor}

    def of_asset(self, asset_id: str) -> dict[str, Any]:
        """Return the collections that an asset is in, as JSON."""
        from assetwire.services.collections import collections_of

        found = collections_of(asset_id, assets=self._catalog, collections=self._collections)
        return {"collections": [each.model_dump(mode="json") for each in found]}

    def _known(self) -> dict[str, Any]:
        return {"collections": self._collections, "now": moment.now()}

    def _ports(self) -> dict[str, Any]:
        return {"catalog": self._catalog, **self._known()}


@cache
def collections_api() -> CollectionsApi:
    """Return the API of collections."""
    return CollectionsApi()
