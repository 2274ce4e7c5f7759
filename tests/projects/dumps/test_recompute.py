"""The script that goes with each dump finds the demonstration's whole, and whatever was changed in it. It runs without any library."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys

import pytest

from projects.dumps.making import dump_the_day
from tests.cast import assemble

pytestmark = pytest.mark.slow


@pytest.fixture
def dump(site_contents, tmp_path):
    """A copy of what `prepare_demo` published."""
    [folder] = [path for path in (site_contents("demo").folder / "dumps").iterdir() if path.is_dir()]
    return shutil.copytree(folder, tmp_path / "dump")


def recompute(folder, where="."):
    """Isolated, and without site packages: what is not in Python itself is not there. `where` is a folder or an address."""
    command = [sys.executable, "-I", "-S", str(folder / "recompute.py"), where]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
    return done.returncode, done.stdout + done.stderr


def change(folder, name, before, after):
    """As somebody would who can write the files but not the ledger: the package's hash is made to fit."""
    path = folder / name
    text = gzip.decompress(path.read_bytes()).decode()
    changed = re.sub(before, after, text, count=1)
    assert changed != text
    path.write_bytes(gzip.compress(changed.encode()))
    package = json.loads((folder / "datapackage.json").read_text())
    for file in package["resources"]:
        if file["path"] == name:
            file["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    (folder / "datapackage.json").write_text(json.dumps(package))


@pytest.mark.once  # the script reads files, and to tell the demonstration to PostgreSQL took longer than all tests of dumps
def test_it_finds_the_whole_and_what_was_changed(dump):
    status, said = recompute(dump)
    assert (status, "WRONG" in said) == (0, False), said
    package = (dump / "datapackage.json").read_bytes()
    assert f"SHA-256 of datapackage.json: {hashlib.sha256(package).hexdigest()}\n" in said
    agreeing = set(re.findall(r"agrees: (\w+) is", said))
    assert {"commitments_light_late", "commitments_light_fulfilled", "verified", "tasks_days_moved"} <= agreeing
    assert len(agreeing) == 19

    change(dump, "figures.csv.gz", r"(\r\ncommitments_light_late,[^,]*,)\d+", r"\g<1>99")
    status, said = recompute(dump)
    assert (status, re.findall(r"WRONG: (\w+) is \d+, not 99", said)) == (1, ["commitments_light_late"])

    change(dump, "ledger.jsonl.gz", '"has_obstacle', '"has_obstacl_')
    status, said = recompute(dump)
    assert (status, "chain breaks at entry" in said) == (1, True)

    (dump / "figures.csv.gz").write_bytes(b"")
    status, said = recompute(dump)
    assert (status, said) == (1, "WRONG: figures.csv.gz is not the file that datapackage.json describes.\n")


def test_it_fetches_a_dump_by_its_address(live_server, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    assemble().follow_up("accepted")
    made = dump_the_day().made
    shutil.copy(made.path / "recompute.py", tmp_path)
    status, said = recompute(tmp_path, f"{live_server.url}/datos/{made.day}/")
    assert (status, said.count("agrees: ")) == (0, 19), said
    assert {path.name for path in (tmp_path / str(made.day)).iterdir()} == {file["name"] for file in made.files}
