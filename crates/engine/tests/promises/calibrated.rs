//! How sure answers are, once the history has taught it.

use std::ops::ControlFlow;

use engine::{Answer, BacktestRequest, Error, Filter, Query, Verdict};
use incident::AsOf;

use crate::folder::{Folder, ask, at, item, now, recurring, request, text_of};

const INCIDENTS: usize = 320;

fn go_on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Incidents of which most come back under one title, learnt from.
fn learnt() -> Folder {
    let folder = Folder::new();
    folder.take_all(recurring(INCIDENTS).iter().map(item).collect());
    assert!(folder.calibrate(now(), go_on).expect("learnt") >= 50);
    folder
}

fn backtest(folder: &Folder, as_of: AsOf) -> engine::Backtest {
    let request = BacktestRequest { filter: Filter::default(), depths: vec![1, 3, 5], as_of };
    folder.backtest(&request, go_on).expect("readable")
}

/// What is told of every incident of the history, asked by all it says.
fn told(folder: &Folder) -> Vec<Answer> {
    recurring(INCIDENTS).iter().map(|incident| ask(folder, &text_of(incident))).collect()
}

#[test]
fn nothing_is_sure_before_there_is_something_to_learn_from() {
    let folder = Folder::new();
    folder.take_all(recurring(20).iter().map(item).collect());
    assert!(!folder.is_outgrown());
    assert_eq!(folder.calibrate(now(), go_on).expect("too few"), 0);
    let answer = ask(&folder, &text_of(&recurring(20)[0]));
    assert_eq!((answer.confidence, answer.calibration_cases), (None, 0));
    assert!(answer.warnings.contains(&engine::Caveat::NotCalibrated));
}

#[test]
fn once_learnt_answers_say_how_sure_they_are_and_by_how_many_cases() {
    let folder = learnt();
    let answers = told(&folder);
    for answer in &answers {
        assert!(!answer.warnings.contains(&engine::Caveat::NotCalibrated));
        let Some(confidence) = answer.confidence else {
            continue;
        };
        let least = if answer.verdict == Verdict::Recurrence { 0.5 } else { 0.0 };
        assert!((least..=1.0).contains(&confidence), "{:?} {confidence}", answer.verdict);
        assert!(answer.calibration_cases >= 50);
    }
    let sure = answers.iter().filter(|answer| answer.confidence.is_some()).count();
    assert!(sure * 10 > answers.len() * 5, "{sure} of {}", answers.len());
    let empty = ask(&folder, "qqzz");
    assert_eq!((empty.verdict, empty.confidence), (Verdict::InsufficientText, None));
}

#[test]
fn what_was_learnt_is_kept_in_the_log_and_not_learnt_again() {
    let folder = learnt();
    let (position, before) = (folder.position(), told(&folder));
    let folder = folder.reopened();
    assert_eq!(folder.position(), position);
    assert_eq!(told(&folder), before);
    assert!(!folder.is_outgrown(), "it has not grown since");
    let more: Vec<_> = recurring(2 * INCIDENTS).split_off(INCIDENTS);
    folder.take_all(more.iter().map(item).collect());
    assert!(folder.is_outgrown());
}

#[test]
fn what_lies_after_the_as_of_teaches_nothing() {
    let folder = Folder::new();
    folder.take_all(recurring(INCIDENTS).iter().map(item).collect());
    let then = at("2023-06-30");
    let all = backtest(&folder, now());
    let early = backtest(&folder, then);
    assert!(early.all.cases > 50 && early.all.cases < all.all.cases);
    folder.take_all(
        recurring(2 * INCIDENTS)
            .iter()
            .filter(|one| one.started_at.is_some_and(|began| began.secs() > then.secs()))
            .map(item)
            .collect(),
    );
    assert_eq!(backtest(&folder, then).all.cases, early.all.cases);
}

#[test]
fn recency_is_no_part_of_how_sure_an_answer_is() {
    let folder = learnt();
    for incident in recurring(40) {
        let text = Query::Text(text_of(&incident));
        let ask = |as_of: AsOf| {
            let answer = folder.similar(&request(text.clone(), as_of)).expect("an answer");
            let best = answer.matches.first().map(|best| best.incident.id.clone());
            (best, answer.verdict, answer.confidence)
        };
        let later = AsOf::now("2036-12-31T12:00:00Z".parse().expect("a time"));
        let (now, then) = (ask(now()), ask(later));
        // Another order may put another match first; the same match is as sure as ever.
        if now.0 == then.0 {
            assert_eq!(now, then);
        }
    }
}

