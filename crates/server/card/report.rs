//! What kept coming back.

use chat::{Message, Part};

use crate::proto::{Report, ReportedClass};
use crate::words::{cost, count, date, fix_in_short, joined};

/// The failures that are shown.
const CLASSES: usize = 10;

/// The report.
pub(crate) fn report(report: &Report) -> Message {
    let scope = report.scope.clone().unwrap_or_default();
    let since = match &scope.since {
        Some(since) => format!(" from {}", date(Some(since), true)),
        None => String::new(),
    };
    let until = date(scope.until.as_ref().or(report.as_of.as_ref()), true);
    let mut message = Message::new(format!("What kept coming back{since} to {until}"));
    for sentence in &report.summary {
        message.line(sentence);
    }
    let total = report.counts.map_or(report.classes.len(), |counts| counts.classes as usize);
    if total > 0 {
        message.heading("Failures of this period");
    }
    for reported in report.classes.iter().take(CLASSES) {
        message.parts.extend(entry(reported));
    }
    if total > CLASSES {
        message.note(format!("and {} more", total - CLASSES));
    }
    message
}

fn entry(reported: &ReportedClass) -> Option<Part> {
    let class = reported.failure_class.as_ref()?;
    let before = match reported.in_previous_period {
        Some(before) => format!("{before} in the period before"),
        None => String::new(),
    };
    let last = date(class.last_seen.as_ref(), class.last_seen_date_only);
    let detail = joined([
        &class.id,
        &count(reported.in_period as usize, "time", "times"),
        &before,
        &format!("last {last}"),
        &format!("fix: {}", fix_in_short(class.fix_status())),
        &cost(reported.cost.as_ref()),
    ]);
    Some(Part::Entry { title: class.name.clone(), url: None, detail })
}

#[cfg(test)]
mod tests {
    use chat::plain;

    use super::*;
    use crate::proto::{FailureClass, FixStatus};

    #[test]
    fn what_has_to_be_known_comes_before_the_failures() {
        let class = |number: u32| ReportedClass {
            failure_class: Some(FailureClass {
                id: format!("FC-{number}"),
                name: "Disk full".into(),
                fix_status: FixStatus::Held.into(),
                ..FailureClass::default()
            }),
            in_period: number,
            in_previous_period: Some(2),
            cost: None,
        };
        let told = Report {
            summary: vec!["12 incidents.".into()],
            classes: (1..=12).map(class).collect(),
            ..Report::default()
        };
        let text = plain(&report(&told));
        let expected = "What kept coming back to undated\n12 incidents.\n\nFailures of this period\n\
                        - Disk full, FC-1, 1 time, 2 in the period before, last undated, fix: held\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.ends_with("and 2 more\n") && !text.contains("FC-11"), "{text}");
    }
}
