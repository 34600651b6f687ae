"""Logs: one JSON object a line, with the function, the request and the ids that it is about."""

from aws_lambda_powertools import Logger

logger = Logger()
