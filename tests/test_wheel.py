import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[1]
SHIPPED = ("tutor", "lessons", "data", "tests")
FILES = (
    "pyproject.toml",
    "hatch_build.py",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "constraints.txt",
)

PROBE = """
import json
from importlib.util import find_spec
from tutor.names import read_names
from tutor.paths import data_dir, lessons_dir
print(json.dumps({
    "lessons": str(lessons_dir()),
    "data": str(data_dir()),
    "labs": sorted(path.parent.name for path in lessons_dir().glob("*/lab.py")),
    "names": len(read_names(data_dir() / "names.txt").words),
    "strays": [name for name in ("lessons", "data", "hatch_build", "tests") if find_spec(name)],
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, in which a build may leave its traces."""
    copy = tmp_path_factory.mktemp("checkout")
    for folder in SHIPPED:
        # With the caches, as they lie in a checkout that was used.
        shutil.copytree(CHECKOUT / folder, copy / folder)
    for file in FILES:
        shutil.copy(CHECKOUT / file, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    """The wheel, built from the source distribution as an index's users get it."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", cwd=checkout)
    (path,) = (checkout / "dist").glob("nn_tutor-*.whl")
    return path


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A fresh virtual environment that sees this one's packages, save for an editable install of ours."""
    folder = tmp_path / "venv"
    venv.create(folder)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def install(environment: Path, *what: str | Path) -> None:
    python = environment / "bin" / "python"
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed", "--quiet")
    run(python, "-m", "pip", "install", *options, *what, cwd=environment)


def probe(environment: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(environment / "bin" / "python", "-c", PROBE, cwd=environment))
    return found


def test_the_wheel_holds_the_package_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
    assert {name.split("/")[0] for name in files} == {"tutor", "nn_tutor-0.1.0.dist-info"}
    assert not [name for name in files if name.endswith(".pyc")]
    assert {
        "tutor/py.typed",
        "tutor/_data/names.txt",
        "tutor/_data/digits.pt",
        "tutor/_data/README.md",
        "nn_tutor-0.1.0.dist-info/licenses/LICENSE",
    } <= set(files)
    for lab in CHECKOUT.glob("lessons/*/lab.py"):
        assert f"tutor/_lessons/{lab.parent.name}/lab.py" in files


def version(environment: Path) -> str:
    return run(environment / "bin" / "tutor", "--version", cwd=environment)


def test_an_installed_wheel_finds_its_lessons_and_data(wheel: Path, environment: Path) -> None:
    install(environment, wheel)
    (package,) = environment.glob("lib/python*/site-packages/tutor")
    assert probe(environment) == {
        "lessons": str(package / "_lessons"),
        "data": str(package / "_data"),
        "labs": sorted(path.parent.name for path in CHECKOUT.glob("lessons/*/lab.py")),
        "names": 7067,
        "strays": [],
    }
    assert version(environment) == "tutor, version 0.1.0\n"


def test_an_editable_install_uses_the_checkouts_folders(checkout: Path, environment: Path) -> None:
    install(environment, "--editable", checkout)
    assert probe(environment) == {
        "lessons": str(checkout / "lessons"),
        "data": str(checkout / "data"),
        "labs": sorted(path.parent.name for path in CHECKOUT.glob("lessons/*/lab.py")),
        "names": 7067,
        "strays": [],
    }
    assert version(environment) == "tutor, version 0.1.0\n"
