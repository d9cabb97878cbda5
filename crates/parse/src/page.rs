//! A page of Markdown or plain text.

use incident::{Incident, IncidentId, Severity, Status};

use crate::action_items::action_items;
use crate::block::{Kind, scan};
use crate::fields;
use crate::figures::{revenue, users_affected};
use crate::front_matter::{Page, split};
use crate::html;
use crate::id;
use crate::inline::{plain, wiki_links, without_links};
use crate::meaning::Meaning;
use crate::outline::{Outline, Section};
use crate::problem::{Outcome, Parsed, Problem, Warning};
use crate::record::Record;
use crate::services::services;
use crate::times::{Clues, settle};
use title::{readable, title};

mod title;

/// The longest value of a label that is taken for a severity, a name or a team, in characters.
const VALUE_CHARS_MAX: usize = 60;

/// Reads a whole page. A messy one gives warnings; only one without an id that can be kept is refused.
pub(crate) fn read(record: &Record) -> Outcome {
    let (text, mut warnings) = decode(&record.content);
    if text.trim().is_empty() {
        return Outcome::Skipped { reason: "the file is empty".into() };
    }
    let incident = incident(record, split(&text), &mut warnings);
    warnings.sort_by_key(|warning| warning.line);
    judged(record, incident, warnings)
}

/// Reads a page of HTML as the Markdown that says the same. Its lines are not those of the file: warnings name none.
pub(crate) fn read_html(record: &Record) -> Outcome {
    let (html, mut warnings) = decode(&record.content);
    let html::Page { markdown, title, url } = html::page(&html);
    if markdown.trim().is_empty() {
        return Outcome::Skipped { reason: "the page holds no text".into() };
    }
    let mut incident = Incident::new(record.source.as_str(), record.path_id.as_str(), title);
    incident.url = url;
    let body = Body { text: &markdown, first_line: 1, path_id: &record.path_id };
    tell(&mut incident, &body, &mut warnings);
    for warning in &mut warnings {
        warning.line = 0;
    }
    judged(record, incident, warnings)
}

/// What becomes of a page that was read.
fn judged(record: &Record, incident: Incident, warnings: Vec<Warning>) -> Outcome {
    if let Some(reason) = reason_to_skip(record, &incident) {
        return Outcome::Skipped { reason };
    }
    if let Err(reason) = check_id(&incident.external_id) {
        return Outcome::Refused(Problem {
            file: record.file.clone(),
            line: record.line,
            field: "id".into(),
            reason,
        });
    }
    Outcome::Parsed(Box::new(Parsed { incident, warnings }))
}

fn check_id(id: &str) -> Result<(), String> {
    if id.trim().is_empty() {
        return Err("expected an `id` in the front matter, or a name for the document".into());
    }
    id::check(id)
}

/// The text of a file: UTF-8, without a byte order mark and NUL bytes.
fn decode(content: &[u8]) -> (String, Vec<Warning>) {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut warnings = Vec::new();
    if let Err(error) = std::str::from_utf8(content) {
        let line = line_at(content, error.valid_up_to());
        warnings.push(Warning::new(
            line,
            "text",
            "not UTF-8; the bytes that are none are replaced",
        ));
    }
    let mut text = String::from_utf8_lossy(content).into_owned();
    if let Some(at) = text.find('\0') {
        let line = line_at(text.as_bytes(), at);
        warnings.push(Warning::new(line, "text", "holds NUL bytes; they are left out"));
        text.retain(|c| c != '\0');
    }
    (text, warnings)
}

fn line_at(content: &[u8], at: usize) -> u32 {
    let breaks = content[..at].iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).map_or(u32::MAX, |breaks| breaks.saturating_add(1))
}

