//! Writes elements as Markdown, in the order they open and close.

use super::event::Tag;
use super::is_web;
use super::table::Table;

/// Elements that begin and end lines of their own.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "blockquote",
    "address",
    "figure",
    "figcaption",
    "details",
    "summary",
    "dl",
    "dt",
    "dd",
    "hr",
    "center",
    "fieldset",
    "body",
    "html",
];

/// A list under way.
#[derive(Debug)]
struct List {
    /// The number of the next item; `None`: bullets.
    number: Option<u32>,
    /// Whether its items can be ticked.
    is_tasks: bool,
}

/// An emphasis, link or code under way.
#[derive(Debug)]
struct Span {
    name: String,
    /// Where it begins in the line under way.
    start: usize,
    href: Option<String>,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    /// The line under way, without what stands before it.
    line: String,
    /// What stands before the line under way: the marks of a heading or an item.
    mark: String,
    lists: Vec<List>,
    spans: Vec<Span>,
    /// How many tables are open; only the outermost is one, the others are text of its cells.
    tables: usize,
    table: Table,
    /// Whether the cell under way is a heading; `None` between cells.
    cell: Option<bool>,
    /// How many elements are open whose blanks are kept.
    verbatim: usize,
}

impl Writer {
    pub(super) fn open(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "table" => self.open_table(),
            "tr" if self.tables == 1 => {
                self.close_cell();
                self.table.row();
            }
            name @ ("td" | "th") if self.tables == 1 => {
                self.close_cell();
                self.line.clear();
                self.cell = Some(name == "th");
            }
            "br" => self.new_line(),
            "pre" if self.tables == 0 => {
                self.block();
                self.out.push_str("```\n");
                self.verbatim += 1;
            }
            "ul" | "ol" => self.open_list(tag),
            "li" => self.open_item(tag),
            "input" if tag.attribute("type") == Some("checkbox") => {
                self.tick(tag.attribute("checked").is_some());
            }
            name @ ("a" | "strong" | "b" | "code") => {
                let href = tag.attribute("href").filter(|href| is_web(href)).map(str::to_owned);
                self.spans.push(Span { name: name.to_owned(), start: self.line.len(), href });
            }
            name => self.boundary(name, true),
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "table" => self.close_table(),
            "td" | "th" if self.tables == 1 => self.close_cell(),
            "pre" if self.verbatim > 0 => {
                self.verbatim -= 1;
                let code = std::mem::take(&mut self.line);
                self.out.push_str(code.trim_matches('\n'));
                self.out.push_str("\n```\n\n");
            }
            "ul" | "ol" => {
                self.end_line();
                self.lists.pop();
                if self.lists.is_empty() && self.tables == 0 {
                    self.blank();
                }
            }
            "li" => self.end_line(),
            "a" | "strong" | "b" | "code" => self.close_span(name),
            name => self.boundary(name, false),
        }
    }

    /// Ends the cell under way, if one is.
    fn close_cell(&mut self) {
        if let Some(is_heading) = self.cell.take() {
            let cell = std::mem::take(&mut self.line);
            self.spans.clear();
            self.table.cell(&cell, is_heading);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.verbatim > 0 {
            self.line.push_str(text);
            return;
        }
        for c in text.chars() {
            let blank = c.is_whitespace();
            let redundant = self.line.is_empty() || self.line.ends_with(char::is_whitespace);
            match (blank, redundant) {
                (true, true) => {}
                (true, false) => self.line.push(' '),
                (false, _) => self.line.push(c),
            }
        }
    }

    pub(super) fn finish(mut self) -> String {
        while self.tables > 0 {
            self.close_table();
        }
        self.block();
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    /// Where an element opens or closes that begins lines of its own.
    fn boundary(&mut self, name: &str, opens: bool) {
        let level = match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => usize::from(name.as_bytes()[1] - b'0'),
            _ if BLOCKS.contains(&name) => 0,
            _ => return,
        };
        self.block();
        if opens && level > 0 && self.tables == 0 && self.lists.is_empty() {
            self.mark = format!("{} ", "#".repeat(level));
        }
    }

    /// Ends a paragraph; within an item only its line, within a table nothing but a word.
    fn block(&mut self) {
        match (self.tables > 0, self.lists.is_empty()) {
            (true, _) => self.text(" "),
            (false, false) if self.line.trim().is_empty() => {}
            (false, false) => self.end_line(),
            (false, true) => {
                let wrote = !self.line.trim().is_empty();
                self.end_line();
                if wrote {
                    self.blank();
                }
            }
        }
    }

    fn new_line(&mut self) {
        match (self.verbatim > 0, self.tables > 0) {
            (true, _) => self.line.push('\n'),
            (false, true) => self.text(" "),
            (false, false) => self.end_line(),
        }
    }

    fn end_line(&mut self) {
        if self.tables > 0 {
            return self.text(" ");
        }
        self.spans.clear();
        let line = std::mem::take(&mut self.line);
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let mark = std::mem::take(&mut self.mark);
        let continues_item = mark.is_empty() && !self.lists.is_empty();
        let indent = if continues_item { "  ".repeat(self.lists.len()) } else { String::new() };
        self.out.push_str(&format!("{indent}{mark}{line}\n"));
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn open_list(&mut self, tag: &Tag) {
        match self.lists.is_empty() {
            true => self.block(),
            false => self.end_line(),
        }
        let number = (tag.name == "ol").then_some(1);
        let is_tasks = tag.classes().any(|class| class.contains("task-list"));
        self.lists.push(List { number, is_tasks });
    }

    fn open_item(&mut self, tag: &Tag) {
        self.end_line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let (bullet, is_tasks) = match self.lists.last_mut() {
            Some(List { number: Some(number), is_tasks }) => {
                *number += 1;
                (format!("{}. ", *number - 1), *is_tasks)
            }
            Some(List { number: None, is_tasks }) => ("- ".to_owned(), *is_tasks),
            None => ("- ".to_owned(), false),
        };
        if self.tables > 0 && !self.line.trim().is_empty() {
            self.line.truncate(self.line.trim_end().len());
            self.line.push_str("; ");
        }
        if self.tables == 0 {
            self.mark = format!("{indent}{bullet}");
            if is_tasks {
                self.tick(tag.classes().any(|class| class == "checked" || class == "complete"));
            }
        }
    }

    fn tick(&mut self, done: bool) {
        if self.mark.ends_with("- ") {
            self.mark.push_str(if done { "[x] " } else { "[ ] " });
        }
    }

    fn close_span(&mut self, name: &str) {
        let Some(at) = self.spans.iter().rposition(|span| span.name == name) else {
            return;
        };
        self.spans.truncate(at + 1);
        let Some(Span { start, href, .. }) = self.spans.pop() else {
            return;
        };
        if self.verbatim > 0 || start > self.line.len() {
            return;
        }
        let told = self.line.split_off(start);
        let inner = told.trim();
        if inner.is_empty() {
            self.line.push_str(&told);
            return;
        }
        let before = &told[..told.len() - told.trim_start().len()];
        let after = &told[told.trim_end().len()..];
        let marked = match (name, href) {
            ("a", Some(href)) => format!("[{inner}]({href})"),
            ("strong" | "b", _) => format!("**{inner}**"),
            ("code", _) => format!("`{inner}`"),
            _ => inner.to_owned(),
        };
        self.line.push_str(&format!("{before}{marked}{after}"));
    }

    fn open_table(&mut self) {
        if self.tables == 0 {
            self.block();
            self.table = Table::default();
            self.line.clear();
        }
        self.tables += 1;
    }

    fn close_table(&mut self) {
        if self.tables == 1 {
            self.close_cell();
            self.line.clear();
        }
        self.tables = self.tables.saturating_sub(1);
        if self.tables == 0 {
            let table = std::mem::take(&mut self.table).markdown();
            self.blank();
            self.out.push_str(&table);
            self.blank();
        }
    }
}
