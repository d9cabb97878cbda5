//! What headings and labels mean: one table of the names that post-mortems use.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::inline::{pattern, plain};

/// The longest heading that may be a name, in bytes.
const NAME_BYTES_MAX: usize = 120;

/// What a section, or the value of a label, is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Summary,
    Cause,
    /// Cause and fix in one section, told apart by labels within it.
    CauseAndResolution,
    Resolution,
    Impact,
    Symptoms,
    Timeline,
    Actions,
    /// What went well or wrong, and what could be better: opinions, no promised work.
    Lessons,
    Services,
    Related,
    Title,
    Date,
    Start,
    End,
    /// From when to when.
    Period,
    Duration,
    Severity,
    Status,
    Team,
    Author,
    Responders,
}

impl Meaning {
    /// Whether it is a single value rather than a text.
    pub(crate) fn is_fact(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::Date
                | Self::Start
                | Self::End
                | Self::Period
                | Self::Duration
                | Self::Severity
                | Self::Status
                | Self::Team
                | Self::Author
                | Self::Responders
        )
    }
}

/// A meaning, and whether the name only hints at it: a hint counts where no plain name is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sense {
    pub(crate) meaning: Meaning,
    pub(crate) hint: bool,
}

/// The names of each meaning, normalised, with bars between.
const NAMES: &[(Meaning, &str)] = &[
    (
        Meaning::Summary,
        "summary | issue summary | executive summary | overview | tldr | tl;dr | abstract | \
         synopsis | outage summary | problem summary | summary of the incident | \
         summary of issue | event summary | brief summary | short summary",
    ),
    (
        Meaning::Cause,
        "root cause | root causes | cause | causes | root cause analysis | rca | \
         primary root cause | underlying cause | cause of the outage | \
         cause of the incident | cause of failure | cause analysis | root cause(s) | \
         technical root cause | primary cause",
    ),
    (
        Meaning::CauseAndResolution,
        "root cause and resolution | cause and resolution | root cause and fix | \
         cause and fix | root cause analysis and resolution | root cause/resolution | \
         root cause and recovery | root cause and mitigation",
    ),
    (
        Meaning::Resolution,
        "resolution | fix | solution | how we fixed it | how it was fixed | \
         how was it fixed | what fixed it | resolution and recovery | \
         mitigation and resolution | resolution details | how it was resolved | \
         how was the incident resolved | how we resolved it | steps to resolve | \
         resolution steps | final resolution | restoration | corrective action taken | \
         how did we fix it",
    ),
    (
        Meaning::Impact,
        "impact | customer impact | user impact | impact on users | business impact | \
         impact on customers | incident impact | impact assessment | impact analysis | \
         scope of impact | blast radius | effects | effect | user facing impact | \
         who was affected | impact summary | service impact",
    ),
    (
        Meaning::Symptoms,
        "symptoms | symptom | observed symptoms | what users saw | error message | \
         error messages | what was observed",
    ),
    (
        Meaning::Timeline,
        "timeline | incident timeline | timeline of events | event timeline | \
         detailed timeline | chronology | sequence of events | \
         timeline of the incident | chronology of events | log of events",
    ),
    (
        Meaning::Actions,
        "action items | action item | actions | follow up | follow ups | follow up actions | \
         follow up items | follow up tasks | follow up improvements | tasks | \
         specific action items | todos | to do | \
         next steps | corrective and preventative measures | \
         corrective and preventive measures | corrective and preventive actions | \
         corrective and preventative actions | corrective actions | corrective measures | \
         preventive measures | preventative measures | preventive actions | \
         preventative actions | prevention | remediation | remediations | \
         remediation items | remediation and follow up | remediation steps | \
         remediation plan | prevention and follow up | \
         how are we preventing it from happening again | how we will prevent it | \
         how do we prevent it | preventing recurrence | prevention measures | \
         future prevention | planned actions | long term actions | short term actions | \
         future work | future actions | tasks to complete | todo list | \
         improvement actions | task list | action plan | actions and follow ups",
    ),
    (
        Meaning::Lessons,
        "lessons | lessons learned | lessons learnt | learnings | key learnings | \
         key takeaways | takeaways | what went well | what went wrong | what went poorly | \
         what could be improved | what could have gone better | \
         what could have been better | what could be better | what did not go well | \
         what didnt go well | what didnt go so well | what went badly | where we got lucky | \
         improvements | areas for improvement | areas of improvement | areas to improve | \
         reflection | reflections | retrospective | insights | conclusion | conclusions | \
         what we learned | what we learnt | moving forward | good | bad | \
         things that went well",
    ),
    (
        Meaning::Services,
        "affected services | services affected | services | service | affected service | \
         impacted services | impacted service | services impacted | affected systems | \
         affected system | systems affected | impacted systems | affected components | \
         components affected | impacted components | affected component | service affected | \
         service name | system affected",
    ),
    (
        Meaning::Related,
        "related incidents | related incident | related | see also | references | \
         related issues | related issues / prs | related documents | links | \
         similar incidents | previous incidents | appendix | useful links | \
         supporting information | additional notes | logs | questions for follow up | \
         open questions",
    ),
    (Meaning::Title, "title | incident title | incident name"),
    (
        Meaning::Date,
        "date | incident date | date of incident | date of the incident | outage date | \
         occurred | occurred on | date occurred | date/time | date and time | day | when",
    ),
    (
        Meaning::Start,
        "start | start time | started | started at | start date | incident start | began | \
         began at | beginning | time started | start of incident | incident started | \
         outage start",
    ),
    (
        Meaning::End,
        "end | end time | ended | ended at | end date | incident end | resolved | \
         resolved at | resolved on | time resolved | end of incident | incident resolved | \
         outage end | resolution time | time of resolution",
    ),
    (
        Meaning::Period,
        "impact time | time of impact | incident window | outage window | impact window | \
         time window | window | time of incident | incident time | impact period | \
         outage period",
    ),
    (
        Meaning::Duration,
        "duration | total duration | outage duration | incident duration | impact duration | \
         total impact duration | duration of outage | duration of the outage | \
         duration of incident | downtime | total downtime | length | duration of impact | \
         time to resolve | time to resolution",
    ),
    (
        Meaning::Severity,
        "severity | sev | priority | incident severity | severity level | \
         incident priority | incident level",
    ),
    (Meaning::Status, "status | state | incident status | current status"),
    (Meaning::Team, "team | owning team | responsible team | team responsible"),
    (
        Meaning::Author,
        "author | authors | written by | prepared by | owner of review process | \
         postmortem author | postmortem owner | report author | reported by",
    ),
    (
        Meaning::Responders,
        "responders | incident responders | responding engineers | on call | \
         incident commander | incident lead | participants | on call engineer",
    ),
];

