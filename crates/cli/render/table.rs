//! Tables: aligned columns, a line for each row, where there is room; one record below the other where there is not.

use super::page::Page;
use super::paint::Tone;
use super::wrap::{columns, cut_behind, cut_inside, whole_words};
use chat::line;

/// The blanks between columns.
const GAP: usize = 2;
/// On a narrower screen records stand below each other, unless nothing has to yield.
const ALIGNED_COLUMNS_MIN: usize = 60;
/// The least room worth having for the last column.
const TEXT_COLUMNS_MIN: usize = 24;
/// The least room worth having for an id.
const ID_COLUMNS_MIN: usize = 18;

/// The columns of a date without its time.
pub const DAY_COLUMNS: usize = 10;
/// The columns of a severity such as `critical`.
pub const SEVERITY_COLUMNS: usize = 8;

/// A column of a table, and how it yields where room is short.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    heading: &'static str,
    label: &'static str,
    shrinks: Shrinks,
    dispensable: bool,
}

/// How the cells of a column get shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shrinks {
    Never,
    ToWordsWithin(usize),
    InTheMiddle,
}

impl Column {
    /// A column whose cells stay as they are. Where records stand below each other the heading goes before the value.
    pub const fn new(heading: &'static str) -> Self {
        Self { heading, label: heading, shrinks: Shrinks::Never, dispensable: false }
    }

    /// A column of ids: at most one of a table, cut in the middle.
    pub const fn id(heading: &'static str) -> Self {
        Self { shrinks: Shrinks::InTheMiddle, ..Self::new(heading) }
    }

    /// Its cells may be cut to the words that `width` columns hold.
    pub const fn words_within(self, width: usize) -> Self {
        Self { shrinks: Shrinks::ToWordsWithin(width), ..self }
    }

    /// It may be left out; of several such columns the last goes first.
    pub const fn dispensable(self) -> Self {
        Self { dispensable: true, ..self }
    }

    /// What goes before the value where records stand below each other.
    pub const fn labelled(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    /// The cell in `width` columns.
    fn cut(&self, cell: &str, width: usize) -> String {
        match self.shrinks {
            _ if columns(cell) <= width => cell.to_owned(),
            Shrinks::Never => cell.to_owned(),
            Shrinks::ToWordsWithin(_) => whole_words(cell, width),
            Shrinks::InTheMiddle => cut_inside(cell, width),
        }
    }
}

/// A table whose last column holds the long texts.
pub struct Table<const N: usize> {
    columns: [Column; N],
    rows: Vec<Row<N>>,
}

struct Row<const N: usize> {
    tone: Tone,
    cells: [String; N],
}

impl<const N: usize> Table<N> {
    /// An empty table.
    pub fn new(columns: [Column; N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, tone: Tone, cells: [String; N]) {
        let cells = cells.map(|cell| line(&cell));
        self.rows.push(Row { tone, cells });
    }

    /// Writes the table; nothing where it has no rows.
    pub fn write(&self, page: &mut Page) {
        let room = page.look().table_columns;
        let widths = self.widths();
        if self.rows.is_empty() {
        } else if room >= ALIGNED_COLUMNS_MIN || taken(&widths) <= room {
            self.write_aligned(page, &self.fitted(widths, room));
        } else {
            self.rows.iter().for_each(|row| self.write_stacked(page, row));
        }
    }

    /// The columns each column needs; none where all its cells are empty.
    fn widths(&self) -> [usize; N] {
        std::array::from_fn(|place| {
            let cells = self.rows.iter().map(|row| columns(&row.cells[place]));
            match cells.max().unwrap_or(0) {
                0 => 0,
                widest => widest.max(columns(self.columns[place].heading)),
            }
        })
    }

    /// The widths within `room`: first words go, then the columns that can be dispensed with; the id and the text share
    /// what is left.
    fn fitted(&self, mut widths: [usize; N], room: usize) -> [usize; N] {
        let id = self.columns.iter().position(|column| column.shrinks == Shrinks::InTheMiddle);
        if least(&widths, None) > room {
            self.shorten_words(&mut widths);
        }
        for place in (0..N).rev().filter(|place| self.columns[*place].dispensable) {
            if least(&widths, id) > room {
                widths[place] = 0;
            }
        }
        share(&mut widths, id, room);
        widths
    }

    fn shorten_words(&self, widths: &mut [usize; N]) {
        for (column, width) in self.columns.iter().zip(widths) {
            if let Shrinks::ToWordsWithin(most) = column.shrinks {
                *width = most.max(columns(column.heading)).min(*width);
            }
        }
    }

    fn write_aligned(&self, page: &mut Page, widths: &[usize; N]) {
        let headings = self.columns.map(|column| column.heading.to_owned());
        self.write_row(page, Tone::Faint, &headings, widths);
        for row in &self.rows {
            self.write_row(page, row.tone, &row.cells, widths);
        }
        if self.cuts_an_id(widths) {
            let advice = "Ids with … are cut; in a pipe they are whole.";
            page.tell(Tone::Faint, advice);
        }
    }

    fn write_row(&self, page: &mut Page, tone: Tone, cells: &[String; N], widths: &[usize; N]) {
        let mut text = String::new();
        let shown = (0..N - 1).filter(|place| widths[*place] > 0);
        for place in shown {
            let cell = self.columns[place].cut(&cells[place], widths[place]);
            text.push_str(&cell);
            text.push_str(&" ".repeat((widths[place] + GAP).saturating_sub(columns(&cell))));
        }
        text.push_str(&cut_behind(&cells[N - 1], widths[N - 1]));
        let paint = page.look().paint;
        page.row(&paint.tone(tone, text.trim_end()));
    }

    fn cuts_an_id(&self, widths: &[usize; N]) -> bool {
        let ids = (0..N).filter(|place| self.columns[*place].shrinks == Shrinks::InTheMiddle);
        let mut cells = ids.flat_map(|id| self.rows.iter().map(move |row| (id, &row.cells[id])));
        cells.any(|(id, cell)| columns(cell) > widths[id])
    }

    /// The long text first: it is what tells the record.
    fn write_stacked(&self, page: &mut Page, row: &Row<N>) {
        let cells = self.columns.iter().zip(&row.cells).take(N - 1);
        let others: Vec<_> = cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(column, cell)| match column.label {
                "" => cell.clone(),
                label => format!("{} {cell}", label.to_lowercase()),
            })
            .collect();
        page.item(row.tone, "", &row.cells[N - 1]);
        page.item(Tone::Plain, "  ", &others.join(", "));
    }
}

/// The room that columns of these widths take.
fn taken(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0);
    shown.map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
}

