"""The tables that can be taken away, one file a noun: their columns, and their rows as the lists' filters found them."""

from projects.tables import (
    agencies,
    commitments,
    dates,
    disagreements,
    events,
    figures,
    findings,
    follow_ups,
    light_rule,
    months,
    moves,
    objectives,
    principles,
    projects,
    sectors,
    slippage,
    tasks,
)

# In the order in which they are shown. A dump has no events and dates: its ledger, commitments and tasks have all that they say.
TABLES = (
    commitments.TABLE,
    tasks.TABLE,
    follow_ups.TABLE,
    projects.TABLE,
    agencies.TABLE,
    findings.FINDINGS,
    disagreements.DISAGREEMENTS,
    moves.MOVES,
    slippage.SLIPPAGE,
    objectives.OBJECTIVES,
    objectives.ENABLERS,
    principles.PRINCIPLES,
    sectors.SECTORS,
    figures.FIGURES,
    months.MONTHS,
    light_rule.LIGHT_RULE,
    light_rule.THRESHOLDS,
    dates.DATES,
    events.EVENTS,
)
