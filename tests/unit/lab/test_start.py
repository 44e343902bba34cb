"""What the switch's agent does here that Neutron's own does not."""

from lab.inside.start import with_retry


def test_a_port_without_a_number_counts_as_failed_and_so_is_tried_again():
    found = (["skipped"], {"inactive"}, ["bound"], {"failed"}, {"unnumbered"}, {"migrating"})

    treated = with_retry(lambda *devices: found if devices == ("agent", {"a"}) else None)("agent", {"a"})

    assert treated == (["skipped"], {"inactive"}, ["bound"], {"failed", "unnumbered"}, {"unnumbered"}, {"migrating"})


def test_where_every_port_has_its_number_nothing_is_added():
    found = ([], set(), [], {"failed"}, set(), set())

    assert with_retry(lambda: found)() == found
