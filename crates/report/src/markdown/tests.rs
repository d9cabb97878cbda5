//! What a report looks like.

use super::*;
use crate::fixtures::{hostile, incident, reported, sample};
use crate::outline::ROWS_MAX;

#[test]
fn a_report_reads_like_this() {
    let scope = Scope { services: vec!["edge".into(), "a_b".into()], ..Scope::default() };
    let expected = "\
# What keeps coming back

From 2026-01-01 to 2026-02-26, as known on 2026-02-26.
Services: edge, a\\_b.

## In short

- 3 incidents, 2 of them of 1 failure that keeps coming back; 2 more than in the 57 days before.
- What came back cost 4 h 45 min, 76 % of all the time lost.
- 1 follow-up is overdue; the costliest is “stagger the \\`expiry\\` \\| all of it” (platform): 42 d late, and it \
came back 2 times since, for 4 h 45 min.

## Failures of this period

Usual gap: the median between two occurrences, with the middle half of the gaps behind it.

| failure | times | before | in all | last seen | usual gap | did the fix hold? | time lost | users | revenue |
| --- | ---: | ---: | ---: | --- | ---: | --- | ---: | ---: | ---: |
| **Cache \\| stampede (FC-3)** | 2 | 1 | 3 | 2026-02-10 | 34.5 d (34 to 35) | overdue: a follow-up due on \
2026-01-15 is 42 d overdue; came back 2 times since | 4 h 45 min | - | - |

## Overdue follow-ups

Ranked by what came back since they were promised, and what that cost.

| follow-up | owner | priority | due | days overdue | came back since | time lost since | failure | promised after | state |
| --- | --- | --- | --- | ---: | ---: | ---: | --- | --- | --- |
| **stagger the \\`expiry\\` \\| all of it** | platform | - | 2026-01-15 | 42 | 2 | 4 h 45 min | Cache \\| stampede | \
2025-12-03 | no record that it was done |

## Repeat offenders by owner

What came back after the incident of a follow-up that was not done, or after one that was.

| owner | follow-ups | overdue | done in vain | came back | time lost |
| --- | ---: | ---: | ---: | ---: | ---: |
| **platform** | 1 | 1 | 0 | 2 | 4 h 45 min |

## Repeat offenders by service

Services on which failures of this period keep coming back.

| service | incidents | failures | of these fixed in vain | time lost |
| --- | ---: | ---: | ---: | ---: |
| **edge** | 2 | 1 | 0 | 4 h 45 min |

## One-offs

| date | incident | title | time lost |
| --- | --- | --- | ---: |
| 2026-02-01 | 2026-02-01 | **\\<script\\>alert(1)\\</script\\> \\# Fibre cut** | 1 h 30 min |
";
    assert_eq!(page(&sample(), &scope), expected);
}

#[test]
fn no_text_becomes_markup_or_breaks_a_row() {
    let payloads = [
        "a | b | c",
        "x\n\n# heading\n| a |",
        "![x](http://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "`code` **bold** <!-- ",
        "http://evil.example/",
        "a \\| b \\",
    ];
    let shape = |text: &str| -> Vec<(char, usize)> {
        let cells = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        text.lines().map(|line| (line.chars().next().unwrap_or(' '), cells(line))).collect()
    };
    let plain = shape(&page(&hostile("plain"), &Scope::default()));
    for payload in payloads {
        let text = page(&hostile(payload), &Scope::default());
        assert_eq!(shape(&text), plain, "{payload}: {text}");
        let bare = without_escaped(&text);
        for raw in ["<", "[", "`", "http://"] {
            assert!(!bare.contains(raw), "{payload}: {bare}");
        }
    }
}

/// The text less every backslash and the character it makes harmless.
fn without_escaped(text: &str) -> String {
    let mut bare = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else {
            bare.push(c);
        }
    }
    bare
}

#[test]
fn an_empty_period_says_so() {
    let nothing = reported(vec![incident("2025-12-03", 35)], vec![], Some("2026-02-01T00:00:00Z"));
    let text = page(&nothing, &Scope::default());
    assert!(text.contains("\n- No incident in this period; as many as"), "{text}");
    assert_eq!(text.matches("## ").count(), 1, "{text}");
}

#[test]
fn the_whole_history_has_no_period_before() {
    let whole =
        reported(vec![incident("2025-12-03", 35), incident("2026-01-07", 20)], vec![], None);
    let text = page(&whole, &Scope::default());
    assert!(text.contains("The whole history up to 2026-02-26"), "{text}");
    assert!(text.contains("| 2 | - | 2 | 2026-01-07 | 35 d | no follow-up: "), "{text}");
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let one_offs = (0..ROWS_MAX + 7).map(|number| incident::Incident {
        id: incident::IncidentId::new(format!("n{number}")),
        ..incident("2026-02-01", 5)
    });
    let long = reported(vec![], one_offs.collect(), None);
    let text = page(&long, &Scope::default());
    assert_eq!(text.matches("\n| 2026-02-01").count(), ROWS_MAX);
    assert!(text.ends_with("\nAnd 7 more.\n"), "{text}");
}
