"""What the tests share: the parts, each started once."""

import os

import pytest

import ringback
import speech

# The clients must not look for a proxy on their way to loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))


def _part(mode: str, folder, *flags: str):
    part = ringback.start(mode, folder, *flags)
    yield part
    part.stop()
    # A panic of a server is a failure even if no client minded.
    assert "panicked" not in part.log(), part.log()


@pytest.fixture(scope="session")
def sim(tmp_path_factory):
    """The carrier simulator alone."""
    yield from _part("carrier-sim", tmp_path_factory.mktemp("sim"))


@pytest.fixture(scope="session")
def voice(tmp_path_factory):
    """The local voice alone."""
    yield from _part("voice", tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="session")
def spoken(voice):
    """An async function that gives words as µ-law speech, said by the local voice itself; each sentence once."""
    said: dict[str, bytes] = {}

    async def say(words: str) -> bytes:
        if words not in said:
            said[words] = await speech.say(voice.url, words)
        return said[words]

    return say
