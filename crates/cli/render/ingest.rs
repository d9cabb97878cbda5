//! What became of the documents of an ingest.

use relapse::proto::{IngestSummary, MaskedSecrets, Problem};

use super::page::{Look, Page};
use super::paint::Tone;
use super::words::count;
use super::wrap::wrap;
use chat::line;

/// Refused records that are listed without being asked for.
const REFUSED_SHOWN_MAX: usize = 20;
/// Skipped files that are listed without being asked for.
const SKIPPED_SHOWN_MAX: usize = 5;

/// How much is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The first refused records, and skipped files where they are few.
    Few,
    /// All of them, and the warnings.
    All,
}

/// The counts in one line, then what did not go in and why.
pub fn summary(summary: &IngestSummary, look: Look, detail: Detail) -> String {
    let mut page = Page::new(look);
    let columns = look.table_columns;
    wrap(&counts(summary), columns).iter().for_each(|line| page.row(line));
    if !summary.masked.is_empty() {
        page.row(&line(&masked(&summary.masked)));
    }
    let at_most = |few| if detail == Detail::All { usize::MAX } else { few };
    let refused = (summary.problems.as_slice(), at_most(REFUSED_SHOWN_MAX));
    list_beginning(&mut page, "refused", Tone::Bad, refused);
    let skipped = (summary.skipped_files.as_slice(), at_most(SKIPPED_SHOWN_MAX));
    list_beginning(&mut page, "skipped", Tone::Plain, skipped);
    if detail == Detail::All {
        list(&mut page, "warning", Tone::Warning, &summary.warnings);
    }
    page.finish()
}

fn counts(summary: &IngestSummary) -> String {
    let IngestSummary { documents, new, updated, unchanged, identical, refused, skipped, .. } =
        summary;
    let documents = count(*documents as usize, "document", "documents");
    let mut text = format!(
        "{documents}: {new} new, {updated} updated, {unchanged} unchanged, {identical} identical, \
         {refused} refused; {skipped} skipped"
    );
    if !summary.warnings.is_empty() {
        let warnings = count(summary.warnings.len(), "warning", "warnings");
        text.push_str(&format!("; {warnings} (-v lists them)"));
    }
    text
}

/// The first of them, and how many more there are.
fn list_beginning(page: &mut Page, label: &str, tone: Tone, (all, most): (&[Problem], usize)) {
    let (shown, others) = all.split_at(most.min(all.len()));
    list(page, label, tone, shown);
    if !others.is_empty() {
        page.row(&format!("and {} more {label} (-v lists them)", others.len()));
    }
}

/// What was masked before it was stored: `masked: 2 aws-access-key, 1 password`.
fn masked(masked: &[MaskedSecrets]) -> String {
    let kinds = masked.iter().map(|MaskedSecrets { kind, count }| format!("{count} {kind}"));
    format!("masked: {}", kinds.collect::<Vec<_>>().join(", "))
}

/// One line each, however long, so that they can be searched for.
fn list(page: &mut Page, label: &str, tone: Tone, problems: &[Problem]) {
    let paint = page.look().paint;
    for problem in problems {
        let told = line(&format!("{label}: {}", place_and_reason(problem)));
        page.row(&paint.tone(tone, &told));
    }
}

/// A warning in one line.
pub fn warning(problem: &Problem) -> String {
    line(&format!("warning: {}", place_and_reason(problem)))
}

/// `file:line: field: reason`, without the parts that are not known.
fn place_and_reason(problem: &Problem) -> String {
    let mut text = problem.file.clone();
    if problem.line > 0 {
        text.push_str(&format!(":{}", problem.line));
    }
    for part in [&problem.field, &problem.reason] {
        if !text.is_empty() && !part.is_empty() {
            text.push_str(": ");
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(file: &str, line: u32, field: &str, reason: &str) -> Problem {
        Problem { file: file.into(), line, field: field.into(), reason: reason.into() }
    }

    fn given() -> IngestSummary {
        IngestSummary {
            documents: 116,
            new: 113,
            identical: 2,
            refused: 1,
            skipped: 6,
            problems: vec![problem("a.jsonl", 9, "id", "expected a text")],
            skipped_files: vec![problem("README.md", 0, "", "a README"); 6],
            warnings: vec![problem("b.md", 3, "severity", "`banana` is no known level")],
            ..IngestSummary::default()
        }
    }

    #[test]
    fn the_counts_and_the_problems_are_always_told() {
        let mut given = given();
        given.skipped_files.truncate(1);
        assert_eq!(
            summary(&given, Look::plain(200), Detail::Few),
            concat!(
                "116 documents: 113 new, 0 updated, 0 unchanged, 2 identical, 1 refused; ",
                "6 skipped; 1 warning (-v lists them)\n",
                "refused: a.jsonl:9: id: expected a text\n",
                "skipped: README.md: a README\n",
            )
        );
    }

    #[test]
    fn the_counts_are_one_line_in_a_pipe_and_wrapped_on_a_narrow_screen() {
        let counted = IngestSummary { documents: 7, new: 7, ..IngestSummary::default() };
        let look = Look { table_columns: usize::MAX, ..Look::plain(40) };
        assert_eq!(summary(&counted, look, Detail::Few).lines().count(), 1);
        let text = summary(&counted, Look::plain(40), Detail::Few);
        assert!(text.lines().all(|line| line.len() <= 40), "{text}");
    }

    #[test]
    fn one_document_is_no_documents() {
        let one = IngestSummary { documents: 1, new: 1, ..IngestSummary::default() };
        let text = summary(&one, Look::plain(80), Detail::Few);
        assert!(text.starts_with("1 document: 1 new, 0 updated"), "{text}");
    }

    #[test]
    fn masked_credentials_are_told_by_kind() {
        let mut given = given();
        let kinds = [("aws-access-key", 2), ("password", 1)];
        given.masked = kinds.map(|(kind, count)| MaskedSecrets { kind: kind.into(), count }).into();
        let text = summary(&given, Look::plain(80), Detail::Few);
        assert!(text.contains("\nmasked: 2 aws-access-key, 1 password\n"), "{text}");
    }

    #[test]
    fn of_many_problems_the_rest_is_counted() {
        let mut given = given();
        given.problems = vec![problem("a.jsonl", 9, "id", "expected a text"); 25];
        let text = summary(&given, Look::plain(80), Detail::Few);
        assert_eq!(text.matches("refused: a.jsonl").count(), 20);
        assert!(text.contains("\nand 5 more refused (-v lists them)\n"), "{text}");
        let text = summary(&given, Look::plain(80), Detail::All);
        assert_eq!(text.matches("refused: a.jsonl").count(), 25);
    }

    #[test]
    fn few_skipped_files_are_listed_and_many_when_asked_for() {
        let mut given = given();
        let text = summary(&given, Look::plain(80), Detail::Few);
        assert_eq!(text.matches("skipped: README.md").count(), 5);
        assert!(text.ends_with("\nand 1 more skipped (-v lists them)\n"), "{text}");
        let text = summary(&given, Look::plain(80), Detail::All);
        assert_eq!(text.matches("skipped: README.md: a README\n").count(), 6);
        assert!(text.contains("warning: b.md:3: severity: `banana`"), "{text}");
        given.skipped_files.truncate(2);
        let text = summary(&given, Look::plain(80), Detail::Few);
        assert_eq!(text.matches("skipped: README.md").count(), 2);
        assert!(!text.contains("more skipped"), "{text}");
    }
}
