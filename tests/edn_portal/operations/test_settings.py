"""Settings fail closed: each unsafe production is refused, by a process of its own, with words that say what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAFE = {
    "EDN_MODE": "production",
    "SECRET_KEY": "0123456789" * 5,
    "ALLOWED_HOSTS": "edn.example.org",
    "EDN_BASE_URL": "https://edn.example.org",
    "EDN_TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://edn:word@127.0.0.1/edn",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}
REFUSED = {
    "no secret": ({"SECRET_KEY": None}, "SECRET_KEY must be set"),
    "a short secret": ({"SECRET_KEY": "0123456789" * 4}, "SECRET_KEY must be set"),
    "a secret of one letter": ({"SECRET_KEY": "k" * 60}, "SECRET_KEY must be set"),
    "no hosts": ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS must name"),
    "any host": ({"ALLOWED_HOSTS": "*"}, "without a wildcard"),
    "any host among others": ({"ALLOWED_HOSTS": "edn.example.org,*"}, "without a wildcard"),
    "any host of a domain": ({"ALLOWED_HOSTS": "*.example.org"}, "without a wildcard"),
    "every host of a domain": ({"ALLOWED_HOSTS": ".example.org"}, "without a wildcard"),
    "no address": ({"EDN_BASE_URL": None}, "EDN_BASE_URL must be"),
    "an address without TLS": ({"EDN_BASE_URL": "http://edn.example.org"}, "EDN_BASE_URL must be"),
    "a shifted clock": ({"EDN_CLOCK_START": "2018-10-15T09:00:00-06:00"}, "production refuses it"),
    "proxies left to guesswork": ({"EDN_TRUSTED_PROXIES": None}, "EDN_TRUSTED_PROXIES must say"),
    "a negative number of proxies": ({"EDN_TRUSTED_PROXIES": "-1"}, "EDN_TRUSTED_PROXIES must say"),
    "a second factor for nobody": ({"EDN_SECOND_FACTOR_FOR": "coordinator"}, "EDN_SECOND_FACTOR_FOR knows"),
    "an unknown mode": ({"EDN_MODE": "debug"}, "EDN_MODE must be"),
    "no secret in a demo": ({"EDN_MODE": "demo", "SECRET_KEY": None}, "SECRET_KEY must be set"),
}


def run(changes: dict[str, str | None], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with a safe production's settings and these changes, away from any `.env`."""
    named = {name: value for name, value in (SAFE | changes).items() if value is not None}
    environment = {"PATH": os.environ["PATH"], "EDN_ENV_FILE": os.devnull} | named
    command = [sys.executable, *(arguments or ("-c", "import edn_portal.settings"))]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def value(*names: str, **changes: str | None) -> str:
    """How these settings print, one as it is and several as a tuple."""
    done = run(changes, "-c", f"import edn_portal.settings as s; print(repr(({', '.join(f's.{n}' for n in names)})))")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_safe_production_starts():
    assert run({}).returncode == 0


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsafe_one_does_not(name, tmp_path):
    changes, words = REFUSED[name]
    done = run(changes | {"EDN_VAR_DIR": str(tmp_path)})
    assert done.returncode != 0
    assert words in done.stderr.splitlines()[-1]
    assert "0123456789" not in done.stderr


def test_production_is_what_you_get_when_nothing_is_said():
    assert value("MODE", EDN_MODE=None) == "'production'"


def test_no_mode_shows_debug_pages(tmp_path):
    for mode in ("production", "demo", "test"):
        assert value("DEBUG", EDN_MODE=mode, EDN_VAR_DIR=str(tmp_path)) == "False"


def test_production_answers_over_tls_alone():
    assert value("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE") == "(True, True, True)"
    assert value("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME") == "('__Host-session', '__Host-csrf')"


def test_forwarded_headers_are_believed_only_from_proxies_of_ours():
    behind = value("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", EDN_TRUSTED_PROXIES="2")
    assert behind == "(('HTTP_X_FORWARDED_PROTO', 'https'), 2)"
    alone = value("SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT", EDN_TRUSTED_PROXIES="0")
    assert alone == "(None, 0)"


def test_the_pool_is_the_servers_alone():
    assert "pool" not in value("DATABASES")
    assert "'pool': {'size': 7, " in value("DATABASES", EDN_SERVING="1", EDN_DB_POOL="7")
    assert "'sslmode': 'verify-full'" in value("DATABASES", DATABASE_URL=SAFE["DATABASE_URL"] + "?sslmode=verify-full")


def test_the_limits_of_waiting_are_the_servers_alone():
    """A migration or a backup takes as long as it takes."""
    assert "timeout" not in value("DATABASES")
    address = SAFE["DATABASE_URL"] + "?options=-c%20x%3D1"
    limits = value("DATABASES", EDN_SERVING="1", EDN_LOCK_SECONDS="0.5", DATABASE_URL=address)
    assert "'options': '-c jit=off -c lock_timeout=500 -c statement_timeout=15000 -c x=1'" in limits


def test_the_policy_allows_nothing_inline():
    policy = value("SECURE_CSP")
    assert "unsafe" not in policy
    assert policy.startswith("{'default-src': [<CSP.NONE")


def test_the_shipped_production_settings_pass_djangos_deployment_check():
    done = run(
        {"EDN_ENV_FILE": "docs/production.env"} | dict.fromkeys(SAFE.keys() - {"EDN_MODE", "SECRET_KEY"}),
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_shipped_production_settings_hold_no_secret():
    unchanged = run({"EDN_ENV_FILE": "docs/production.env"} | dict.fromkeys(SAFE))
    assert unchanged.returncode != 0
    assert "SECRET_KEY must be set" in unchanged.stderr


def test_every_setting_is_explained_to_the_operator():
    settings = (ROOT / "edn_portal/settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    explained = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    of_the_demo_or_our_own = {"EDN_CLOCK_START", "EDN_CLOCK_ORIGIN", "EDN_ENV_FILE", "EDN_SERVING"}
    assert named - of_the_demo_or_our_own == explained


def test_the_module_can_be_read_in_one_sitting():
    lines = (ROOT / "edn_portal/settings.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 220
