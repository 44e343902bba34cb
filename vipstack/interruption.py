"""How a long command is interrupted: by Ctrl-C or TERM, with time to tidy up."""

import signal


def end_in_good_order() -> None:
    """Let INT and TERM raise KeyboardInterrupt.

    INT too, though Python does so: it leaves a signal ignored that was so at its start, and a shell without job control
    starts what runs in the background in that way. Such a command could only be killed.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
