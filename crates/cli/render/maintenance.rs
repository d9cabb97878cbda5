//! The store as a whole: what went out or came in, what is damaged.

use relapse::proto::{Damage, TransferSummary, VerifySummary};

use super::page::{Look, Page};
use super::paint::Tone;
use super::words::count;

/// One line: `exported 60 incidents up to position 61`.
pub fn transferred(done: &str, summary: &TransferSummary) -> String {
    let incidents = count(summary.incidents as usize, "incident", "incidents");
    format!("{done} {incidents} up to position {}\n", summary.cursor)
}

/// What was read, then what is damaged and what to do about it.
pub fn verified(summary: &VerifySummary, look: Look) -> String {
    let mut page = Page::new(look);
    if summary.sound {
        page.tell(Tone::Good, "sound: every row is as it was written");
    } else {
        let total = count(summary.damages_total as usize, "damage", "damages");
        page.tell(Tone::Bad, &format!("damaged: {total} found"));
    }
    let rows = summary.tables.iter().map(|table| format!("{} {}", table.table, table.rows));
    page.say(&format!(
        "format {}, position {}; sound rows: {}",
        summary.format,
        summary.cursor,
        rows.collect::<Vec<_>>().join(", ")
    ));
    for Damage { place, what } in &summary.damages {
        page.say(&format!("- {place}: {what}"));
    }
    for Damage { place, what } in &summary.derived {
        page.tell(Tone::Warning, &format!("{place} is damaged: {what}"));
        page.say(
            "It follows from the store: it is made anew when it is needed, and no answer changes.",
        );
    }
    if !summary.sound {
        let more = (summary.damages_total as usize).saturating_sub(summary.damages.len());
        if more > 0 {
            page.say(&format!("and {more} more"));
        }
        page.say(
            "What to do: stop what uses the folder, keep a copy of it, and bring the last backup back with \
             `relapse restore FILE --data NEW_FOLDER`; then ingest again what came after it.",
        );
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use relapse::proto::TableRows;

    use super::*;

    fn found(damages: Vec<Damage>, total: u32) -> VerifySummary {
        VerifySummary {
            sound: total == 0,
            format: 1,
            cursor: "60".into(),
            tables: vec![TableRows { table: "log".into(), rows: 60 }],
            damages,
            damages_total: total,
            derived: Vec::new(),
        }
    }

    #[test]
    fn a_sound_store_takes_two_lines() {
        let text = verified(&found(Vec::new(), 0), Look::plain(80));
        assert_eq!(
            text,
            "sound: every row is as it was written\nformat 1, position 60; sound rows: log 60\n"
        );
    }

    #[test]
    fn a_damaged_file_that_follows_from_the_store_is_named_and_the_store_is_sound() {
        let damage = Damage { place: "rank.model".into(), what: "it is not as it was".into() };
        let summary = VerifySummary { derived: vec![damage], ..found(Vec::new(), 0) };
        let text = verified(&summary, Look::plain(80));
        assert!(text.starts_with("sound:") && !text.contains("relapse restore"), "{text}");
        assert!(text.contains("rank.model is damaged") && text.contains("made anew"), "{text}");
    }

    #[test]
    fn damage_is_listed_with_what_to_do() {
        let damage = Damage { place: "log, position 4".into(), what: "the seal is broken".into() };
        let text = verified(&found(vec![damage], 3), Look::plain(80));
        for expected in
            ["damaged: 3", "- log, position 4: the seal", "and 2 more", "relapse restore"]
        {
            assert!(text.contains(expected), "{text}");
        }
    }
}
