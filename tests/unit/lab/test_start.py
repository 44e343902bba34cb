"""What Neutron's agents do here that they do not elsewhere."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from lab.inside.start import call_directly, outlive_failed_events, with_retry


class Context:
    """As oslo.privsep's: a client of its helper until it is told otherwise."""

    def __init__(self, prefix: str, *, timeout: float | None = None) -> None:
        self.made_with = (prefix, timeout)
        self.client_mode = True

    def set_client_mode(self, enabled: bool) -> None:
        """oslo.privsep's own switch."""
        self.client_mode = enabled


def test_a_context_is_made_as_asked_and_is_no_client_of_a_helper():
    call_directly(Context)

    context = Context("neutron", timeout=5)

    assert (context.made_with, context.client_mode) == (("neutron", 5), False)


def test_a_context_that_a_module_has_already_is_no_client_either(monkeypatch: pytest.MonkeyPatch):
    class Made(Context):
        """A type of its own: what is done to a type stays done."""

    module = ModuleType("privileged")
    context = Made("neutron")
    monkeypatch.setattr(module, "default", context, raising=False)
    monkeypatch.setitem(sys.modules, "privileged", module)

    call_directly(Made)

    assert not context.client_mode, "each agent would start a helper for it"


def test_a_port_without_a_number_counts_as_failed_and_so_is_tried_again():
    found = (["skipped"], {"inactive"}, ["bound"], {"failed"}, {"unnumbered"}, {"migrating"})

    treated = with_retry(lambda *devices: found if devices == ("agent", {"a"}) else None)("agent", {"a"})

    assert treated == (["skipped"], {"inactive"}, ["bound"], {"failed", "unnumbered"}, {"unnumbered"}, {"migrating"})


def test_where_every_port_has_its_number_nothing_is_added():
    found = ([], set(), [], {"failed"}, set(), set())

    assert with_retry(lambda: found)() == found


def test_no_exception_of_a_handler_ends_a_loop_of_events():
    hub = SimpleNamespace(TaskExit=Exception)

    outlive_failed_events(hub)

    assert not issubclass(KeyError, hub.TaskExit), "the loop would end, and the agent wait for an answer for ever"
    assert issubclass(hub.TaskExit, Exception), "os_ken raises it, and catches it as one"
