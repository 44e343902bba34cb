"""The one error of this package: a sentence with four parts, for a person at a terminal."""


class ToolchainError(Exception):
    """Trouble that an operator can mend.

    Args:
        where: the program, file or step that failed.
        found: what was seen there.
        allowed: what would have been right, and why.
        remedy: what to do.
    """

    def __init__(self, where: str, found: str, allowed: str, remedy: str) -> None:
        super().__init__(f"{where}: {found}\n  {allowed}\n  {remedy}")
