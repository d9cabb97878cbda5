//! Text for people, from the messages of the wire alone: no clock, no store, the same message gives the same text.
//!
//! Every text goes through [`chat::clean`] on its way in, so nothing an incident says can steer the terminal.

mod answer;
mod backtest;
mod class;
mod classes;
mod decision;
mod eval;
mod event;
mod follow_up;
mod incident;
mod incidents;
mod ingest;
mod maintenance;
mod page;
mod paint;
mod report;
mod table;
mod tickets;
mod words;
mod wrap;

pub use answer::answer;
pub use backtest::{backtest, rated};
pub use class::class;
pub use classes::classes;
pub use decision::{
    decisions, divided, linked, merged, pinned, reclustered, renamed, undone, unlinked,
};
pub use eval::{clusters, retrieval};
pub use event::event;
pub use incident::{deleted, incident};
pub use incidents::incidents;
pub use ingest::{Detail, summary, warning};
pub use maintenance::{transferred, verified};
pub use page::Look;
pub use paint::Paint;
pub use report::report;
pub use tickets::tickets;
pub use words::count;