fn incident(record: &Record, mut page: Page<'_>, warnings: &mut Vec<Warning>) -> Incident {
    let mut incident = Incident::new(record.source.as_str(), record.path_id.as_str(), "");
    let mut known = std::mem::take(&mut page.fields);
    if let Some(id) = known.remove("id").as_ref().and_then(id::stated) {
        incident.id = IncidentId::new(id.as_str());
        incident.external_id = id;
    }
    warnings.append(&mut page.warnings);
    warnings.extend(fields::fill(&mut incident, known, |key| page.line_of(key)));
    let body = Body { text: page.body, first_line: page.body_line, path_id: &record.path_id };
    tell(&mut incident, &body, warnings);
    incident
}

/// The text of a page below its front matter, or a text like it in a field of a record.
pub(crate) struct Body<'a> {
    pub(crate) text: &'a str,
    /// The line of the file that it begins on.
    pub(crate) first_line: u32,
    /// A path that may name it and tell its day; empty: none.
    pub(crate) path_id: &'a str,
}

/// Fills what is not known of `incident` yet from what `body` tells.
pub(crate) fn tell(incident: &mut Incident, body: &Body<'_>, warnings: &mut Vec<Warning>) {
    let lines = scan(body.text, body.first_line);
    let outline = Outline::new(&lines);
    let above = title(&outline);
    if incident.title.trim().is_empty() {
        let title = above.as_ref().map(|(title, _)| title.clone());
        incident.title = title.unwrap_or_else(|| readable(body.path_id));
    }
    fill_texts(incident, &outline, above.map(|(_, at)| at));
    fill_labels(incident, &outline);
    fill_times(incident, &outline, body.path_id, warnings);
    fill_rest(incident, body.text);
}

fn fill_texts(incident: &mut Incident, outline: &Outline<'_>, title_at: Option<usize>) {
    let text = |meaning| section_text(outline, meaning);
    let compound = || text(Meaning::CauseAndResolution);
    let cause = text(Meaning::Cause);
    // Without labels inside, one text tells both.
    let both =
        if cause.is_none() && text(Meaning::Resolution).is_none() { compound() } else { None };
    let fill = |field: &mut Option<String>, found: Option<String>| *field = field.take().or(found);
    fill(&mut incident.root_cause, cause.or(both));
    fill(&mut incident.resolution, text(Meaning::Resolution));
    fill(&mut incident.impact, text(Meaning::Impact));
    fill(&mut incident.symptoms, text(Meaning::Symptoms));
    let summary = text(Meaning::Summary).or_else(|| lede(outline, &incident.title, title_at));
    fill(&mut incident.summary, summary);
}

/// The text of the sections that tell `meaning` best: named plainly before hinted at, of their own before
/// within a summary. Several of the same rank are joined.
fn section_text(outline: &Outline<'_>, meaning: Meaning) -> Option<String> {
    let rank = |at: usize, section: &Section<'_>| {
        let within = outline.ancestors(at);
        let opinion = [Meaning::Actions, Meaning::Lessons, Meaning::Related]
            .iter()
            .any(|other| within.contains(other));
        let hint = section.sense.is_some_and(|sense| sense.hint);
        (!opinion)
            .then_some((hint, within.contains(&Meaning::Summary) && meaning != Meaning::Summary))
    };
    let told: Vec<_> = outline
        .of(meaning)
        .filter_map(|(at, section)| Some((rank(at, section)?, outline.text(section)?)))
        .collect();
    let best = told.iter().map(|(rank, _)| *rank).min()?;
    let texts: Vec<String> =
        told.into_iter().filter(|(rank, _)| *rank == best).map(|(_, text)| text).collect();
    Some(texts.join("\n\n"))
}

/// The first paragraph between the title and the first section that is more than the title, where it has
/// the length of one.
fn lede(outline: &Outline<'_>, title: &str, title_at: Option<usize>) -> Option<String> {
    let from = title_at.unwrap_or(0);
    let own = usize::from(matches!(outline.lines.get(from)?.kind, Kind::Heading { .. }));
    let from = from + own;
    let ends =
        |section: &&Section<'_>| section.opening >= from && !outline.is_fact(section.opening);
    let end =
        outline.sections.iter().find(ends).map_or(outline.lines.len(), |section| section.opening);
    let prose = |at: usize| outline.lines[at].is_prose() && !outline.is_fact(at);
    let lines: Vec<usize> = (from..end).collect();
    let paragraphs = lines.chunk_by(|above, below| prose(*above) && prose(*below));
    let text = |paragraph: &[usize]| {
        let lines = paragraph.iter().filter(|at| prose(**at));
        lines.map(|at| without_links(outline.lines[*at].text())).collect::<Vec<_>>().join("\n")
    };
    let has_length =
        |text: &String| text.split_whitespace().filter(|word| !word.contains("://")).count() >= 8;
    let is_title = |text: &String| plain(text).trim_end_matches(':') == title;
    paragraphs.map(text).find(|text| has_length(text) && !is_title(text))
}

