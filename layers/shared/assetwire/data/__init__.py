"""Versioned data that ships with the code."""
