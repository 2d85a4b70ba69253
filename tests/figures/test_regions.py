from tutor.figures import Point, Regions

# Class 0 wins on the left half of the plane, class 1 on the right.
HALVES = Regions(
    "Winner",
    ("red", "blue"),
    ((0, 0, 1, 1),) * 3,
    (-2.0, 2.0),
    (-1.0, 1.0),
    (Point(-1.5, 0, "o", 0), Point(-1.0, 0.5, "o", 1), Point(1.0, -0.5, "x", 1)),
)


def test_each_class_fills_its_part_with_its_own_character_and_role():
    row = HALVES.draw(40, 12)[8]
    text = "".join(part for part, _ in row)
    assert text.index(".") < text.rindex(".") < text.index(":") < text.rindex(":")
    assert {role for part, role in row if set(part) == {"."}} == {"s0"}
    assert {role for part, role in row if set(part) == {":"}} == {"s1"}


def test_a_point_where_another_class_wins_is_an_error():
    marks = [(part, role) for line in HALVES.draw(40, 12)[1:] for part, role in line if part in ("o", "x")]
    assert sorted(marks) == [("o", "bad"), ("o", "text"), ("x", "text")]


def test_the_words_say_the_shares_and_how_many_points_are_right():
    assert HALVES.describe() == (
        "Winner: of the plane red wins 50 %, blue wins 50 %. 2 of 3 points lie where their own class wins."
    )


def test_the_cursor_reads_the_plane():
    assert HALVES.read((0, 0)) == "x1 -2, x2 1: red"
    assert HALVES.read((3, 2)) == "x1 2, x2 -1: blue"