#[test]
fn the_most_recurrent_class_is_not_the_least_certain() {
    let folder = learnt();
    let classes = folder.classes(2, now()).expect("readable");
    let size =
        |answer: &Answer| answer.failure_class.as_ref().map_or(0, |class| class.occurrences.total);
    let most =
        classes.iter().map(|class| class.occurrences.total).max().expect("there are classes");
    let answers: Vec<Answer> =
        told(&folder).into_iter().filter(|told| told.verdict == Verdict::Recurrence).collect();
    let mean = |of: &dyn Fn(&Answer) -> bool| {
        let sure: Vec<f64> =
            answers.iter().filter(|told| of(told)).filter_map(|told| told.confidence).collect();
        assert!(!sure.is_empty());
        sure.iter().sum::<f64>() / sure.len() as f64
    };
    let (of_most, of_all) = (mean(&|told| size(told) == most), mean(&|_| true));
    assert!(of_most > of_all - 0.05, "{of_most} of the class of {most}, {of_all} of all");
}

#[test]
fn a_title_of_two_words_is_never_noise_at_high_confidence() {
    let folder = learnt();
    for title in ["printer jam", "quarterly newsletter", "forklift breaker"] {
        let answer = ask(&folder, title);
        assert_ne!(answer.verdict, Verdict::Recurrence, "{title}");
        assert!(answer.next_steps.is_empty(), "{title}");
    }
}

#[test]
fn a_message_that_repeats_word_for_word_stays_a_recurrence() {
    let folder = learnt();
    for incident in recurring(60) {
        assert_eq!(
            ask(&folder, &text_of(&incident)).verdict,
            Verdict::Recurrence,
            "{}",
            incident.id
        );
    }
}

#[test]
fn a_replay_finds_what_came_back_and_knows_what_was_new() {
    let folder = learnt();
    let told = backtest(&folder, now());
    assert_eq!((told.all.cases, told.older, told.undated), (INCIDENTS, 0, 0));
    assert!(told.all.recurrences > 100, "{}", told.all.recurrences);
    let mrr = told.all.mrr().expect("there are recurrences");
    assert!(mrr > 0.8, "{mrr}");
    assert!(told.all.at.is_sorted_by_key(|(_, hits)| *hits));
    assert!(told.shown_right * 10 >= told.shown * 7, "{} of {}", told.shown_right, told.shown);
    assert!(told.is_calibrated && told.curve.calibration_cases > 0);
    assert_eq!(backtest(&folder, now()), told, "the same log gives the same figures");
    let of_classes: usize = told.by_class.iter().map(|(_, _, hits)| hits.recurrences).sum();
    assert_eq!(of_classes, told.all.recurrences);
}

#[test]
fn a_page_is_asked_against_what_was_older_alone() {
    let folder = Folder::new();
    // The later one of each pair came first in the log.
    folder.take_all(recurring(INCIDENTS).iter().rev().map(item).collect());
    let told = backtest(&folder, now());
    let starts: Vec<i64> =
        recurring(INCIDENTS).iter().filter_map(|one| Some(one.started_at?.secs())).collect();
    let first = starts.iter().min().expect("they are dated");
    let day = AsOf::now(jiff::Timestamp::from_second(*first).expect("a time"));
    assert_eq!(backtest(&folder, day).all.recurrences, 0, "the first of all had nothing before it");
    assert!(told.all.recurrences > 0);
}

#[test]
fn whoever_gives_up_gets_no_half_of_a_replay() {
    let folder = learnt();
    let position = folder.position();
    let stop = |_: usize, _: usize| ControlFlow::Break(());
    let given_up = folder.calibrate(now(), stop);
    assert!(matches!(given_up, Err(Error::DeadlineExceeded)), "{given_up:?}");
    assert_eq!(folder.position(), position);
}

#[test]
fn a_filter_narrows_what_is_replayed_and_not_what_it_is_asked_against() {
    let folder = learnt();
    let incidents = recurring(INCIDENTS);
    let service = incidents[INCIDENTS - 1].services[0].clone();
    let filter = Filter { services: vec![service.clone()], ..Filter::default() };
    let request = BacktestRequest { filter, depths: vec![1], as_of: now() };
    let told = folder.backtest(&request, go_on).expect("readable");
    let of_service = incidents.iter().filter(|one| one.services.contains(&service)).count();
    assert_eq!(told.all.cases, of_service);
    let all = backtest(&folder, now());
    let (_, hits) = all.by_service.iter().find(|(name, _)| *name == service).expect("it recurs");
    assert_eq!(told.all.recurrences, hits.recurrences);
}
