"""Oracles: slow, obviously right answers, which import nothing of what they judge."""
