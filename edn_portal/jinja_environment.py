"""The Jinja environment for the parts of pages that repeat row after row (docs/adr/0014-rows-are-compiled.md)."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined

from focalpoints.pages.addresses import address, page
from focalpoints.templatetags import edn
from projects.light import verdict
from projects.reading.figures import ASSESSED
from projects.templatetags import cells, pictures, record, rows, timelines

# What a figure of a group counts together, for the list behind it.
LIGHTS = {"ASSESSED": ASSESSED, "LATE": verdict.LATE, "MEASURED": verdict.MEASURED}


def environment(**options: Any) -> Environment:
    """The environment of every `.jinja` template. It escapes as Django's templates do; a misspelt name is an error.

    Most helpers are filters, which a compiled template calls directly. But Jinja calls a filter on constants once, when it compiles
    the template, whatever the language then: a helper that takes only constants must be a function.
    """
    made = Environment(**options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    made.globals |= {"_": gettext, "page": page, "url": reverse, **LIGHTS}
    made.filters |= {
        "address": lambda key, name: address(name, key),
        "agencies": cells.agencies,
        "agencies_answer": cells.agencies_answer,
        "agencies_counted": cells.agencies_counted,
        "agency": cells.agency,
        "and_others": cells.and_others,
        "assessed_counted": cells.assessed_counted,
        "attention_charts": pictures.attention_charts,
        "averaged": cells.averaged,
        "averaged_over": cells.averaged_over,
        "beside_title": cells.beside_title,
        "commitments_at": pictures.commitments_at,
        "commitments_counted": cells.commitments_counted,
        "content": edn.content,
        "counted": verdict.counted,
        "dates_in_words": timelines.dates_in_words,
        "dated": cells.dated,
        "days_counted": cells.days_counted,
        "days_late": cells.days_late,
        "filesizeformat": filesizeformat,
        "for_days": cells.for_days,
        "freshness": record.freshness,
        "given_back": cells.given_back,
        "in_days": cells.in_days,
        "intcomma": edn.intcomma,
        "items_due": cells.items_due,
        "lang_attr": edn.lang_attr_on,
        "language_mark": edn.language_mark,
        "late_by_task": cells.late_by_task,
        "late_counted": cells.late_counted,
        "late_tasks": cells.late_tasks,
        "light": cells.light,
        "light_bar": pictures.light_bar,
        "light_count": cells.light_count,
        "linked": record.linked,
        "long_date": edn.long_date,
        "mid_sentence": edn.mid_sentence,
        "moment": edn.moment,
        "month_charts": pictures.month_charts,
        "month_in_short": cells.month_in_short,
        "moved_in_words": cells.moved_in_words,
        "nothing_heard": cells.nothing_heard,
        "objective_rows": rows.objective_rows,
        "objectives_table": pictures.objectives_table,
        "once_each": cells.once_each,
        "other_tasks": cells.other_tasks,
        "overdue_counted": cells.overdue_counted,
        "overdue_since": cells.overdue_since,
        "period_in_words": timelines.period_in_words,
        "pieces_of_evidence": cells.pieces_of_evidence,
        "progress": cells.progress,
        "promise_in_words": timelines.promise_in_words,
        "quiet_light": cells.quiet_light,
        "sector_bars": pictures.sector_bars,
        "short_date": edn.short_date,
        "signed_days": record.signed_days,
        "slippage": cells.slippage,
        "status_shape": edn.status_shape,
        "status_word": edn.status_word,
        "taken_back": cells.taken_back,
        "taken_back_in_all": cells.taken_back_in_all,
        "task_bar": pictures.task_bar,
        "times": cells.times,
        "times_corrected": cells.times_corrected,
        "times_moved": cells.times_moved,
        "undated": cells.undated,
        "undated_counted": cells.undated_counted,
        "unproven": cells.unproven,
        "weekday": cells.weekday,
        "work_rows": rows.work_rows,
        "workflow_tag": cells.workflow_tag,
    }
    return made
