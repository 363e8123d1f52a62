from __future__ import annotations

import webex_token_client


def test_the_package_exports_its_names() -> None:
    assert "TokenSource" in webex_token_client.__all__
