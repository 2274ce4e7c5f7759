"""The rules about where things live, walked over every tracked file."""

import ast
import re
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# From the bottom up: an app imports itself and those before it.
APPS = ("focalpoints", "principles", "projects", "edn_portal")
# Inside an app, from the top down: a room imports itself and those after it.
ROOMS = {
    "focalpoints": (
        "urls", "apps", "management", "migrations", "reference", "views", "templatetags", "exports", "tables_of_the_ledger",
        "forms", "actions", "verbs", "alarms", "mail",
        "delivery", "one_time_links", "facts", "ledger", "office", "tables", "pages", "workflow", "turn", "rules",
        "names_taken", "models", "sql", "sealing", "business_days", "clock", "text",
    ),
    "principles": ("apps", "migrations", "reference", "actions", "verbs", "facts", "models"),
    "projects": (
        "urls", "apps", "management", "migrations", "reference", "views", "templatetags", "previews", "exports", "tables", "forms",
        "actions",
        "reminders", "dumps", "reading", "search", "derived", "verbs", "requests", "workflow", "commitment_sums", "facts",
        "date_moves", "date_bounds", "periods", "jumps", "rules", "codes",
        "wording", "models", "light",
    ),
    "edn_portal": (
        "wsgi", "urls", "apps", "management", "bench", "scale", "demo", "reference", "accounts", "backups", "styleguide",
        "search_engines",
        "context", "jinja_environment", "framework_texts", "settings", "operations", "typed_addresses",
    ),
}  # fmt: skip
TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md", "docs",
    "edn_portal", "focalpoints", "locale", "manage.py", "principles", "projects", "pyproject.toml", ".requirements",
    "static", "templates", "tests",
}  # fmt: skip
DRAWERS = {"core", "common", "utils", "helpers", "services", "misc", "lib", "parts", "_shared", "shared"}
# A developer's or a server's own places, and where packages come from: neither belongs in the project.
FOREIGN = re.compile(
    r"(?<![\w.$])(/home/(?!user\b)\w|/root/|/Users/|/work/|/mnt/|C:\\Users)"
    r"|pypi\.org|pythonhosted|registry\.npmjs|registry\.yarnpkg|--(?:extra-)?index-url|deb\.debian",
)
BINARY = {".png", ".webp", ".mo", ".woff2", ".xlsx", ".ico"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


@cache
def sources(app: str) -> list[tuple[str, ast.Module]]:
    found = [(path.relative_to(ROOT).as_posix(), path) for path in tracked()]
    return [
        (name, ast.parse(path.read_text(encoding="utf-8")))
        for name, path in found
        if path.suffix == ".py" and name.startswith(f"{app}/")
    ]


def imported(tree: ast.Module) -> set[str]:
    """The top-level packages that a module names in an import, wherever that stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("app", APPS)
def test_imports_go_one_way(app):
    above = set(APPS[APPS.index(app) + 1 :])
    upwards = {
        f"{name} imports {module}" for name, tree in sources(app) for module in imported(tree)
        if module.split(".")[0] in above
    }  # fmt: skip
    assert upwards == set()


def room(module: str) -> str:
    """The folder in an app, or the module at its root, that a dotted name leads into."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("app", APPS)
def test_imports_go_one_way_inside_an_app(app):
    places = {name: place for place, name in enumerate(ROOMS[app])}
    backwards, rooms = set(), set()
    for name, tree in sources(app):
        own = room(name.removesuffix(".py").replace("/", "."))
        if own == "__init__":
            continue
        rooms.add(own)
        for node in ast.walk(tree):
            for module in named(node):
                if module.startswith(f"{app}.") and places[room(module)] < places[own]:
                    backwards.add(f"{name} imports {module}")
    assert backwards == set()
    assert rooms == set(places), "every room has its place, and no place is empty"


def named(node: ast.AST) -> list[str]:
    """The modules that an import names, in full: `from projects import facts` names `projects.facts`."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return [module] if "." in module else [f"{module}.{alias.name}" for alias in names]
    return []


def test_imports_are_written_in_full():
    """So that a module's place can be read from every line that names it."""
    relative = {
        name for app in APPS for name, tree in sources(app) for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    }  # fmt: skip
    assert relative == set()


@pytest.mark.parametrize("app", APPS)
def test_no_app_imports_the_tests(app):
    assert {
        name for name, tree in sources(app) for module in imported(tree) if module.split(".")[0] == "tests"
    } == set()


@pytest.mark.parametrize("app", APPS)
def test_an_app_is_walked(app):
    assert len(list(sources(app))) > 5


def test_no_module_is_a_drawer():
    names = {path.relative_to(ROOT) for path in tracked() if path.suffix == ".py"}
    assert {str(name) for name in names if DRAWERS & {part.removesuffix(".py") for part in name.parts}} == set()


def test_a_class_has_its_name_alone():
    """One word, one meaning: but what Django finds by its name."""
    named_by = defaultdict(set)
    for app in APPS:
        for name, tree in sources(app):
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and node.name not in {"Command", "Migration"}:
                    named_by[node.name].add(name)
    assert len(named_by) > 200
    assert {name: files for name, files in named_by.items() if len(files) > 1} == {}


def test_the_top_folder_holds_what_the_readme_explains():
    found = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert found - TOP == set()


@pytest.mark.parametrize("app", APPS)
def test_no_second_door_for_writes(app):
    """No Django admin, no signal handlers of our own on rows, no save() or delete() that does more than it says."""
    for name, tree in sources(app):
        assert not {module for module in imported(tree) if module.startswith("django.contrib.admin")}, name
        if app != "focalpoints":
            assert "django.db.models.signals" not in imported(tree), name
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and _is_model(node):
                overridden = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
                assert not overridden & {"save", "delete", "asave", "adelete"}, f"{name}: {node.name}"


def _is_model(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in node.bases}
    return any(base.endswith((".Model", "AbstractBaseUser")) for base in bases)


def test_no_file_names_a_machine_or_a_registry():
    found = set()
    for path in tracked():
        if path.suffix in BINARY or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := FOREIGN.search(line):
                found.add(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == set()


def locked(name: str) -> set[str]:
    """What a lock file pins, each with its hashes beside it."""
    text = (ROOT / f".requirements/{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)[1:]
    assert [block for block in blocks if "==" not in block.split()[0] or "--hash=sha256:" not in block] == []
    return {block.split()[0] for block in blocks}


def test_requirements_are_locked_with_hashes():
    runtime, development = locked("runtime"), locked("development")
    assert len(runtime) > 10
    assert runtime <= development, "tests run on what production runs on"
