"""Run every bench and print its figures as JSON, one object a bench: `python -m bench [name ...]`."""

from __future__ import annotations

import importlib
import sys

BENCHES = ("cold_start", "listening", "texting")


def main(wanted: list[str]) -> int:
    """Run the benches named (all, when none is); gives the number that failed their bars."""
    failed = 0
    for name in wanted or BENCHES:
        if name not in BENCHES:
            print(f"no bench called {name}; there are {', '.join(BENCHES)}", file=sys.stderr)
            return 2
        print(f"== {name}", flush=True)
        failed += importlib.import_module(f"bench.{name}").main([]) != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
