"""English pages write dates and numbers as the Vietnamese ones do, so that one case reads the same in both."""

from project.formats.vi.formats import *  # noqa: F403 - the same names, all of them
