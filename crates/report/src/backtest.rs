//! A backtest as one HTML page that needs no other file and prints well in black and white.

use std::fmt::Write as _;

use engine::{Backtest, Curve, HeldOut, Hits, PRECISION_MIN};
use incident::AsOf;

mod plot;

const STYLE: &str = include_str!("backtest/style.css");
/// The rows of a table; what is beyond is counted.
const ROWS_MAX: usize = 50;

/// The page of `backtest`, whose classes are as of `as_of`.
#[must_use]
pub fn page(backtest: &Backtest, as_of: AsOf) -> String {
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Relapse: backtest as of {date}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>What would have been shown?</h1>\n<p class=\"lead\">{lead}</p>\n",
        date = as_of.date(),
        lead = lead(backtest, as_of),
    );
    page.push_str(&figures(backtest));
    page.push_str(&cuts(&backtest.curve, backtest.all.recurrences, backtest.held_out.as_ref()));
    let classes = backtest.by_class.iter();
    let classes =
        classes.map(|(id, name, hits)| (format!("{id} {name}"), hits)).collect::<Vec<_>>();
    let services = backtest.by_service.iter();
    let services = services.map(|(name, hits)| (name.clone(), hits)).collect::<Vec<_>>();
    page.push_str(&groups("By failure class", "Class", &classes));
    page.push_str(&groups("By service", "Service", &services));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn lead(backtest: &Backtest, as_of: AsOf) -> String {
    let cuts = if backtest.is_calibrated { "a calibration" } else { "fixed cuts" };
    let mut lead = format!(
        "{} incidents up to {} replayed, each asked by its title, summary, symptoms and services against what was \
         known before it; {cuts} decided the answers.",
        backtest.all.cases,
        as_of.date()
    );
    for (number, what) in [
        (backtest.older, "older incidents were left out"),
        (backtest.undated, "have no date and could not be replayed"),
    ] {
        if number > 0 {
            let _ = write!(lead, " {number} {what}.");
        }
    }
    lead
}

fn figures(backtest: &Backtest) -> String {
    let all = &backtest.all;
    let new = all.cases - all.recurrences;
    let mut rows = vec![
        ("Incidents replayed".to_owned(), all.cases.to_string()),
        ("Their failure was seen before".to_owned(), all.recurrences.to_string()),
    ];
    for (depth, hits) in &all.at {
        rows.push((format!("... right match among the first {depth}"), of(*hits, all.recurrences)));
    }
    rows.extend([
        (
            "Mean reciprocal rank".to_owned(),
            all.mrr().map_or("-".to_owned(), |mrr| format!("{mrr:.3}")),
        ),
        ("Answered RECURRENCE".to_owned(), backtest.shown.to_string()),
        ("... and the first match was right".to_owned(), of(backtest.shown_right, backtest.shown)),
        (
            "Recurrences answered so, with the right match first".to_owned(),
            of(backtest.shown_right, all.recurrences),
        ),
        ("New failures not answered RECURRENCE".to_owned(), of(backtest.new_not_shown, new)),
        (
            "Ratings: of use, not of use".to_owned(),
            format!("{}, {}", backtest.ratings.0, backtest.ratings.1),
        ),
    ]);
    let mut table = String::from("<table class=\"figures\">\n<tbody>\n");
    for (name, value) in rows {
        let _ = writeln!(table, "<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>");
    }
    table.push_str("</tbody>\n</table>\n");
    table
}

/// The curve with what it suggests.
fn cuts(curve: &Curve, recurrences: usize, held_out: Option<&HeldOut>) -> String {
    let of_what = if curve.calibration_cases > 0 {
        format!(
            "The probability that the first match is right, learnt from {} cases",
            curve.calibration_cases
        )
    } else {
        "How alike the first match is; too few cases for a probability".to_owned()
    };
    let told = match curve.suggested {
        Some(point) => format!(
            "Suggested: {:.2}. From there on {} of {} shown were right.",
            point.threshold, point.right, point.shown
        ),
        None => format!("No cut keeps a precision of {PRECISION_MIN} with some certainty."),
    };
    let carried = held_out.map_or(String::new(), |held_out| {
        format!(
            " Learnt on the older {} and applied to the newer {}: {} shown, {} right.",
            held_out.learnt_from,
            held_out.pages,
            held_out.shown,
            of(held_out.right as usize, held_out.shown as usize)
        )
    });
    let plot = plot::svg(curve, recurrences);
    format!(
        "<h2>What another cut would have shown</h2>\n<p>{of_what}. {told}{carried}</p>\n<figure>\n{plot}</figure>\n"
    )
}

fn groups(title: &str, key: &str, rows: &[(String, &Hits)]) -> String {
    let Some((_, first)) = rows.first() else {
        return String::new();
    };
    let mut table = format!("<h2>{title}</h2>\n<table>\n<thead><tr><th scope=\"col\">{key}</th>");
    table.push_str("<th scope=\"col\">Incidents</th><th scope=\"col\">Seen before</th>");
    for (depth, _) in &first.at {
        let _ = write!(table, "<th scope=\"col\">Hit at {depth}</th>");
    }
    table.push_str("<th scope=\"col\">MRR</th></tr></thead>\n<tbody>\n");
    for (name, hits) in rows.iter().take(ROWS_MAX) {
        let _ = write!(
            table,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
            escaped(name.trim()),
            hits.cases,
            hits.recurrences
        );
        for (_, hit) in &hits.at {
            let _ = write!(table, "<td>{hit}</td>");
        }
        let mrr = hits.mrr().map_or("-".to_owned(), |mrr| format!("{mrr:.2}"));
        let _ = writeln!(table, "<td>{mrr}</td></tr>");
    }
    table.push_str("</tbody>\n</table>\n");
    if rows.len() > ROWS_MAX {
        let _ = writeln!(table, "<p>... and {} more.</p>", rows.len() - ROWS_MAX);
    }
    table
}

/// `12 of 40 (30 %)`.
fn of(part: usize, all: usize) -> String {
    match all {
        0 => "-".to_owned(),
        _ => format!("{part} of {all} ({:.0} %)", part as f64 / all as f64 * 100.0),
    }
}

/// A text of an incident, which so can become no markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
