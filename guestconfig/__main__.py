"""What Pulumi starts: ``pulumi-resource-guestconfig ENGINE``."""

import asyncio
import sys

from guestconfig.serve import serve

if __name__ == "__main__":
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not addresses:
        sys.exit("pulumi-resource-guestconfig is started by Pulumi, with its engine's address")
    asyncio.run(serve(addresses[0]))
