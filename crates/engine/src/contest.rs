//! Who answers best.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use incident::{AsOf, Incident, IncidentId};
use index::{DocId, Filter, Hit};
use rank::{Model, Reasoning};
use recurrence::ClassId;
use vector::Bag;

use crate::answer::Contribution;
use crate::best_first::{BestFirst, Standing, Value};
use crate::candidate::{Candidate, shared_terms};
use crate::contender::{By, Contender, Newness, Surroundings};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::explain::{Explained, Told, contributions};
use crate::features::Known;
use crate::question::{Question, Said};
use crate::records::known_at;
use crate::repeats::{Sighting, repeats};
use crate::state::State;
use crate::stop::{Stop, go_on};
use crate::wordings::Wordings;

/// How many candidates are ranked anew: what is relevant and shares a word is nearly always among them.
pub(crate) const CANDIDATES: usize = 200;

/// A question and the candidates that the index found for it.
///
/// Hubness costs a search per candidate, and only ever lowers a score. So it is worked out for a candidate
/// when the most that its score can be is the best that is left, and for no other: the order is that of all scores.
pub(crate) struct Contest<'a> {
    engine: &'a Engine,
    state: &'a State,
    question: &'a Question,
    filter: &'a Filter,
    /// What counts for hubness.
    others: Filter,
    stop: Stop<'a>,
    model: Arc<Model>,
    wordings: Wordings<'a>,
    said: OnceCell<Said>,
    contenders: Vec<Contender>,
}

/// Who asks what, of which incidents.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry<'a> {
    pub(crate) question: &'a Question,
    /// Which incidents may answer.
    pub(crate) filter: &'a Filter,
    pub(crate) as_of: AsOf,
    /// Whether the answer is still wanted.
    pub(crate) stop: Stop<'a>,
}

impl<'a> Contest<'a> {
    /// Finds the candidates: the best by the words they share. With an explicit as-of also those incidents
    /// that were going on then, by what was known of them.
    ///
    /// # Errors
    /// Where the store cannot be read; [`crate::Error::Overtaken`] where it has changed since `state`;
    /// [`crate::Error::DeadlineExceeded`] where the answer is no longer wanted.
    pub(crate) fn open(
        engine: &'a Engine,
        state: &'a State,
        Inquiry { question, filter, as_of, stop }: Inquiry<'a>,
    ) -> Result<Self> {
        let model = state.second_stage.model(engine, state)?;
        let postings = state.snapshot.postings();
        let (incident, asked_at) = (&question.incident, Some(as_of.secs()));
        let wordings = Wordings::new(incident, &engine.retriever, &model, postings, asked_at);
        let mut contest = Self {
            engine,
            state,
            question,
            filter,
            others: Filter {
                as_of: filter.as_of,
                exclude: filter.exclude.clone(),
                ..Filter::default()
            },
            stop,
            model,
            wordings,
            said: OnceCell::new(),
            contenders: Vec::new(),
        };
        contest.contenders = contest.found(filter)?;
        if as_of.explicit {
            contest.add_in_flight(as_of)?;
        }
        Ok(contest)
    }

    /// The `k` best candidates, best first; ties: newer first, then by id.
    ///
    /// # Errors
    /// [`crate::Error::DeadlineExceeded`] where the answer is no longer wanted.
    pub(crate) fn ranked(&self, k: usize) -> Result<Vec<Candidate>> {
        let best = self.best_first(&self.contenders, By::Score);
        best.take(k).map(|at| Ok(self.candidate(at?))).collect()
    }

    /// The `k` best candidates of a score above 0, best first, each with how many others it stands for: of those
    /// that are one to a reader the best is shown.
    ///
    /// # Errors
    /// As [`Self::ranked`].
    pub(crate) fn best(&self, k: usize) -> Result<Vec<(Candidate, usize)>> {
        let repeats = self.repeats();
        let mut shown = Vec::new();
        let mut best = Vec::new();
        for at in self.best_first(&self.contenders, By::Score) {
            let at = at?;
            if best.len() == k || self.contenders[at].parts().sum() <= 0.0 {
                break;
            }
            if !shown.contains(&repeats[at]) {
                shown.push(repeats[at]);
                let others = repeats.iter().filter(|other| **other == repeats[at]).count() - 1;
                best.push((self.candidate(at), others));
            }
        }
        Ok(best)
    }

