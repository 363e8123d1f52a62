"""The file that holds an app's secret id."""

from __future__ import annotations

from os import fspath

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
