//! Sections of a page: what stands under a heading, or after a label.

use std::ops::Range;

use crate::block::{Kind, Line};
use crate::inline::{plain, without_links};
use crate::meaning::{Meaning, Sense, of_name};
use crate::table::is_separator;
use opening::{Extent, NAME_LEVEL, Opening, Place, opening};

mod opening;

/// A section: the lines of its body include those of the sections within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    pub(crate) sense: Option<Sense>,
    /// The heading or label as written.
    pub(crate) heading: &'a str,
    /// The text that follows a label on its line.
    pub(crate) lead: &'a str,
    /// Index of the line that opens it.
    pub(crate) opening: usize,
    /// Indices of the lines after that one.
    pub(crate) body: Range<usize>,
    /// Index of the section it lies in.
    pub(crate) parent: Option<usize>,
    level: usize,
    extent: Extent,
}

impl Section<'_> {
    pub(crate) fn means(&self, meaning: Meaning) -> bool {
        self.sense.is_some_and(|sense| sense.meaning == meaning)
    }

    /// Whether it states a fact, or the services after a label.
    fn is_fact(&self) -> bool {
        let lists_services = self.means(Meaning::Services) && !self.lead.is_empty();
        lists_services || self.sense.is_some_and(|sense| sense.meaning.is_fact())
    }
}

/// The sections of a page.
#[derive(Debug)]
pub(crate) struct Outline<'a> {
    pub(crate) lines: &'a [Line<'a>],
    pub(crate) sections: Vec<Section<'a>>,
    /// For each line, whether it belongs to a fact.
    facts: Vec<bool>,
}

