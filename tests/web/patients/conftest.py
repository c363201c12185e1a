"""Two visitors, each with cookies of their own."""

import pytest
from flask import Flask

from tests.web.patients.browser import Browser


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor."""
    return Browser(app.test_client())


@pytest.fixture
def other(app: Flask) -> Browser:
    """Somebody else."""
    return Browser(app.test_client())
