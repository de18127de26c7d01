"""How right the counts are: matching with truth, measures, strata. No pixels."""
