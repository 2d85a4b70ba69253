import pytest

from tutor.paths import lessons_dir
from tutor.spelling import spelt


@pytest.mark.parametrize(
    ("text", "ascii"),
    [
        ("plain", "plain"),
        ("√32 ≤ 10²", "sqrt(32) <= 10^2"),
        ("e^((zᵢ − zⱼ) / T)", "e^((z_i - z_j) / T)"),
        ("10⁻⁶ → ½(x² + 100·y²)", "10^-6 -> 1/2(x^2 + 100*y^2)"),
        ("σ² = Σᵢ (xᵢ − μ)²", "sigma^2 = sum _i (x_i - mu)^2"),
        ("step 3 · loss 2…", "step 3, loss 2..."),
        ("Zoë, ∞, 字", "Zoe, inf, ?"),
        ("∂L/∂Wᵀ", "dL/dW^T"),
        ("gain · √mean((1 − h²)²)", "gain * sqrt mean((1 - h^2)^2)"),
    ],
)
def test_mathematics_is_spelt_out(text, ascii):
    assert spelt(text) == ascii


def test_no_letter_of_the_course_is_lost():
    for path in lessons_dir().glob("*/*"):
        if path.suffix in (".md", ".toml"):
            text = path.read_text(encoding="utf-8")
            assert spelt(text).isascii()
            assert spelt(text).count("?") == text.count("?"), path
