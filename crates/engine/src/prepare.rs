//! What can be done to a record before its place in the log is known.

use std::collections::BTreeMap;
use std::thread;

use cluster::Prospect;
use incident::Incident;
use parse::{Outcome, Problem, Record, Warning};
use secrets::Kind;
use store::Digest;

use crate::retriever::{Bags, Retriever};

/// Something to be stored.
#[derive(Debug, Clone)]
pub enum Item {
    /// A document that is still to be read.
    Record(Record),
    /// An incident that needs no reading.
    Incident(Box<Incident>),
}

/// An item that was read and analysed.
#[derive(Debug)]
pub(crate) enum Prepared {
    Ready(Box<Ready>),
    Skipped { reason: String },
    Refused(Problem),
}

/// An incident with its bags.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) incident: Incident,
    pub(crate) bags: Bags,
    /// Of the whole file, where it was one.
    pub(crate) digest: Option<Digest>,
    pub(crate) warnings: Vec<Warning>,
    /// How many different credentials of each kind were masked in it.
    pub(crate) masked: BTreeMap<Kind, u32>,
    /// The classes that are near, where that was found out ahead.
    pub(crate) prospect: Option<Prospect>,
}

/// Items that were read, masked and analysed. What is left to be done with them has to be done in order.
#[derive(Debug)]
pub struct Reading {
    pub(crate) items: Vec<Prepared>,
}

/// Below this many items a second thread costs more than it saves.
const ITEMS_PER_THREAD: usize = 32;

/// Reads and analyses `items`, in order, on all cores.
pub(crate) fn prepare(items: Vec<Item>, retriever: &Retriever) -> Reading {
    Reading { items: in_parallel(items, |item| one(item, retriever)) }
}

/// The results of `work` in the order of `items`.
pub(crate) fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    in_shares(items, ITEMS_PER_THREAD, work)
}

/// The same where `least` items are worth a thread.
pub(crate) fn in_shares<T: Send, R: Send>(
    items: Vec<T>,
    least: usize,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(least);
    if items.len() <= share {
        return items.into_iter().map(work).collect();
    }
    let mut rest = items;
    let mut shares = Vec::new();
    while rest.len() > share {
        let tail = rest.split_off(share);
        shares.push(std::mem::replace(&mut rest, tail));
    }
    shares.push(rest);
    let own = shares.remove(0);
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || share.into_iter().map(work).collect::<Vec<R>>()))
            .collect();
        let mut done: Vec<R> = own.into_iter().map(work).collect();
        done.extend(running.into_iter().flat_map(joined));
        done
    })
}

fn joined<R>(thread: thread::ScopedJoinHandle<'_, Vec<R>>) -> Vec<R> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn one(item: Item, retriever: &Retriever) -> Prepared {
    match item {
        Item::Incident(incident) => ready(*incident, None, Vec::new(), retriever),
        Item::Record(record) => match parse::document(&record) {
            Outcome::Parsed(parsed) => {
                ready(parsed.incident, record.digest(), parsed.warnings, retriever)
            }
            Outcome::Skipped { reason } => Prepared::Skipped { reason: masked(&reason) },
            Outcome::Refused(problem) => {
                Prepared::Refused(Problem { reason: masked(&problem.reason), ..problem })
            }
        },
    }
}

/// Credentials are masked before anything looks at the incident: from here on nobody has them.
fn ready(
    mut incident: Incident,
    digest: Option<Digest>,
    mut warnings: Vec<Warning>,
    retriever: &Retriever,
) -> Prepared {
    let found = secrets::mask_incident(&mut incident);
    for warning in &mut warnings {
        warning.message = masked(&warning.message);
    }
    let bags = retriever.bags(&incident);
    let (masked, prospect) = (found, None);
    Prepared::Ready(Box::new(Ready { incident, bags, digest, warnings, masked, prospect }))
}

/// The text as it may be told.
fn masked(text: &str) -> String {
    secrets::mask(text).text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let doubled = in_parallel((0..1_000).collect(), |item: u32| item * 2);
        assert_eq!(doubled, (0..1_000).map(|item| item * 2).collect::<Vec<u32>>());
        assert!(in_parallel(Vec::<u32>::new(), |item| item).is_empty());
    }
}
