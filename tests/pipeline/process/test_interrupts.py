"""An end that was asked for comes, wherever the signal struck, and never in the middle of writing."""

import signal

import pytest

from pipeline.process import interrupts


class Deaf:
    """Python prints what is raised while this is thrown away, and goes on."""

    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def orderly():
    with interrupts.orderly():
        yield


@pytest.mark.usefixtures("orderly")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_strikes_at_once_where_nothing_is_written(number):
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.usefixtures("orderly")
def test_without_a_signal_nothing_is_raised():
    interrupts.check()
    assert not interrupts.asked()


@pytest.mark.usefixtures("orderly")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_python_forgot_is_raised_by_the_next_check():
    Deaf()
    with pytest.raises(KeyboardInterrupt):
        interrupts.check()


@pytest.mark.usefixtures("orderly")
def test_a_signal_waits_while_something_is_written():
    written = []

    @interrupts.held_back()
    def write():
        signal.raise_signal(signal.SIGTERM)
        with interrupts.held_back():
            written.append("inner")
        written.append("outer")

    write()
    assert written == ["inner", "outer"]
    with pytest.raises(KeyboardInterrupt):
        interrupts.check()


@pytest.mark.usefixtures("orderly")
def test_a_second_signal_does_not_wait():
    with interrupts.held_back():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_return_and_nothing_stays_asked():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt), interrupts.orderly():
        signal.raise_signal(signal.SIGTERM)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    with interrupts.orderly():
        interrupts.check()
