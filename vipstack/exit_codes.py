"""Exit codes that several commands share; 0, 1 and 2 stand where they are used (cli.py says what they mean)."""

INTERRUPTED = 130  # as a shell reports a command that SIGINT ended
