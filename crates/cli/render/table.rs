//! Tables: aligned columns where there is room, one record below the other where there is not.

use super::clean::line;
use super::page::Page;
use super::paint::Tone;
use super::wrap::{columns, wrap};

/// The blanks between columns.
const GAP: usize = 2;
/// The least room worth having for the last column.
const LAST_COLUMNS_MIN: usize = 24;

/// A table whose last column holds the long texts.
pub struct Table<const N: usize> {
    headings: [&'static str; N],
    rows: Vec<Row<N>>,
}

struct Row<const N: usize> {
    tone: Tone,
    cells: [String; N],
}

impl<const N: usize> Table<N> {
    /// An empty table.
    pub fn new(headings: [&'static str; N]) -> Self {
        Self { headings, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, tone: Tone, cells: [String; N]) {
        let cells = cells.map(|cell| line(&cell));
        self.rows.push(Row { tone, cells });
    }

    /// Writes the table; nothing where it has no rows.
    pub fn write(&self, page: &mut Page) {
        let widths = self.widths();
        let shown = widths[..N - 1].iter().filter(|width| **width > 0);
        let before: usize = shown.map(|width| width + GAP).sum();
        let room = page.look().table_columns.saturating_sub(before);
        if self.rows.is_empty() {
        } else if room >= LAST_COLUMNS_MIN.min(widths[N - 1]) {
            self.write_aligned(page, &widths, room);
        } else {
            self.rows.iter().for_each(|row| self.write_stacked(page, row));
        }
    }

    /// The columns each column needs; none where all its cells are empty.
    fn widths(&self) -> [usize; N] {
        std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| columns(&row.cells[column]));
            match cells.max().unwrap_or(0) {
                0 => 0,
                widest => widest.max(columns(self.headings[column])),
            }
        })
    }

    fn write_aligned(&self, page: &mut Page, widths: &[usize; N], room: usize) {
        let headings = self.headings.map(str::to_owned);
        write_row(page, Tone::Faint, &headings, widths, room);
        for row in &self.rows {
            write_row(page, row.tone, &row.cells, widths, room);
        }
    }

    /// The long text first: it is what tells the record.
    fn write_stacked(&self, page: &mut Page, row: &Row<N>) {
        let cells = self.headings.iter().zip(&row.cells).take(N - 1);
        let others: Vec<_> = cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(heading, cell)| format!("{} {cell}", heading.to_lowercase()))
            .collect();
        page.item(row.tone, "", &row.cells[N - 1]);
        page.item(Tone::Plain, "  ", &others.join(", "));
    }
}

fn write_row<const N: usize>(
    page: &mut Page,
    tone: Tone,
    cells: &[String; N],
    widths: &[usize; N],
    room: usize,
) {
    let paint = page.look().paint;
    let mut before = String::new();
    for (cell, width) in cells[..N - 1].iter().zip(widths).filter(|(_, width)| **width > 0) {
        before.push_str(cell);
        before.push_str(&" ".repeat(width - columns(cell) + GAP));
    }
    let indent = " ".repeat(columns(&before));
    let lines = wrap(&cells[N - 1], room);
    let first = lines.first().map_or("", String::as_str);
    page.row(&paint.tone(tone, format!("{before}{first}").trim_end()));
    for line in lines.iter().skip(1) {
        page.row(&paint.tone(tone, &format!("{indent}{line}")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::Look;
    use super::*;

    fn written(width: usize) -> String {
        let mut table = Table::new(["Id", "Owner", "Count", "Name"]);
        let row = |cells: [&str; 4]| cells.map(str::to_owned);
        table.row(Tone::Plain, row(["FC-1", "", "11", "TLS handshake failure on the edge"]));
        table.row(Tone::Plain, row(["FC-12", "", "2", "Disk\u{1b} full"]));
        let mut page = Page::new(Look::plain(width));
        table.write(&mut page);
        page.finish()
    }

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        assert_eq!(
            written(60),
            "Id     Count  Name\nFC-1   11     TLS handshake failure on the edge\nFC-12  2      Disk full\n"
        );
    }

    #[test]
    fn long_texts_go_on_below_themselves() {
        let text = written(38);
        assert!(
            text.contains("FC-1   11     TLS handshake failure on\n              the edge\n"),
            "{text}"
        );
    }

    #[test]
    fn on_a_narrow_screen_records_stand_below_each_other() {
        assert_eq!(
            written(30),
            "TLS handshake failure on the\nedge\n  id FC-1, count 11\nDisk full\n  id FC-12, count 2\n"
        );
    }
}
