//! What the engine promises, on data folders of its own.

mod archive;
mod as_of;
mod concurrent;
mod crash;
mod determinism;
mod examples;
mod folder;
mod identity;
mod next_steps;
mod regressions;
mod searchable;
mod secrets;
mod seeds;
mod verdicts;
