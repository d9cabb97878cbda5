//! The moments of events that state hardly more than an hour.

use incident::{Moment, TimelineEvent};
use jiff::ToSpan;
use jiff::civil::Time;

use super::{EVENT_CHARS_MAX, Entry};
use crate::calendar::Calendar;
use crate::inline::cut_at_word;
use crate::when::Zone;

/// How far a time may lie before the one above it and still belong to the same day, in minutes: notes
/// are not always in order.
const DISORDER_MINUTES_MAX: i32 = 60;

/// The events with their moments. Where times of day fall back, midnight has passed, unless the whole
/// timeline runs from the newest event to the oldest.
pub(super) fn dated(entries: Vec<Entry>, calendar: &Calendar) -> Vec<TimelineEvent> {
    let newest_first = runs_backwards(&entries);
    let mut zone = calendar.zone.or(&first_zone(&entries)).clone();
    let mut day = calendar.day;
    let mut stated = None;
    let mut last: Option<Time> = None;
    let mut events = Vec::with_capacity(entries.len());
    for entry in entries {
        if entry.day.is_some() && entry.day != stated {
            (day, stated, last) = (entry.day, entry.day, None);
        }
        let time = entry.clock.as_ref().map(|clock| clock.time);
        if !newest_first && falls_back(last, time) {
            day = day.and_then(|day| day.checked_add(1.day()).ok());
        }
        last = time.or(last);
        if let (Zone::Unstated, Some(clock)) = (&calendar.zone, &entry.clock) {
            zone = clock.zone.or(&zone).clone();
        }
        let at = day.map(|day| match &entry.clock {
            Some(clock) => clock.on(day, &zone),
            None => Moment::day(day),
        });
        events.push(TimelineEvent {
            at,
            time: entry.time,
            event: cut_at_word(&entry.text, EVENT_CHARS_MAX),
        });
    }
    events
}

/// The first zone that an event states: it holds for those above it too.
fn first_zone(entries: &[Entry]) -> Zone {
    let mut zones = entries.iter().filter_map(|entry| Some(&entry.clock.as_ref()?.zone));
    zones.find(|zone| **zone != Zone::Unstated).cloned().unwrap_or_default()
}

fn falls_back(last: Option<Time>, time: Option<Time>) -> bool {
    match (last, time) {
        (Some(last), Some(time)) => minutes(last) - minutes(time) > DISORDER_MINUTES_MAX,
        _ => false,
    }
}

fn runs_backwards(entries: &[Entry]) -> bool {
    let times: Vec<i32> = entries
        .iter()
        .filter_map(|entry| entry.clock.as_ref())
        .map(|clock| minutes(clock.time))
        .collect();
    times.len() > 2 && times.windows(2).all(|pair| pair[0] > pair[1])
}

fn minutes(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}