/// Names that only hint at their meaning.
const HINTS: &[(Meaning, &str)] = &[
    (
        Meaning::Summary,
        "what happened | description | incident description | background | context | \
         introduction | problem | problem statement | problem description | issue | \
         details | incident details | incident | outage | event description",
    ),
    (
        Meaning::Cause,
        "contributing factors | contributing factor | contributing causes | \
         why did it happen | why did this happen | why it happened | why this happened | \
         why | how did it happen | how did this happen | how it happened | trigger | \
         triggers | what caused it | what caused the incident | diagnosis | analysis | \
         technical analysis | technical details | proximate cause | causal factors | \
         what went wrong technically | 5 whys | five whys",
    ),
    (
        Meaning::Resolution,
        "mitigation | mitigations | recovery | mitigation steps | response | \
         incident response | workaround | immediate actions | immediate action | \
         immediate fix | temporary fix | permanent fix | repair | restoring service | \
         our response | actions taken | action taken | steps taken | recovery steps | \
         immediate actions taken",
    ),
    (
        Meaning::Symptoms,
        "detection | how was it detected | how was the incident detected | \
         how did we detect it | how we noticed | how was this detected | discovery | alert | \
         alerts | monitoring and detection",
    ),
];

/// The meaning of a heading or label whose whole text is `name`; markup, numbering, brackets, case,
/// punctuation and blanks do not matter.
pub(crate) fn of_name(name: &str) -> Option<Sense> {
    static SENSES: LazyLock<HashMap<String, Sense>> =
        LazyLock::new(|| named().map(|(name, sense)| (squeezed(name), sense)).collect());
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    SENSES.get(&squeezed(&normalised(name))).copied()
}

/// Every name with its sense.
fn named() -> impl Iterator<Item = (&'static str, Sense)> {
    let of = |table: &'static [(Meaning, &'static str)], hint| {
        table.iter().flat_map(move |(meaning, names)| {
            let meaning = *meaning;
            names.split(" | ").map(move |name| (name, Sense { meaning, hint }))
        })
    };
    of(NAMES, false).chain(of(HINTS, true))
}

