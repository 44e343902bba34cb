"""``python -m toolchain``: build it before anything else of this repository is installed."""

import sys

from toolchain import ToolchainError, ensure


def main() -> int:
    """Build what is missing; progress goes to standard error, the CLI's path to standard output."""
    try:
        found = ensure(lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 -- a program's own output
    except ToolchainError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(found.pulumi)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