    /// Which incidents may answer.
    pub(crate) fn filter(&self) -> &Filter {
        self.filter
    }

    /// The question as it was asked, made ready to be asked for reasons.
    pub(crate) fn reasoning(&self) -> Reasoning<'_> {
        self.reasoning_of(self.wordings.asked(), self.said())
    }

    /// What the question says, read when it is first asked for: whoever only ranks does not.
    fn said(&self) -> &Said {
        self.said.get_or_init(|| {
            let postings = self.state.snapshot.postings();
            Said::by(&self.question.incident, &self.engine.retriever, postings)
        })
    }

    fn reasoning_of<'s>(&'s self, asked: &'s rank::Question, said: &'s Said) -> Reasoning<'s> {
        let [title, body] = said.texts();
        Reasoning::new(&self.model, asked, &said.vector, [&title, &body])
    }

    /// Why `candidate`, which is `incident`, has its score.
    pub(crate) fn contributions(
        &self,
        candidate: &Candidate,
        incident: &Incident,
        reasoning: &Reasoning<'_>,
    ) -> Vec<Contribution> {
        let is_it = |one: &&Contender| one.doc == candidate.doc;
        let found = self.contenders.iter().find(is_it).expect("it is one of them");
        let known = &found.known;
        let (retriever, postings) = (&self.engine.retriever, self.state.snapshot.postings());
        let wording = self.wordings.reworded(&known.features);
        let reworded = wording.as_deref().map(|wording| {
            let said = Said::by(&wording.incident, retriever, postings);
            let reasons = self.reasoning_of(&wording.question, &said).of(&known.features);
            Told { said: Cow::Owned(said), reasons }
        });
        let explained = Explained {
            parts: &candidate.parts,
            words: postings.parts(&self.question.vector, found.bag(self.state)),
            asked: Told {
                said: Cow::Borrowed(self.said()),
                reasons: reasoning.of(&known.features),
            },
            reworded,
        };
        contributions(&explained, self.question, incident, retriever)
    }

    /// The place, from 1, of the first of the `k` best candidates that `is_right`; `None` where none of them is.
    ///
    /// # Errors
    /// As [`Self::ranked`].
    pub(crate) fn place_of(
        &self,
        is_right: impl Fn(&IncidentId, Option<ClassId>) -> bool,
        k: usize,
    ) -> Result<Option<usize>> {
        let catalog = self.state.snapshot.catalog();
        let right = |one: &Contender| {
            let id = IncidentId::new(catalog.id(one.doc));
            is_right(&id, catalog.class_of(one.doc).map(ClassId::new))
        };
        // Without one there is no need for an order.
        if !self.contenders.iter().any(right) {
            return Ok(None);
        }
        for (at, place) in self.best_first(&self.contenders, By::Score).zip(1..=k) {
            if right(&self.contenders[at?]) {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// The greatest likeness of an incident that is not in `class`; 0 where there is none. Where all
    /// candidates are of the class, others are looked for.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) fn likeness_outside(&self, class: ClassId) -> Result<f64> {
        let is_outside = |one: &Contender| {
            self.state.snapshot.catalog().class_of(one.doc) != Some(class.number())
        };
        let greatest = |contenders: &[Contender]| -> Result<Option<f64>> {
            for at in self.best_first(contenders, By::Likeness) {
                let contender = &contenders[at?];
                if is_outside(contender) {
                    return Ok(Some(contender.parts().likeness()));
                }
            }
            Ok(None)
        };
        if let Some(greatest) = greatest(&self.contenders)? {
            return Ok(greatest);
        }
        let others = Filter { not_class: Some(class.number()), ..self.filter.clone() };
        Ok(greatest(&self.found(&others)?)?.unwrap_or(0.0))
    }

    fn found(&self, filter: &Filter) -> Result<Vec<Contender>> {
        let (query, snapshot) = (&self.question.vector, &self.state.snapshot);
        let hits = snapshot.search_until(query, filter, CANDIDATES, self.stop);
        let hits = hits.ok_or(Error::DeadlineExceeded)?;
        let docs: Vec<DocId> = hits.iter().map(|hit| hit.doc).collect();
        let known = self.state.second_stage.known(&docs, self.engine, self.state)?;
        let contenders = hits.into_iter().zip(known);
        Ok(contenders.map(|(hit, known)| self.contender(hit, known, None)).collect())
    }

    fn contender(
        &self,
        hit: Hit,
        known: Known,
        in_flight: Option<(Arc<Incident>, Bag)>,
    ) -> Contender {
        let signals = self.wordings.signals(&known.features, hit.score);
        Contender::new(hit.doc, known, signals, in_flight)
    }

    /// Adds the incidents that had begun and were not over at `as_of`, by what was known of them, and keeps
    /// as many candidates as are ranked, the best by their words.
    fn add_in_flight(&mut self, as_of: AsOf) -> Result<()> {
        let catalog = self.state.snapshot.catalog();
        for doc in self.state.snapshot.docs(&begun(self.filter, as_of)) {
            if catalog.known_from(doc).is_none_or(|known| known <= as_of.secs()) {
                continue;
            }
            go_on(self.stop)?;
            let stored = self.state.records.one(doc, self.engine, self.state)?;
            let Some(incident) = known_at(stored, as_of) else {
                continue;
            };
            let postings = self.state.snapshot.postings();
            let document = self.engine.retriever.document(&incident);
            let parts = postings.parts(&self.question.vector, &document.search);
            if !parts.is_empty() {
                let hit = Hit { doc, score: parts.iter().map(|(_, part)| part).sum() };
                let known = Known::of(&incident, &document, &self.model, postings);
                let in_flight = Some((incident, document.search));
                self.contenders.push(self.contender(hit, known, in_flight));
            }
        }
        self.contenders.sort_by(|left, right| {
            let by_words = right.signals.words.total_cmp(&left.signals.words);
            by_words.then_with(|| catalog.newer_first(left.doc, right.doc))
        });
        self.contenders.truncate(CANDIDATES);
        Ok(())
    }

    fn best_first<'c>(
        &'c self,
        contenders: &'c [Contender],
        by: By,
    ) -> BestFirst<Newness<'c>, impl FnMut(usize) -> Result<Value>> {
        let (state, others, stop) = (self.state, &self.others, self.stop);
        let surroundings = Surroundings { state, others, stop };
        let bounds = contenders.iter().enumerate().map(|(at, contender)| Standing {
            value: contender.at_most(by),
            recency: Newness { catalog: self.state.snapshot.catalog(), doc: contender.doc },
            at,
        });
        BestFirst::new(bounds, move |at| contenders[at].value(by, surroundings))
    }

    fn candidate(&self, at: usize) -> Candidate {
        let contender = &self.contenders[at];
        let catalog = self.state.snapshot.catalog();
        Candidate::new(
            contender.doc,
            catalog.class_of(contender.doc).map(ClassId::new),
            contender.parts(),
            self.shared_terms(contender),
            contender.in_flight.clone(),
        )
    }

    /// The terms it has in common with the question, in the order of their bytes.
    fn shared_terms(&self, contender: &Contender) -> Vec<String> {
        let (query, postings) = (&self.question.vector, self.state.snapshot.postings());
        if contender.in_flight.is_some() {
            return shared_terms(query, contender.bag(self.state));
        }
        let shared = postings.shared_terms(query, contender.doc).into_iter();
        shared.map(|(term, _)| term.to_owned()).collect()
    }

    /// By contender: the number of what it is one with.
    fn repeats(&self) -> Vec<usize> {
        let catalog = self.state.snapshot.catalog();
        let sightings: Vec<Sighting<'_>> = self
            .contenders
            .iter()
            .map(|contender| {
                let doc = contender.doc;
                Sighting {
                    title: contender.known.title,
                    services: catalog.services(doc).collect(),
                    started_at: catalog.started_at(doc),
                    class: catalog.class_of(doc),
                }
            })
            .collect();
        repeats(&sightings, |at| self.contenders[at].bag(self.state))
    }
}

/// What `filter` lets through and had begun at `as_of`, whether or not it was over.
pub(crate) fn begun(filter: &Filter, as_of: AsOf) -> Filter {
    let until = Some(filter.until.map_or(as_of.secs(), |until| until.min(as_of.secs())));
    Filter { as_of: None, until, ..filter.clone() }
}
