"""The outside world, small and in memory: every port's fake, held to its adapter by tests/contracts."""
