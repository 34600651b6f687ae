"""Side-by-side benchmarks: ours against the usual way, in turn, on this machine; each ends in one line of ratios."""
