"""The parts of ./kam that decide something, without a machine to set up."""

import json
import os
import socket
import subprocess
from pathlib import Path

import polib
import pytest

from tooling import (
    bench,
    cli,
    console,
    core_tests,
    databases,
    debian,
    locks,
    odoo_source,
    packages,
    paths,
    postgres,
    python_env,
    serving,
    testing,
)
from tooling.inside.terms import merge

DEB822 = """Types: deb
URIs: http://mirror.example/debian
Suites: stable stable-updates
Components: main
"""
ONE_LINE = """deb http://mirror.example/security stable-security main
deb http://mirror.example/browser stable main
deb http://mirror.example/debian stable main contrib
"""


# The command line


def test_help_lists_the_subcommands():
    done = subprocess.run([paths.ROOT / "kam"], capture_output=True, text=True)
    assert done.returncode == 0
    for name in ("demo", "test", "bench", "core-tests", "odoo", "check", "lint"):
        assert f"\n    {name} " in done.stdout or f"\n    {name}\n" in done.stdout


def test_pytest_arguments_are_passed_on_in_their_order():
    options, rest = cli._parse(["test", "-k", "a or b", "--keep-db", "-x", "tests"])
    assert options.keep_db
    assert rest == ["-k", "a or b", "-x", "tests"]


def test_everything_after_odoo_is_odoos():
    _options, rest = cli._parse(["odoo", "shell", "--help"])
    assert rest == ["shell", "--help"]


def test_an_option_that_nobody_knows_is_refused():
    with pytest.raises(SystemExit):
        cli._parse(["demo", "--frsh"])


def test_a_path_is_made_absolute_and_its_test_kept(tmp_path, monkeypatch):
    (tmp_path / "test_x.py").touch()
    monkeypatch.chdir(tmp_path)
    expected = f"{tmp_path}/test_x.py::TestX::test_y"
    assert testing.absolute("test_x.py::TestX::test_y") == expected
    assert testing.absolute("--lf") == "--lf"
    assert testing.absolute("no_such_path") == "no_such_path"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], False),
        (["-v", "--durations=5"], False),
        (["-k", "name"], True),
        (["--lf"], True),
        (["/"], True),
        (["--collect-only"], True),
    ],
)
def test_a_selection_of_tests_is_not_linted(arguments, expected):
    assert testing.is_selection(arguments) is expected


# What the user sees


def test_table_aligns_its_columns():
    text = console.table(("Name", "N"), [("a", 1), ("longer", 22)])
    assert text.splitlines() == [
        "Name    N",
        "------  --",
        "a       1",
        "longer  22",
    ]


def test_a_failure_names_its_step():
    with pytest.raises(console.Failure, match="Fetching: no network"):
        with console.step("Fetching"):
            raise console.Failure("no network")


# Packages, Odoo, Python


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    monkeypatch.setattr(packages.glob, "glob", lambda pattern: [])
    assert packages.missing() == [
        "postgresql",
        "chromium",
        "wkhtmltopdf",
        "poppler-utils",
    ]
    assert packages.missing(server=False, browser=False) == []


def test_packages_are_not_installed_without_a_right_to(monkeypatch):
    monkeypatch.setattr(packages, "missing", lambda **wanted: ["chromium"])
    monkeypatch.setattr(packages, "_root_prefix", lambda: None)
    with pytest.raises(console.Failure, match="apt-get install chromium"):
        packages.ensure()


