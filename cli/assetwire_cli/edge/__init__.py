"""The local edge: judges, caches and serves delivery requests as CloudFront does, for the embedded stack."""
