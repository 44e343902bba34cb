"""What the agent does with a load balancer's files: certificates first judged, then there, then loaded once."""

import os

from tests.unit.guestconfig.fake_guest import FakeGuest

from guestconfig.wire import Manifest

CONFIGURATION, CERTIFICATE = "/etc/haproxy/haproxy.cfg", "/etc/haproxy/certs/shop.pem"
PEM = """\
-----BEGIN CERTIFICATE-----
{word}
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
hush
-----END PRIVATE KEY-----
"""


def balancer(generation: int, word: str = "whole", **more: str) -> Manifest:
    files = {CONFIGURATION: f"bind 203.0.113.2:443 ssl crt {CERTIFICATE}\n", CERTIFICATE: PEM.format(word=word)}
    return Manifest("director", files | more, {}, generation)


def reloads(guest: FakeGuest) -> int:
    return guest.calls.count("systemctl reload-or-restart haproxy.service")


def test_a_configuration_is_judged_with_the_certificates_that_come_along(guest: FakeGuest):
    guest.items = balancer(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
    assert os.stat(guest.root / CERTIFICATE[1:]).st_mode & 0o777 == 0o600, "its private key is in it"  # noqa: PTH116
    assert guest.file(CONFIGURATION).endswith(f"crt {CERTIFICATE}\n"), "only the judge sees the candidates' names"
    assert not list((guest.root / "etc/haproxy").rglob(".*")), "no candidate stays behind"
    assert reloads(guest) == 1, "one reload for all that changed"


def test_a_certificate_that_haproxy_refuses_changes_nothing_and_its_key_is_not_reported(guest: FakeGuest):
    guest.items = balancer(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        changed = {CONFIGURATION: f"bind 203.0.113.2:8443 ssl crt {CERTIFICATE}\n"}
        guest.items = balancer(6, "broken", **changed).to_items()
        guest.wait_for(lambda: guest.heard((6, "failed")))
    assert "whole" in guest.file(CERTIFICATE)
    assert guest.reports[-1].step == "check"
    assert "broken" in " ".join(guest.reports[-1].log), "what the daemon said of it"
    assert "hush" not in " ".join(guest.reports[-1].log), "the console is read by many"


def test_a_text_that_is_no_certificate_is_refused_without_showing_it(guest: FakeGuest):
    guest.items = balancer(5, **{CERTIFICATE: "hush\n"}).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
    log = " ".join(guest.reports[-1].log)
    assert "it has no line with -----BEGIN CERTIFICATE-----" in log
    assert "hush" not in log


def test_a_certificate_that_is_gone_stops_nothing(guest: FakeGuest):
    guest.items = balancer(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        guest.items = Manifest("director", {CONFIGURATION: "bind 203.0.113.2:80\n"}, {}, 6).to_items()
        guest.wait_for(lambda: guest.heard((6, "ready")))
    assert not guest.file(CERTIFICATE)
    assert "systemctl stop haproxy.service" not in guest.calls
    assert reloads(guest) == 2, "the configuration that named it has changed, too"
