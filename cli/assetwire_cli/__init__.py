"""The `assetwire` command."""

import time

STARTED = time.monotonic()
"""When this command began, but for the start of its interpreter."""