/// The meaning of a heading: that of its name, or of a telling phrase in a short one (`Incident
/// timeline and response`).
pub(crate) fn of_heading(text: &str) -> Option<Sense> {
    of_name(text).or_else(|| {
        let name = normalised(text);
        let words: Vec<&str> = name.split(' ').collect();
        if words.len() > 6 {
            return None;
        }
        let ends = [words.first().copied(), words.last().copied()];
        let at_an_end = |word: &str| ends.contains(&Some(word));
        let run_together = squeezed(&name);
        let meaning = if run_together.contains("rootcause") {
            Meaning::Cause
        } else if ["actionitem", "followup"].iter().any(|word| run_together.contains(word)) {
            Meaning::Actions
        } else if at_an_end("timeline") {
            Meaning::Timeline
        } else if name.starts_with("lessons") || name.starts_with("what went") {
            Meaning::Lessons
        } else if at_an_end("summary") {
            Meaning::Summary
        } else if at_an_end("impact") {
            Meaning::Impact
        } else if at_an_end("resolution") {
            Meaning::Resolution
        } else {
            return None;
        };
        Some(Sense { meaning, hint: true })
    })
}

/// A name run together: people write `Rootcause`, `Time line` and `Followups`.
fn squeezed(name: &str) -> String {
    name.replace(' ', "")
}

/// Lower case, without markup, numbering, brackets, apostrophes and closing punctuation; hyphens are
/// blanks and `&` is `and`.
fn normalised(name: &str) -> String {
    let lower = plain(name).to_lowercase().replace(['\'', '\u{2019}'], "");
    let unbracketed = pattern!(r"\s*[(\[][^)\]]*[)\]]").replace_all(&lower, "");
    let spelled = unbracketed.replace('&', " and ").replace(['-', '\u{2013}', '_'], " ");
    let numbered = spelled.trim_start_matches(|c: char| !c.is_alphabetic() && c != '5');
    let bare = numbered.trim_end_matches(|c: char| !c.is_alphanumeric());
    let joined = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = joined.strip_prefix("the ").unwrap_or(&joined);
    let short = short
        .strip_prefix("incident ")
        .filter(|rest| rest.contains("summary") || rest.contains("overview"))
        .unwrap_or(short);
    short.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expect: Option<Meaning>) {
        assert_eq!(of_name(name).map(|sense| sense.meaning), expect, "{name}");
    }

    #[test]
    fn names_are_known_in_any_dress() {
        check("**Root Cause:**", Some(Meaning::Cause));
        check("3. Root-cause", Some(Meaning::Cause));
        check("Incident Summary", Some(Meaning::Summary));
        check("What Didn\u{2019}t Go So Well?", Some(Meaning::Lessons));
        check("Timeline (times in BST)", Some(Meaning::Timeline));
        check("\u{1f4a5} Impact", Some(Meaning::Impact));
        check("CORRECTIVE & PREVENTIVE MEASURES", Some(Meaning::Actions));
        check("IMPACT TIME", Some(Meaning::Period));
        check("Rootcause", Some(Meaning::Cause));
        check("Time-Line", Some(Meaning::Timeline));
        check("ActionItems", Some(Meaning::Actions));
        check("Followups", Some(Meaning::Actions));
    }

    #[test]
    fn other_names_have_no_meaning() {
        check("BinderHub", None);
        check("", None);
        check("Root cause of the third outage in May", None);
    }

    #[test]
    fn hints_are_told_from_plain_names() {
        let hint = |name| of_name(name).map(|sense| sense.hint);
        assert_eq!(hint("Contributing Factors"), Some(true));
        assert_eq!(hint("Root Cause"), Some(false));
    }

    #[test]
    fn a_short_heading_may_hold_a_telling_phrase() {
        let meaning = |text| of_heading(text).map(|sense| sense.meaning);
        assert_eq!(meaning("Production timeline"), Some(Meaning::Timeline));
        assert_eq!(meaning("Rootcause of the outage"), Some(Meaning::Cause));
        assert_eq!(meaning("Open action items (Q3)"), Some(Meaning::Actions));
        assert_eq!(meaning("Checkout failed with a huge impact on all our users"), None);
    }

    #[test]
    fn no_name_has_two_meanings() {
        let mut names: Vec<String> = named().map(|(name, _)| squeezed(name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_name_in_the_table_can_be_met() {
        for (name, sense) in named() {
            assert_eq!(of_name(name), Some(sense), "{name}");
        }
    }
}
