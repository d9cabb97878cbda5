//! Synthetic incidents whose failure classes are known.
//!
//! A class is a topic: a few words of its own, a few services, and a share of the traffic. Its
//! incidents mix those words into a background that follows Zipf's law, together with boilerplate
//! that says nothing about the class. One-off incidents have a topic each, drawn in the same way.

mod prose;

use incident::{Incident, Moment, SECS_PER_DAY, SECS_PER_MINUTE, Severity, Status};
use jiff::Timestamp;

use self::prose::{Prose, topic_words};
use crate::rng::Rng;
use crate::vocabulary::{Frequencies, word};

/// The expected share of incidents that belong to no class.
pub const ONE_OFF_SHARE: f64 = 0.35;
/// The first second an incident may begin, since 1970: 2021-01-01, UTC.
pub const FIRST_SECS: i64 = 1_609_459_200;
/// The days within which incidents begin: five years, up to 2025-12-31.
pub const SPAN_DAYS: i64 = 1_826;

const SERVICES: usize = 60;
/// Services are named after words that are rare in texts.
const FIRST_SERVICE_RANK: usize = 40_000;
const TOPIC_SERVICES: usize = 2;
const SHORTEST_MINUTES: usize = 5;
const LONGEST_MINUTES: usize = 600;

/// An incident and the truth about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// The incident, with title, root cause, summary, services, severity and both times.
    pub incident: Incident,
    /// The number of its failure class, 0 for the most frequent; `None` for a one-off.
    pub class: Option<usize>,
}

/// `n` incidents in a random order of time. Class `c` of `n_classes` comes up in proportion to
/// 1 / sqrt(c + 1); about [`ONE_OFF_SHARE`] of the incidents are one-offs, all of them where there are
/// no classes. A larger `n` appends to the same incidents.
#[must_use]
pub fn generate(seed: u64, n: usize, n_classes: usize) -> Vec<Labelled> {
    let mut rng = Rng::new(seed);
    let world = World::new(&mut rng, n_classes);
    (0..n).map(|at| world.labelled(&mut rng, at)).collect()
}

/// What all incidents of a corpus have in common.
struct World {
    prose: Prose,
    services: Frequencies,
    classes: Frequencies,
    topics: Vec<Topic>,
}

/// What sets a failure apart.
struct Topic {
    words: Vec<usize>,
    services: Vec<usize>,
}

impl World {
    fn new(rng: &mut Rng, n_classes: usize) -> Self {
        let mut world = Self {
            prose: Prose::new(rng),
            services: Frequencies::zipf(SERVICES),
            classes: Frequencies::flat_zipf(n_classes),
            topics: Vec::new(),
        };
        world.topics = (0..n_classes).map(|_| world.topic(rng)).collect();
        world
    }

    fn topic(&self, rng: &mut Rng) -> Topic {
        Topic {
            words: topic_words(rng),
            services: (0..TOPIC_SERVICES).map(|_| self.service(rng)).collect(),
        }
    }

    fn service(&self, rng: &mut Rng) -> usize {
        self.services.draw(rng).expect("there are services")
    }

    fn labelled(&self, rng: &mut Rng, at: usize) -> Labelled {
        let class = if rng.chance(ONE_OFF_SHARE) { None } else { self.classes.draw(rng) };
        let id = format!("INC-{at:07}");
        let incident = match class {
            Some(class) => self.incident(rng, &self.topics[class], id),
            None => {
                let topic = self.topic(rng);
                self.incident(rng, &topic, id)
            }
        };
        Labelled { incident, class }
    }

    fn incident(&self, rng: &mut Rng, topic: &Topic, id: String) -> Incident {
        let title = self.prose.title(rng, &topic.words);
        let started = started_at(rng);
        let minutes = rng.between(SHORTEST_MINUTES..LONGEST_MINUTES);
        let minutes = u32::try_from(minutes).expect("ten hours fit");
        Incident {
            started_at: Some(started),
            resolved_at: started.plus_minutes(minutes),
            severity: Some(severity(rng)),
            status: Some(Status::Resolved),
            services: self.affected(rng, topic),
            root_cause: Some(self.prose.root_cause(rng, &topic.words)),
            summary: Some(self.prose.summary(rng, &topic.words)),
            ..Incident::new("synthetic", id, title)
        }
    }

    /// One service of the topic always, its second and an unrelated one half of the time each.
    fn affected(&self, rng: &mut Rng, topic: &Topic) -> Vec<String> {
        let mut ranks = vec![topic.services[0]];
        for service in [topic.services[1], self.service(rng)] {
            if rng.chance(0.5) && !ranks.contains(&service) {
                ranks.push(service);
            }
        }
        let names = ranks.into_iter().map(|rank| word(FIRST_SERVICE_RANK + rank));
        names.map(|name| format!("svc-{name}")).collect()
    }
}

