use engine::{BacktestRequest, Engine, Filter, Item};
use incident::{Incident, Moment};

use super::*;

/// Two failures of four incidents each; one names markup in its service.
fn backtest() -> (Backtest, AsOf) {
    let dir = tempfile::tempdir().expect("a folder");
    let engine = Engine::open(dir.path()).expect("an engine");
    let incident = |nth: usize| {
        let title = ["Disk full on ledger", "Handshakes fail at the edge"][nth % 2];
        let mut incident = Incident::new("jsonl", format!("T-{nth}"), title);
        incident.started_at = Moment::parse(&format!("2025-01-0{}", nth + 1)).ok();
        incident.services = vec!["<b>ledger</b>".to_owned()];
        Item::Incident(Box::new(incident))
    };
    engine.ingest((0..8).map(incident).collect()).expect("committed");
    let as_of = AsOf::parse("2025-06-30").expect("a day");
    let request = BacktestRequest { filter: Filter::default(), depths: vec![1, 3], as_of };
    let told = engine.backtest(&request, |_, _| std::ops::ControlFlow::Continue(()));
    (told.expect("readable"), as_of)
}

#[test]
fn the_page_needs_no_other_file_and_runs_nothing() {
    let (backtest, as_of) = backtest();
    let page = page(&backtest, as_of);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for outside in ["http", "src=", "<script", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn figures_are_those_of_the_backtest() {
    let (backtest, as_of) = backtest();
    assert_eq!((backtest.all.cases, backtest.all.recurrences), (8, 6));
    let page = page(&backtest, as_of);
    let hits = of(backtest.all.at[0].1, 6);
    assert!(
        page.contains(&format!("... right match among the first 1</th><td>{hits}</td>")),
        "{page}"
    );
    assert!(page.contains("<td>8</td>") && page.contains("too few cases for a probability"));
}

#[test]
fn no_text_of_an_incident_becomes_markup() {
    let (backtest, as_of) = backtest();
    let page = page(&backtest, as_of);
    assert!(!page.contains("<b>") && page.contains("&lt;b&gt;ledger&lt;/b&gt;"), "{page}");
}

#[test]
fn the_curve_says_in_words_what_it_shows() {
    let (backtest, as_of) = backtest();
    let page = page(&backtest, as_of);
    for part in [
        "<title id=\"curve-title\">",
        "<desc id=\"curve-desc\">from 0.00 on precision",
        "role=\"img\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("class=\"precision\"") && page.contains("class=\"coverage\""));
}
