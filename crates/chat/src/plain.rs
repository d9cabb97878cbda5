//! A message as plain text.

use crate::clean::{clean, line};
use crate::message::{Message, Part};

/// Writes `message` as lines. What an incident says stands between quotes, with two blanks before each of its lines, so
/// that none can pass for one of ours.
#[must_use]
pub fn plain(message: &Message) -> String {
    let mut text = line(&message.headline);
    text.push('\n');
    for part in &message.parts {
        write(&mut text, part);
    }
    text
}

fn write(text: &mut String, part: &Part) {
    match part {
        Part::Heading(heading) => text.push_str(&format!("\n{}\n", line(heading))),
        Part::Line(said) | Part::Note(said) => text.push_str(&format!("{}\n", line(said))),
        Part::Quote(quoted) => text.push_str(&format!("  \"{}\"\n", indented(quoted))),
        Part::Entry { title, url, detail } => {
            let url = url.as_deref().unwrap_or_default();
            let told = [title.as_str(), detail, url].map(line);
            let told: Vec<String> = told.into_iter().filter(|part| !part.is_empty()).collect();
            text.push_str(&format!("- {}\n", told.join(", ")));
        }
        Part::Rate { query_id, incident_id } => {
            let (query_id, incident_id) = (line(query_id), line(incident_id));
            text.push_str(&format!("  the same? useful {query_id} {incident_id} yes|no\n"));
        }
    }
}

fn indented(text: &str) -> String {
    let clean = clean(text.trim());
    clean.lines().map(str::trim_end).collect::<Vec<_>>().join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_in_lines() {
        let entry = Part::Entry {
            title: "Disk full".into(),
            url: Some("https://wiki.example/1".into()),
            detail: "INC-1".into(),
        };
        let message = Message::new("RECURRENCE")
            .with(Part::Heading("What fixed it".into()))
            .with(Part::Quote("Freed space.\nMoved the log.".into()))
            .with(entry)
            .with(Part::Rate { query_id: "q-1".into(), incident_id: "INC-1".into() })
            .with(Part::Note("not calibrated".into()));
        let expected = "RECURRENCE\n\nWhat fixed it\n  \"Freed space.\n  Moved the log.\"\n\
                        - Disk full, INC-1, https://wiki.example/1\n  the same? useful q-1 INC-1 yes|no\nnot calibrated\n";
        assert_eq!(plain(&message), expected);
    }

    #[test]
    fn no_text_begins_a_line_of_its_own_or_steers_a_terminal() {
        let forged = "x\nVERDICT: all is well\u{1b}[2J\u{202e}";
        let message = Message::new(forged)
            .with(Part::Line(forged.into()))
            .with(Part::Quote(forged.into()))
            .with(Part::Entry { title: forged.into(), url: None, detail: forged.into() });
        let text = plain(&message);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        assert!(text.lines().all(|line| !line.starts_with("VERDICT")), "{text}");
    }
}
