//! Tables: rows of cells under columns with names.

use crate::block::{Kind, Line};
use crate::inline::plain;

/// A table of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// The names of the columns, lower case; empty where the table has no head.
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: u32,
    /// The cells with their markup.
    pub(crate) cells: Vec<String>,
}

impl Row {
    /// What the cell in `column` says, without markup; `None` where it is empty or a dash.
    pub(crate) fn text(&self, column: Option<usize>) -> Option<String> {
        let text = plain(self.cells.get(column?)?);
        let says_nothing = matches!(
            text.to_lowercase().as_str(),
            "" | "-" | "--" | "\u{2014}" | "\u{2013}" | "n/a" | "none" | "tbd" | "?"
        );
        (!says_nothing).then_some(text)
    }
}

impl Table {
    /// The first column one of whose names has a word that starts with one of `stems`, the stems
    /// tried in order.
    pub(crate) fn column(&self, stems: &[&str]) -> Option<usize> {
        stems.iter().find_map(|stem| {
            self.head.iter().position(|name| {
                name.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(stem))
            })
        })
    }
}

/// The tables among `lines`, in order.
pub(crate) fn tables(lines: &[Line<'_>]) -> Vec<Table> {
    lines.split(|line| line.kind != Kind::Row).filter(|rows| !rows.is_empty()).map(table).collect()
}

fn table(lines: &[Line<'_>]) -> Table {
    let has_head = lines.get(1).is_some_and(is_separator);
    let (head, body) = lines.split_at(usize::from(has_head));
    let name = |cell: String| plain(&cell).to_lowercase();
    let row = |line: &Line<'_>| Row { line: line.number, cells: cells(line.raw) };
    Table {
        head: head.iter().flat_map(|line| cells(line.raw)).map(name).collect(),
        rows: body.iter().filter(|line| !is_separator(line)).map(row).collect(),
    }
}

/// Whether `line` parts the head of a table from its rows.
pub(crate) fn is_separator(line: &Line<'_>) -> bool {
    let is_rule =
        |cell: &String| cell.contains('-') && cell.chars().all(|c| matches!(c, '-' | ':' | ' '));
    let cells = if line.kind == Kind::Row { cells(line.raw) } else { Vec::new() };
    !cells.is_empty() && cells.iter().all(is_rule)
}

/// The cells of a row. A bar that is escaped, or stands in code or a wiki link, is part of its cell.
fn cells(raw: &str) -> Vec<String> {
    let inner = raw.trim().trim_start_matches('|');
    let mut cells = vec![String::new()];
    let (mut in_code, mut link_depth, mut escaped) = (false, 0_usize, false);
    for c in inner.chars() {
        let closes = c == '|' && !escaped && !in_code && link_depth < 2;
        match c {
            '`' if !escaped => in_code = !in_code,
            '[' => link_depth += 1,
            ']' => link_depth = link_depth.saturating_sub(1),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if closes {
            cells.push(String::new());
            link_depth = 0;
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
    }
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan;

    fn read(text: &str) -> Table {
        tables(&scan(text, 1)).remove(0)
    }

    #[test]
    fn columns_are_found_by_what_their_names_begin_with() {
        let table = read("| Due Date | Action |\n|---|:-:|\n| 2025-01-02 | add an alert |\n");
        assert_eq!(table.column(&["action"]), Some(1));
        assert_eq!(table.column(&["deadline", "due"]), Some(0));
        assert_eq!(table.column(&["owner"]), None);
        assert_eq!(table.rows[0].text(Some(1)).as_deref(), Some("add an alert"));
        assert_eq!(table.rows[0].line, 3);
    }

    #[test]
    fn a_table_may_have_no_head() {
        let table = read("| 10:00 | down |\n| 10:05 | up |\n");
        assert_eq!((table.head.len(), table.rows.len()), (0, 2));
    }

    #[test]
    fn bars_in_code_and_links_do_not_part_cells() {
        let table = read("| `a|b` | [[c|d]] | e \\| f |\n");
        assert_eq!(table.rows[0].cells, ["`a|b`", "[[c|d]]", "e \\| f"]);
    }

    #[test]
    fn a_dash_is_an_empty_cell() {
        let table = read("| - | TBD | x |\n");
        assert_eq!(table.rows[0].text(Some(0)), None);
        assert_eq!(table.rows[0].text(Some(1)), None);
        assert_eq!(table.rows[0].text(Some(2)).as_deref(), Some("x"));
    }

    #[test]
    fn tables_end_where_other_lines_begin() {
        assert_eq!(tables(&scan("| a |\ntext\n| b |\n", 1)).len(), 2);
    }
}
