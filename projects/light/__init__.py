"""Which light does a task or commitment have on a day, and why? The rule, its thresholds, and the bands that lists and figures share."""