fn fill_labels(incident: &mut Incident, outline: &Outline<'_>) {
    let value = |meaning| {
        let values = outline.of(meaning).filter_map(|(_, section)| outline.value(section));
        let short = |value: &String| value.chars().count() <= VALUE_CHARS_MAX;
        values.into_iter().find(short)
    };
    incident.severity =
        incident.severity.take().or_else(|| value(Meaning::Severity).map(Severity::new));
    incident.status =
        incident.status.or_else(|| value(Meaning::Status).and_then(|status| status_of(&status)));
    incident.team = incident.team.take().or_else(|| value(Meaning::Team));
    incident.author = incident.author.take().or_else(|| value(Meaning::Author));
    if incident.responders.is_empty() {
        let named = value(Meaning::Responders).unwrap_or_default();
        let names = named.split([',', ';']).map(str::trim).filter(|name| !name.is_empty());
        incident.responders = names.map(str::to_owned).collect();
    }
    if incident.services.is_empty() {
        incident.services = services(outline);
    }
}

/// The status that a label begins with: `Resolved (monitoring ended)`.
fn status_of(value: &str) -> Option<Status> {
    let first = value.split(|c: char| !c.is_alphanumeric() && c != ' ').next()?;
    Status::from_word(first)
}

fn fill_times(
    incident: &mut Incident,
    outline: &Outline<'_>,
    path_id: &str,
    warnings: &mut Vec<Warning>,
) {
    let summary = incident.summary.clone().unwrap_or_default();
    let heading = title(outline).map(|(title, _)| title).unwrap_or_default();
    let title = format!("{} {heading}", incident.title);
    let clues = Clues { outline, summary: &summary, title: &title, path_id };
    let calendar = settle(incident, &clues, warnings);
    if incident.action_items.is_empty() {
        incident.action_items = action_items(outline, &calendar);
    }
}

fn fill_rest(incident: &mut Incident, body: &str) {
    incident.links = wiki_links(body).collect();
    let told = [&incident.impact, &incident.summary];
    let told = || told.into_iter().flatten();
    let users = told().find_map(|text| users_affected(text));
    let lost = told().find_map(|text| revenue(text));
    incident.users_affected = incident.users_affected.or(users);
    incident.revenue = incident.revenue.or(lost);
    let text = body.trim();
    if incident.text.is_none() && !text.is_empty() {
        incident.text = Some(text.to_owned());
    }
}

