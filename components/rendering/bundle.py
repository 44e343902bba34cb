"""Many files as one text for user data: a tar archive, compressed together, since room in user data is short.

Equal files make equal text, up to the compressor: zlib and its faster rewrites pack the same text differently.
"""

import gzip
import io
import tarfile
from base64 import b64encode
from collections.abc import Iterable

from components.rendering.static_files import StaticFile


def bundle(files: Iterable[StaticFile]) -> str:
    """The archive as cloud-init's encoding ``gz+b64``; paths in it are relative to the root."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file in files:
            # Owner root, no time: what TarInfo starts with.
            member = tarfile.TarInfo(file.path.lstrip("/"))
            member.mode = int(file.mode, 8)
            content = file.text.encode()
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    packed = io.BytesIO()
    # No time and no name here either.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write(archive.getvalue())
    return b64encode(packed.getvalue()).decode()
