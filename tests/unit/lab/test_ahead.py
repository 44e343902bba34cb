"""In which order the lab's modules run, so that the next one's stack can come up meanwhile."""

from tests.lab.ahead import Wanted, in_turn

LVS_DR, HAPROXY, VRRP = Wanted("lvs-dr"), Wanted("haproxy"), Wanted("vrrp")


def test_stacks_with_the_same_addresses_meet():
    assert LVS_DR.meets(HAPROXY)
    assert not LVS_DR.meets(VRRP)


def test_modules_whose_stacks_meet_do_not_follow_one_another():
    assert in_turn([("a", LVS_DR), ("b", HAPROXY), ("c", VRRP)]) == ["a", "c", "b"]


def test_a_module_without_a_stack_keeps_its_neighbours_apart_no_better():
    assert in_turn([("a", LVS_DR), ("b", None), ("c", HAPROXY), ("d", VRRP)]) == ["a", "b", "d", "c"]


def test_where_there_is_no_such_order_they_come_as_they_are():
    assert in_turn([("a", LVS_DR), ("b", HAPROXY)]) == ["a", "b"]
