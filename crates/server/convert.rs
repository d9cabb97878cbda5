//! Between the wire and the engine: the one place that knows both.
//!
//! What comes in is checked against [`crate::limits`] while it is converted; each function notes every rule that is
//! broken and goes on, so that a caller hears of all of them at once. Messages are taken apart field by field, so that
//! a new field cannot be overlooked.

pub(crate) mod action_items;
pub(crate) mod answer;
pub(crate) mod backtest;
pub(crate) mod decision;
pub(crate) mod event;
pub(crate) mod extra;
pub(crate) mod failure_class;
pub(crate) mod filter;
pub(crate) mod follow_up;
pub(crate) mod incident_in;
pub(crate) mod incident_out;
pub(crate) mod receipt;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod time;

/// A length as the 32-bit count of the wire.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A count of 64 bits as one of 32, which stands for that many or more.
pub(crate) fn capped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
