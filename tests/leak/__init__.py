"""The leak test: every URL that was ever minted is asked for, and an oracle says which must be refused or answered."""
