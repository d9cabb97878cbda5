//! Queries and answers.

use engine::{Answer, Caveat, Contribution, Match, Query, Rating, Searched, SimilarRequest};
use incident::{IncidentId, Moment};
use recurrence::{NextStep, Verdict};

use super::failure_class::wire_class;
use super::filter::{filter, wire_filter, wire_status};
use super::follow_up::{wire_fix_status, wire_follow_up};
use super::incident_in::to_ask;
use super::incident_out::{wire_class_id, wire_severity};
use super::time::{as_of, wire, wire_moment};
use super::{capped, count};
use crate::limits::{
    CONTRIBUTIONS_SHOWN, DIFFERENCES_MAX, INCIDENT_ID_BYTES, MATCHES_DEFAULT, MATCHES_MAX,
};
use crate::proto::{self, find_similar_request};
use crate::violations::Violations;

/// The field of the part that stands for the smaller parts of a score.
const REST: &str = "other";

/// A query, checked.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What the engine is asked.
    pub(crate) request: SimilarRequest,
    /// Whether every part of a score is listed.
    pub(crate) explain: bool,
    /// The cursor the answer must have seen; empty: any.
    pub(crate) min_cursor: String,
}

/// The query of a request; what is wrong with it is noted.
pub(crate) fn asked(
    request: proto::FindSimilarRequest,
    now: jiff::Timestamp,
    found: &mut Violations,
) -> Asked {
    let proto::FindSimilarRequest { query, k, filter: wanted, as_of: at, explain, min_cursor } =
        request;
    let query = query_of(query, found);
    if k > MATCHES_MAX {
        found.add("k", k, format_args!("1 to {MATCHES_MAX}, or 0 for {MATCHES_DEFAULT}"));
    }
    let k = if k == 0 { MATCHES_DEFAULT } else { k };
    let filter = filter(wanted, found);
    let as_of = as_of(at, now, found);
    Asked { request: SimilarRequest { query, k: k as usize, filter, as_of }, explain, min_cursor }
}

fn query_of(query: Option<find_similar_request::Query>, found: &mut Violations) -> Query {
    match query {
        Some(find_similar_request::Query::Text(text)) => {
            if text.trim().is_empty() {
                found.add("text", "empty", "what to look for");
            }
            Query::Text(text)
        }
        Some(find_similar_request::Query::IncidentId(id)) => {
            found.required("incident_id", &id, INCIDENT_ID_BYTES);
            Query::Id(IncidentId::new(id))
        }
        Some(find_similar_request::Query::Incident(incident)) => {
            Query::Incident(Box::new(to_ask("incident", *incident, found)))
        }
        None => {
            found.add("query", "nothing", "one of text, incident_id, incident");
            Query::Text(String::new())
        }
    }
}

/// The answer. Without `explain` the smaller parts of a score are summed into one.
pub(crate) fn wire_answer(answer: Answer, explain: bool) -> proto::FindSimilarResponse {
    let Answer {
        query_id,
        verdict,
        confidence,
        calibration_cases,
        headline,
        failure_class,
        fix_status,
        action_items,
        matches,
        next_steps,
        nearest_miss,
        warnings,
        searched,
    } = answer;
    proto::FindSimilarResponse {
        query_id,
        verdict: wire_verdict(verdict).into(),
        confidence,
        calibration_cases,
        headline,
        failure_class: failure_class.as_ref().map(wire_class),
        fix_status: wire_fix_status(fix_status).into(),
        action_items: action_items.into_iter().map(wire_follow_up).collect(),
        matches: matches.into_iter().map(|found| wire_match(found, explain)).collect(),
        next_steps: next_steps.into_iter().map(wire_next_step).collect(),
        nearest_miss: nearest_miss.map(|found| wire_match(found, explain)),
        warnings: warnings.into_iter().map(|caveat| wire_warning(caveat).into()).collect(),
        searched: Some(wire_searched(searched)),
    }
}

fn wire_next_step(step: NextStep) -> proto::NextStep {
    let NextStep { text, incident_id, times_used, times_held } = step;
    proto::NextStep { text, incident_id: incident_id.to_string(), times_used, times_held }
}

fn wire_match(found: Match, explain: bool) -> proto::Match {
    let resolution = found.resolution().map(|(text, field)| proto::Resolution {
        text: text.to_owned(),
        field: field.name().to_owned(),
    });
    let Match {
        incident,
        class,
        ratings,
        score,
        likeness: _,
        contributions,
        differs,
        age_days,
        collapsed,
    } = found;
    let time_to_resolve_minutes = incident.time_to_resolve_minutes();
    let (started_at, started_at_date_only) = wire_moment(incident.started_at);
    let (severity, severity_level) = wire_severity(incident.severity.clone());
    proto::Match {
        incident_id: incident.id.to_string(),
        title: incident.title.clone(),
        url: incident.url.clone().unwrap_or_default(),
        started_at,
        started_at_date_only,
        age_days,
        services: incident.services.clone(),
        severity,
        status: wire_status(incident.status).into(),
        score,
        contributions: wire_contributions(contributions, explain),
        differs: differs.into_iter().take(DIFFERENCES_MAX).collect(),
        root_cause: incident.root_cause.clone().unwrap_or_default(),
        resolution,
        time_to_resolve_minutes,
        responders: incident.responders.clone(),
        collapsed_count: collapsed,
        class_id: wire_class_id(class),
        severity_level,
        ratings: ratings.into_iter().map(wire_rating).collect(),
    }
}

fn wire_rating(rating: Rating) -> proto::Rating {
    let Rating { useful, who, why, at } = rating;
    proto::Rating { useful, who, why, rated_at: Some(wire(at)) }
}

