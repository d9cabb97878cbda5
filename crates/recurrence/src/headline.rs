//! The answer in one line, as it is read on a phone.

mod event_line;
mod wording;

use incident::{AsOf, Incident};

use crate::class::{FailureClass, QUARTER_DAYS};
use crate::fix_status::{FixStatus, aftermath_of};
use crate::occurrences::Occurrences;
use crate::title::bare_title;
use crate::verdict::Verdict;
pub use event_line::event_headline;
use wording::{in_sentence, ordinal, shortened, singular};

/// The longest headline, in characters.
pub const HEADLINE_CHARS_MAX: usize = 140;
/// The longest service name a headline holds; leaves room for all else.
const SERVICE_CHARS_MAX: usize = 40;

/// What a headline tells. The incident asked about is neither in `class` nor `nearest`: it is the one more.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// The class of the best match; `None` for a one-off.
    pub class: Option<&'a FailureClass>,
    /// The best match, or for [`Verdict::New`] the nearest miss; `None` where nothing matched.
    pub nearest: Option<&'a Incident>,
    /// The services of the incident asked about; empty where none is known.
    pub services: &'a [String],
    /// How many incidents were searched.
    pub searched: u32,
    /// The moment the answer looks from.
    pub as_of: AsOf,
}

/// The headline: at most [`HEADLINE_CHARS_MAX`] characters, a long name cut at a word so that whether the fix
/// held always stays. A service is named only where every earlier occurrence was on it.
///
/// `5th TLS handshake failure on auth-service in 90 d; last 12 d ago; last fix did not hold`
#[must_use]
pub fn headline(finding: &Finding) -> String {
    match (finding.verdict, Past::of(finding)) {
        (Verdict::Recurrence, Some(past)) => past.recurrence(),
        (Verdict::Similar, Some(past)) => past.similar(),
        (Verdict::InsufficientText, _) => too_little(finding.searched),
        (Verdict::Recurrence | Verdict::Similar | Verdict::New, _) => nothing_like_it(finding),
    }
}

/// What came before, a class or a single incident.
struct Past<'a> {
    name: String,
    total: u32,
    in_window: u32,
    service: Option<&'a str>,
    quiet_days: Option<f64>,
    fix_status: FixStatus,
}

impl<'a> Past<'a> {
    fn of(finding: &Finding<'a>) -> Option<Self> {
        match (finding.class, finding.nearest) {
            (Some(class), _) => Some(Self::of_class(class, finding.services)),
            (None, Some(incident)) => Some(Self::of_one(incident, finding)),
            (None, None) => None,
        }
    }

    fn of_class(class: &'a FailureClass, asked: &[String]) -> Self {
        let total = class.occurrences.total;
        let mut everywhere = class
            .services
            .iter()
            .filter(|service| service.count == total)
            .map(|service| service.name.as_str());
        Self {
            name: class.name.clone(),
            total,
            in_window: class.occurrences.in_90d,
            service: everywhere.find(|service| is_asked(service, asked)),
            quiet_days: class.quiet_days,
            fix_status: class.fix_status,
        }
    }

    fn of_one(incident: &'a Incident, finding: &Finding<'a>) -> Self {
        let alone = [incident];
        let occurrences = Occurrences::of(&alone);
        let mut services = incident.services.iter().map(String::as_str);
        Self {
            name: bare_title(&incident.title, &incident.services),
            total: 1,
            in_window: occurrences.count_within(QUARTER_DAYS, 0, finding.as_of),
            service: services.find(|service| is_asked(service, finding.services)),
            quiet_days: occurrences.quiet_days(finding.as_of),
            fix_status: aftermath_of(&occurrences, finding.as_of).fix_status,
        }
    }

    fn recurrence(&self) -> String {
        let (count, window) =
            if self.in_window > 0 { (self.in_window, " in 90 d") } else { (self.total, "") };
        let before = format!("{} ", ordinal(count.saturating_add(1)));
        let after = format!("{}{window}{}", self.place(), self.history());
        fitted(&before, &singular(&in_sentence(&self.name)), &after)
    }

    fn similar(&self) -> String {
        let times =
            if self.total > 1 { format!(" (seen {} times)", self.total) } else { String::new() };
        let after = format!("{}{times}{}", self.place(), self.history());
        fitted("Similar to ", &in_sentence(&self.name), &after)
    }

