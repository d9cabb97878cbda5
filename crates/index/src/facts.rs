//! The facts of a run of documents, column by column.

use incident::Status;

use crate::ints::Ints;

mod saved;

pub(crate) use saved::Named;

/// The facts of up to [`Facts::ROWS`] documents; they are added at the end and never change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    ids: String,
    id_ends: Ints,
    /// Seconds since 1970, UTC.
    started_at: Ints,
    known_from: Ints,
    /// Numbers of their verbatim forms.
    severities: Ints,
    levels: Ints,
    /// Places in [`Status::ALL`].
    statuses: Ints,
    services: Numbers,
    tags: Numbers,
}

/// A document's facts, its names numbered.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) id: &'a str,
    pub(crate) started_at: Option<i64>,
    pub(crate) known_from: Option<i64>,
    pub(crate) severity: Option<u32>,
    pub(crate) level: Option<u8>,
    pub(crate) status: Option<Status>,
    pub(crate) services: &'a [u32],
    pub(crate) tags: &'a [u32],
}

/// Lists of numbers by row.
#[derive(Debug, Clone, Default)]
struct Numbers {
    ends: Ints,
    numbers: Ints,
}

impl Facts {
    /// How many documents share a run, and are copied when one more comes under a snapshot.
    pub(crate) const ROWS: usize = 1 << 10;

    pub(crate) fn push(&mut self, row: &Row<'_>) {
        self.ids.push_str(row.id);
        self.id_ends.push(Some(self.ids.len() as i64));
        self.started_at.push(row.started_at);
        self.known_from.push(row.known_from);
        self.severities.push(row.severity.map(i64::from));
        self.levels.push(row.level.map(i64::from));
        let place = |status| Status::ALL.iter().position(|it| *it == status);
        self.statuses.push(row.status.and_then(place).map(|place| place as i64));
        self.services.push(row.services);
        self.tags.push(row.tags);
        if self.started_at.len() == Self::ROWS {
            self.pack();
        }
    }

    pub(crate) fn id(&self, at: usize) -> &str {
        &self.ids[start(&self.id_ends, at)..end(&self.id_ends, at)]
    }

    pub(crate) fn started_at(&self, at: usize) -> Option<i64> {
        self.started_at.get(at)
    }

    pub(crate) fn known_from(&self, at: usize) -> Option<i64> {
        self.known_from.get(at)
    }

    pub(crate) fn all_started_at(&self) -> &Ints {
        &self.started_at
    }

    pub(crate) fn all_known_from(&self) -> &Ints {
        &self.known_from
    }

    /// The number of the verbatim form.
    pub(crate) fn severity(&self, at: usize) -> Option<u32> {
        self.severities.get(at).map(|number| number as u32)
    }

    pub(crate) fn level(&self, at: usize) -> Option<u8> {
        self.levels.get(at).map(|level| level as u8)
    }

    pub(crate) fn status(&self, at: usize) -> Option<Status> {
        self.statuses.get(at).map(|place| Status::ALL[place as usize])
    }

    /// The numbers of the services.
    pub(crate) fn services(&self, at: usize) -> impl Iterator<Item = u32> {
        self.services.row(at)
    }

    /// The numbers of the tags.
    pub(crate) fn tags(&self, at: usize) -> impl Iterator<Item = u32> {
        self.tags.row(at)
    }

    pub(crate) fn n_bytes(&self) -> usize {
        let columns = [
            &self.id_ends,
            &self.started_at,
            &self.known_from,
            &self.severities,
            &self.levels,
            &self.statuses,
            &self.services.ends,
            &self.services.numbers,
            &self.tags.ends,
            &self.tags.numbers,
        ];
        self.ids.capacity() + columns.iter().map(|column| column.n_bytes()).sum::<usize>()
    }

    fn pack(&mut self) {
        self.ids.shrink_to_fit();
        let columns = [
            &mut self.id_ends,
            &mut self.started_at,
            &mut self.known_from,
            &mut self.severities,
            &mut self.levels,
            &mut self.statuses,
            &mut self.services.ends,
            &mut self.services.numbers,
            &mut self.tags.ends,
            &mut self.tags.numbers,
        ];
        columns.into_iter().for_each(Ints::pack);
    }
}

impl Numbers {
    fn push(&mut self, numbers: &[u32]) {
        numbers.iter().for_each(|number| self.numbers.push(Some(i64::from(*number))));
        self.ends.push(Some(self.numbers.len() as i64));
    }

    fn row(&self, at: usize) -> impl Iterator<Item = u32> {
        let held = start(&self.ends, at)..end(&self.ends, at);
        held.filter_map(|at| self.numbers.get(at)).map(|number| number as u32)
    }
}

fn start(ends: &Ints, at: usize) -> usize {
    at.checked_sub(1).map_or(0, |before| end(ends, before))
}

fn end(ends: &Ints, at: usize) -> usize {
    ends.get(at).expect("every list has an end") as usize
}
