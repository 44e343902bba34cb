"""The example web server with the guest's own configuration and scripts, on this machine's loopback.

Decides that it says its name, hands out and takes 8 MB, and logs the client's address. Cannot decide how Debian's own
files around it are enabled (tests/lab); of those only the modules are taken.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemons.goldens import GOLDENS
from tests.daemons.tools import Tools

GUEST = Path(__file__).parents[2] / "cloud-init/real-server"
MODULES = ("mpm_event", "authz_core", "alias", "dir")
EIGHT_MEGABYTES = 8 * 1024 * 1024

CLIENT = f"""
import urllib.request
for port in (80, 8080):
    base = f"http://127.0.0.1:{{port}}"
    print(urllib.request.urlopen(f"{{base}}/").read().decode().splitlines()[1])
    print(len(urllib.request.urlopen(f"{{base}}/8-megabytes").read()))
    print(urllib.request.urlopen(f"{{base}}/upload", data=bytes({EIGHT_MEGABYTES})).read().decode().strip())
"""

SERVE = """
hostname real-1
"$1/usr/local/lib/vipstack/example-page"
export APACHE_RUN_DIR="$1" APACHE_LOG_DIR="$1"
"$2" -f "$1/apache2.conf" -k start
stop() { "$2" -f "$1/apache2.conf" -k stop; while [ -e "$1/pid" ]; do sleep 0.1; done; }
trap 'stop "$1" "$2"' EXIT
until [ -e "$1/pid" ]; do sleep 0.1; done
"$3" "$1/client.py"
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own: Apache's children are nobody, and may not enter that.
    made = Path(tempfile.mkdtemp(prefix="vipstack-apache-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def prepared(tools: Tools, folder: Path, ports: str) -> Path:
    """The guest's files below the folder, pointing into it, and what includes them."""
    for source in [*GUEST.glob("usr/local/lib/vipstack/*"), GUEST / "etc/apache2/conf-enabled/vipstack.conf"]:
        target = folder / source.relative_to(GUEST)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text()
        for path in ("/var/www/html", "/usr/local/lib/vipstack"):
            text = text.replace(path, f"{folder}{path}")
        target.write_text(text.replace("/usr/lib/apache2", str(tools.root / "usr/lib/apache2")))
        target.chmod(source.stat().st_mode)
    (folder / "var/www/html").mkdir(parents=True)
    (folder / "client.py").write_text(CLIENT)
    (folder / "ports.conf").write_text(ports)
    modules = [
        f"LoadModule {name}_module {tools.root}/usr/lib/apache2/modules/mod_{name}.so"
        for name in MODULES
        if (tools.root / f"usr/lib/apache2/modules/mod_{name}.so").exists()
    ]
    configuration = [
        f"ServerRoot {folder}",
        f"PidFile {folder}/pid",
        f"ErrorLog {folder}/error.log",
        "User nobody",
        "Group nogroup",
        *modules,
        'LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined',
        "<Directory />\nRequire all denied\n</Directory>",
        f"<Directory {folder}/var/www>\nRequire all granted\n</Directory>",
        f"Include {folder}/ports.conf",
        f"Include {folder}/etc/apache2/conf-enabled/*.conf",
    ]
    (folder / "apache2.conf").write_text("\n".join(configuration) + "\n")
    return folder


def test_the_example_page_answers_takes_uploads_and_logs_the_client(tools: Tools, folder: Path) -> None:
    ports = (GOLDENS / "lvs-dr/lvs-dr-apache-1/etc/apache2/ports.conf").read_text()
    other = (GOLDENS / "three-directors/three-directors-real-server-1/etc/apache2/ports.conf").read_text()
    assert ports == "Listen 80\n"
    assert "Listen 8080\n" in other
    told = tools.run(SERVE, prepared(tools, folder, ports + "Listen 8080\n"), tools.find("apache2"), sys.executable)
    answers = ["<title>real-1</title>", str(EIGHT_MEGABYTES), str(EIGHT_MEGABYTES)]
    assert told.stdout.splitlines() == answers * 2, f"{told.stdout}\n{(folder / 'error.log').read_text()}"
    log = (folder / "access.log").read_text().splitlines()
    assert len(log) == len(answers) * 2, "every request is logged once"
    assert all(line.startswith("127.0.0.1 ") for line in log), "the first field is the client's own address"


def test_apache_refuses_what_is_broken(tools: Tools, folder: Path) -> None:
    prepared(tools, folder, "Listn 80\n")
    verdict = tools.run('APACHE_RUN_DIR="$1" APACHE_LOG_DIR="$1" "$2" -t -f "$1/apache2.conf"', folder, "apache2")
    assert verdict.returncode != 0, "a check that accepts this decides nothing"
    assert "Listn" in verdict.stdout
