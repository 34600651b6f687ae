"""Inscribe: write who made a picture, whose it is and how it is licensed into a file that an encoder wrote."""

from assetwire.media.inscribe.files import inscribe

__all__ = ["inscribe"]
