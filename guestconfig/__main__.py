"""What Pulumi starts: ``pulumi-resource-guestconfig ENGINE``."""

import asyncio
import gc
import sys

# Modules stay to the end: to walk over them while they are imported, and once more at the end, is time lost.
gc.disable()
from guestconfig.serve import serve  # noqa: E402 - see above

gc.freeze()
gc.enable()

if __name__ == "__main__":
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not addresses:
        sys.exit("pulumi-resource-guestconfig is started by Pulumi, with its engine's address")
    asyncio.run(serve(addresses[0]))