/// Files that describe others are no incidents, unless they tell of one all the same.
fn reason_to_skip(record: &Record, incident: &Incident) -> Option<String> {
    let name = record.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let describes_others = matches!(stem.as_str(), "readme" | "index" | "template");
    let tells_of_one = incident.started_at.is_some()
        || !incident.timeline.is_empty()
        || incident.root_cause.is_some();
    (describes_others && !tells_of_one)
        .then(|| format!("named {name}, without date, timeline or root cause"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    fn parse(page: &str) -> Incident {
        let record = Record {
            source: "markdown".into(),
            format: Format::Markdown,
            file: "pages/disk-full.md".into(),
            line: 1,
            path_id: "pages/disk-full".into(),
            content: page.into(),
        };
        match read(&record) {
            Outcome::Parsed(parsed) => parsed.incident,
            other => unreachable!("expected an incident, not {other:?}"),
        }
    }

    #[track_caller]
    fn check_title(page: &str, title: &str) {
        assert_eq!(parse(page).title, title);
    }

    #[test]
    fn the_title_stands_above_all_sections() {
        check_title("![x](x.png)\n\n**Disk full**\n\n**Impact:**\nall\n", "Disk full");
        check_title("## Summary\nIt fell. Twice.\n", "It fell");
        check_title("Severity: P1\nDisk full\non db-1\nStatus: Closed\n", "Disk full on db-1");
        check_title("https://x.test/7\n\nDisk was full. Sorry.\n", "Disk was full");
        check_title("---\ntitle: Mine\n---\n# Other\n", "Mine");
        check_title("## Summary\n", "disk full");
    }

    #[test]
    fn an_id_that_cannot_be_kept_is_refused_wherever_it_comes_from() {
        let long = "x".repeat(513);
        for (path_id, id) in [("pages/night", long.as_str()), (&long, ""), ("pages/a\tb", "")] {
            let head = if id.is_empty() { String::new() } else { format!("---\nid: {id}\n---\n") };
            let outcome = read(&Record {
                source: "markdown".into(),
                format: Format::Markdown,
                file: "pages/night.md".into(),
                line: 1,
                path_id: path_id.into(),
                content: format!("{head}## Root Cause\nA leak.\n").into(),
            });
            match outcome {
                Outcome::Refused(problem) => assert_eq!(problem.field, "id"),
                other => unreachable!("expected a refusal, not {other:?}"),
            }
        }
    }

    #[test]
    fn a_page_needs_a_name_of_its_own_or_of_its_file() {
        let nameless = |page: &str| {
            let record = Record {
                source: "api".into(),
                format: Format::Markdown,
                file: String::new(),
                line: 1,
                path_id: String::new(),
                content: page.into(),
            };
            read(&record)
        };
        let story = "## Root Cause\nA leak.\n";
        match nameless(story) {
            Outcome::Refused(problem) => assert_eq!(problem.field, "id"),
            other => unreachable!("expected a refusal, not {other:?}"),
        }
        let named = nameless(&format!("---\nid: INC-7\n---\n{story}"));
        assert!(matches!(named, Outcome::Parsed(parsed) if parsed.incident.external_id == "INC-7"));
    }

    #[test]
    fn one_section_may_tell_cause_and_fix() {
        let read = parse("# A\n## Root Cause and Resolution\nA leak. We restarted it.\n");
        assert_eq!(read.root_cause.as_deref(), Some("A leak. We restarted it."));
        assert_eq!(read.resolution, None);
    }

    #[test]
    fn a_plain_name_beats_a_hint() {
        let read =
            parse("# A\n## Contributing Factors\nb\n## Root Cause\nc\n## What Happened\nd\n");
        assert_eq!(read.root_cause.as_deref(), Some("c"));
        assert_eq!(read.summary.as_deref(), Some("d"));
    }

    #[test]
    fn the_first_paragraph_is_the_summary_of_a_page_without_one() {
        let read = parse(
            "# A\n\n**Severity:** P1\n\nThe disk of the only\ndatabase ran full at night.\n\nMore.\n",
        );
        assert_eq!(
            read.summary.as_deref(),
            Some("The disk of the only\ndatabase ran full at night.")
        );
        assert_eq!(read.severity.map(|severity| severity.verbatim).as_deref(), Some("P1"));
    }

    #[test]
    fn neither_labels_nor_the_title_are_a_summary() {
        let summary = |page| parse(page).summary;
        let told = Some("The only database ran full at night, and nobody saw it.".to_owned());
        assert_eq!(
            summary(
                "# A\n\n**Services:** auth, billing, search, mail, chat, files\n\nThe only database ran full at night, and nobody saw it.\n"
            ),
            told
        );
        assert_eq!(
            summary(
                "A note on the disks of the only database\n\nThe only database ran full at night, and nobody saw it.\n\nCause\nLogs.\n"
            ),
            told
        );
    }

    #[test]
    fn opinions_are_no_cause() {
        assert_eq!(parse("# A\n## Lessons Learned\n### Root Cause\nhaste\n").root_cause, None);
    }
}
