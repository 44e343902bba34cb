"""The scripts that the workflows call, run: which stacks a change touches, and one comment that is kept up to date.

The hosts' APIs are a small server here, with the paths, verbs and headers of their documentation: it decides that the
scripts speak as written there, not that GitHub and GitLab listen.
"""

import json
import os
import subprocess
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

CI = Path(__file__).parents[3] / "docs" / "ci"
MARKER = "<!-- vipstack preview shop -->"


class Comments(ThreadingHTTPServer):
    """The comments of one request: ``/list`` below the API's own paths, pages of ``per_page``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.held: list[dict[str, Any]] = []
        self.seen: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Comments

    def answer(self, document: object, status: int = 200) -> None:
        """Answer with JSON."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at what was seen."""

    def handle_any(self) -> None:
        """List, create or renew, as both hosts' APIs do it."""
        split = urlsplit(self.path)
        self.server.seen.append((self.command, split.path))
        if "secret-token" not in (self.headers.get("Authorization") or "") + (self.headers.get("PRIVATE-TOKEN") or ""):
            self.answer({"message": "who are you"}, 401)
            return
        if self.command == "GET":
            query = parse_qs(split.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            self.answer(self.server.held[(page - 1) * size : page * size])
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        if self.command == "POST":
            self.server.held.append({"id": 1000 + len(self.server.held), "body": body})
        else:
            wanted = int(split.path.rpartition("/")[2])
            next(one for one in self.server.held if one["id"] == wanted)["body"] = body
        self.answer({})

    do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815 - the library's names


@pytest.fixture
def comments() -> Generator[Comments]:
    with Comments() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def host_variables(host: str, url: str, token: str = "secret-token") -> dict[str, str]:  # noqa: S107 - for this server
    if host == "github":
        return {
            "GITHUB_API_URL": url,
            "GITHUB_REPOSITORY": "acme/lb",
            "PULL_REQUEST": "7",
            "GITHUB_TOKEN": token,
        }
    return {"CI_API_V4_URL": url, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", "GITLAB_TOKEN": token}


def comment(text: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run([CI / "comment", text], Path.cwd(), variables)


def run(command: list[Path | str], where: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(where), **variables}
    return subprocess.run(command, check=False, cwd=where, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("host", "collection", "renewal"),
    [
        ("github", "/repos/acme/lb/issues/7/comments", ("PATCH", "/repos/acme/lb/issues/comments/1001")),
        ("gitlab", "/projects/3/merge_requests/7/notes", ("PUT", "/projects/3/merge_requests/7/notes/1001")),
    ],
    ids=["github", "gitlab"],
)
def test_the_first_preview_is_posted_and_the_next_ones_renew_it(
    comments: Comments, tmp_path: Path, host: str, collection: str, renewal: tuple[str, str]
) -> None:
    comments.held = [{"id": 1, "body": f"I said {MARKER} before"}]
    text = tmp_path / "text"
    for body in ("first", "second"):
        text.write_text(f"{MARKER}\n{body} \"quoted\" \\ 'all'\n")
        result = comment(text, host_variables(host, comments.url))
        assert result.returncode == 0, result.stderr
    assert [held["body"] for held in comments.held] == [
        f"I said {MARKER} before",
        f"{MARKER}\nsecond \"quoted\" \\ 'all'\n",
    ], "one comment, and nobody else's"
    assert comments.seen == [("GET", collection), ("POST", collection), ("GET", collection), renewal]


def test_the_comment_is_found_on_a_later_page(comments: Comments, tmp_path: Path) -> None:
    comments.held = [{"id": number, "body": "talk"} for number in range(130)]
    comments.held[120]["body"] = f"{MARKER}\nold"
    text = tmp_path / "text"
    text.write_text(f"{MARKER}\nnew\n")
    assert comment(text, host_variables("github", comments.url)).returncode == 0
    assert comments.held[120]["body"] == f"{MARKER}\nnew\n"
    assert len(comments.held) == 130


def test_a_refused_token_fails_and_is_not_printed(comments: Comments, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text(f"{MARKER}\nnew\n")
    result = comment(text, host_variables("gitlab", comments.url, token="wrong-word"))  # noqa: S106 - to be refused
    assert result.returncode != 0
    assert "401" in result.stderr
    assert "wrong-word" not in result.stdout + result.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with two stacks, and a ``vipstack`` that answers as the real one does."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "components").mkdir()
    for stack in ("shop", "mail"):
        (tmp_path / "stacks" / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    (tmp_path / "components" / "plan.py").write_text("")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    program = tmp_path / ".venv" / "bin" / "vipstack"
    program.write_text(
        '#!/bin/sh\n[ "$1" = drift ] && { echo "$2: drift asked"; [ "$2" != mail ]; exit; }\n'
        'echo "<!-- vipstack preview $2 -->"; echo "$2 with $3 $4 $5"; [ "$2" != mail ]\n'
    )
    program.chmod(0o755)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def git(where: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    result = run(["git", *who, *arguments], where, {})
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def commit(where: Path) -> None:
    git(where, "add", "stacks", "components")
    git(where, "commit", "--quiet", "--allow-empty", "--message", "a change")


def changed_since(base: str, where: Path) -> list[str]:
    result = run([CI / "changed-stacks", base], where, {})
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_a_stack_file_touches_its_stack_and_the_program_touches_all(checkout: Path) -> None:
    base = git(checkout, "rev-parse", "HEAD")
    (checkout / "README.md").write_text("nothing")
    assert changed_since(base, checkout) == []
    (checkout / "stacks" / "Pulumi.shop.yaml").write_text("config: {a: 1}\n")
    commit(checkout)
    assert changed_since(base, checkout) == ["shop"]
    (checkout / "components" / "plan.py").write_text("changed = 1")
    commit(checkout)
    assert changed_since(base, checkout) == ["mail", "shop"]


def test_a_stack_file_that_is_gone_has_nothing_to_preview(checkout: Path) -> None:
    base = git(checkout, "rev-parse", "HEAD")
    git(checkout, "rm", "--quiet", "stacks/Pulumi.shop.yaml")
    commit(checkout)
    assert changed_since(base, checkout) == []


def test_every_stack_gets_its_comment_also_a_refused_one(checkout: Path, comments: Comments) -> None:
    result = run([CI / "preview", "mail", "shop"], checkout, host_variables("github", comments.url))
    asked = "with --markdown --policy-pack policies"
    assert [one["body"].splitlines()[1] for one in comments.held] == [f"mail {asked}", f"shop {asked}"]
    assert result.returncode == 1, "a refused stack must fail the job"


def test_no_changed_stack_is_no_failure(checkout: Path) -> None:
    assert run([CI / "preview"], checkout, {}).returncode == 0


def test_the_scheduled_gate_asks_every_stack_whatever_the_first_says(checkout: Path) -> None:
    result = run([CI / "drift", "mail", "shop"], checkout, {})
    assert result.stdout.splitlines() == ["mail: drift asked", "shop: drift asked"]
    assert result.returncode == 1
