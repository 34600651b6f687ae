"""The outside world behind the ports: AWS services, and nothing else."""
