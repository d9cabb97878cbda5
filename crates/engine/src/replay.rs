//! The stored history again, page by page: what would have been answered then?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use calibration::{Page, Standing};
use incident::{AsOf, Incident, IncidentId};
use index::{DocId, Filter};
use jiff::Timestamp;
use recurrence::{ClassId, Verdict};

use crate::answer::Query;
use crate::candidate::Candidate;
use crate::contest::{Contest, Inquiry, begun};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::judgement::{Hearing, LOOKED_AT};
use crate::prepare::in_shares;
use crate::query_id::question_name;
use crate::question::{Echo, Question};
use crate::ratings::AskedAbout;
use crate::similar::MATCHES_MAX;
use crate::state::State;
use crate::stop::NEVER;

/// How many pages are replayed at most: the newest. What came long before says less of what will come.
pub const PAGES_MAX: usize = 2_000;
/// How many pages are replayed between two looks at whether it is still wanted.
const PAGES_AT_ONCE: usize = 32;
/// A page takes milliseconds: so few are worth a thread.
const PAGES_PER_THREAD: usize = 4;

/// Pages of the past, oldest first.
#[derive(Debug)]
pub(crate) struct Replay {
    pub(crate) pages: Vec<Replayed>,
    /// How many more there were, all of them older.
    pub(crate) older: usize,
    /// How many could not be replayed for having no date.
    pub(crate) undated: usize,
}

/// A page of the past and what it would have been answered.
#[derive(Debug)]
pub(crate) struct Replayed {
    pub(crate) class: Option<ClassId>,
    pub(crate) services: Vec<String>,
    /// Whether an older incident of its class was known.
    pub(crate) seen: bool,
    pub(crate) verdict: Verdict,
    /// `None` where nothing was found.
    pub(crate) standing: Option<Standing>,
    /// The place of the first right match, from 1; `None` where none was found.
    pub(crate) place: Option<usize>,
}

impl Replayed {
    /// Whether the best match is right.
    pub(crate) fn is_right(&self) -> bool {
        self.place == Some(1)
    }

    /// The same as a page to learn from.
    pub(crate) fn page(&self) -> Page {
        Page { standing: self.standing, seen: self.seen, right: self.is_right() }
    }
}

/// Replays the newest `n_pages` of the incidents that `filter` lets through and that had begun at `as_of`, each against what was known strictly
/// before it began, asked by what was written at page time: title, summary, symptoms and services.
///
/// A match is right where it is in the class of the page, by today's classes, or where a person said so; what a
/// person said of the two stands above the class. `progress` is told how many pages are done, of how many, and says
/// whether to go on.
///
/// # Errors
/// [`Error::DeadlineExceeded`] where `progress` ended it, [`Error::Overtaken`] where an incident changed meanwhile,
/// [`Error::Store`] where the record cannot be read.
pub(crate) fn replay(
    engine: &Engine,
    state: &State,
    filter: &Filter,
    as_of: AsOf,
    n_pages: usize,
    mut progress: impl FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Replay> {
    let catalog = state.snapshot.catalog();
    // Newest first.
    let mut docs = state.snapshot.select(&begun(filter, as_of));
    docs.retain(|doc| catalog.started_at(*doc).is_some());
    let older = docs.len().saturating_sub(n_pages);
    docs.truncate(n_pages);
    docs.reverse();
    let past = Past { engine, state, starts: starts(state, as_of) };
    let mut pages = Vec::with_capacity(docs.len());
    for chunk in docs.chunks(PAGES_AT_ONCE) {
        if progress(pages.len(), docs.len()).is_break() {
            return Err(Error::DeadlineExceeded);
        }
        let replayed = in_shares(chunk.to_vec(), PAGES_PER_THREAD, |doc| past.replayed(doc));
        pages.extend(replayed.into_iter().collect::<Result<Vec<_>>>()?);
    }
    let all = state.snapshot.docs(filter);
    let undated = all.iter().filter(|doc| catalog.started_at(**doc).is_none()).count();
    Ok(Replay { pages, older, undated })
}

/// The starts of the dated members of each class, ascending.
fn starts(state: &State, as_of: AsOf) -> BTreeMap<ClassId, Vec<i64>> {
    let catalog = state.snapshot.catalog();
    let mut starts: BTreeMap<ClassId, Vec<i64>> = BTreeMap::new();
    for doc in state.snapshot.docs(&begun(&Filter::default(), as_of)) {
        if let Some((class, began)) = catalog.class_of(doc).zip(catalog.started_at(doc)) {
            starts.entry(ClassId::new(class)).or_default().push(began);
        }
    }
    starts.values_mut().for_each(|starts| starts.sort_unstable());
    starts
}

/// What was known when.
struct Past<'a> {
    engine: &'a Engine,
    state: &'a State,
    starts: BTreeMap<ClassId, Vec<i64>>,
}

