//! Which incidents take part.

use engine::{Filter, Scope};
use incident::Status;
use jiff::Timestamp;
use recurrence::ClassId;

use super::time::{instant, wire};
use crate::limits::FILTER_VALUES_MAX;
use crate::proto;
use crate::violations::Violations;

/// The filter of a request; absent, all take part.
pub(crate) fn filter(filter: Option<proto::Filter>, found: &mut Violations) -> Filter {
    let Some(filter) = filter else {
        return Filter::default();
    };
    let proto::Filter { services, severities, statuses, tags, class_id, since, until } = filter;
    let class = class_id_of("filter.class_id", &class_id, found);
    let (since, until) = period("filter", (since, until), found);
    Filter {
        services: values("filter.services", services, found),
        severities: values("filter.severities", severities, found),
        statuses: statuses_of(&statuses, found),
        tags: values("filter.tags", tags, found),
        classes: class.map(ClassId::number).into_iter().collect(),
        since: since.map(Timestamp::as_second),
        until: until.map(Timestamp::as_second),
        ..Filter::default()
    }
}

/// The filter as an answer shows it; `None` where it lets all pass.
pub(crate) fn wire_filter(filter: &Filter) -> Option<proto::Filter> {
    if filter.is_empty() {
        return None;
    }
    let time =
        |secs: Option<i64>| secs.and_then(|secs| Timestamp::from_second(secs).ok()).map(wire);
    let class = filter.classes.first().map(|number| ClassId::new(*number).to_string());
    Some(proto::Filter {
        services: filter.services.clone(),
        severities: filter.severities.clone(),
        statuses: filter.statuses.iter().map(|status| wire_status(Some(*status)).into()).collect(),
        tags: filter.tags.clone(),
        class_id: class.unwrap_or_default(),
        since: time(filter.since),
        until: time(filter.until),
    })
}

/// The first and the last second of a period, stated below `path`; a period that ends before it begins is noted.
fn period(
    path: &str,
    (since, until): (Option<prost_types::Timestamp>, Option<prost_types::Timestamp>),
    found: &mut Violations,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let since = instant(&format!("{path}.since"), since, found);
    let until = instant(&format!("{path}.until"), until, found);
    if let (Some(since), Some(until)) = (since, until)
        && until < since
    {
        found.add(format!("{path}.until"), until, format_args!("a time not before {since}"));
    }
    (since, until)
}

/// The values of a list that holds [`FILTER_VALUES_MAX`] at most, none of them empty.
pub(crate) fn values(field: &str, values: Vec<String>, found: &mut Violations) -> Vec<String> {
    found.at_most(field, values.len(), FILTER_VALUES_MAX, "values");
    if values.iter().any(|value| value.trim().is_empty()) {
        found.add(field, "an empty value", "values that are not empty");
    }
    values
}

/// The class named `id`; `None` where it is empty or no such id, which is noted.
pub(crate) fn class_id_of(field: &str, id: &str, found: &mut Violations) -> Option<ClassId> {
    if id.is_empty() {
        return None;
    }
    match id.parse() {
        Ok(class) => Some(class),
        Err(_) => {
            found.add(field, format_args!("`{id}`"), "an id such as FC-12");
            None
        }
    }
}

fn statuses_of(numbers: &[i32], found: &mut Violations) -> Vec<Status> {
    let field = "filter.statuses";
    found.at_most(field, numbers.len(), FILTER_VALUES_MAX, "values");
    let mut statuses = Vec::new();
    for number in numbers {
        match status(field, *number, found) {
            Some(status) => statuses.push(status),
            None if *number == proto::Status::Unspecified as i32 => {
                found.add(field, "unspecified", "open, mitigated or resolved");
            }
            None => {}
        }
    }
    statuses
}

