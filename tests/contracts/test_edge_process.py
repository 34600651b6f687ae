"""The local edge as a process: it says when it listens, refuses what it cannot read, and ends on SIGTERM."""

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).parents[2]
BASE = "http://media.example:4580"
PEM = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


def command(tmp_path: Path, parameters: dict[str, str]) -> list[str]:
    file = tmp_path / "parameters.json"
    file.write_text(json.dumps(parameters))
    given = {
        "template": str(ROOT / "template.yaml"),
        "parameters": str(file),
        "bucket": "delivery",
        "distribution-id": "D",
        "key-value-store": "arn:aws:cloudfront::000000000000:key-value-store/keys",
    }
    # Port 9 (discard) refuses: the stack is down, which the edge must survive.
    given |= {"endpoint-url": "http://127.0.0.1:9", "port": "0", "base-url": BASE}
    return [
        sys.executable,
        "-m",
        "assetwire_cli.edge",
        *(word for name, value in given.items() for word in (f"--{name}", value)),
    ]


def test_the_process_listens_says_so_and_ends_on_sigterm(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "cli"),
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    with subprocess.Popen(
        command(tmp_path, {"SigningPublicKeyA": PEM}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        assert line.startswith(f"edge: {BASE} serves delivery on 127.0.0.1:")
        connection = http.client.HTTPConnection("127.0.0.1", int(line.rpartition(":")[2]), timeout=10)
        connection.request("GET", "/a1/x.jpg")
        response = connection.getresponse()
        assert (response.status, response.headers["X-Assetwire-Edge-Reason"]) == (403, "unsigned")
        response.read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert b"Traceback" not in errors


def test_the_process_refuses_a_template_that_is_none(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    ended = subprocess.run(command(tmp_path, {}), capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("edge: ")
    assert "DeliveryKeyGroup has no key" in ended.stderr
