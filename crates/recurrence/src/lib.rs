//! What keeps coming back: classes, statistics, fix status, verdicts.
