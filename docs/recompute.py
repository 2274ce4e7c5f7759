"""Checks a dump of the EDN portal's open data and computes figures of its home page again. Python 3.9 or newer, nothing else.

    python3 recompute.py https://portal.example/datos/2018-10-15/     fetches the files into the folder 2018-10-15
    python3 recompute.py 2018-10-15                                   checks a folder that is there already

Each file must be the one that datapackage.json describes. The ledger must be whole: each hash follows from its entry's text, each
text names the entry before it about the same thing. What every commitment and task is follows from the ledger's entries alone; the
rule of the traffic light is applied to that, and the result compared with the table of figures. It ends with 0 if everything agrees.
"""

import csv
import gzip
import hashlib
import json
import sys
import urllib.request
from datetime import date, timedelta
from pathlib import Path

# The rule's first numbers. The ledger's entries of type "light-rule" tell later ones, each with the day from which it counts.
FIRST_NUMBERS = {"silent_days": 60, "behind_points": 25, "soon_days": 15, "soon_progress": 80}
PUBLIC_TASKS = ("confirmed", "cancelled", "replaced", "mistaken")
LIGHTS = """not_started on_time at_risk late tasks_late to_be_verified to_assess fulfilled partly not_fulfilled cancelled
withdrawn_late no_date no_tasks"""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def fetched(address):
    """The folder into which all files of the dump at this address were saved."""
    folder = Path(address.rstrip("/").split("/")[-1])
    folder.mkdir(exist_ok=True)
    names = ["datapackage.json"]
    for name in names:
        file, _headers = urllib.request.urlretrieve(f"{address.rstrip('/')}/{name}", folder / Path(name).name)  # noqa: S310
        if name == "datapackage.json":
            names += [resource["path"] for resource in json.loads(file.read_bytes())["resources"]]
    return folder


def entries_of(folder, package):
    """What each entry of the ledger says, oldest first, while both of its chains are checked."""
    digest, last, seq = "0" * 64, {}, 0
    with gzip.open(folder / "ledger.jsonl.gz", "rt", encoding="utf-8") as lines:
        for seq, line in enumerate(lines, start=1):
            entry = json.loads(line)
            says = json.loads(entry["text"])
            about = says["type"], says["subject"]
            nth, previous = last.get(about, (0, "0" * 64))
            digest = sha256(f"{digest}\n{entry['hash']}".encode())
            is_next = (says["seq"], says["nth"], says["previous"]) == (seq, nth + 1, previous)
            if not is_next or sha256(entry["text"].encode()) != entry["hash"] or digest != entry["digest"]:
                sys.exit(f"WRONG: the ledger's chain breaks at entry {seq}.")
            last[about] = says["nth"], entry["hash"]
            yield says
    if {"entries": seq, "digest": digest} != package["ledger"]:
        sys.exit("WRONG: the ledger does not end where the package says.")


def state_of_things(entries):
    """What every commitment and every task is after the last entry about it, and the versions of the rule's numbers."""
    commitments, tasks, versions = {}, {}, [(date.min, FIRST_NUMBERS)]
    for says in entries:
        if says["type"] == "light-rule":
            versions.append((date.fromisoformat(says["dates"]["effective_on"]), says["numbers"]))
        after = says if says["type"] == "commitment" else says["dossier_after"]
        if says["dossier"].startswith("commitment:") and after:
            days = {name: day and date.fromisoformat(day) for name, day in after["dates"].items()}
            commitments[says["dossier"]] = {"state": after["state"], **after["codes"], **after["numbers"], **days}
        task = says["codes"].get("task")
        if says["type"] == "task":
            tasks[says["subject"]] = {"state": says["state"], **says["numbers"]}
        elif task in tasks:  # what a follow-up or a request did to its task
            told = {name[5:]: value for name, value in says["numbers"].items() if name.startswith("task_")}
            tasks[task] = {**tasks[task], **told, "state": says["codes"].get("task_state", tasks[task]["state"])}
    return commitments, tasks, versions


