import csv
import io
from xml.etree import ElementTree

from tutor.figures import Bars, Curve, Series
from tutor.figures.export import Ink, as_csv, as_svg, as_text

CURVE = Curve("Loss & more", (Series("train", (0.0, 1.0), (3.2958368660043291, 2.5)),))
TEXT = "{http://www.w3.org/2000/svg}text"


def test_csv_keeps_every_digit():
    rows = list(csv.reader(io.StringIO(as_csv(CURVE))))
    assert rows[0] == ["series", "step", "y"]
    assert [(label, float(x), float(y)) for label, x, y in rows[1:]] == [
        ("train", 0.0, 3.2958368660043291),
        ("train", 1.0, 2.5),
    ]


def test_text_is_the_picture_and_its_sentence():
    bars = Bars("p", ("a", "b"), (0.25, 0.75))
    text = as_text(bars.draw(20, 3, "ascii"), bars.describe())
    assert text.splitlines() == ["p", "a ####         0.250", "b ############ 0.750", "", bars.describe()]


def test_svg_is_well_formed_and_says_what_it_shows():
    def ink(role):
        return Ink("#123456", "#abcdef" if "/" in role else "", bold=role == "title")

    root = ElementTree.fromstring(as_svg(CURVE.draw(40, 9, "braille", (1, 0)), ink, "#ffffff", CURVE.describe()))
    assert root[0].text == CURVE.describe()
    texts = root.findall(TEXT)
    assert texts[0].text == "Loss & more"
    assert texts[0].get("font-weight") == "bold"
    assert {text.get("fill") for text in texts} == {"#123456"}
