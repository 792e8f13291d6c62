"""Programs for the developers of the harness: benchmarks, peers, third-party projects. Not in the wheel."""
