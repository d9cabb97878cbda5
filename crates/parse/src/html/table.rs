//! A table, row by row.

/// A cell without line breaks, and whether it is a heading.
#[derive(Debug)]
struct Cell {
    text: String,
    is_heading: bool,
}

/// A table under way.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Adds a cell to the last row.
    pub(super) fn cell(&mut self, text: &str, is_heading: bool) {
        let words: Vec<&str> = text.split_whitespace().collect();
        if self.rows.is_empty() {
            self.row();
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(Cell { text: words.join(" "), is_heading });
        }
    }

    /// As Markdown: with a head where all cells of the first row are headings; as labels where each row is a heading
    /// and its value, as the properties of a page are.
    pub(super) fn markdown(mut self) -> String {
        self.rows.retain(|row| row.iter().any(|cell| !cell.text.is_empty()));
        if self.rows.iter().all(|row| is_label(row)) {
            return self.rows.iter().map(|row| label(row)).collect();
        }
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|cell| cell.text.replace('|', "\\|")).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if number == 0 && row.iter().all(Cell::names) {
                text.push_str(&format!("|{}\n", " --- |".repeat(row.len())));
            }
        }
        text
    }
}

impl Cell {
    /// Whether it is written as a heading: marked up as one, or bold as a whole.
    fn names(&self) -> bool {
        let bold = self.text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
        self.is_heading || bold.is_some_and(|name| !name.contains("**"))
    }
}

/// Whether a row is a name and its value; a time is no name.
fn is_label(row: &[Cell]) -> bool {
    let [name, value] = row else {
        return false;
    };
    let begins_with_a_letter = name.text.trim_start_matches('*').starts_with(char::is_alphabetic);
    name.names() && begins_with_a_letter && !value.names()
}

fn label(row: &[Cell]) -> String {
    let name = row[0].text.trim_matches('*').trim_end_matches(':');
    format!("**{name}:** {}\n", row[1].text)
}
