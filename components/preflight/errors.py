"""What preflight raises: the findings of the cloud, in the same shape as those of the stack file."""

from collections.abc import Iterable

from components.config.errors import Finding, StackFileError


class CloudError(StackFileError):
    """All findings of preflight; nothing was created."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__(findings)
        count = len(self.findings)
        head = "1 finding" if count == 1 else f"{count} findings"
        self.args = ("\n".join([f"The cloud cannot carry this stack ({head}):", *(f"- {f}" for f in self.findings)]),)
