"""``python -m vipstack``: the same as the ``vipstack`` command."""

from vipstack.cli import app

if __name__ == "__main__":
    app()
