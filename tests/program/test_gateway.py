"""A gateway's ports as the cloud is asked for them. What DHCP then says is decided on guests (tests/lab)."""

from tests.program.recording import stack_file


def test_the_directors_are_told_no_gateway_but_the_outside_one(run):
    ports = run("lvs-gateway", stack_file("lvs-gateway")).of("Port")

    assert ports["director-01-internal"].inputs["extraDhcpOptions"] == [
        {"name": "classless-static-route", "value": "10.0.0.0/24,0.0.0.0"}
    ], "by the inside network a director would ask itself for the way out"
    assert "extraDhcpOptions" not in ports["director-01-public"].inputs
    assert "extraDhcpOptions" not in ports["real-01-internal"].inputs, "who is behind the directors needs them"
    assert ports["director-01-internal"].inputs["portSecurityEnabled"] is False
    assert "portSecurityEnabled" not in ports["director-01-sync"].inputs, "the cloud filters where nothing is forwarded"