/// The parts of a score, largest first. Beyond [`CONTRIBUTIONS_SHOWN`] the smallest go into one part without a term,
/// which takes its own place by size.
fn wire_contributions(parts: Vec<Contribution>, explain: bool) -> Vec<proto::Contribution> {
    let mut shown: Vec<proto::Contribution> = parts
        .into_iter()
        .map(|Contribution { origin, term, contribution }| proto::Contribution {
            field: origin.name().to_owned(),
            term,
            contribution,
        })
        .collect();
    if explain || shown.len() <= CONTRIBUTIONS_SHOWN {
        return shown;
    }
    let rest = shown.split_off(CONTRIBUTIONS_SHOWN - 1);
    let contribution = rest.iter().map(|part| part.contribution).sum();
    let place = shown.partition_point(|part| part.contribution >= contribution);
    let rest = proto::Contribution { field: REST.to_owned(), term: String::new(), contribution };
    shown.insert(place, rest);
    shown
}

fn wire_searched(searched: Searched) -> proto::Searched {
    let Searched { incidents, time_range, filter, position, epoch, pass, as_of } = searched;
    proto::Searched {
        incidents: count(incidents),
        time_range: (incidents > 0).then(|| wire_range(time_range)),
        filters: wire_filter(&filter),
        cursor: position.to_string(),
        epoch: capped(epoch),
        pass: capped(pass),
        as_of: Some(wire(as_of.at)),
    }
}

fn wire_range(range: Option<(jiff::Timestamp, jiff::Timestamp)>) -> proto::TimeRange {
    let (oldest, newest) = range.map(|(oldest, newest)| (at(oldest), at(newest))).unzip();
    let (oldest, oldest_date_only) = wire_moment(oldest);
    let (newest, newest_date_only) = wire_moment(newest);
    proto::TimeRange { oldest, oldest_date_only, newest, newest_date_only }
}

fn at(time: jiff::Timestamp) -> Moment {
    Moment::exact(time)
}

fn wire_verdict(verdict: Verdict) -> proto::Verdict {
    match verdict {
        Verdict::Recurrence => proto::Verdict::Recurrence,
        Verdict::Similar => proto::Verdict::Similar,
        Verdict::New => proto::Verdict::New,
        Verdict::InsufficientText => proto::Verdict::InsufficientText,
    }
}

fn wire_warning(caveat: Caveat) -> proto::Warning {
    match caveat {
        Caveat::StaleFix => proto::Warning::StaleFix,
        Caveat::FieldEmpty => proto::Warning::FieldEmpty,
        Caveat::AllTermsUnknown => proto::Warning::AllTermsUnknown,
        Caveat::Truncated => proto::Warning::Truncated,
        Caveat::NotCalibrated => proto::Warning::NotCalibrated,
    }
}

#[cfg(test)]
mod tests {
    use engine::Origin;
    use incident::Field;

    use super::*;

    fn part(contribution: f64) -> Contribution {
        Contribution {
            origin: Origin::Field(Field::Title),
            term: contribution.to_string(),
            contribution,
        }
    }

    #[test]
    fn the_small_parts_are_summed_unless_an_explanation_is_asked_for() {
        let parts: Vec<Contribution> =
            (0..20).map(|i| part(0.05 - f64::from(i) / 1000.0)).collect();
        let sum: f64 = parts.iter().map(|part| part.contribution).sum();
        assert_eq!(wire_contributions(parts.clone(), true).len(), 20);
        let shown = wire_contributions(parts, false);
        assert_eq!(shown.len(), CONTRIBUTIONS_SHOWN);
        assert!(shown.is_sorted_by(|a, b| a.contribution >= b.contribution));
        assert_eq!((shown[0].field.as_str(), shown[0].term.as_str()), (REST, ""));
        let total: f64 = shown.iter().map(|part| part.contribution).sum();
        assert!((total - sum).abs() < 1e-12);
    }

    #[test]
    fn a_step_is_handed_on_word_for_word() {
        let text = "Rolled back.\nDrained **both** nodes".to_owned();
        let incident_id = IncidentId::new("T-1");
        let step = NextStep { text: text.clone(), incident_id, times_used: 3, times_held: 2 };
        let incident_id = "T-1".to_owned();
        let expect = proto::NextStep { text, incident_id, times_used: 3, times_held: 2 };
        assert_eq!(wire_next_step(step), expect);
    }

    #[track_caller]
    fn check_refused(request: proto::FindSimilarRequest, field: &str) {
        let mut found = Violations::new();
        asked(request, jiff::Timestamp::UNIX_EPOCH, &mut found);
        assert_eq!(found.summary().map(|(field, _)| field).as_deref(), Some(field));
    }

    #[test]
    fn a_wrong_query_is_noted_by_its_field() {
        use find_similar_request::Query as Sent;
        let query = |query| proto::FindSimilarRequest { query: Some(query), ..Default::default() };
        check_refused(proto::FindSimilarRequest::default(), "query");
        check_refused(query(Sent::Text(" ".into())), "text");
        check_refused(query(Sent::IncidentId(String::new())), "incident_id");
        check_refused(query(Sent::Incident(Box::default())), "incident.title");
        let many = proto::FindSimilarRequest { k: 101, ..query(Sent::Text("x".into())) };
        check_refused(many, "k");
    }

    #[test]
    fn five_matches_are_shown_where_no_number_is_named() {
        let query = Some(find_similar_request::Query::Text("disk full".into()));
        let request = proto::FindSimilarRequest { query, ..Default::default() };
        let mut found = Violations::new();
        assert_eq!(asked(request, jiff::Timestamp::UNIX_EPOCH, &mut found).request.k, 5);
        assert!(found.is_empty());
    }
}
