"""Can decide: which libraries the queue starts with, and when it listens. Cannot: whether it starts."""

from pathlib import Path

import pytest

from lab.services import rabbitmq


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    described = {
        "rabbit-3.10.8": "{application,rabbit,[{applications,[kernel,\n ra,  rabbit_common]},\n{mod,{rabbit,[]}}]}.",
        "rabbit_common-3.10.8": "{application, rabbit_common, [{applications, [kernel, jsx]}]}.",
        "ra-2.2.0": "{application,ra,[{applications,[kernel,rabbit]}]}.",
        "jsx-3.1.0": "{application,jsx,[{modules,[jsx]}]}.",
        "rabbitmq_management-3.10.8": "{application,rabbitmq_management,[{applications,[kernel,rabbit,cowboy]}]}.",
        "cowboy-2.8.0": "{application,cowboy,[{applications,[kernel]}]}.",
    }
    for name, text in described.items():
        ebin = tmp_path / "installed" / "plugins" / name / "ebin"
        ebin.mkdir(parents=True)
        (ebin / f"{name.partition('-')[0]}.app").write_text(text)
    (tmp_path / "installed" / "plugins" / "README").touch()
    return tmp_path / "installed"


def test_the_queue_has_what_it_names_and_no_plugin(installed: Path) -> None:
    names = {library.name for library in rabbitmq.needed(installed / "plugins")}
    assert names == {"rabbit-3.10.8", "rabbit_common-3.10.8", "ra-2.2.0", "jsx-3.1.0"}, "all else only slows its start"


def test_its_home_is_links_into_the_installed_one(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    rabbitmq.lay_home(home, installed)
    assert (home / "plugins" / "jsx-3.1.0").resolve() == installed / "plugins" / "jsx-3.1.0"
    assert (home / "sbin").readlink() == installed / "sbin", "its scripts find their home beside them"


def test_it_listens_where_the_kernel_has_its_port_in_that_state():
    sockets = (
        "  sl  local_address rem_address   st tx_queue rx_queue\n"
        "   0: 0100007F:{port} 00000000:0000 {state} 00000000:00000000 00:00000000\n"
    )
    assert rabbitmq.listens(sockets.format(port="1628", state="0A"), 5672)
    assert not rabbitmq.listens(sockets.format(port="1628", state="01"), 5672), "a connection is no listener"
    assert not rabbitmq.listens(sockets.format(port="1629", state="0A"), 5672)