    fn place(&self) -> String {
        self.service.map_or_else(String::new, |service| {
            format!(" on {}", shortened(service, SERVICE_CHARS_MAX))
        })
    }

    fn history(&self) -> String {
        let last = match self.quiet_days {
            None => String::new(),
            Some(days) if days < 1.0 => "; last today".into(),
            Some(days) => format!("; last {days} d ago"),
        };
        format!("{last}; {}", self.fix_status.words())
    }
}

fn is_asked(service: &str, asked: &[String]) -> bool {
    asked.is_empty() || asked.iter().any(|one| one.eq_ignore_ascii_case(service))
}

fn too_little(searched: u32) -> String {
    match searched {
        0 => NOTHING_SEARCHED.to_owned(),
        _ => format!(
            "Too little to go by: {} know one word of it at most; add a symptom, an error message or a service",
            incidents(searched)
        ),
    }
}

/// What is said where nothing could answer.
const NOTHING_SEARCHED: &str = "Nothing to compare with: no incident was searched";

fn incidents(count: u32) -> String {
    match count {
        1 => "1 incident".into(),
        several => format!("{several} incidents"),
    }
}

fn nothing_like_it(finding: &Finding) -> String {
    if finding.searched == 0 {
        return NOTHING_SEARCHED.to_owned();
    }
    let searched = incidents(finding.searched);
    let nothing = format!("Nothing like this in {searched}");
    finding.nearest.map_or_else(
        || nothing.clone(),
        |nearest| fitted(&format!("{nothing}; nearest: "), &nearest.title, ""),
    )
}

/// The parts in one line of at most [`HEADLINE_CHARS_MAX`] characters; only `name` is shortened.
fn fitted(before: &str, name: &str, after: &str) -> String {
    let rest = before.chars().count() + after.chars().count();
    let name = shortened(name, HEADLINE_CHARS_MAX.saturating_sub(rest));
    format!("{before}{name}{after}")
}

#[cfg(test)]
mod tests {
    use incident::{ActionItem, Moment, Status};
    use proptest::prelude::*;

    use super::*;
    use crate::{ClassId, ClassLabel, describe};

    fn as_of(text: &str) -> AsOf {
        AsOf::parse(text).expect("a time")
    }

    fn incident(day: &str, title: &str, service: &str) -> Incident {
        let mut incident = Incident::new("jsonl", day, title);
        incident.started_at = Moment::parse(day).ok();
        incident.services = vec![service.into()];
        incident.status = Some(Status::Resolved);
        incident
    }

    fn class(members: &[Incident], at: &str) -> FailureClass {
        let label = ClassLabel {
            id: ClassId::new(3),
            name: crate::name(members).expect("the titles agree"),
            terms: Vec::new(),
            pinned: false,
        };
        describe(label, members, as_of(at))
    }

