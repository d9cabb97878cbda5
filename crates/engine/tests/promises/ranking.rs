//! In which order incidents answer.

use std::fs;

use engine::{Collection, Filter, Method, Query};
use incident::{Incident, Moment};

use crate::folder::{Folder, ask, ids, item, now, recurring, request, synthetic, text_of};

/// Alerts of one rule on one service, so many hours after the first.
fn alert(id: &str, hours: u32) -> Incident {
    let mut alert = Incident::new("jsonl", id, format!("DiskLow on ledger-db-{hours}"));
    let began = now().at - jiff::Span::new().hours(2_000) + jiff::Span::new().hours(hours);
    alert.started_at = Some(Moment::exact(began));
    alert.services = vec!["ledger-db".to_owned()];
    alert
}

#[test]
fn answers_rank_as_the_evaluation_ranks() {
    let history = synthetic(90, 12);
    let folder = Folder::new();
    folder.take_all(history.iter().map(item).collect());
    let collection = Collection::build(&history, Method::Default, None);
    for (number, mut asked) in synthetic(110, 12).split_off(90).into_iter().enumerate() {
        asked.started_at = Some(Moment::exact(now().at));
        let by_eval = collection.similar_to(&asked, Filter::default(), 10).ranked;
        let answer =
            folder.similar(&request(Query::Incident(Box::new(asked)), now())).expect("an answer");
        for (live, (id, score)) in answer.matches.iter().zip(&by_eval) {
            assert_eq!(live.incident.id, *id, "question {number}");
            // Evaluations keep hubness in 32 bits.
            assert!((live.score - score).abs() < 1e-6, "{number}: {} {score}", live.score);
        }
        let expected = by_eval.iter().filter(|(_, score)| *score > 0.0).count();
        assert!(answer.matches.len() == expected || answer.nearest_miss.is_some(), "{number}");
    }
}

#[test]
fn a_kept_model_changes_no_byte() {
    let folder = Folder::new();
    folder.take_all(recurring(120).iter().map(item).collect());
    let questions: Vec<String> = recurring(120).iter().step_by(7).map(text_of).collect();
    let answers = |folder: &Folder| -> Vec<String> {
        questions.iter().map(|text| format!("{:?}", ask(folder, text))).collect()
    };
    let fitted = answers(&folder);
    let model = folder.path().join("rank.model");
    let bytes = fs::read(&model).expect("it is kept");
    let folder = folder.reopened();
    assert_eq!(answers(&folder), fitted, "by the model that was kept");
    fs::remove_file(&model).expect("it is there");
    let folder = folder.reopened();
    assert_eq!(answers(&folder), fitted, "by a model fitted anew");
    assert_eq!(fs::read(&model).expect("it is kept again"), bytes);
    fs::write(&model, &bytes[..bytes.len() - 9]).expect("written");
    let folder = folder.reopened();
    assert_eq!(answers(&folder), fitted, "what is damaged is not believed");
}

#[test]
fn a_flapping_alert_is_one_match() {
    let folder = Folder::new();
    let mut alerts: Vec<Incident> =
        (0..14).map(|nth| alert(&format!("A-{nth}"), nth * 5)).collect();
    alerts.push(Incident::new("jsonl", "B", "Mailer queue stuck"));
    folder.take_all(alerts.iter().map(item).collect());
    let answer = ask(&folder, "DiskLow on ledger-db");
    assert_eq!((answer.matches.len(), answer.matches[0].collapsed), (1, 13), "{:?}", ids(&answer));
}

#[test]
fn many_of_the_same_text_are_one_match_months_apart_and_another_cause_is_another() {
    let folder = Folder::new();
    let mut alerts: Vec<Incident> =
        (0..5).map(|nth| alert(&format!("A-{nth}"), nth * 400)).collect();
    alerts[1].text = Some("A debug log was left on and nothing rotated it, so it grew.".to_owned());
    folder.take_all(alerts.iter().map(item).collect());
    let answer = ask(&folder, "DiskLow on ledger-db");
    let shown: Vec<(&str, u32)> =
        answer.matches.iter().map(|it| (it.incident.id.as_str(), it.collapsed)).collect();
    assert_eq!(shown, [("A-4", 3), ("A-1", 0)]);
}
