"""docs/caches.md lists what outlives a request, all of it, with its size."""

import ast
import re
from collections.abc import Iterator

from django.conf import settings

from tests.test_architecture import APPS, ROOT, sources

ROW = re.compile(r"^\| `([^`]+)` \| .* \| (\d+|no limit)[^|]* \|[^|]*\|[^|]*\|$", re.MULTILINE)
NO_LIMIT = "no limit"


def remembered() -> Iterator[tuple[str, object]]:
    """Every cache of the code by its name, and how much it may hold."""
    for app in APPS:
        for name, tree in sources(app):
            module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield from decorated(module, tree)
            yield from stores(module, tree)
            yield from dictionaries(module, tree)


def number(tree: ast.Module, written: str) -> int:
    """An expression of numbers and of the module's constants."""
    constants = {
        ast.unparse(node.targets[0]): node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    return eval(written, {}, constants)


def decorated(module: str, tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Functions under `lru_cache` or `cache`."""
    for function in ast.walk(tree):
        for decorator in getattr(function, "decorator_list", ()):
            written = ast.unparse(decorator)
            if found := re.fullmatch(r"(?:functools\.)?lru_cache(?:\((?:maxsize=)?(.*)\))?", written):
                yield f"{module}.{function.name}", number(tree, found[1] or "128")
            elif re.fullmatch(r"(functools\.)?cache", written):
                yield f"{module}.{function.name}", NO_LIMIT


def stores(module: str, tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Django's caches, by the modules that name them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "caches":
            alias = ast.literal_eval(node.slice)
            yield f'{module} caches["{alias}"]', settings.CACHES[alias].get("OPTIONS", {}).get("MAX_ENTRIES", 300)


def dictionaries(module: str, tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Those that are emptied when they are full, and those of a module that its functions write into."""
    bounded = set()
    for node in ast.walk(tree):
        full = isinstance(node, ast.If) and re.fullmatch(r"len\((?:self\.)?(\w+)\) >= (\w+)", ast.unparse(node.test))
        if full and any(ast.unparse(step).removeprefix("self.") == f"{full[1]}.clear()" for step in node.body):
            bounded.add(full[1])
            yield f"{module}.{full[1]}", number(tree, full[2])
    empty = {
        ast.unparse(target)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict) and not node.value.keys
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    written = {
        ast.unparse(node.value)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    yield from ((f"{module}.{name}", NO_LIMIT) for name in empty & written - bounded)


def test_the_list_names_what_a_process_remembers_and_how_much():
    listed = ROW.findall((ROOT / "docs/caches.md").read_text(encoding="utf-8"))
    assert len(listed) == len(dict(listed)), "named twice"
    assert dict(listed) == {name: str(size) for name, size in remembered()}


PLANTED = """
from functools import cache, lru_cache
MOST = 5
KNOWN: dict[str, int] = {}
FULL = {}
TABLE = {"a": 1}
@lru_cache(maxsize=2 * MOST)
def one(): ...
@cache
def two(): ...
def three(key):
    if len(FULL) >= MOST:
        FULL.clear()
    KNOWN[key] = FULL[key] = TABLE[key]
    return caches["pages"].get(key)
"""


def test_the_walk_finds_each_kind():
    """The control: one cache of each kind, and a table that is none."""
    tree = ast.parse(PLANTED)
    found = [*decorated("x", tree), *stores("x", tree), *dictionaries("x", tree)]
    assert dict(found) == {
        "x.one": 10, "x.two": NO_LIMIT, 'x caches["pages"]': 2000, "x.FULL": 5, "x.KNOWN": NO_LIMIT,
    }  # fmt: skip