impl<'a> Outline<'a> {
    pub(crate) fn new(lines: &'a [Line<'a>]) -> Self {
        let names_stand_alone = !lines
            .iter()
            .any(|line| matches!(line.kind, Kind::Heading { text, .. } if of_name(text).is_some()));
        let mut outline = Self { lines, sections: Vec::new(), facts: vec![false; lines.len()] };
        let mut open: Vec<usize> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            outline.close_while(&mut open, at, |outline, top| outline.ends_before(top, at));
            let place = outline.place(at, open.last().copied(), names_stand_alone);
            if let Some(opening) = opening(line, &place) {
                let level = opening.level;
                outline.close_while(&mut open, at, |outline, top| {
                    outline.sections[top].level >= level
                });
                outline.open(&mut open, at, opening);
            }
        }
        outline.close_while(&mut open, lines.len(), |_, _| true);
        outline
    }

    /// Where line number `at` stands, whose innermost section is `section`.
    fn place(&self, at: usize, section: Option<usize>, names_stand_alone: bool) -> Place {
        let innermost_heading = std::iter::successors(section, |at| self.sections[*at].parent)
            .find(|at| self.sections[*at].level < NAME_LEVEL);
        Place {
            within: self.ancestry(section),
            under_headings: self.ancestry(innermost_heading),
            begins_paragraph: at == 0 || self.lines[at - 1].is_blank(),
            heads_table: self.lines.get(at + 1).is_some_and(is_separator),
            names_stand_alone,
        }
    }

    fn open(&mut self, open: &mut Vec<usize>, at: usize, opening: Opening<'a>) {
        let parent = open.last().copied();
        open.push(self.sections.len());
        self.sections.push(Section {
            sense: opening.sense,
            heading: opening.heading,
            lead: opening.lead,
            opening: at,
            body: at + 1..at + 1,
            parent,
            level: opening.level,
            extent: opening.extent,
        });
    }

    /// Ends the innermost open sections before line number `at`, as long as `ends` says so.
    fn close_while(
        &mut self,
        open: &mut Vec<usize>,
        at: usize,
        ends: impl Fn(&Self, usize) -> bool,
    ) {
        while let Some(top) = open.pop_if(|top| ends(self, *top)) {
            self.sections[top].body.end = at;
            if self.sections[top].is_fact() {
                self.facts[self.sections[top].opening..at].fill(true);
            }
        }
    }

    fn ends_before(&self, section: usize, at: usize) -> bool {
        let section = &self.sections[section];
        let (line, body) = (&self.lines[at], &self.lines[section.body.start..at]);
        if line.is_blank() {
            return false;
        }
        match section.extent {
            Extent::Level => false,
            Extent::Item(column) => line.indent <= column && line.kind != Kind::Code,
            Extent::Paragraph => {
                let after_blank = body.last().is_some_and(Line::is_blank);
                let goes_on = matches!(line.kind, Kind::Item { .. } | Kind::Row | Kind::Code)
                    || section.lead.ends_with(':');
                after_blank && !goes_on
            }
            Extent::Value => !section.lead.is_empty() || body.iter().any(|line| !line.is_blank()),
        }
    }

    /// The meanings of `section` and of all it lies in.
    fn ancestry(&self, section: Option<usize>) -> Vec<Meaning> {
        std::iter::successors(section, |at| self.sections[*at].parent)
            .filter_map(|at| self.sections[at].sense.map(|sense| sense.meaning))
            .collect()
    }

    /// The meanings of all the sections that section number `at` lies in.
    pub(crate) fn ancestors(&self, at: usize) -> Vec<Meaning> {
        self.ancestry(self.sections[at].parent)
    }

    /// The sections of `meaning` that lie in no other of the same meaning.
    pub(crate) fn of(&self, meaning: Meaning) -> impl Iterator<Item = (usize, &Section<'a>)> {
        self.sections.iter().enumerate().filter(move |(at, section)| {
            section.means(meaning) && !self.ancestors(*at).contains(&meaning)
        })
    }

    /// The lines of the body of `section`.
    pub(crate) fn body(&self, section: &Section<'a>) -> &'a [Line<'a>] {
        &self.lines[section.body.clone()]
    }

    /// The text of `section` with links reduced to their text; `None` where it says nothing.
    pub(crate) fn text(&self, section: &Section<'a>) -> Option<String> {
        let mut text = String::from(without_links(section.lead));
        text.push_str(&page_text(self.without_foot(section)));
        says_something(&text).then(|| text.trim().to_owned())
    }

    /// The body of `section` without a last paragraph that only states facts: the foot of a page, which
    /// says nothing about its last section.
    fn without_foot(&self, section: &Section<'a>) -> &'a [Line<'a>] {
        let body = self.body(section);
        let end = body.iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
        let Some(above) = body[..end].iter().rposition(Line::is_blank) else {
            return body;
        };
        let first = section.body.start + above + 1;
        let labelled = self.sections.binary_search_by_key(&first, |inner| inner.opening).is_ok();
        let states_facts = |at: usize| self.lines[at].is_prose() && self.facts[at];
        let is_foot = labelled && (first..section.body.start + end).all(states_facts);
        if is_foot { &body[..above] } else { body }
    }

    /// The single value of a fact: its lead, else its first line.
    pub(crate) fn value(&self, section: &Section<'a>) -> Option<String> {
        let first = self.body(section).iter().map(|line| line.text());
        std::iter::once(section.lead)
            .chain(first)
            .map(plain)
            .find(|text| !text.is_empty())
            .filter(|text| says_something(text))
    }

    /// Whether line number `at` belongs to a fact: its label or its value.
    pub(crate) fn is_fact(&self, at: usize) -> bool {
        self.facts[at]
    }

    /// The sections within section number `at`, in order.
    pub(crate) fn inside(&self, at: usize) -> impl Iterator<Item = &Section<'a>> {
        let end = self.sections[at].body.end;
        self.sections[at + 1..].iter().take_while(move |inner| inner.opening < end)
    }
}

