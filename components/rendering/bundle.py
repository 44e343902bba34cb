"""Many files as one text for user data: a tar archive, compressed together, since room in user data is short.

Equal files make equal text, whatever packs them: of the compressions that Python has, bzip2's has one implementation.
"""

import bz2
import io
import tarfile
from base64 import b64encode
from collections.abc import Iterable

from components.rendering.bare_python import bare
from components.rendering.static_files import StaticFile


def bundle(files: Iterable[StaticFile]) -> str:
    """The archive in base64; paths in it are relative to the root, and Python comes without its words for readers."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file in files:
            # Owner root, no time: what TarInfo starts with.
            member = tarfile.TarInfo(file.path.lstrip("/"))
            member.mode = int(file.mode, 8)
            content = (bare(file.text) if file.path.endswith(".py") else file.text).encode()
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return b64encode(bz2.compress(archive.getvalue())).decode()
