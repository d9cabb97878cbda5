//! Taking in what came to the record after the index was made.

use std::collections::HashSet;

use incident::IncidentId;
use index::{DocId, Entry};
use recurrence::ClassId;
use store::{Store, StoredIncident};
use vector::Bag;

use super::Corpus;
use crate::chunks::each_chunk_after;
use crate::class_rows::ClassRows;
use crate::epoch::Epoch;
use crate::prepare::in_parallel;
use crate::retriever::Retriever;

/// How many documents go into a segment at once.
const SEGMENT: usize = 65_536;

/// Incidents on their way into a corpus.
struct Intake<'a> {
    corpus: &'a mut Corpus,
    rows: &'a mut ClassRows,
    retriever: &'a Retriever,
    /// How many documents the corpus had.
    known: u32,
    /// The incidents that came, where the corpus may have older versions of them.
    ids: HashSet<IncidentId>,
    arriving: Vec<(Entry, Bag)>,
    classes: Vec<Option<ClassId>>,
}

impl Corpus {
    /// Takes in what came to `store` after `position` of the log, to which the corpus was complete; their class bags go
    /// to `rows`. Nothing was deleted since.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn catch_up(
        &mut self,
        position: u64,
        store: &Store,
        retriever: &Retriever,
        rows: &mut ClassRows,
    ) -> store::Result<()> {
        let known = u32::try_from(self.positions.len()).expect("fewer than 2^32 documents");
        let mut intake = Intake {
            corpus: self,
            rows,
            retriever,
            known,
            ids: HashSet::new(),
            arriving: Vec::new(),
            classes: Vec::new(),
        };
        each_chunk_after(position, store, |stored| intake.take(stored))?;
        intake.index();
        let renewed = intake.ids;
        if known > 0 {
            self.let_old_versions_go(known, &renewed);
            self.move_classes(position, known, store)?;
        } else {
            while let Some(merge) = self.index.due_merge() {
                self.index.take_merged(merge.run());
            }
        }
        match store.epoch()? {
            Some(record) if record.number != self.epoch => {
                let Epoch { number, search, pass, .. } = Epoch::from_record(&record)?;
                self.restore(number, pass, search);
            }
            _ => {}
        }
        Ok(())
    }

    /// Lets go the documents below `known` whose incidents came anew.
    fn let_old_versions_go(&mut self, known: u32, renewed: &HashSet<IncidentId>) {
        for (doc, id) in self.known_docs(known, renewed) {
            let Entry { services, .. } = self.index.catalog().entry(doc);
            self.let_go(doc, &id, &services);
            self.index.remove(doc);
            self.edited_at = self.position;
        }
    }

    /// Puts the documents below `known` that changed class after `position` where they are now.
    fn move_classes(&mut self, position: u64, known: u32, store: &Store) -> store::Result<()> {
        let moved: HashSet<IncidentId> = store.moved_after(position)?.into_iter().collect();
        for (doc, id) in self.known_docs(known, &moved) {
            let class = store.class_of(&id)?;
            self.index.set_class(doc, class.map(ClassId::number));
        }
        Ok(())
    }

    /// The live documents below `known` of the incidents `ids`.
    fn known_docs(&self, known: u32, ids: &HashSet<IncidentId>) -> Vec<(DocId, IncidentId)> {
        if ids.is_empty() {
            return Vec::new();
        }
        let catalog = self.index.catalog();
        let docs = self.index.postings().live_docs().take_while(|doc| doc.0 < known);
        let named = docs.map(|doc| (doc, IncidentId::new(catalog.id(doc))));
        named.filter(|(_, id)| ids.contains(id)).collect()
    }
}

impl Intake<'_> {
    /// Takes incidents in the order of their positions.
    fn take(&mut self, stored: Vec<StoredIncident>) {
        let retriever = self.retriever;
        let read = in_parallel(stored, |one| {
            (one.position, one.class, Entry::of(&one.incident), retriever.bags(&one.incident))
        });
        for (position, class, entry, bags) in read {
            self.corpus.positions.push(position);
            self.corpus.services.add(&entry.services);
            if self.known > 0 {
                self.ids.insert(entry.id.clone());
            }
            self.rows.push(&bags.classes);
            self.classes.push(class);
            self.arriving.push((entry, bags.search));
        }
        if self.arriving.len() >= SEGMENT {
            self.index();
        }
    }

    /// Adds what was taken to the index, as one segment.
    fn index(&mut self) {
        let docs = self.corpus.index.add(std::mem::take(&mut self.arriving));
        for (doc, class) in docs.into_iter().zip(self.classes.drain(..)) {
            self.corpus.index.set_class(doc, class.map(ClassId::number));
        }
    }
}