fn started_at(rng: &mut Rng) -> Moment {
    let minutes = SPAN_DAYS * SECS_PER_DAY / SECS_PER_MINUTE;
    let minutes = usize::try_from(minutes).expect("five years of minutes fit");
    let minute = i64::try_from(rng.below(minutes)).expect("a minute of five years fits");
    let at = Timestamp::from_second(FIRST_SECS + minute * SECS_PER_MINUTE);
    Moment::exact(at.expect("the years 2021 to 2025 are within range"))
}

fn severity(rng: &mut Rng) -> Severity {
    let verbatim = match rng.below(100) {
        0..5 => "SEV-1",
        5..25 => "SEV-2",
        25..70 => "SEV-3",
        _ => "SEV-4",
    };
    Severity::new(verbatim)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn bytes(corpus: &[Labelled]) -> String {
        let incidents: Vec<&Incident> = corpus.iter().map(|it| &it.incident).collect();
        serde_json::to_string(&incidents).expect("incidents serialise")
    }

    fn title_words(it: &Labelled) -> BTreeSet<&str> {
        it.incident.title.split(' ').collect()
    }

    /// The mean number of words shared by the titles of two incidents for which `related` holds.
    fn mean_overlap(corpus: &[Labelled], related: impl Fn(&Labelled, &Labelled) -> bool) -> f64 {
        let (mut shared, mut pairs) = (0, 0);
        for (at, left) in corpus.iter().enumerate() {
            for right in corpus[..at].iter().filter(|right| related(left, right)) {
                shared += title_words(left).intersection(&title_words(right)).count();
                pairs += 1;
            }
        }
        shared as f64 / f64::from(pairs)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(bytes(&generate(7, 300, 20)), bytes(&generate(7, 300, 20)));
    }

    #[test]
    fn other_seeds_give_other_incidents() {
        assert_ne!(bytes(&generate(7, 300, 20)), bytes(&generate(8, 300, 20)));
    }

    #[test]
    fn a_longer_corpus_begins_with_the_shorter_one() {
        assert_eq!(generate(7, 300, 20)[..120], generate(7, 120, 20));
    }

    #[test]
    fn classes_and_one_offs_have_their_shares() {
        let corpus = generate(7, 20_000, 10);
        let mut counts: BTreeMap<Option<usize>, u32> = BTreeMap::new();
        for it in &corpus {
            *counts.entry(it.class).or_default() += 1;
        }
        let one_offs = f64::from(counts[&None]) / 20_000.0;
        assert!((one_offs - ONE_OFF_SHARE).abs() < 0.015, "{one_offs}");
        let ratio = f64::from(counts[&Some(0)]) / f64::from(counts[&Some(8)]);
        assert!((2.7..3.3).contains(&ratio), "class 0 : class 8 = {ratio}");
        assert_eq!(counts.len(), 11);
    }

    #[test]
    fn without_classes_all_are_one_offs() {
        assert!(generate(7, 50, 0).iter().all(|it| it.class.is_none()));
    }

    #[test]
    fn dates_lie_within_five_years_and_reach_both_ends() {
        let corpus = generate(7, 5_000, 20);
        let started = || corpus.iter().filter_map(|it| it.incident.started_at);
        assert_eq!(started().count(), 5_000);
        let days: BTreeSet<String> = started().map(|at| at.date().to_string()).collect();
        let (first, last) = (days.first().expect("days"), days.last().expect("days"));
        assert!(("2021-01-01".."2021-01-10").contains(&first.as_str()), "{first}");
        assert!(("2025-12-22".."2026-01-01").contains(&last.as_str()), "{last}");
    }

    #[test]
    fn every_incident_is_resolved_within_hours() {
        for it in generate(7, 500, 20) {
            let minutes = it.incident.time_to_resolve_minutes().expect("both times");
            assert!((5..600).contains(&minutes), "{minutes}");
        }
    }

    #[test]
    fn recurrences_resemble_each_other_and_strangers_do_not() {
        let corpus = generate(7, 400, 10);
        let same = |l: &Labelled, r: &Labelled| l.class.is_some() && l.class == r.class;
        let recurring = mean_overlap(&corpus, same);
        let strangers = mean_overlap(&corpus, |l, r| !same(l, r));
        assert!(recurring > 3.0 * strangers, "{recurring} against {strangers}");
    }

    #[test]
    fn texts_and_services_are_well_formed() {
        for it in generate(7, 500, 20) {
            let incident = it.incident;
            assert!((5..9).contains(&incident.title.split(' ').count()));
            assert!((1..=3).contains(&incident.services.len()));
            let services: BTreeSet<_> = incident.services.iter().collect();
            assert_eq!(services.len(), incident.services.len());
            assert!(incident.root_cause.is_some_and(|text| text.ends_with('.')));
            assert!(incident.summary.is_some_and(|text| text.ends_with('.')));
            assert!(incident.severity.is_some_and(|it| it.level.is_some()));
        }
    }
}
