from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import ExitCode, TutorError
from tutor.names import FEWEST, SkippedLine, read_names

TEN = [b"ann", b"bob", b"cid", b"dan", b"eve", b"fay", b"gil", b"hal", b"ida", b"jan"]


def write(folder: Path, lines: list[bytes], end: bytes = b"\n") -> Path:
    path = folder / "names.txt"
    path.write_bytes(end.join(lines))
    return path


def refusal(path: Path) -> TutorError:
    with pytest.raises(TutorError) as caught:
        read_names(path)
    assert caught.value.code == ExitCode.MISUSE
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_reads_one_name_a_line(tmp_path: Path, end: bytes) -> None:
    found = read_names(write(tmp_path, TEN, end))
    assert found.words == tuple(name.decode() for name in TEN)
    assert found.skipped == ()
    assert found.notice() == ""


def test_folds_capitals_accents_and_a_byte_order_mark(tmp_path: Path) -> None:
    lines = [b"\xef\xbb\xbfMary", "  Zoë\t".encode(), "ÉMILE".encode(), "Zoe\u0308".encode(), *TEN]
    assert read_names(write(tmp_path, lines)).words[:4] == ("mary", "zoe", "emile", "zoe")


def test_keeps_repeated_names_and_ignores_blank_lines(tmp_path: Path) -> None:
    found = read_names(write(tmp_path, [*TEN, b"", b"  ", b"ann", b""]))
    assert found.words.count("ann") == 2
    assert found.skipped == ()


def test_skips_bad_lines_by_number(tmp_path: Path) -> None:
    lines = [*TEN, b"", b"Mary,7130", b"jos\xe9", "søren".encode(), b"jean luc"]
    found = read_names(write(tmp_path, lines))
    assert found.words == tuple(name.decode() for name in TEN)
    assert found.skipped == (
        SkippedLine(12, "Mary,7130", "not only letters a to z"),
        SkippedLine(13, "jos\ufffd", "not UTF-8 text"),
        SkippedLine(14, "søren", "not only letters a to z"),
        SkippedLine(15, "jean luc", "not only letters a to z"),
    )
    assert found.notice() == (
        "names.txt: 4 of 14 lines skipped (line 12 'Mary,7130': not only letters a to z; "
        "line 13 'jos\ufffd': not UTF-8 text; line 14 'søren': not only letters a to z; and 1 more)."
    )


def test_a_notice_shows_no_control_characters_and_no_endless_line(tmp_path: Path) -> None:
    notice = read_names(write(tmp_path, [*TEN, b"\x1b[2J" + b"x" * 1000])).notice()
    assert notice.isprintable()
    assert len(notice) < 120


def test_refuses_too_few_names(tmp_path: Path) -> None:
    path = write(tmp_path, [*TEN[: FEWEST - 1], b"x1"])
    what = refusal(path).what
    assert what.startswith(f"{path} holds 9 usable names, and at least 10 are needed")
    assert "line 10 'x1'" in what


def test_refuses_an_empty_file(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    assert refusal(path).what == f"{path} holds 0 usable names, and at least 10 are needed."


def test_refuses_a_file_that_is_mostly_something_else(tmp_path: Path) -> None:
    path = write(tmp_path, [b"name,count", *TEN, *[b"mary,%d" % n for n in range(10)]])
    what = refusal(path).what
    assert "11 of 21 lines can't be used" in what
    assert "line 1 'name,count'" in what


def test_refuses_what_is_not_a_readable_file(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "nowhere.txt").what
    assert "directory" in refusal(tmp_path).what


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("names") / "names.txt"


@given(
    lines=st.lists(st.sampled_from([*TEN, b" Ann ", b"", b"x1"]) | st.text(max_size=6).map(str.encode) | st.binary())
)
def test_any_bytes_are_a_list_of_names_or_refused(scratch: Path, lines: list[bytes]) -> None:
    scratch.write_bytes(b"\n".join(lines))
    try:
        found = read_names(scratch)
    except TutorError:
        return
    assert len(found.words) >= FEWEST
    assert len(found.skipped) <= len(found.words)
    assert set("".join(found.words)) <= set("abcdefghijklmnopqrstuvwxyz")
    assert all(found.words)
    assert found.notice().isprintable()
