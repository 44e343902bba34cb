"""The one error of this room."""

from collections.abc import Generator
from contextlib import contextmanager

from foreseen import ForeseenError


class EnvError(ForeseenError):
    """Trouble with an environment that the operator can act on."""


@contextmanager
def api_errors() -> Generator[None]:
    """What the cloud's clients raise, as a sentence.

    Raises:
        EnvError: the cloud refused or does not answer.
    """
    # Imported here: half a second that `--help` need not wait for.
    from keystoneauth1.exceptions import ClientException  # noqa: PLC0415
    from openstack.exceptions import SDKException  # noqa: PLC0415

    try:
        yield
    except (SDKException, ClientException) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise EnvError(
            "the cloud",
            said,
            "a cloud of clouds.yaml, or OS_* variables, with valid credentials, and an API that answers",
            "mend what is said above (is OS_CLOUD right?), then run the same again: it goes on from here",
        ) from error
