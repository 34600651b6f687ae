"""Crash points: every consumer, stopped at each of its AWS calls and started again."""
