//! Have we seen this before?

use std::sync::Arc;

use calibration::Standing;
use incident::Incident;
use index::{Extent, Filter, Snapshot};
use jiff::Timestamp;
use rank::Reasoning;
use recurrence::{
    Aftermath, FailureClass, Finding, FixStatus, NextStep, Recurring, Verdict, aftermath,
    next_steps,
};

use crate::answer::{Answer, Caveat, Match, Searched, SimilarRequest};
use crate::candidate::Candidate;
use crate::contest::{Contest, Inquiry, begun};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::explain::differs;
use crate::judgement::{Hearing, Judgement, LOOKED_AT};
use crate::query_id::{query_id, question_name};
use crate::question::{Echo, Question};
use crate::ratings::AskedAbout;
use crate::state::State;
use crate::stop::{NEVER, Stop, go_on};

/// The most matches an answer has.
pub const MATCHES_MAX: usize = 100;

impl Engine {
    /// Answers whether an incident was seen before, what fixed it, and whether the fix held.
    ///
    /// # Errors
    /// [`Error::Invalid`] where `k` is out of its range, [`Error::NoIncident`] where the incident asked
    /// about is not known, [`Error::Store`] where the record cannot be read, [`Error::Overtaken`] where
    /// the incidents found kept changing for two seconds.
    pub fn similar(&self, request: &SimilarRequest) -> Result<Answer> {
        self.similar_until(request, NEVER)
    }

    /// The same, as long as `stop`, which is asked between two candidates and within a search, does not say that the
    /// answer is no longer wanted.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] where it does, else as [`Engine::similar`].
    pub fn similar_until(&self, request: &SimilarRequest, stop: Stop<'_>) -> Result<Answer> {
        if !(1..=MATCHES_MAX).contains(&request.k) {
            let reason = format!("{} is not between 1 and {MATCHES_MAX}", request.k);
            return Err(Error::Invalid { field: "k", reason });
        }
        self.settled(|state| self.answer(request, state, stop))
    }

    fn answer(&self, request: &SimilarRequest, state: &State, stop: Stop<'_>) -> Result<Answer> {
        go_on(stop)?;
        let question = Question::read(self, state, &request.query, request.as_of)?;
        let filter = filter_of(request, &question, &state.snapshot);
        let inquiry = Inquiry { question: &question, filter: &filter, as_of: request.as_of, stop };
        let contest = Contest::open(self, state, inquiry)?;
        let found = contest.ranked(LOOKED_AT)?;
        Asking { engine: self, state, question: &question, contest: &contest, found, request }
            .answer()
    }
}

/// Where there is no class, steps come from the matches at least this share as like as the best ...
const STEP_SHARE: f64 = 0.75;
/// ... and from no more than these.
const STEP_SOURCES_MAX: usize = 5;

/// A question with all that was found for it.
struct Asking<'a> {
    engine: &'a Engine,
    state: &'a State,
    question: &'a Question,
    contest: &'a Contest<'a>,
    /// Best first.
    found: Vec<Candidate>,
    request: &'a SimilarRequest,
}

