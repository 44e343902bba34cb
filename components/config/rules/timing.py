"""``vrrp``: its timers, as the protocol and keepalived can keep them.

Sources: RFC 5798 (VRRPv3) section 5.2.7, RFC 3768 (VRRPv2) section 5.3.7, keepalived.conf(5).
"""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.vrrp import INTERVALS, Timing

# VRRPv3 has 12 bits of hundredths of a second; keepalived 2.2.7 takes 0.01 and refuses 0.005. VRRPv2 has 8
# bits of seconds.
_SHORTEST, _LONGEST_V3, _LONGEST_V2 = 0.01, 40.95, 255


def one_word_for_the_interval(draft: Draft) -> Iterator[Finding]:
    """A profile and an interval could contradict each other."""
    if draft.vrrp and draft.vrrp.timing and draft.vrrp.advert_interval is not None:
        yield Finding(
            at("vrrp", "advert-interval"),
            f"{at('vrrp', 'timing')} is given too",
            f"The profile {draft.vrrp.timing} says the interval: {INTERVALS[draft.vrrp.timing]:g} s",
            "Remove one of the two",
        )


def fast_needs_version_3(draft: Draft) -> Iterator[Finding]:
    """VRRPv2 counts whole seconds."""
    if draft.vrrp and draft.vrrp.timing is Timing.FAST and draft.vrrp.version == 2:  # noqa: PLR2004 - the protocol's
        yield Finding(
            at("vrrp", "timing"),
            f"the profile fast advertises every {INTERVALS[Timing.FAST]:g} s, but the version is 2",
            "VRRPv2 counts whole seconds",
            f"Choose standard, or set {at('vrrp', 'version')} to 3",
        )


def interval_can_be_kept(draft: Draft) -> Iterator[Finding]:
    """A rounded interval makes a promise that nobody keeps."""
    if draft.vrrp is None or draft.vrrp.advert_interval is None:
        return
    interval, where = draft.vrrp.advert_interval, at("vrrp", "advert-interval")
    if draft.vrrp.version == 2:  # noqa: PLR2004 - the protocol's version
        if interval != int(interval) or not 1 <= interval <= _LONGEST_V2:
            yield Finding(
                where,
                f"VRRPv2 cannot advertise every {interval:g} s",
                f"VRRPv2 counts whole seconds from 1 to {_LONGEST_V2}; keepalived rounds others and only logs it",
                f"Choose a whole number, or set {at('vrrp', 'version')} to 3",
            )
        return
    hundredths = round(interval * 100)
    if not _SHORTEST <= interval <= _LONGEST_V3 or abs(interval * 100 - hundredths) > 1e-6:  # noqa: PLR2004 - float noise
        yield Finding(
            where,
            f"VRRPv3 cannot advertise every {interval:g} s",
            f"VRRPv3 counts hundredths of a second, {_SHORTEST} to {_LONGEST_V3}; keepalived refuses or rounds others",
            "Choose a multiple of 0.01 in that range",
        )


def delay_needs_preemption(draft: Draft) -> Iterator[Finding]:
    """A director that takes nothing back waits for nothing."""
    if draft.vrrp and draft.vrrp.preempt_delay is not None and not draft.vrrp.preempt:
        yield Finding(
            at("vrrp", "preempt-delay"),
            f"a delay of {draft.vrrp.preempt_delay:g} s is given, but a director that returns takes nothing back",
            f"The delay is for {at('vrrp', 'preempt')}: true",
            "Remove the delay, or set preempt to true",
        )
