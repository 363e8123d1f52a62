"""The credentials of an app that reads several."""

from __future__ import annotations

import pytest

from webex_token_client import ExplainedError, credentials_from_environment


def test_each_name_is_returned_once() -> None:
    names = credentials_from_environment({"WEBEX_CREDENTIALS": " people-me-acme people-me-globex\n people-me-acme "})
    assert names == ["people-me-acme", "people-me-globex"]


@pytest.mark.parametrize("env", [{}, {"WEBEX_CREDENTIALS": ""}, {"WEBEX_CREDENTIALS": " "}])
def test_no_name_is_refused_because_a_loop_would_do_nothing(env: dict[str, str]) -> None:
    with pytest.raises(ExplainedError, match="WEBEX_CREDENTIALS names no credential"):
        credentials_from_environment(env)
