"""The product's own settings, with a few more addresses on which something goes wrong."""

from project.settings import *  # noqa: F403 - all of them

ROOT_URLCONF = "tests.pages.urls"
