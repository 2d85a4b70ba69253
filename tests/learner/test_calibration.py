from tutor.learner.calibration import Confidence, Surprise, calibration, surprises
from tutor.learner.record import Answer


def answer(question, right, sure=None, day=1, lesson="a"):
    return Answer(f"2026-03-{day:02}T12:00:00+00:00", lesson, question, 0, right, float(right), sure, "s")


def test_shares_are_counted_for_each_level_and_unsure_answers_left_out():
    given = [answer("q", True, "know"), answer("r", False, "know"), answer("s", True, "guess"), answer("t", True)]
    assert calibration(given) == (Confidence("guess", 1, 1), Confidence("think", 0, 0), Confidence("know", 2, 1))
    assert [level.share for level in calibration(given)] == [1.0, None, 0.5]


def test_a_surprise_is_a_sure_error_once_for_each_question_the_newest_first():
    given = [
        answer("old", False, "know", day=1),
        answer("new", False, "know", day=2),
        answer("old", True, day=3),
        answer("unsure", False, "think", day=4),
        answer("fine", True, "know", day=4),
    ]
    assert surprises(given) == (
        Surprise("a", "new", "2026-03-02T12:00:00+00:00", 1, right_since=False),
        Surprise("a", "old", "2026-03-01T12:00:00+00:00", 1, right_since=True),
    )


def test_the_same_surprise_twice_counts_twice_and_stands_where_it_last_was():
    given = [
        answer("q", False, "know", day=1),
        answer("r", False, "know", day=2),
        answer("q", True, day=3),
        answer("q", False, "know", day=4),
    ]
    first = surprises(given)[0]
    assert (first.question, first.times, first.right_since) == ("q", 2, False)
    again = surprises([*given, answer("q", True, day=5), answer("q", False, "guess", day=6)])[0]
    assert again.right_since is False
