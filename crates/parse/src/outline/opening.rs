//! What opens a section: a heading, a name alone on its line, a label.

use crate::block::{Kind, Line};
use crate::inline::pattern;
use crate::meaning::{Meaning, Sense, of_heading, of_name};
use crate::when::{clocks, days};

/// Levels below the six of Markdown: a name alone on its line, a label before its text, a label in a
/// list. Items deeper in a list are deeper still.
pub(super) const NAME_LEVEL: usize = 7;
const LABEL_LEVEL: usize = 8;
const ITEM_LEVEL: usize = 9;

/// How a section begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening<'a> {
    pub(super) sense: Option<Sense>,
    pub(super) heading: &'a str,
    /// The text that follows a label on its line.
    pub(super) lead: &'a str,
    pub(super) level: usize,
    pub(super) extent: Extent,
}

/// How far a section reaches, if no section of its level begins before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// To the next of its level.
    Level,
    /// To the end of the list item that starts at this column.
    Item(usize),
    /// To the end of the paragraph; over a blank line where a list, table or code follows.
    Paragraph,
    /// One line that says something.
    Value,
}

/// Where a line stands.
#[derive(Debug)]
pub(super) struct Place {
    /// The meanings of the sections around it.
    pub(super) within: Vec<Meaning>,
    /// Those of them that a marked heading opens.
    pub(super) under_headings: Vec<Meaning>,
    /// Whether a blank line stands above it.
    pub(super) begins_paragraph: bool,
    /// Whether it names the columns of a table.
    pub(super) heads_table: bool,
    /// Whether the page marks none of its known headings, so that names alone on a line are headings.
    pub(super) names_stand_alone: bool,
}

impl Place {
    fn is_in(&self, meaning: Meaning) -> bool {
        self.within.contains(&meaning)
    }
}

/// The section that `line` opens, if any.
pub(super) fn opening<'a>(line: &Line<'a>, place: &Place) -> Option<Opening<'a>> {
    heading(line, place)
        .or_else(|| bold_heading(line))
        .or_else(|| lone_name(line, place))
        .or_else(|| labelled(line, place))
}

fn heading<'a>(line: &Line<'a>, place: &Place) -> Option<Opening<'a>> {
    let Kind::Heading { level, text } = line.kind else {
        return None;
    };
    // Days and times head the parts of a timeline, whatever their level.
    let in_timeline = place.is_in(Meaning::Timeline) && begins_with_time(text);
    Some(Opening {
        // The first level is the title's, where a phrase tells little.
        sense: if level == 1 { of_name(text) } else { of_heading(text) },
        heading: text,
        lead: "",
        level: if in_timeline { NAME_LEVEL } else { usize::from(level) },
        extent: Extent::Level,
    })
}

fn begins_with_time(text: &str) -> bool {
    let near = |start: usize| start <= 4;
    days(text).first().is_some_and(|day| near(day.start))
        || clocks(text).first().is_some_and(|clock| near(clock.start))
}

/// A line that is nothing but bold, and not in a list, is a heading in all but name.
fn bold_heading<'a>(line: &Line<'a>) -> Option<Opening<'a>> {
    let bold = line.raw.trim().trim_end_matches([':', ' ']);
    let heading = bold.strip_prefix("**")?.strip_suffix("**")?;
    let alone = line.is_prose() && !heading.contains("**") && !heading.is_empty();
    alone.then(|| Opening {
        sense: of_heading(heading),
        heading,
        lead: "",
        level: NAME_LEVEL + line.indent,
        extent: Extent::Level,
    })
}

/// A known name alone on its line is a heading in a page whose headings are not marked, or before a
/// colon. Among action items it has to be a plain one.
fn lone_name<'a>(line: &Line<'a>, place: &Place) -> Option<Opening<'a>> {
    let text = line.raw.trim();
    let marked = place.names_stand_alone || text.ends_with(':');
    if !line.is_prose() || line.indent >= 4 || !marked || !text.starts_with(char::is_uppercase) {
        return None;
    }
    let sense = of_name(text).filter(|sense| !(sense.hint && place.is_in(Meaning::Actions)))?;
    let is_fact = sense.meaning.is_fact();
    Some(Opening {
        sense: Some(sense),
        heading: text,
        lead: "",
        level: NAME_LEVEL,
        extent: if is_fact { Extent::Value } else { Extent::Level },
    })
}

/// A known name before a text.
fn labelled<'a>(line: &Line<'a>, place: &Place) -> Option<Opening<'a>> {
    let (heading, lead) = label(line, place)?;
    let sense = of_name(heading)?;
    let is_own = may_be_labelled(sense.meaning, &place.within);
    if !is_own && !ends_names(line, sense, place) {
        return None;
    }
    let (level, extent) = match line.kind {
        Kind::Item { .. } => (ITEM_LEVEL + line.indent, Extent::Item(line.indent)),
        Kind::Row => (LABEL_LEVEL, Extent::Value),
        _ if sense.meaning.is_fact() => (LABEL_LEVEL, Extent::Value),
        _ => (if is_own { LABEL_LEVEL } else { NAME_LEVEL }, Extent::Paragraph),
    };
    Some(Opening { sense: Some(sense), heading, lead, level, extent })
}

/// Splits `**Label:** text`, `**Label**: text` and `Label: text`.
fn label<'a>(line: &Line<'a>, place: &Place) -> Option<(&'a str, &'a str)> {
    match line.kind {
        Kind::Row => return two_cells(line.raw, place),
        Kind::Prose | Kind::Item { .. } => {}
        _ => return None,
    }
    let bold = pattern!(r"^(?:\*\*|__)([^*_]{2,60}?):?(?:\*\*|__)\s*[:\u{2013}\u{2014}-]?\s*(.*)$");
    let bare = pattern!(r"^(\p{Lu}[^:*|]{1,60}):(?:\s+(.*))?$");
    let text = line.text();
    let found = bold.captures(text).or_else(|| bare.captures(text))?;
    let lead = found.get(2).map_or("", |lead| lead.as_str());
    Some((found.get(1)?.as_str(), lead))
}

/// A row of two cells states a fact, or the services: `| Severity | P1 |`.
fn two_cells<'a>(raw: &'a str, place: &Place) -> Option<(&'a str, &'a str)> {
    let (label, value) = raw.trim().trim_matches('|').split_once('|')?;
    let meaning = of_name(label)?.meaning;
    let is_fact = meaning.is_fact() || (meaning == Meaning::Services && !place.heads_table);
    let states_one = is_fact && !value.contains('|') && of_name(value).is_none();
    states_one.then(|| (label.trim(), value.trim()))
}

/// Whether a label of `meaning` opens a section within sections of the meanings `within`. Entries of a
/// timeline and action items have labels of their own, which say nothing about the incident.
fn may_be_labelled(meaning: Meaning, within: &[Meaning]) -> bool {
    if within.contains(&Meaning::Actions) {
        return matches!(meaning, Meaning::Actions | Meaning::Lessons);
    }
    ![Meaning::Timeline, Meaning::Lessons, Meaning::Related]
        .into_iter()
        .any(|outer| within.contains(&outer))
}

/// Whether a label of `sense` ends the sections around it that are opened by names: a text that begins
/// a paragraph ranks with those. Among action items it has to be a plain one.
fn ends_names(line: &Line<'_>, sense: Sense, place: &Place) -> bool {
    place.begins_paragraph
        && line.is_prose()
        && line.indent == 0
        && !sense.meaning.is_fact()
        && !(sense.hint && place.is_in(Meaning::Actions))
        && may_be_labelled(sense.meaning, &place.under_headings)
}