/// The room they take with a text, and an id, as short as is worth having.
fn least<const N: usize>(widths: &[usize; N], id: Option<usize>) -> usize {
    let mut least = *widths;
    least[N - 1] = least[N - 1].min(TEXT_COLUMNS_MIN);
    if let Some(id) = id {
        least[id] = least[id].min(ID_COLUMNS_MIN);
    }
    taken(&least)
}

/// Gives the text what the others leave of `room`, and to the id half of that, or more where the text needs less.
fn share<const N: usize>(widths: &mut [usize; N], id: Option<usize>, room: usize) {
    let text = widths[N - 1];
    let others = |widths: &[usize; N]| taken(widths) - widths[N - 1];
    if let Some(id) = id {
        let rest = room.saturating_sub(others(widths) - widths[id]);
        widths[id] = widths[id].min(rest.saturating_sub(text).max(rest / 2));
    }
    widths[N - 1] = text.min(room.saturating_sub(others(widths)));
}

#[cfg(test)]
mod tests {
    use super::super::page::Look;
    use super::*;

    fn written(width: usize) -> String {
        let mut table = Table::new([
            Column::new("Id"),
            Column::new("Owner"),
            Column::new("Count"),
            Column::new("State").labelled("").words_within(6),
            Column::new("Name"),
        ]);
        let row = |cells: [&str; 5]| cells.map(str::to_owned);
        let name = "TLS handshake failure on the edge";
        table.row(Tone::Plain, row(["FC-1", "", "11", "open", name]));
        table.row(Tone::Plain, row(["FC-12", "", "2", "closed yesterday", "Disk\u{1b} full"]));
        let mut page = Page::new(Look::plain(width));
        table.write(&mut page);
        page.finish()
    }

    /// A path as an id, a service to do without, and a title.
    fn paths(width: usize) -> String {
        let mut table = Table::new([
            Column::new("Service").dispensable(),
            Column::id("Incident"),
            Column::new("Title"),
        ]);
        let service = "notification-worker";
        let id = "incidents/postmortems/2026-10-30-recs-oom-kills-again";
        let title = "Memory leak: the pods are killed again and again";
        table.row(Tone::Plain, [service, id, title].map(str::to_owned));
        let mut page = Page::new(Look::plain(width));
        table.write(&mut page);
        page.finish()
    }

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        assert_eq!(
            written(90),
            concat!(
                "Id     Count  State             Name\n",
                "FC-1   11     open              TLS handshake failure on the edge\n",
                "FC-12  2      closed yesterday  Disk full\n"
            )
        );
    }

    #[test]
    fn a_row_is_one_line_within_the_room() {
        for width in 60..160 {
            let (names, paths) = (written(width), paths(width));
            assert_eq!((names.lines().count(), names.contains("FC-12  2")), (3, true), "{names}");
            assert!((2..=3).contains(&paths.lines().count()), "{paths}");
            let widest = names.lines().chain(paths.lines()).map(columns).max();
            assert!(widest <= Some(width), "{widest:?}:\n{names}\n{paths}");
        }
    }

    #[test]
    fn what_tells_least_goes_first_and_ids_keep_both_ends() {
        let text = paths(62);
        assert!(!text.contains("notification-worker"), "{text}");
        let row = text.lines().nth(1).expect("a row");
        assert!(row.starts_with("incidents") && row.contains("-oom-kills-again  Mem"), "{row}");
        assert!(row.ends_with('…'), "{row}");
        assert!(text.ends_with("Ids with … are cut; in a pipe they are whole.\n"));
    }

    #[test]
    fn in_a_pipe_nothing_is_cut() {
        let text = paths(usize::MAX);
        assert!(!text.contains('…') && text.contains("notification-worker"), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn on_a_narrow_screen_records_stand_below_each_other() {
        assert_eq!(
            written(30),
            concat!(
                "TLS handshake failure on the\nedge\n  id FC-1, count 11, open\n",
                "Disk full\n  id FC-12, count 2, closed\n  yesterday\n"
            )
        );
    }
}
