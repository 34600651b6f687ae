"""One use case a module, over ports."""