impl Asking<'_> {
    fn answer(&self) -> Result<Answer> {
        let Judgement { verdict, family, standing } = self.judgement()?;
        let (confidence, calibration_cases) = self.confidence(verdict, standing);
        let is_known = matches!(verdict, Verdict::Recurrence | Verdict::Similar);
        let nearest = match self.found.first() {
            Some(nearest) if verdict != Verdict::InsufficientText => Some(self.read(nearest)?),
            _ => None,
        };
        let matches = if is_known { self.matches()? } else { Vec::new() };
        let next_steps = if is_known { self.next_steps(family.as_ref())? } else { Vec::new() };
        let family = family.map(|family| family.class);
        let Aftermath { fix_status, action_items, .. } =
            self.aftermath(family.as_ref(), nearest.as_deref().filter(|_| is_known));
        let extent = self.extent();
        let finding = Finding {
            verdict,
            class: family.as_ref(),
            nearest: nearest.as_deref(),
            services: &self.question.incident.services,
            searched: u32::try_from(extent.n_docs).unwrap_or(u32::MAX),
            as_of: self.request.as_of,
        };
        Ok(Answer {
            query_id: query_id(self.request, self.state.position),
            verdict,
            confidence,
            calibration_cases,
            headline: recurrence::headline(&finding),
            warnings: self.caveats(&matches, fix_status),
            failure_class: family,
            fix_status,
            action_items,
            matches,
            next_steps,
            nearest_miss: if verdict == Verdict::New { self.nearest_miss()? } else { None },
            searched: self.searched(extent),
        })
    }

    fn judgement(&self) -> Result<Judgement<Recurring<Arc<Incident>>>> {
        let snapshot = &self.state.snapshot;
        let hearing = Hearing {
            query: &self.question.vector,
            frequencies: &snapshot.postings().weights().frequencies,
            found: &self.found,
            calibration: self.state.experience.calibration(),
            echo: self.echo()?,
        };
        let (as_of, asked) = (self.request.as_of, self.question.id.as_ref());
        hearing.judge(
            |class| self.engine.described(class, as_of, asked, self.state),
            |class| self.contest.likeness_outside(class),
        )
    }

    /// How sure the verdict is, and how many cases say so; nothing where a rule stood above the calibration: nearly the
    /// same text, or no more than one word in common.
    fn confidence(&self, verdict: Verdict, standing: Option<Standing>) -> (Option<f64>, u32) {
        let Some((calibration, standing)) = self.state.experience.calibration().zip(standing)
        else {
            return (None, 0);
        };
        let same = calibration.probability(&standing);
        match (verdict, calibration.shows(&standing)) {
            (Verdict::Recurrence, true) => (Some(same), calibration.cases),
            (Verdict::Similar | Verdict::New, false) => (Some(1.0 - same), calibration.cases),
            _ => (None, 0),
        }
    }

    fn echo(&self) -> Result<Echo> {
        let best = self.found.first().map(|best| self.read(best)).transpose()?;
        Ok(best.map_or(Echo::Nothing, |best| self.question.echo_of(&best)))
    }

    fn matches(&self) -> Result<Vec<Match>> {
        let reasoning = self.contest.reasoning();
        let best = self.contest.best(self.request.k)?.into_iter();
        best.map(|(candidate, others)| self.shown(&candidate, others, &reasoning)).collect()
    }

    fn nearest_miss(&self) -> Result<Option<Match>> {
        let reasoning = self.contest.reasoning();
        self.found.first().map(|nearest| self.shown(nearest, 0, &reasoning)).transpose()
    }

    fn read(&self, candidate: &Candidate) -> Result<Arc<Incident>> {
        candidate.incident(self.engine, self.state, self.request.as_of)
    }

    /// A match that stands for `others` too.
    fn shown(
        &self,
        candidate: &Candidate,
        others: usize,
        reasoning: &Reasoning<'_>,
    ) -> Result<Match> {
        let incident = self.read(candidate)?;
        let contributions = self.contest.contributions(candidate, &incident, reasoning);
        let shared: Vec<&str> = candidate.shared.iter().map(String::as_str).collect();
        let as_of = self.request.as_of;
        let age = incident.started_at.map(|at| (as_of.date() - at.date()).get_days());
        let asked = AskedAbout {
            question: question_name(&self.request.query),
            id: self.question.id.clone(),
        };
        Ok(Match {
            ratings: self.state.experience.ratings().about(&asked, &incident.id, as_of),
            differs: differs(self.question, &incident, &shared),
            incident,
            class: candidate.class,
            score: candidate.score,
            likeness: candidate.likeness,
            contributions,
            age_days: age.map(|days| u32::try_from(days).unwrap_or(0)),
            collapsed: u32::try_from(others).unwrap_or(u32::MAX),
        })
    }

    fn aftermath(&self, family: Option<&FailureClass>, nearest: Option<&Incident>) -> Aftermath {
        match (family, nearest) {
            (Some(class), _) => Aftermath {
                fix_status: class.fix_status,
                fix_summary: class.fix_summary.clone(),
                action_items: class.action_items.clone(),
            },
            (None, Some(incident)) => aftermath(&[incident], self.request.as_of),
            (None, None) => aftermath::<Incident>(&[], self.request.as_of),
        }
    }

    /// What was done before: in the class, else in the best match and those about as close as it.
    fn next_steps(&self, family: Option<&Recurring<Arc<Incident>>>) -> Result<Vec<NextStep>> {
        let as_of = self.request.as_of;
        if let Some(Recurring { class, members }) = family {
            return Ok(next_steps(members, class.gap_days.map(|gap| gap.median), as_of));
        }
        let best = self.found.first().map_or(0.0, |best| best.likeness);
        let near = self.found.iter().take(STEP_SOURCES_MAX);
        let near = near.take_while(|found| found.likeness >= best * STEP_SHARE);
        let near = near.map(|found| self.read(found)).collect::<Result<Vec<_>>>()?;
        Ok(next_steps(&near, None, as_of))
    }

    fn caveats(&self, matches: &[Match], fix_status: FixStatus) -> Vec<Caveat> {
        let best = matches.first().map(|found| &found.incident);
        let terms = &self.question.vector;
        let frequencies = &self.state.snapshot.postings().weights().frequencies;
        let counted = |term: &str| frequencies.of(term) > 0;
        let unknown = !terms.is_empty()
            && self.found.is_empty()
            && !terms.iter().any(|(term, _)| counted(term));
        let empty = best.is_some_and(|best| best.root_cause.is_none() || best.resolution.is_none());
        [
            (Caveat::StaleFix, fix_status == FixStatus::RecurredAfterFix),
            (Caveat::FieldEmpty, empty),
            (Caveat::AllTermsUnknown, unknown),
            (Caveat::Truncated, self.question.truncated),
            (Caveat::NotCalibrated, self.state.experience.calibration().is_none()),
        ]
        .into_iter()
        .filter_map(|(caveat, holds)| holds.then_some(caveat))
        .collect()
    }

    /// All that may answer, those going on at an explicit as-of among them.
    fn extent(&self) -> Extent {
        let snapshot = &self.state.snapshot;
        let filter = self.contest.filter();
        match filter.as_of {
            Some(as_of) if as_of.explicit => snapshot.extent(&begun(filter, as_of)),
            _ => snapshot.extent(filter),
        }
    }

    fn searched(&self, extent: Extent) -> Searched {
        let time = |secs| Timestamp::from_second(secs).ok();
        Searched {
            incidents: extent.n_docs,
            time_range: extent.span.and_then(|(first, last)| time(first).zip(time(last))),
            filter: self.request.filter.clone(),
            position: self.state.position,
            epoch: self.state.epoch,
            pass: self.state.pass.number,
            as_of: self.request.as_of,
        }
    }
}

/// The filter of the request with what the as-of and the question itself rule out.
fn filter_of(request: &SimilarRequest, question: &Question, snapshot: &Snapshot) -> Filter {
    let mut filter = request.filter.clone();
    let newest = snapshot.extent(&Filter::default()).span.map(|(_, newest)| newest);
    let some_lie_ahead = newest.is_some_and(|newest| newest > request.as_of.secs());
    if request.as_of.explicit || some_lie_ahead {
        filter.as_of = Some(request.as_of);
    }
    filter.exclude = question.id.clone();
    filter
}
