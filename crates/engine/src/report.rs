//! What kept coming back in a period.

use std::collections::{BTreeMap, HashMap};

use incident::{AsOf, Incident, IncidentId};
use recurrence::{
    ClassId, DecidedClass, FailureClass, History, Period, Recurring, Report, decided, report,
};

use crate::answer::IncidentLine;
use crate::classes::led_to;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::prepare::in_parallel;
use crate::stop::{NEVER, Stop, go_on};

/// What a report looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Names of services, in any case; empty: all.
    pub services: Vec<String>,
    /// Names of teams, in any case; empty: all.
    pub teams: Vec<String>,
    /// Tags, in any case; empty: all.
    pub tags: Vec<String>,
}

impl Scope {
    fn includes(&self, incident: &Incident) -> bool {
        let any = |asked: &[String], held: &[String]| {
            let is_held = |name: &String| {
                held.iter().any(|other| other.to_lowercase() == name.trim().to_lowercase())
            };
            asked.is_empty() || asked.iter().any(is_held)
        };
        any(&self.services, &incident.services)
            && any(&self.tags, &incident.tags)
            && any(&self.teams, incident.team.as_slice())
    }
}

/// A report, and the classes it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The report.
    pub report: Report,
    /// Every class of two or more incidents in scope, by id.
    pub classes: Vec<FailureClass>,
    /// The first one-offs of the report, in its order: at most [`ONE_OFF_LINES_MAX`].
    pub one_offs: Vec<IncidentLine>,
    /// The merges and splits that stand and concern one of the classes, latest first.
    pub decided: Vec<DecidedClass>,
}

/// The most lines of one-offs that come with a report.
pub const ONE_OFF_LINES_MAX: usize = 1_000;

/// The incidents of a scope.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// By class, each in the order of the log.
    pub(crate) classes: BTreeMap<ClassId, Vec<Incident>>,
    /// Those of no class, without their texts.
    pub(crate) one_offs: Vec<Incident>,
}

impl Engine {
    /// What kept coming back in `period`, within `scope`, looking from `as_of`. Reads the record once.
    ///
    /// # Errors
    /// [`crate::Error::Store`] where the record cannot be read.
    pub fn report(&self, period: Period, scope: &Scope, as_of: AsOf) -> Result<Reported> {
        self.report_until(period, scope, as_of, NEVER)
    }

    /// The same, as long as `stop`, which is asked between two incidents and between two classes, does not say that it
    /// is no longer wanted.
    ///
    /// # Errors
    /// [`crate::Error::DeadlineExceeded`] where it does, else as [`Engine::report`].
    pub fn report_until(
        &self,
        period: Period,
        scope: &Scope,
        as_of: AsOf,
        stop: Stop<'_>,
    ) -> Result<Reported> {
        let Groups { classes, mut one_offs } = self.grouped(as_of, scope, stop)?;
        let (recurring, single): (Vec<_>, Vec<_>) =
            classes.into_iter().partition(|(_, members)| members.len() >= 2);
        one_offs.extend(single.into_iter().flat_map(|(_, members)| members).map(without_texts));
        let state = self.state();
        let classes = in_parallel(recurring, |(id, members)| {
            go_on(stop)?;
            let class = self.describe(id, &members, as_of, &state);
            Ok(Recurring { class, members: members.into_iter().map(without_texts).collect() })
        });
        let classes = classes.into_iter().collect::<Result<Vec<_>>>()?;
        let history = History { classes, one_offs };
        let report = report(&history, period, as_of);
        let one_offs = lines(history.one_offs, &report);
        let classes: Vec<FailureClass> =
            history.classes.into_iter().map(|recurring| recurring.class).collect();
        let leads = self.leads()?;
        let current = |id| led_to(id, &leads);
        let decided = decided(&self.store.decisions()?, &classes, current, as_of);
        Ok(Reported { report, classes, one_offs, decided })
    }

    /// The incidents of `scope` known at `as_of`.
    pub(crate) fn grouped(&self, as_of: AsOf, scope: &Scope, stop: Stop<'_>) -> Result<Groups> {
        let mut groups = Groups::default();
        self.store.for_each(|stored| {
            go_on(stop)?;
            let known = stored.incident.into_known_at(as_of);
            match (known.filter(|known| scope.includes(known)), stored.class) {
                (Some(incident), Some(class)) => {
                    groups.classes.entry(class).or_default().push(incident);
                }
                (Some(incident), None) => groups.one_offs.push(without_texts(incident)),
                (None, _) => {}
            }
            Ok::<(), Error>(())
        })?;
        Ok(groups)
    }
}

/// What a report counts of an incident: the texts are most of what it weighs, and a report holds them all.
fn without_texts(incident: Incident) -> Incident {
    Incident {
        summary: None,
        symptoms: None,
        root_cause: None,
        resolution: None,
        impact: None,
        text: None,
        labels: BTreeMap::new(),
        timeline: Vec::new(),
        links: Vec::new(),
        extra: BTreeMap::new(),
        ..incident
    }
}

/// The lines of the first one-offs of `report`.
fn lines(one_offs: Vec<Incident>, report: &Report) -> Vec<IncidentLine> {
    let shown = report.one_offs.iter().take(ONE_OFF_LINES_MAX).enumerate();
    let places: HashMap<&IncidentId, usize> =
        shown.map(|(place, one_off)| (&one_off.incident_id, place)).collect();
    let placed = one_offs.into_iter().filter_map(|one| Some((*places.get(&one.id)?, one)));
    let mut lines: Vec<(usize, IncidentLine)> =
        placed.map(|(place, incident)| (place, IncidentLine::of(incident, None))).collect();
    lines.sort_by_key(|(place, _)| *place);
    lines.into_iter().map(|(_, line)| line).collect()
}
