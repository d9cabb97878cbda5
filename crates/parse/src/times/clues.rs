//! What a document says about its times, and where.

use incident::{Moment, TimelineEvent};
use jiff::civil::Date;

use crate::block::Line;
use crate::calendar::{Calendar, Period, zone_note};
use crate::meaning::Meaning;
use crate::outline::Outline;
use crate::problem::Warning;
use crate::timeline::timeline;
use crate::when::{Zone, clocks, days, duration_minutes};

/// A page whose times are to be settled.
pub(crate) struct Clues<'p, 'a> {
    pub(crate) outline: &'p Outline<'a>,
    /// The texts that tell what happened, in short: where prose states the times.
    pub(crate) summary: &'p str,
    /// The title, and the id the path gives: both often begin with a date.
    pub(crate) title: &'p str,
    pub(crate) path_id: &'p str,
}

impl Clues<'_, '_> {
    /// The day, year and zone that times without them belong to.
    pub(super) fn calendar(
        &self,
        explicit: Option<Moment>,
        warnings: &mut Vec<Warning>,
    ) -> Calendar {
        let date_in = |text: &str| days(text).iter().find_map(|day| day.value.date(None));
        let file = self.path_id.rsplit('/').next().unwrap_or_default();
        let (title_day, file_day) = (date_in(self.title), date_in(file));
        if let (None, Some(title), Some(file)) = (explicit, title_day, file_day)
            && title != file
        {
            let message = format!("the title says {title}, the file name {file}; the title counts");
            warnings.push(Warning::new(self.first_line(), "started_at", message));
        }
        let hinted = explicit.map(Moment::date).or(title_day).or(file_day);
        let body = || self.outline.lines.iter().find_map(|line| date_in(line.text()));
        let zone = self.zone(warnings);
        Calendar {
            day: hinted.or_else(|| self.day_of_title(body().map(Date::year))),
            year: hinted.or_else(body).map(Date::year),
            zone,
        }
    }

    fn day_of_title(&self, year: Option<i16>) -> Option<Date> {
        days(self.title).first()?.value.date(year)
    }

    /// The zone that a note or the heading of the timeline states for all times.
    fn zone(&self, warnings: &mut Vec<Warning>) -> Zone {
        let headings = self.outline.of(Meaning::Timeline);
        let headings = headings.map(|(_, section)| (section.opening, section.heading.to_owned()));
        for (at, text) in self.note_on_times().into_iter().chain(headings) {
            let zone = zone_note(&text);
            warnings.extend(unknown_zone(&zone, self.outline.lines[at].number));
            if zone != Zone::Unstated {
                return zone;
            }
        }
        Zone::Unstated
    }

    /// The note `All times in ...` and the index of its line. It may break over two lines.
    fn note_on_times(&self) -> Option<(usize, String)> {
        let lines = self.outline.lines;
        let is_note = |line: &Line<'_>| line.text().to_lowercase().contains("all times");
        let at = lines.iter().position(is_note)?;
        let next = lines.get(at + 1).map_or("", Line::text);
        Some((at, format!("{} {next}", lines[at].text())))
    }

    /// The moment a label states.
    pub(super) fn stated(&self, meaning: Meaning, calendar: &Calendar) -> Option<Moment> {
        self.values(meaning).find_map(|value| calendar.moment(&value))
    }

    /// A stretch that a label states: `Duration: March 15, 2023, from 14:32 to 17:45 UTC`.
    pub(super) fn labelled_period(&self, calendar: &Calendar) -> Option<Period> {
        [Meaning::Period, Meaning::Duration, Meaning::Date]
            .into_iter()
            .find_map(|meaning| self.values(meaning).find_map(|value| calendar.period(&value)))
    }

    /// The duration that a label states in words.
    pub(super) fn duration(&self) -> Option<u32> {
        self.values(Meaning::Duration).find_map(|value| duration_minutes(&value))
    }

    fn values(&self, meaning: Meaning) -> impl Iterator<Item = String> {
        self.outline.of(meaning).filter_map(|(_, section)| self.outline.value(section))
    }

    /// The events of the first timeline that has any.
    pub(super) fn timeline(
        &self,
        calendar: &Calendar,
        warnings: &mut Vec<Warning>,
    ) -> Vec<TimelineEvent> {
        let sections = self.outline.of(Meaning::Timeline);
        let mut timelines = sections
            .map(|(_, section)| timeline(section.heading, self.outline.body(section), calendar));
        let events = timelines.find(|events| !events.is_empty()).unwrap_or_default();
        let mut times = events.iter().flat_map(|event| clocks(&event.time));
        let unknown = times.find_map(|clock| unknown_zone(&clock.value.zone, self.time_line()));
        warnings.extend(unknown);
        events
    }

    /// The day of the incident where no time of day is known: from title or file name, else the first
    /// that the summary states.
    pub(super) fn inferred_day(&self, calendar: &Calendar) -> Option<Moment> {
        let told = || days(self.summary).iter().find_map(|day| calendar.date(day.value));
        calendar.day.or_else(told).map(Moment::day)
    }

    fn first_line(&self) -> u32 {
        self.outline.lines.first().map_or(1, |line| line.number)
    }

    /// The line to point at where times contradict each other: of the first time in the document.
    pub(super) fn time_line(&self) -> u32 {
        let lines = self.outline.lines;
        let timed = |line: &&Line<'_>| !clocks(line.text()).is_empty();
        lines.iter().find(timed).map_or_else(|| self.first_line(), |line| line.number)
    }
}

/// The warning that a zone without a known offset deserves.
fn unknown_zone(zone: &Zone, line: u32) -> Option<Warning> {
    let Zone::Unknown(name) = zone else {
        return None;
    };
    let message = format!("the offset of `{name}` is not known; times are taken as UTC");
    Some(Warning::new(line, "timeline", message))
}