/// The text of `lines`, each begun by a line feed; an underline above and rules below are left
/// out.
fn page_text(lines: &[Line<'_>]) -> String {
    let says = |line: &Line<'_>| !matches!(line.kind, Kind::Blank | Kind::Rule);
    let underlined = lines.first().is_some_and(|line| line.kind == Kind::Rule);
    let start = usize::from(underlined);
    let end = lines.iter().rposition(says).map_or(start, |last| last + 1);
    lines[start..end].iter().fold(String::new(), |mut text, line| {
        text.push('\n');
        match line.kind {
            Kind::Code => text.push_str(line.raw),
            _ => text.push_str(&without_links(line.raw)),
        }
        text
    })
}

/// Whether a text is more than a placeholder.
fn says_something(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    !matches!(
        bare.as_str(),
        "" | "n/a"
            | "na"
            | "none"
            | "tbd"
            | "todo"
            | "unknown"
            | "no comments added"
            | "to be determined"
            | "nothing"
            | "not applicable"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan;

    /// Every section with a meaning, and its text.
    fn read(page: &str) -> Vec<(Meaning, String)> {
        let lines = scan(page, 1);
        let outline = Outline::new(&lines);
        let told = |section: &Section<'_>| {
            let meaning = section.sense?.meaning;
            Some((meaning, outline.text(section).unwrap_or_default()))
        };
        outline.sections.iter().filter_map(told).collect()
    }

    #[track_caller]
    fn check(page: &str, expect: &[(Meaning, &str)]) {
        let read = read(page);
        let read: Vec<_> = read.iter().map(|(meaning, text)| (*meaning, text.as_str())).collect();
        assert_eq!(read, expect);
    }

    #[test]
    fn headings_reach_to_the_next_of_their_level() {
        check(
            "# Disk full\n\n## Impact\none\n### Detail\ntwo\n## Root Cause\nthree\n",
            &[(Meaning::Impact, "one\n### Detail\ntwo"), (Meaning::Cause, "three")],
        );
    }

    #[test]
    fn bold_names_are_headings_and_bullets_hold_labels() {
        check(
            "**Root Cause and Resolution:**\n- **Cause:** a leak\n  in the pool\n- **Resolution:** a restart\n",
            &[
                (
                    Meaning::CauseAndResolution,
                    "- **Cause:** a leak\n  in the pool\n- **Resolution:** a restart",
                ),
                (Meaning::Cause, "a leak\n  in the pool"),
                (Meaning::Resolution, "a restart"),
            ],
        );
    }

    #[test]
    fn a_plain_page_has_names_alone_on_their_lines() {
        check(
            "DURATION\n2h\nOverview\nAll was down\nResolution\nNo comments added\n",
            &[
                (Meaning::Duration, "2h"),
                (Meaning::Summary, "All was down"),
                (Meaning::Resolution, ""),
            ],
        );
    }

    #[test]
    fn a_page_with_marked_headings_has_no_plain_ones() {
        check(
            "## Summary\nit broke in the\nResolution\nof names\n",
            &[(Meaning::Summary, "it broke in the\nResolution\nof names")],
        );
    }

    #[test]
    fn a_label_reaches_to_the_end_of_its_paragraph() {
        check(
            "**Impact:** ten users\nlost mail\n\nOther text\n",
            &[(Meaning::Impact, "ten users\nlost mail")],
        );
        check(
            "**Impact:** these:\n\n- mail\n- chat\n",
            &[(Meaning::Impact, "these:\n\n- mail\n- chat")],
        );
    }

    #[test]
    fn labels_of_events_and_tasks_are_their_own() {
        check(
            "## Timeline\n10:00 up\nImpact: none yet\n",
            &[(Meaning::Timeline, "10:00 up\nImpact: none yet")],
        );
        check(
            "## Action Items\n- **Mitigation:** shed load\n",
            &[(Meaning::Actions, "- **Mitigation:** shed load")],
        );
    }

    #[test]
    fn a_label_that_begins_a_paragraph_ends_a_list_under_a_name() {
        check(
            "**Timeline:**\n- 10:00 down\n\n**Root Cause:** a leak\n\n**Follow-ups:**\n- tidy up\n\n**Details:** it is a mess\n\n**Impact:** all\n",
            &[
                (Meaning::Timeline, "- 10:00 down"),
                (Meaning::Cause, "a leak"),
                (Meaning::Actions, "- tidy up\n\n**Details:** it is a mess"),
                (Meaning::Impact, "all"),
            ],
        );
        check(
            "**Timeline:**\n- 10:00 down\n\n**Status:** open\n- 11:00 up\n",
            &[(Meaning::Timeline, "- 10:00 down\n\n**Status:** open\n- 11:00 up")],
        );
        check(
            "## Timeline\n\n10:00 down\n\n**Resolution:** a restart\n\n11:00 up\n",
            &[(Meaning::Timeline, "10:00 down\n\n**Resolution:** a restart\n\n11:00 up")],
        );
    }

    #[test]
    fn facts_at_the_foot_belong_to_no_section() {
        check(
            "Fix\nRestarted it.\n\nSeverity: minor\nServices: auth\n",
            &[
                (Meaning::Resolution, "Restarted it."),
                (Meaning::Severity, "minor"),
                (Meaning::Services, "auth"),
            ],
        );
        check(
            "## Impact\nMany.\n\n- Duration: 2h\n",
            &[(Meaning::Impact, "Many.\n\n- Duration: 2h"), (Meaning::Duration, "2h")],
        );
    }

    #[test]
    fn days_head_the_parts_of_a_timeline() {
        check(
            "## Timeline\n## May 12\n### 10:00\ndown\n## Impact\nall\n",
            &[(Meaning::Timeline, "## May 12\n### 10:00\ndown"), (Meaning::Impact, "all")],
        );
    }

    #[test]
    fn a_row_of_two_cells_states_a_fact() {
        check(
            "| Field | Value |\n|---|---|\n| Severity | P1 |\n| Foo | x |\n",
            &[(Meaning::Severity, "P1")],
        );
    }
}
