use proptest::prelude::*;

use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_143_600 + 60 * minute).expect("a time")
}

fn fact(alert: &str, starts: i64, ends: Option<i64>) -> Fact {
    let content = Content {
        title: format!("Disk full on {alert}"),
        symptoms: Some(format!("{alert} is full")),
        services: vec![alert.to_owned()],
        labels: BTreeMap::from([
            ("zone".to_owned(), "a".to_owned()),
            ("host".to_owned(), alert.to_owned()),
        ]),
        ..Content::default()
    };
    Fact {
        alert: alert.to_owned(),
        starts_at: at(starts),
        is_undated: false,
        ends_at: ends.map(at),
        told_at: None,
        content,
    }
}

/// What is stored after each of `messages` was merged into it.
fn stored(messages: &[Vec<Fact>]) -> Vec<Incident> {
    let mut stored: BTreeMap<String, Incident> = BTreeMap::new();
    for facts in messages {
        let merged = merge("test", "g", facts.clone(), stored.values().cloned().collect());
        for id in merged.deletes {
            stored.remove(&id).expect("what is deleted was stored");
        }
        stored.extend(merged.puts.into_iter().map(|one| (one.external_id.clone(), one)));
    }
    stored.into_values().collect()
}

fn spans(incidents: &[Incident]) -> Vec<(i64, Option<i64>)> {
    let minute = |moment: Moment| (moment.secs() - 1_795_143_600) / 60;
    let mut spans: Vec<_> = incidents
        .iter()
        .map(|one| (minute(one.started_at.expect("it is dated")), one.resolved_at.map(minute)))
        .collect();
    spans.sort_unstable();
    spans
}

#[test]
fn alerts_that_overlap_are_one_incident_and_what_fires_later_another() {
    let incidents = stored(&[
        vec![fact("a", 0, None)],
        vec![fact("b", 5, None)],
        vec![fact("a", 0, Some(10)), fact("b", 5, Some(12))],
        vec![fact("a", 30, None)],
    ]);
    assert_eq!(spans(&incidents), [(0, Some(12)), (30, None)]);
    assert_eq!(incidents[0].services, ["a", "b"]);
    assert_eq!(incidents[0].symptoms.as_deref(), Some("a is full\nb is full"));
    assert_eq!(incidents[0].labels, BTreeMap::from([("zone".to_owned(), "a".to_owned())]));
    assert_eq!(incidents[0].status, Some(Status::Resolved));
}

#[test]
fn a_resolution_may_come_before_its_alert() {
    let early = stored(&[vec![fact("a", 0, Some(9))], vec![fact("a", 0, None)]]);
    let late = stored(&[vec![fact("a", 0, None)], vec![fact("a", 0, Some(9))]]);
    assert_eq!(early, late);
    assert_eq!(spans(&early), [(0, Some(9))]);
}

#[test]
fn what_people_wrote_stays_and_so_does_the_id() {
    let mut before = stored(&[vec![fact("b", 5, None)]]);
    before[0].root_cause = Some("No rotation.".to_owned());
    let id = before[0].external_id.clone();
    let merged = merge("test", "g", vec![fact("a", 0, None)], before);
    assert_eq!((merged.puts.len(), &merged.puts[0].external_id), (1, &id));
    assert_eq!(merged.puts[0].root_cause.as_deref(), Some("No rotation."));
    assert_eq!(spans(&merged.puts), [(0, None)]);
}

#[test]
fn an_alert_between_two_makes_them_one() {
    let incidents = stored(&[
        vec![fact("a", 0, Some(10))],
        vec![fact("a", 20, Some(30))],
        vec![fact("b", 5, Some(25))],
    ]);
    assert_eq!(spans(&incidents), [(0, Some(30))]);
}

#[test]
fn what_is_told_twice_changes_nothing() {
    let before = stored(&[vec![fact("a", 0, None)]]);
    let merged = merge("test", "g", vec![fact("a", 0, None)], before.clone());
    assert_eq!(merged.unchanged, [before[0].external_id.clone()]);
    assert!(merged.puts.is_empty() && merged.deletes.is_empty());
}

#[test]
fn an_alert_without_a_time_is_the_one_that_is_going_on() {
    let undated = |starts, ends| Fact { is_undated: true, ..fact("a", starts, ends) };
    let incidents = stored(&[
        vec![undated(0, None)],
        vec![undated(3, None)],
        vec![undated(7, Some(7))],
        vec![undated(9, None)],
    ]);
    assert_eq!(spans(&incidents), [(0, Some(7)), (9, None)]);
}

#[test]
fn an_incident_forgets_what_ended_first() {
    let many: Vec<Fact> = (0..600).map(|n| fact(&format!("s{n}"), n, Some(n + 2))).collect();
    let incidents = stored(&[many]);
    assert_eq!(incidents.len(), 1);
    let kept = facts_of(&incidents[0]);
    assert_eq!((kept.len(), kept[0].alert.as_str()), (FACTS_MAX, "s0"));
}

fn messages() -> impl Strategy<Value = Vec<Vec<Fact>>> {
    let one = ("[abc]", 0_i64..40, prop::option::of(0_i64..15))
        .prop_map(|(alert, starts, lasts)| fact(&alert, starts, lasts.map(|lasts| starts + lasts)));
    prop::collection::vec(prop::collection::vec(one, 1..4), 1..10)
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(
        messages in messages(),
        seed in any::<u64>(),
    ) {
        let mut shuffled = messages.clone();
        shuffled.extend(messages.iter().take(3).cloned());
        shuffled.sort_by_key(|facts| {
            let text = format!("{seed}{facts:?}");
            text.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()))
        });
        let without_id = |mut incidents: Vec<Incident>| {
            for one in &mut incidents {
                one.external_id.clear();
                one.id = incident::IncidentId::new("");
            }
            incidents.sort_by_key(|one| one.started_at.map(Moment::secs));
            incidents
        };
        prop_assert_eq!(without_id(stored(&messages)), without_id(stored(&shuffled)));
    }
}
