"""The file that holds an app's secret id."""

from __future__ import annotations

import os
import secrets
import stat
from os import fspath
from pathlib import Path

from .._secret import Secret
from .._settings import read_setting
from ..errors import ExplainedError
from ..identity import StrPath


class SecretIdFile:
    """Other programs may read the file at any moment."""

    def __init__(self, path: StrPath) -> None:
        """Take the path, which may be a link."""
        self.path = fspath(path)

    def read(self) -> Secret:
        """Return the secret id. Raises ExplainedError if the file holds none."""
        secret_id = Secret(read_setting("VAULT_SECRET_ID_FILE", self.path).strip())
        if secret_id.reveal() == "":
            raise ExplainedError(
                f"VAULT_SECRET_ID_FILE names {self.path}, which is empty; put the secret id of the app there"
            )
        return secret_id

    def replace(self, secret_id: Secret, following: Secret) -> bool:
        """Replace the secret id atomically. A reader finds the old one or the new one, even after a power cut.

        If the path is a link, its target is replaced. Returns ``False`` if the file holds another secret id by now,
        which stays. Raises OSError, and the file is unchanged.
        """
        file = Path(self.path).resolve(strict=True)
        content = Secret(file.read_text("utf-8"))
        if content.reveal().strip() != secret_id.reveal():
            return False
        # A line break at the end stays, because some readers expect it.
        text = Secret(content.reveal().replace(secret_id.reveal(), following.reveal(), 1))
        _replace_content(file, text, file.stat())
        return True


def _replace_content(file: Path, content: Secret, rights: os.stat_result) -> None:
    # In the same folder, because a rename is atomic only within one file system.
    partial = file.with_name(f".{file.name}.{secrets.token_hex(6)}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content.reveal().encode())
            opened.flush()
            _give_rights(descriptor, rights)
            os.fsync(descriptor)
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _give_rights(descriptor: int, rights: os.stat_result) -> None:
    """Set owner, group and their rights. Others get none. Raises OSError if that would lock out a reader."""
    if os.name != "posix":
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (rights.st_uid, rights.st_gid):
        try:
            os.fchown(descriptor, rights.st_uid, rights.st_gid)
        except OSError:
            # Only root may change the owner. Root's file may become this user's, because root can still read it.
            if rights.st_uid not in (0, own.st_uid):
                raise
            _give_group(descriptor, own.st_uid, rights)
    os.fchmod(descriptor, stat.S_IMODE(rights.st_mode) & 0o660)


def _give_group(descriptor: int, uid: int, rights: os.stat_result) -> None:
    try:
        os.fchown(descriptor, uid, rights.st_gid)
    except OSError:
        if rights.st_mode & 0o070:
            raise