/// The status of that number; `None` where it is unspecified, or unknown, which is noted.
pub(crate) fn status(field: &str, number: i32, found: &mut Violations) -> Option<Status> {
    match proto::Status::try_from(number) {
        Ok(proto::Status::Unspecified) => None,
        Ok(proto::Status::Open) => Some(Status::Open),
        Ok(proto::Status::Mitigated) => Some(Status::Mitigated),
        Ok(proto::Status::Resolved) => Some(Status::Resolved),
        Err(_) => {
            found.add(field, number, "a number that names a status");
            None
        }
    }
}

/// The wire form of a status.
pub(crate) fn wire_status(status: Option<Status>) -> proto::Status {
    match status {
        None => proto::Status::Unspecified,
        Some(Status::Open) => proto::Status::Open,
        Some(Status::Mitigated) => proto::Status::Mitigated,
        Some(Status::Resolved) => proto::Status::Resolved,
    }
}

/// What a report looks at, and when it begins and ends, where that is said.
#[derive(Debug, Default)]
pub(crate) struct ReportScope {
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) scope: Scope,
}

/// The scope of a report; absent, it covers everything.
pub(crate) fn report_scope(
    scope: Option<proto::ReportScope>,
    found: &mut Violations,
) -> ReportScope {
    let Some(proto::ReportScope { since, until, services, teams, tags }) = scope else {
        return ReportScope::default();
    };
    let (since, until) = period("scope", (since, until), found);
    let scope = Scope {
        services: values("scope.services", services, found),
        teams: values("scope.teams", teams, found),
        tags: values("scope.tags", tags, found),
    };
    ReportScope { since, until, scope }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> proto::Filter {
        proto::Filter {
            services: vec!["auth".into()],
            severities: vec!["1".into(), "P2".into()],
            statuses: vec![proto::Status::Open.into()],
            tags: vec!["tls".into()],
            class_id: "FC-12".into(),
            since: Some(prost_types::Timestamp { seconds: 5, nanos: 0 }),
            until: Some(prost_types::Timestamp { seconds: 9, nanos: 0 }),
        }
    }

    #[test]
    fn a_filter_is_shown_as_it_was_asked_for() {
        let mut found = Violations::new();
        let understood = filter(Some(asked()), &mut found);
        assert!(found.finish().is_ok());
        assert_eq!(understood.classes, [12]);
        assert_eq!(wire_filter(&understood), Some(asked()));
        assert_eq!(wire_filter(&filter(None, &mut Violations::new())), None);
    }

    #[track_caller]
    fn check_refused(change: impl FnOnce(&mut proto::Filter), field: &str, expected: &str) {
        let mut asked = asked();
        change(&mut asked);
        let mut found = Violations::new();
        filter(Some(asked), &mut found);
        let (named, reason) = found.summary().expect("a rule is broken");
        assert_eq!(named, field);
        assert!(reason.contains(expected), "{reason}");
    }

    #[test]
    fn a_wrong_value_is_noted_by_its_field() {
        check_refused(|filter| filter.class_id = "12".into(), "filter.class_id", "FC-12");
        check_refused(|filter| filter.statuses = vec![0], "filter.statuses", "open");
        check_refused(|filter| filter.statuses = vec![9], "filter.statuses", "names a status");
        check_refused(|filter| filter.tags = vec!["x".into(); 101], "filter.tags", "at most 100");
        check_refused(|filter| filter.services = vec![" ".into()], "filter.services", "not empty");
        let early = Some(prost_types::Timestamp { seconds: 4, nanos: 0 });
        check_refused(
            |filter| filter.until = early,
            "filter.until",
            "not before 1970-01-01T00:00:05Z",
        );
    }

    #[test]
    fn a_list_of_the_greatest_length_passes() {
        let mut found = Violations::new();
        values("filter.tags", vec!["x".into(); FILTER_VALUES_MAX], &mut found);
        assert!(found.finish().is_ok());
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_noted() {
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let scope = proto::ReportScope { since: time(9), until: time(5), ..Default::default() };
        let mut found = Violations::new();
        report_scope(Some(scope), &mut found);
        assert_eq!(found.summary().map(|(field, _)| field).as_deref(), Some("scope.until"));
    }
}
