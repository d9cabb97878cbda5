//! What is acknowledged is found, what is deleted is not, and each score has its reasons.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Caveat, Filter, Match, Origin};
use incident::{Incident, IncidentId};

use crate::folder::{Folder, ask, ids, item, now, recurring, synthetic, text_of};

/// A word of the number `n` that no other text has.
fn word(n: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ko", "di", "lu", "mo", "na", "pi", "ru", "so", "tu"];
    let digits = format!("{n:04}");
    let syllables = digits.bytes().map(|digit| SYLLABLES[usize::from(digit - b'0')]);
    format!("zaq{}", syllables.collect::<String>())
}

/// Recurring incidents, each with two words of its own in its cause; and these words.
fn marked(n: usize) -> Vec<(Incident, String)> {
    let mark = |(number, mut incident): (usize, Incident)| {
        let words = format!("{} {}", word(number), word(5_000 + number));
        incident.root_cause.get_or_insert_default().push_str(&format!(" Seen on {words}."));
        (incident, words)
    };
    recurring(n).into_iter().enumerate().map(mark).collect()
}

#[test]
fn each_incident_is_the_best_match_of_its_own_text_as_soon_as_it_is_acknowledged() {
    let folder = Folder::new();
    for (number, incident) in synthetic(300, 20).iter().enumerate() {
        folder.take(item(incident));
        let answer = ask(&folder, &text_of(incident));
        assert_eq!(ids(&answer).first(), Some(&incident.id.as_str()), "number {number}");
        assert_eq!(answer.searched.incidents, number + 1);
    }
}

#[test]
fn a_deleted_incident_leaves_no_match_no_word_and_no_member() {
    let folder = Folder::new();
    let incidents = marked(150);
    folder.take_all(incidents.iter().map(|(incident, _)| item(incident)).collect());
    for (incident, words) in incidents.iter().step_by(2) {
        assert_eq!(ids(&ask(&folder, words)), [incident.id.as_str()]);
        folder.delete(&incident.id).expect("it is stored");
        let answer = ask(&folder, words);
        assert!(answer.matches.is_empty() && answer.nearest_miss.is_none(), "{words}");
        assert!(answer.warnings.contains(&Caveat::AllTermsUnknown), "{words} is still known");
        assert!(!ids(&ask(&folder, &text_of(incident))).contains(&incident.id.as_str()));
        assert!(folder.incident(&incident.id, now()).is_err());
        assert!(folder.delete(&incident.id).is_err(), "it is gone already");
    }
    assert_eq!(folder.n_incidents(), 75);
    let classes = folder.classes(1, now()).expect("readable");
    let members: BTreeSet<IncidentId> =
        classes.into_iter().flat_map(|class| class.members).collect();
    assert!(members.len() > 20, "{}", members.len());
    for (incident, _) in incidents.iter().step_by(2) {
        assert!(!members.contains(&incident.id), "{} is still a member", incident.id);
    }
}

#[test]
fn a_class_lives_on_without_its_first_member_and_ends_with_its_last() {
    let folder = Folder::new();
    let twin = |id: &str| Incident::new("jsonl", id, "Queue of the print service stuck again");
    let all = ["a", "b", "c", "d"];
    folder.take_all(all.map(|id| item(&twin(id))).to_vec());
    let class = folder.classes(2, now()).expect("readable").remove(0).id;
    for (gone, left) in [("a", 3), ("b", 2)] {
        folder.delete(&IncidentId::new(gone)).expect("it is stored");
        let class = folder.class(class, now()).expect("it goes on");
        assert_eq!(class.occurrences.total, left);
        let late = folder.take(item(&twin("late")));
        assert_eq!(late.class, Some(class.id), "a new one joins what is left");
        folder.delete(&IncidentId::new("late")).expect("it is stored");
    }
    folder.delete(&IncidentId::new("c")).expect("it is stored");
    assert!(folder.classes(2, now()).expect("readable").is_empty());
    let last = folder.incident(&IncidentId::new("d"), now()).expect("it is stored");
    assert_eq!(last.class, None, "a single one is no class");
    folder.delete(&IncidentId::new("d")).expect("it is stored");
    assert_eq!(folder.n_incidents(), 0);
    assert!(folder.take(item(&twin("a"))).class.is_none());
}

#[test]
fn an_update_keeps_the_class_and_moves_the_words() {
    let folder = Folder::new();
    let twin = |id: &str| Incident::new("jsonl", id, "Queue of the print service stuck again");
    folder.take_all(["a", "b", "c"].map(|id| item(&twin(id))).to_vec());
    let class = folder.classes(2, now()).expect("readable").remove(0).id;
    let mut first = twin("a");
    first.summary = Some("The spooler had wedged.".into());
    assert_eq!(folder.take(item(&first)).class, Some(class));
    assert_eq!(ids(&ask(&folder, "print spooler wedged")).first(), Some(&"a"));
    first.summary = Some("A jam.".into());
    assert_eq!(folder.take(item(&first)).class, Some(class));
    assert!(ask(&folder, "spooler wedged").matches.is_empty());
}

#[track_caller]
fn check_sum(found: &Match) {
    let sum: f64 = found.contributions.iter().map(|part| part.contribution).sum();
    assert!((sum - found.score).abs() < 1e-6, "{}: {sum} of {}", found.incident.id, found.score);
    let of = |origin| found.contributions.iter().filter(move |part| part.origin == origin);
    for origin in [Origin::Hubness, Origin::Recency, Origin::NearIdentical] {
        assert!(of(origin).count() <= 1, "{origin:?} has a row of its own");
    }
    assert!(of(Origin::Hubness).all(|part| part.contribution < 0.0 && part.term.is_empty()));
}

#[test]
fn contributions_sum_to_the_score() {
    let folder = Folder::new();
    let incidents = synthetic(320, 20);
    folder.take_all(incidents.iter().map(item).collect());
    let mut checked: BTreeMap<usize, usize> = BTreeMap::new();
    for incident in &incidents {
        let cause = incident.root_cause.as_deref().expect("each has a cause");
        let service = format!("{} on {}", incident.title, incident.services[0]);
        let questions =
            [&incident.title, incident.summary.as_ref().expect("so it has"), cause, &service]
                .map(|text: &str| text.to_owned());
        for question in questions {
            let answer = ask(&folder, &question);
            answer.matches.iter().chain(&answer.nearest_miss).for_each(check_sum);
            *checked.entry(answer.matches.len().min(1)).or_default() += 1;
        }
    }
    assert_eq!(checked.values().sum::<usize>(), 1_280);
    assert!(checked[&1] >= 1_000, "questions with a match: {checked:?}");
    let listed = folder.incidents(Filter::default(), now(), 0, 1_000).expect("readable");
    assert_eq!(listed.total, incidents.len());
}
