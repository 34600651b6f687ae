"""The `assetwire` command."""
