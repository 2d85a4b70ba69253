"""A plain conversation that comes to a stranger's lesson."""

import io

import pytest

from tests.course.made import lesson, step
from tests.plain.talking import CountingLab
from tutor.course.catalog import Catalog
from tutor.learner.record import Record
from tutor.learner.trust import Trust
from tutor.plain.conversation import Conversation
from tutor.plain.lab import Lab
from tutor.plain.voice import Voice


@pytest.fixture
def hold(tmp_path):
    """Holds a conversation about a stranger's lesson; what was said, and how many labs were started."""

    def begin(*lines):
        out, labs = io.StringIO(), []

        async def start():
            labs.append(CountingLab())
            return labs[-1]

        voice = Voice(io.StringIO("".join(f"{line}\n" for line in lines)), out)
        trust = Trust(tmp_path / "home" / "trusted.txt")
        talk = Conversation(Catalog(), Record(None), voice, start_lab=lambda: Lab(start), trust=trust)
        talk.hold(lesson([step("one")], path=tmp_path / "strange"))
        return out.getvalue(), len(labs)

    return begin


def test_it_says_what_running_it_means_and_asks_once(hold, tmp_path):
    said, labs = hold("yes", "quit")
    assert f"the Python code in {tmp_path}/strange/, which can do whatever you can do on this computer." in said
    assert said.index("Type yes to run it") < said.index("Page 1 of 1: One.")
    assert labs == 1
    said, labs = hold("quit")
    assert "Type yes to run it" not in said
    assert labs == 1


@pytest.mark.parametrize("answer", [("no",), ("",), ()])
def test_anything_but_yes_leads_to_the_list(hold, answer):
    said, labs = hold(*answer)
    assert "Nothing was run." in said
    assert "Page 1" not in said
    assert labs == 0
