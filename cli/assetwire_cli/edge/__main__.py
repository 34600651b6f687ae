"""Runs the local edge as a process of its own, until SIGTERM; `assetwire local up` starts it."""

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import boto3
from botocore.config import Config

from assetwire_cli.edge import invalidations, key_values
from assetwire_cli.edge.cache import ResponseCache
from assetwire_cli.edge.function import FunctionError, FunctionRuntime
from assetwire_cli.edge.invalidations import InvalidationFollower
from assetwire_cli.edge.key_values import KeyValueFollower
from assetwire_cli.edge.server import Edge, EdgeServer
from assetwire_cli.edge.template import TemplateError, read_distribution
from assetwire_cli.key_values import key_value_client


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        parameters = json.loads(options.parameters.read_text(encoding="utf-8"))
        distribution = read_distribution(options.template, parameters)
    except (OSError, ValueError, TemplateError) as error:
        sys.stderr.write(f"edge: {error}\n")
        return 2

    def clock() -> datetime:
        return datetime.now(UTC)

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    config = Config(
        connect_timeout=2,
        read_timeout=20,
        max_pool_connections=64,
        retries={"total_max_attempts": 2},
        s3={"addressing_style": "path"},
    )
    store = boto3.client("s3", endpoint_url=options.endpoint_url, region_name=options.region, config=config)
    api = boto3.client("cloudfront", endpoint_url=options.endpoint_url, region_name=options.region, config=config)
    values = key_value_client(boto3.Session(region_name=options.region), options.endpoint_url, config)
    cache = ResponseCache(clock, max_bytes=options.cache_bytes, tag_header=distribution.tag_header)
    try:
        functions = {name: FunctionRuntime(each.code) for name, each in distribution.functions.items()}
    except FunctionError as error:
        sys.stderr.write(f"edge: {error}\n")
        return 2
    edge = Edge(
        distribution,
        bucket=options.bucket,
        store=store,
        cache=cache,
        base_url=options.base_url,
        functions=functions,
        viewer_country=options.viewer_country,
        clock=clock,
    )
    try:
        server = EdgeServer(edge, options.port)
    except OSError as error:
        sys.stderr.write(f"edge: port {options.port}: {error}\n")
        return 1
    keyed = [functions[name] for name, each in distribution.functions.items() if each.store is not None]
    followers = (
        (InvalidationFollower(api, options.distribution_id, cache), invalidations.POLL_SECONDS),
        (KeyValueFollower(values, options.key_value_store, keyed), key_values.POLL_SECONDS),
    )
    for follower, seconds in followers:
        follower.start(seconds)
    server.start()
    sys.stdout.write(f"edge: {options.base_url} serves {options.bucket} on 127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    stopping.wait()
    server.stop()
    for follower, _ in followers:
        follower.stop()
    for function in functions.values():
        function.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assetwire-edge", description="The local edge in front of the delivery bucket."
    )
    parser.add_argument("--template", type=Path, required=True, help="the CloudFormation template")
    parser.add_argument("--parameters", type=Path, required=True, help="its parameters: a JSON object by name")
    parser.add_argument("--bucket", required=True, help="the delivery bucket's name")
    parser.add_argument("--distribution-id", required=True, help="the distribution whose invalidations are followed")
    parser.add_argument("--key-value-store", required=True, help="the ARN of the store that functions read")
    parser.add_argument("--endpoint-url", required=True, help="the embedded stack")
    parser.add_argument("--region", default="us-east-1", help="the embedded stack's region")
    parser.add_argument("--port", type=int, required=True, help="the port to listen on; 0 for any")
    parser.add_argument("--base-url", required=True, help="scheme and host of signed URLs")
    parser.add_argument("--viewer-country", default="", help="where viewers are who send no CloudFront-Viewer-Country")
    parser.add_argument("--cache-bytes", type=int, default=256 * 1024 * 1024, help="the cache's bound in bytes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
