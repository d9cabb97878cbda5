//! A report as one HTML page that asks no other place for anything.

mod axis;
mod charted;
mod gaps;
mod matrix;
mod timeline;
mod traffic;

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::{Reported, Scope};
use recurrence::{Report, Totals};
use sha2::{Digest, Sha256};

use crate::outline::{Body, Outline, TITLE};
use crate::words::{minutes, number};
use charted::charted;
use gaps::Gaps;
use matrix::Matrix;
use timeline::Timeline;
use traffic::Traffic;

const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

/// The whole page.
pub(crate) fn page(reported: &Reported, scope: &Scope) -> String {
    let outline = Outline::of(reported, scope);
    let classes = charted(reported);
    let page = Page {
        title: TITLE,
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        tiles: tiles(&reported.report),
        traffic: Traffic::of(reported),
        timeline: Timeline::of(&classes, &reported.report),
        gaps: Gaps::of(&classes),
        matrix: Matrix::of(&classes),
        outline: &outline,
    };
    page.render().expect("a string takes all that is written to it")
}

/// The page; every text in it is escaped by the template, but for style and script, which are ours.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    title: &'static str,
    policy: String,
    style: &'static str,
    script: &'static str,
    outline: &'a Outline,
    tiles: Vec<Tile>,
    traffic: Option<Traffic>,
    timeline: Option<Timeline>,
    gaps: Option<Gaps>,
    matrix: Option<Matrix>,
}

/// One figure of the period.
struct Tile {
    what: &'static str,
    figure: String,
    /// What it was in the period before; empty where there is none.
    before: String,
}

/// Nothing is fetched, and only the style and the script of this page apply: W3C, "Content Security Policy
/// Level 3", section 2.3.1, sources by hash.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(|text| BASE64_STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:; \
         base-uri 'none'; form-action 'none'"
    )
}

fn tiles(report: &Report) -> Vec<Tile> {
    let before = report.previous_totals;
    let tile = |what, figure: fn(&Totals) -> String| Tile {
        what,
        figure: figure(&report.totals),
        before: before.map(|totals| format!("{} before", figure(&totals))).unwrap_or_default(),
    };
    vec![
        tile("incidents", |totals| number(totals.incidents.into())),
        tile("of failures that keep coming back", |totals| {
            number(totals.recurring_incidents.into())
        }),
        tile("such failures", |totals| number(totals.classes.into())),
        tile("time lost to them", |totals| minutes(totals.recurring_cost.minutes.sum)),
        Tile {
            what: "follow-ups overdue",
            figure: number(report.overdue.len() as f64),
            before: String::new(),
        },
    ]
}

#[cfg(test)]
mod tests;
