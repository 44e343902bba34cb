"""What is secret in a stack file, for those who put it into a guest's files; never shown, not even by accident."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.config.stack import StackConfig

# Stands for a secret that only `pulumi` can decrypt; as long as VRRPv2 allows, so that it passes for any.
ENCRYPTED = "*" * 8


@dataclass(frozen=True)
class Secrets:
    """The VRRP password, None for none, and the certificates by name (PEM text, private key included)."""

    vrrp_password: str | None = field(default=None, repr=False)
    certificates: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def __bool__(self) -> bool:
        """Whether there is anything secret."""
        return bool(self.vrrp_password or self.certificates)


NO_SECRETS = Secrets()


def secrets_of(config: StackConfig) -> Secrets:
    """The secrets of a stack file."""
    password = config.vrrp_password
    return Secrets(
        vrrp_password=password.get_secret_value() if password else None,
        certificates={name: text.get_secret_value() for name, text in config.certificates.items()},
    )