def light(facts, on, rule):
    """The traffic light of a commitment: of the published clauses, the first that holds."""
    claimed, due, starts, next_due = facts["claimed_progress"] or 0, facts["due"], facts["starts"], facts["next_due"]
    if due:  # the days for which the coordination office kept it waiting are given back
        due = date.fromordinal(min(due.toordinal() + facts["waited_days"], date.max.toordinal()))
    is_open, has_all = facts["tasks_open"] > 0, not facts["agencies_without_task"]
    if facts["state"] == "cancelled":
        return "withdrawn_late" if facts["withdrawn_late"] else "cancelled"
    if facts["finding"]:
        return facts["finding"]
    if not is_open and has_all and not facts["series_runs"] and (facts["tasks_fulfilled"] or facts["tasks_cancelled"]):
        return "to_assess"
    if is_open and has_all and not facts["tasks_unclaimed"]:
        return "to_be_verified"
    if due and due < on:
        return "late"
    if next_due and next_due < on:
        return "tasks_late"
    if not is_open and not facts["tasks_fulfilled"]:
        return "no_tasks"
    if not due and not next_due:
        return "no_date"
    if starts and starts > on and not facts["claimed_on"]:
        return "not_started"
    is_silent = facts["quiet_since"] and facts["quiet_since"] < on - timedelta(rule["silent_days"])
    allowed = max(claimed, facts["verified_progress"] or 0) + rule["behind_points"]
    # The line goes straight from 0 % at the start to 100 % at the due date.
    has_line = starts and due and starts < due and allowed < 100
    is_behind = has_line and starts + timedelta(allowed * (due - starts).days // 100 + 1) <= on
    is_soon = any(day and day <= on + timedelta(rule["soon_days"]) for day in (due, next_due))
    if facts["has_obstacle"] or is_silent or is_behind or (is_soon and claimed < rule["soon_progress"]):
        return "at_risk"
    return "on_time" if facts["claimed_on"] else "not_started"


def figures(commitments, tasks, versions, on):
    """By name, as the table of figures has them."""
    rule = next(numbers for since, numbers in reversed(versions) if since <= on)
    public_tasks = [facts for facts in tasks.values() if facts["state"] in PUBLIC_TASKS]
    lights = [light(facts, on, rule) for facts in commitments.values()]
    found = {f"commitments_light_{name}": lights.count(name) for name in LIGHTS.split()}
    # What recurs has no percent; what was withdrawn counts with what was verified of it.
    counted = sum(not facts["recurrence"] for facts in commitments.values())
    verified = sum(facts["verified_progress"] or 0 for facts in commitments.values())
    found["verified"] = verified // counted if counted else ""
    for what, those in {"commitments": commitments.values(), "tasks": public_tasks}.items():
        found[f"{what}_moved"] = sum(facts["moves"] > 0 for facts in those)
        found[f"{what}_days_moved"] = sum(facts["slippage_days"] for facts in those)
    return found


def main(where):
    folder = fetched(where) if where.startswith("http") else Path(where)
    package = json.loads((folder / "datapackage.json").read_bytes())
    for file in package["resources"]:
        if file["hash"] != f"sha256:{sha256((folder / file['path']).read_bytes())}":
            sys.exit(f"WRONG: {file['path']} is not the file that datapackage.json describes.")
    print(f"SHA-256 of datapackage.json: {sha256((folder / 'datapackage.json').read_bytes())}")
    print(f"The {len(package['resources'])} files are those that datapackage.json describes.")
    computed = figures(*state_of_things(entries_of(folder, package)), on=date.fromisoformat(package["version"]))
    print(f"The ledger is whole: {package['ledger']['entries']} entries up to {package['ledger']['digest']}.")
    with gzip.open(folder / "figures.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        published = {row["code"]: row["value"] for row in csv.DictReader(rows)}
    differing = {name: published.get(name) for name, value in computed.items() if published.get(name) != str(value)}
    for name, value in computed.items():
        print(f"WRONG: {name} is {value}, not {differing[name]}" if name in differing else f"agrees: {name} is {value}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
