"""Assetwire: the media half of a retail content backbone."""
