"""Quotas: what a stack takes, what of it is there already, and the words when it does not fit."""

from components.plan.stack import StackPlan
from components.preflight import quotas
from components.preflight.flavors import Flavor
from components.preflight.quotas import Quota, QuotaFacts

FLAVORS = {"vip.small": Flavor("f-1", vcpus=1, ram=384, disk=2)}


def test_the_whole_stack_is_counted(lvs_dr: StackPlan):
    assert quotas.needs(lvs_dr, FLAVORS) == {
        "instances": 5,
        "cores": 5,
        "memory (MiB)": 1920,
        "server groups": 2,
        "networks": 1,
        "subnets": 1,
        "routers": 1,
        "ports": 6,
        "floating IPs": 1,
        "security groups": 2,
        "security group rules": 7,
    }


def test_a_quota_that_is_too_small_is_said_with_what_is_missing(lvs_dr: StackPlan):
    facts = QuotaFacts({"instances": Quota(limit=10, used=7), "cores": Quota(limit=20, used=15)})
    assert [str(finding) for finding in quotas.judge(quotas.needs(lvs_dr, FLAVORS), facts)] == [
        (
            "The project's quota for instances: 5 more are needed, 3 are free. Allowed are 10, of which 7 are in use. "
            "Ask for a larger quota, delete what is no longer used, or make the stack smaller."
        )
    ]


def test_what_the_stack_has_already_is_not_needed_again(lvs_dr: StackPlan):
    facts = QuotaFacts({"instances": Quota(limit=5, used=5)}, {"instances": 5})
    assert list(quotas.judge(quotas.needs(lvs_dr, FLAVORS), facts)) == [], "a second `up` would be refused"


def test_no_limit_is_never_too_small(lvs_dr: StackPlan):
    assert quotas.fits(quotas.needs(lvs_dr, FLAVORS), QuotaFacts({"ports": Quota(limit=-1, used=4000)}))


def test_a_quota_that_is_overdrawn_has_nothing_free():
    assert Quota(limit=1, used=3).free == 0


def test_what_just_fits_is_fine(lvs_dr: StackPlan):
    assert quotas.fits(quotas.needs(lvs_dr, FLAVORS), QuotaFacts({"instances": Quota(limit=5, used=0)}))
