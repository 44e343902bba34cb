"""An operator gets all findings in one go, and none that only follows from another.

This rung decides what the rules make of a file in which a part cannot be read. The words of each finding are decided in
test_bad_input.py.
"""

from typing import Any

import pytest

from components.config.check import check
from components.config.errors import Finding, StackFileError, at, choose, nearest, shown


def places(nouns: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as caught:
        check(nouns)
    return [finding.where for finding in caught.value.findings]


def test_the_rules_speak_although_a_noun_cannot_be_read(changed) -> None:
    nouns = changed({"services.http.port": 0, "virtual-ips.www.address": "203.0.113.1", "vrrp.advert-interval": 0.005})
    assert places(nouns) == [
        "vipstack:services.http.port",
        "vipstack:virtual-ips.www.address",
        "vipstack:vrrp.advert-interval",
    ]


@pytest.mark.parametrize(
    ("trouble", "concerned"),
    [
        ({"vrrp.preempt": "x"}, {"vrrp.advert-interval": 0.005}),
        ({"directors.image": 12}, {"directors.names": ["a", "a"]}),
        ({"directors.flavor": "DELETE"}, {"directors.count": 3}),
        ({"directors.colour": "blue"}, {"directors.count": 3}),
        ({"real-servers.servers.apache-1.weight": -1}, {"real-servers.count": 3}),
        ({"services.http.scheduler": "x"}, {"services.http.virtual-ip": "wwww"}),
        ({"observer.availability-zone": 5}, {"observer.address": "203.0.113.1"}),
    ],
)
def test_trouble_that_concerns_no_rule_silences_none(
    changed, trouble: dict[str, Any], concerned: dict[str, Any]
) -> None:
    assert set(places(changed(trouble | concerned))) == set(places(changed(trouble))) | set(places(changed(concerned)))


@pytest.mark.parametrize(
    ("changes", "only"),
    [
        ({"networks.web.cidr": "x"}, "vipstack:networks.web.cidr"),
        ({"networks": "x"}, "vipstack:networks"),
        ({"virtual-ips.www.address": "x"}, "vipstack:virtual-ips.www.address"),
        ({"virtual-ips": []}, "vipstack:virtual-ips"),
        ({"vrrp": "DELETE"}, "vipstack:vrrp"),
        ({"vrrp.preempt": "x"}, "vipstack:vrrp.preempt"),
        ({"vrrp.instances.www.virtual-router-id": "x"}, "vipstack:vrrp.instances.www.virtual-router-id"),
        ({"vrrp.instances": []}, "vipstack:vrrp.instances"),
        ({"directors.count": "x"}, "vipstack:directors.count"),
        ({"directors": "DELETE"}, "vipstack:directors"),
        ({"real-servers.weight": "x"}, "vipstack:real-servers.weight"),
        (
            {
                "real-servers.weight": "x",
                "services.http.quorum": {"weight": 9},
                "services.http.sorry-server": {"address": "203.0.113.9"},
            },
            "vipstack:real-servers.weight",
        ),
        (
            {"services.http.scheduler": "x", "services.http.scheduler-flags": ["mh-port"]},
            "vipstack:services.http.scheduler",
        ),
        ({"real-servers": []}, "vipstack:real-servers"),
        ({"services": None}, "vipstack:services"),
        ({"observer.address": "x"}, "vipstack:observer.address"),
        ({"vrrp-password": 5, "vrrp.version": 2}, "vipstack:vrrp-password"),
    ],
)
def test_nothing_is_concluded_from_what_cannot_be_read(changed, changes: dict[str, Any], only: str) -> None:
    assert places(changed(changes)) == [only], "a finding that only follows from another sends the operator astray"


def test_an_absent_observer_or_service_is_no_finding(changed) -> None:
    check(changed({"observer": None}))
    check(changed({"observer": "DELETE"}))
    check(changed({"services": "DELETE", "real-servers": "DELETE"}))
    check(changed({"services": {}, "real-servers": "DELETE"}))


def test_an_observer_switched_off_claims_nothing(changed) -> None:
    check(changed({"observer.enabled": False, "observer.address": "203.0.113.2", "observer.network": "gone"}))


def test_an_error_lists_each_finding_once() -> None:
    finding = Finding("vipstack:tags", "it is blue", "Tags are red", "Paint it")
    assert str(StackFileError([finding, finding])) == (
        "The stack file has 1 finding:\n- vipstack:tags: it is blue. Tags are red. Paint it."
    )


def test_a_finding_is_one_line_whatever_the_file_holds() -> None:
    finding = Finding("vipstack:a\nb", "\x1b[31mred\ud800", "Only ü", "Do it")
    assert str(finding) == r"vipstack:a\nb: \x1b[31mred\ud800. Only ü. Do it."


def test_paths_read_like_the_file() -> None:
    assert at("directors", "nics", 0, "addresses", 1) == "vipstack:directors.nics[0].addresses[1]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (1.5, "1.5"),
        ("a\nb", r'"a\nb"'),
        ("ü", '"ü"'),
        ([1], "a list"),
        ({"a": "secret"}, "a mapping"),
        ("x" * 80, f'"{"x" * 59}... (shortened)'),
    ],
)
def test_values_are_shown_on_one_short_line(value: object, text: str) -> None:
    assert shown(value) == text


def test_the_nearest_word_is_named_only_when_it_is_near() -> None:
    assert nearest("virtual_ip", ["virtual-ips", "vrrp"]) == "virtual-ips"
    assert nearest("colour", ["virtual-ips", "vrrp"]) is None
    assert choose("colour", ["web", "lan"]) == "Choose one of web, lan"
    assert choose("colour", []) == "Remove it"