    fn finding(verdict: Verdict, at: &str) -> Finding<'static> {
        Finding {
            verdict,
            class: None,
            nearest: None,
            services: &[],
            searched: 113,
            as_of: as_of(at),
        }
    }

    fn four(service_of_the_last: &str) -> Vec<Incident> {
        let title = "TLS Handshake Failure";
        let mut members = vec![
            incident("2025-10-03", title, "auth-service"),
            incident("2025-10-20", title, "auth-service"),
            incident("2025-11-07", title, "auth-service"),
            incident("2025-12-01", title, service_of_the_last),
        ];
        members[0].action_items = vec![ActionItem {
            action: "pin the chain".into(),
            closed_at: Moment::parse("2025-10-10").ok(),
            ..ActionItem::default()
        }];
        members
    }

    fn of_class(verdict: Verdict, members: &[Incident], at: &str) -> String {
        headline(&Finding { class: Some(&class(members, at)), ..finding(verdict, at) })
    }

    #[test]
    fn a_recurrence_is_counted_placed_and_judged() {
        assert_eq!(
            of_class(Verdict::Recurrence, &four("auth-service"), "2025-12-13"),
            "5th TLS handshake failure on auth-service in 90 d; last 12 d ago; last fix did not hold"
        );
    }

    #[test]
    fn a_service_is_named_only_where_all_were_on_it() {
        assert_eq!(
            of_class(Verdict::Recurrence, &four("web"), "2025-12-13"),
            "5th TLS handshake failure in 90 d; last 12 d ago; last fix did not hold"
        );
        let members = four("auth-service");
        let elsewhere = headline(&Finding {
            class: Some(&class(&members, "2025-12-13")),
            services: &["web".to_owned()],
            ..finding(Verdict::Recurrence, "2025-12-13")
        });
        assert!(!elsewhere.contains("auth-service"), "{elsewhere}");
    }

    #[test]
    fn out_of_the_window_all_occurrences_are_counted() {
        assert_eq!(
            of_class(Verdict::Recurrence, &four("web"), "2026-12-01"),
            "5th TLS handshake failure; last 365 d ago; last fix did not hold"
        );
    }

    #[test]
    fn a_single_earlier_incident_is_told_alike() {
        let earlier = incident("2025-12-13", "2025-12-13 - Cache Stampede in web", "web");
        let one = |verdict| {
            headline(&Finding { nearest: Some(&earlier), ..finding(verdict, "2025-12-13") })
        };
        assert_eq!(
            one(Verdict::Recurrence),
            "2nd cache stampede on web in 90 d; last today; no follow-up filed"
        );
        assert_eq!(
            one(Verdict::Similar),
            "Similar to cache stampede on web; last today; no follow-up filed"
        );
    }

    #[test]
    fn a_single_undated_incident_has_no_last_day() {
        let undated = Incident::new("jsonl", "u", "Cache stampede");
        let shown = headline(&Finding {
            nearest: Some(&undated),
            ..finding(Verdict::Recurrence, "2025-12-13")
        });
        assert_eq!(shown, "2nd cache stampede; not known whether a fix held");
    }

    #[test]
    fn a_similar_class_tells_how_often_it_was_seen() {
        assert_eq!(
            of_class(Verdict::Similar, &four("web"), "2025-12-13"),
            "Similar to TLS handshake failure (seen 4 times); last 12 d ago; last fix did not hold"
        );
    }

    #[test]
    fn something_new_names_its_nearest_miss() {
        let miss = incident("2025-12-01", "Disk full on order-db", "order-db");
        let nearest = Finding { nearest: Some(&miss), ..finding(Verdict::New, "2025-12-13") };
        assert_eq!(
            headline(&nearest),
            "Nothing like this in 113 incidents; nearest: Disk full on order-db"
        );
        let none =
            |searched| headline(&Finding { searched, ..finding(Verdict::New, "2025-12-13") });
        assert_eq!(none(1), "Nothing like this in 1 incident");
        assert!(none(0).starts_with("Nothing to compare with"));
    }

    #[test]
    fn too_little_text_asks_for_more() {
        let asked = finding(Verdict::InsufficientText, "2025-12-13");
        let shown = headline(&Finding { searched: 60, ..asked });
        assert!(shown.starts_with("Too little to go by: 60 incidents know one word"), "{shown}");
        let shown = headline(&Finding { searched: 0, ..asked });
        assert_eq!(shown, NOTHING_SEARCHED);
    }

    #[test]
    fn a_long_name_does_not_hide_whether_the_fix_held() {
        let mut members = four("auth-service");
        for member in &mut members {
            member.title = "connection pool runs dry ".repeat(20);
        }
        let shown = of_class(Verdict::Recurrence, &members, "2025-12-13");
        assert!(
            shown.ends_with(
                "\u{2026} on auth-service in 90 d; last 12 d ago; last fix did not hold"
            )
        );
        assert!(shown.chars().count() <= HEADLINE_CHARS_MAX);
    }

    proptest! {
        #[test]
        fn no_headline_is_too_long(
            title in "\\PC{0,300}",
            service in "\\PC{1,200}",
            days in 0..400_000_u32,
            searched in any::<u32>(),
        ) {
            let mut earlier = incident("1000-01-01", &title, &service);
            earlier.started_at = as_of("3000-01-01").at
                .checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days)))
                .ok()
                .map(Moment::exact);
            for verdict in [Verdict::Recurrence, Verdict::Similar, Verdict::New, Verdict::InsufficientText] {
                let shown = headline(&Finding {
                    nearest: Some(&earlier),
                    searched,
                    ..finding(verdict, "3000-01-01")
                });
                prop_assert!(shown.chars().count() <= HEADLINE_CHARS_MAX, "{}", shown);
            }
        }
    }
}