impl Past<'_> {
    fn replayed(&self, doc: DocId) -> Result<Replayed> {
        let catalog = self.state.snapshot.catalog();
        let entry = catalog.entry(doc);
        let began = entry.started_at.expect("only dated incidents are replayed");
        let class = catalog.class_of(doc).map(ClassId::new);
        let incident = self.state.records.one(doc, self.engine, self.state)?;
        let as_of = AsOf::instant(Timestamp::from_second(began).unwrap_or_default());
        let filter = Filter {
            as_of: Some(as_of),
            before: Some(began),
            exclude: Some(entry.id.clone()),
            ..Filter::default()
        };
        let query = Query::Incident(Box::new(at_page_time(&incident)));
        let question = Question::read(self.engine, self.state, &query, as_of)?;
        let inquiry = Inquiry { question: &question, filter: &filter, as_of, stop: NEVER };
        let contest = Contest::open(self.engine, self.state, inquiry)?;
        let found = contest.ranked(LOOKED_AT)?;
        let (verdict, standing) = self.judged(&question, &found, &contest, as_of)?;
        let asked = AskedAbout {
            question: question_name(&Query::Id(entry.id.clone())),
            id: Some(entry.id.clone()),
        };
        let is_right = |id: &IncidentId, of: Option<ClassId>| self.is_right(&asked, class, id, of);
        Ok(Replayed {
            class,
            services: incident.services.clone(),
            seen: class.is_some_and(|class| self.n_members(class, began) > 0),
            verdict,
            standing,
            place: contest.place_of(is_right, MATCHES_MAX)?,
        })
    }

    fn judged(
        &self,
        question: &Question,
        found: &[Candidate],
        contest: &Contest<'_>,
        as_of: AsOf,
    ) -> Result<(Verdict, Option<Standing>)> {
        let echo = match found.first() {
            Some(best) => {
                let best = best.incident(self.engine, self.state, as_of)?;
                question.echo_of(&best)
            }
            None => Echo::Nothing,
        };
        let hearing = Hearing {
            query: &question.vector,
            found,
            frequencies: &self.state.snapshot.postings().weights().frequencies,
            calibration: self.state.experience.calibration(),
            echo,
        };
        let began = as_of.secs();
        let judged = hearing.judge(
            |class| Ok::<_, Error>((self.n_members(class, began) >= 2).then_some(class)),
            |class| contest.likeness_outside(class),
        )?;
        Ok((judged.verdict, judged.standing))
    }

    /// How many members of `class` began strictly before.
    fn n_members(&self, class: ClassId, before: i64) -> usize {
        self.starts.get(&class).map_or(0, |starts| starts.partition_point(|start| *start < before))
    }

    /// Whether the incident `shown`, which is in the class `of`, is right for a page of `class`.
    fn is_right(
        &self,
        asked: &AskedAbout,
        class: Option<ClassId>,
        shown: &IncidentId,
        of: Option<ClassId>,
    ) -> bool {
        let ratings = self.state.experience.ratings();
        // What was said later counts too: it is the truth about the past, not what was known then.
        let now = AsOf::now(Timestamp::MAX);
        let said = ratings.about(asked, shown, now).into_iter().next();
        said.map_or(class.is_some() && of == class, |rating| rating.useful)
    }
}

/// What is written when the page goes out: neither cause nor fix, nor a text that may tell both.
fn at_page_time(incident: &Incident) -> Incident {
    let mut page = Incident::new(
        incident.source.as_str(),
        incident.external_id.as_str(),
        incident.title.as_str(),
    );
    page.id = IncidentId::new("");
    page.started_at = incident.started_at;
    page.summary.clone_from(&incident.summary);
    page.symptoms.clone_from(&incident.symptoms);
    page.services.clone_from(&incident.services);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_neither_cause_nor_fix() {
        let mut incident = Incident::new("jsonl", "1", "Disk full");
        incident.summary = Some("Writes fail".to_owned());
        incident.services = vec!["ledger".to_owned()];
        incident.root_cause = Some("archiving stopped".to_owned());
        incident.resolution = Some("grew the volume".to_owned());
        incident.text = Some("Disk full. Archiving stopped.".to_owned());
        let page = at_page_time(&incident);
        assert_eq!(
            (page.title.as_str(), page.summary.as_deref()),
            ("Disk full", Some("Writes fail"))
        );
        assert_eq!(page.services, ["ledger"]);
        assert_eq!((page.root_cause, page.resolution, page.text), (None, None, None));
    }
}
