//! What a tracker says of a ticket.

use jiff::civil::Date;

use crate::time::Moment;

/// The state of a ticket in a tracker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticket {
    /// Its key, such as `OPS-123` or `#45`; empty: none.
    pub id: String,
    /// Its address; empty: none.
    pub url: String,
    /// Its state, verbatim.
    pub status: String,
    /// When it was closed.
    pub closed_at: Option<Moment>,
    /// Who it is assigned to; empty: not told.
    pub owner: String,
    /// The day it is due.
    pub due: Option<Date>,
}
