//! What the engine promises, on data folders of its own.

mod as_of;
mod calibrated;
mod concurrent;
mod crash;
mod decisions;
mod determinism;
mod examples;
mod folder;
mod follow_ups;
mod identity;
mod lasting;
mod next_steps;
mod random_decisions;
mod ranking;
mod ratings;
mod reckoned;
mod regressions;
mod saved_index;
mod searchable;
mod secrets;
mod seeds;
mod unhurried;
mod verdicts;