@pytest.mark.parametrize(
    ("name", "text"),
    [("debian.sources", DEB822), ("debian.list", ONE_LINE)],
    ids=["deb822", "one-line"],
)
def test_the_mirror_is_the_one_of_the_machine(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    mirror = debian.find_mirror(
        [
            *("-o", "Dir::Etc::sourcelist=/dev/null"),
            *("-o", f"Dir::Etc::sourceparts={tmp_path}"),
            *("-o", f"Dir::State::lists={tmp_path}"),
        ]
    )
    assert mirror.suite == "stable"
    assert mirror.sources().splitlines() == [
        "deb http://mirror.example/debian/ stable main",
        "deb http://mirror.example/debian/ sid main",
    ]


def test_without_a_mirror_odoo_home_is_named(tmp_path):
    with pytest.raises(console.Failure, match="ODOO_HOME"):
        debian.find_mirror(
            [
                *("-o", "Dir::Etc::sourcelist=/dev/null"),
                *("-o", f"Dir::Etc::sourceparts={tmp_path}"),
            ]
        )


def test_a_package_file_that_does_not_unpack_is_fetched_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOGS", tmp_path)
    file = tmp_path / "odoo-19.deb"
    file.write_bytes(b"cut off")
    with console.step("Unpacking") as current:
        with pytest.raises(console.Failure, match="dpkg-deb"):
            odoo_source._unpack(current, file, tmp_path)
    assert not file.exists()


def test_odoo_home_may_be_the_folder_or_the_package():
    home = Path(os.environ["KAM_ODOO_PATH"])
    for folder in (home, home / "odoo"):
        assert (odoo_source._from_home(folder).python_path / "odoo").exists()


def test_odoo_home_without_odoo_is_refused(tmp_path):
    with pytest.raises(console.Failure, match=f"ODOO_HOME={tmp_path}"):
        odoo_source._from_home(tmp_path)


def test_odoo_home_of_another_version_is_refused(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0)\n")
    with pytest.raises(console.Failure, match="not an Odoo 19"):
        odoo_source._from_home(tmp_path)


def test_the_installers_are_pinned_with_hashes():
    lock = paths.LOCK_FILE.read_text()
    chosen = python_env.locked(lock, python_env.INSTALLERS)
    names = [line.split("==")[0] for line in chosen.splitlines() if line[:1].isalpha()]
    assert names == list(python_env.INSTALLERS)
    assert chosen.count("--hash=sha256:") >= len(names)


def test_every_package_is_locked_with_a_hash():
    lines = paths.LOCK_FILE.read_text().splitlines()
    for line, following in zip(lines, lines[1:], strict=False):
        if line[:1].isalpha():
            assert "==" in line and line.endswith("\\"), line
            assert following.strip().startswith("--hash=sha256:"), line


# Files, locks, ports


def test_the_digest_follows_contents_and_names(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    addon = tmp_path / "addon"
    (addon / "__pycache__").mkdir(parents=True)
    (addon / "a.py").write_text("1")
    first = paths.digest_of([addon])
    (addon / "__pycache__" / "a.pyc").write_text("compiled")
    (addon / "tests").symlink_to(tmp_path)
    assert paths.digest_of([addon]) == first
    (addon / "a.py").write_text("2")
    assert paths.digest_of([addon]) != first
    (addon / "a.py").write_text("1")
    (addon / "a.py").rename(addon / "b.py")
    assert paths.digest_of([addon]) != first


def test_a_lock_is_free_again_when_its_holder_is_gone(tmp_path):
    first, second = (locks.FileLock(tmp_path / "lock") for _ in range(2))
    assert first.acquire(wait=False)
    assert not second.acquire(wait=False)
    first.release()
    assert second.acquire(wait=False)
    second.release()


def test_copies_that_tests_make_belong_to_their_run():
    for name in ("kam_test_12", "kam_test_12-gw0", "kam_test_12-gw0_demo"):
        assert databases.run_of(name, "kam_test_") == "kam_test_12"


def test_several_may_share_a_lock(tmp_path):
    first, second = (locks.FileLock(tmp_path / "lock") for _ in range(2))
    assert first.acquire(shared=True)
    assert second.acquire(shared=True)
    assert not second.acquire(wait=False)
    first.release()
    assert second.acquire(wait=False)
    second.release()


def test_a_taken_port_is_left_alone():
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if port <= serving.LAST_PORT:
            assert serving.free_port(port) > port
        else:
            with pytest.raises(console.Failure, match="no free port"):
                serving.free_port(port)


# Measuring and comparing


def test_a_figure_falls_short_above_its_bar():
    bar = {"name": "Speed", "figure": 1.7, "bar": 1.6, "unit": "×", "is_floor": False}
    assert bench.line_of(bar) == ("Speed", "1.7 ×", "≤ 1.6 ×", "short")
    assert bench.line_of({**bar, "figure": 1.6})[-1] == "ok"


def test_a_floor_falls_short_below_its_bar():
    bar = {"name": "Hits", "figure": 90, "bar": 95, "unit": "", "is_floor": True}
    assert bench.line_of(bar) == ("Hits", "90", "≥ 95", "short")


def test_failures_that_were_there_before_are_not_held_against_the_addon():
    without = {"failed": {"sale:TestA.test_old": "x"}}
    with_addon = {"failed": {"sale:TestA.test_old": "x", "sale:TestB.test_new": "y"}}
    assert core_tests.only_with(without, with_addon) == ["sale:TestB.test_new"]


def test_a_failure_that_does_not_come_back_is_dropped():
    first = {"failed": {"sale:A.test_a": "x", "sale:A.test_b": "y"}, "budgets": {}}
    again = {"failed": {"sale:A.test_b": "z"}, "budgets": {"sale:A.test_b": "9 > 8"}}
    suspects = ["sale:A.test_a", "sale:A.test_b"]
    assert core_tests.merged(first, again, suspects) == again


def test_a_test_is_named_by_its_tag():
    assert core_tests.tag_of("sale:TestA.test_b") == "/sale:TestA.test_b"
    assert core_tests.tag_of("sale:TestA") == "/sale:TestA"


# Translations


def test_translations_that_apply_are_kept():
    known, fresh = polib.POFile(), polib.POFile()
    known.append(polib.POEntry(msgid="Held", msgstr="Удержан"))
    known.append(polib.POEntry(msgid="Gone", msgstr="Нет"))
    fresh.append(polib.POEntry(msgid="Held"))
    fresh.append(polib.POEntry(msgid="New"))
    merged = {entry.msgid: entry.msgstr for entry in merge(known, fresh)}
    assert merged == {"Held": "Удержан", "New": ""}


# The database server


def make_place(folder, home):
    """A state folder that notes where its cluster lives."""
    (folder / "postgres" / "data").mkdir(parents=True)
    (folder / "postgres.json").write_text(json.dumps({"home": str(home), "socket": ""}))


def test_a_copied_checkout_leaves_the_cluster_of_the_other_alone(tmp_path, monkeypatch):
    other, own = tmp_path / "other", tmp_path / "own"
    for folder in (other, own):
        make_place(folder, other / "postgres")
    monkeypatch.setattr(paths, "STATE", own)
    cluster = postgres.Cluster()
    cluster.stop()
    assert cluster._place == {}
    assert not (own / "postgres").exists()
    assert (other / "postgres" / "data").exists()


def test_a_moved_checkout_keeps_its_cluster(tmp_path, monkeypatch):
    make_place(tmp_path, tmp_path / "where it was")
    monkeypatch.setattr(paths, "STATE", tmp_path)
    assert postgres.Cluster()._place == {}
    assert (tmp_path / "postgres" / "data").exists()


def test_a_server_that_others_use_is_not_stopped(tmp_path, monkeypatch):
    make_place(tmp_path, tmp_path / "postgres")
    (tmp_path / "postgres" / "data" / "postmaster.pid").touch()
    monkeypatch.setattr(paths, "STATE", tmp_path)
    programs = []

    def run(_cluster, program, *_arguments):
        programs.append(program)
        return subprocess.CompletedProcess([], 0, stdout="1\n")

    monkeypatch.setattr(postgres.Cluster, "_run", run)
    postgres.Cluster().stop()
    assert programs == ["psql"]
