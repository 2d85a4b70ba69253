import pytest

from tests.figures.drawn import plain, roles
from tutor.figures import Image, Images

CHECKS = tuple(tuple(float((x + y) % 2) for x in range(8)) for y in range(8))
TOP_HALF = tuple(tuple(float(y < 4) for _ in range(8)) for y in range(8))


def test_two_pixels_share_a_cell():
    lines = Images("digits", tuple(Image("", CHECKS) for _ in range(9))).draw(80, 5)
    assert roles(lines[1])[:4] == ["h0/h15", "h15/h0"] * 2
    assert plain(lines)[1].split(" ") == ["▀" * 8] * 9


def test_a_lone_image_is_enlarged_by_a_whole_factor():
    lines = Images("digit", (Image("seven", TOP_HALF),)).draw(60, 14)
    bright = [row for row, line in enumerate(lines) if "h15/h15" in roles(line)]
    dark = [row for row, line in enumerate(lines) if "h0/h0" in roles(line)]
    assert bright == list(range(1, 7))
    assert dark == list(range(7, 13))
    assert plain(lines)[13] == "seven"


def test_images_wrap_into_rows_with_their_captions_below():
    lines = plain(Images("digits", tuple(Image(f"is {index}", CHECKS) for index in range(10))).draw(60, 16))
    assert lines[5].split("  ")[0] == "is 0"
    assert [word for word in lines[5].split() if word.isdigit()] == list("012345")
    assert [word for word in lines[10].split() if word.isdigit()] == list("6789")


def test_images_that_do_not_fit_are_counted():
    lines = plain(Images("digits", tuple(Image("", CHECKS) for _ in range(10))).draw(40, 5))
    assert lines[0] == "digits  … and 6 more"


def test_an_image_larger_than_its_place_is_averaged():
    lines = Images("weights", (Image("", CHECKS),), low=0.0, high=1.0).draw(5, 3)
    assert {role for line in lines[1:] for role in roles(line)} == {"h8/h8"}


def test_ascii_reads_without_colours():
    lines = plain(Images("digit", (Image("", TOP_HALF),)).draw(16, 9, "ascii"))
    assert lines[1:] == ["@" * 16] * 4 + [" " * 16] * 4


def test_images_share_one_scale():
    dim, bright = Image("", ((0.0, 0.5),)), Image("", ((0.0, 1.0),))
    lines = Images("pair", (dim, bright)).draw(5, 2)
    assert roles(lines[1])[1] == "h8"
    assert roles(lines[1])[4] == "h15"


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ((), "digits: no images yet."),
        ((Image("a 3", CHECKS),), "digits: 1 image of 8 by 8 pixels, shaded from 0 to 1: a 3."),
        ((Image("", CHECKS),) * 2, "digits: 2 images of 8 by 8 pixels, shaded from 0 to 1."),
    ],
)
def test_words(images, expected):
    assert Images("digits", images).describe() == expected
