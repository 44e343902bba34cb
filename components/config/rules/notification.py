"""``vrrp.notification``: mail addresses that keepalived reads as one word each."""

import re
from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at, shown

# No blanks, quotes, braces, or signs that begin a comment or a substitution in keepalived's configuration.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=/-]{1,64}@[A-Za-z0-9.-]{1,255}")


def mail_addresses_are_whole(draft: Draft) -> Iterator[Finding]:
    """The daemon sends what it reads, and the relay refuses it while nobody looks."""
    if draft.vrrp is None or draft.vrrp.notification is None:
        return
    here, mail = ("vrrp", "notification"), draft.vrrp.notification
    written = [(at(*here, "to", index), address) for index, address in enumerate(mail.to)]
    written += [(at(*here, "from"), mail.sender)] if mail.sender is not None else []
    for where, address in written:
        if not _ADDRESS.fullmatch(address):
            yield Finding(
                where,
                f"{shown(address)} is no mail address that keepalived can carry",
                "It has the form user@host.example, of ASCII letters, digits and . _ % + = / - alone",
                "Write the whole address",
            )
