//! A report as Markdown.

use std::fmt::{self, Write};

use engine::{Reported, Scope};

use crate::escape::inline;
use crate::outline::{Body, Cell, Line, Outline, Section, TITLE, Table};

/// The whole page.
pub(crate) fn page(reported: &Reported, scope: &Scope) -> String {
    let mut text = String::new();
    write_page(&mut text, &Outline::of(reported, scope))
        .expect("a string takes all that is written to it");
    text
}

fn write_page(text: &mut String, outline: &Outline) -> fmt::Result {
    writeln!(text, "# {TITLE}\n")?;
    for line in &outline.coverage {
        writeln!(text, "{}", inline(line))?;
    }
    writeln!(text, "\n## In short\n")?;
    for line in &outline.summary {
        writeln!(text, "- {}", inline(line))?;
    }
    outline.sections.iter().try_for_each(|section| write_section(text, section))
}

fn write_section(text: &mut String, section: &Section) -> fmt::Result {
    writeln!(text, "\n## {}\n", section.title)?;
    if !section.note.is_empty() {
        writeln!(text, "{}\n", section.note)?;
    }
    match &section.body {
        Body::Lines(lines) => lines.iter().try_for_each(|line| write_line(text, line))?,
        Body::Table(table) => write_table(text, table)?,
    }
    match section.more {
        0 => Ok(()),
        more => writeln!(text, "\nAnd {more} more."),
    }
}

fn write_line(text: &mut String, Line { name, id, text: told }: &Line) -> fmt::Result {
    writeln!(text, "- **{}** ({}): {}", inline(name), inline(id), inline(told))
}

fn write_table(text: &mut String, Table { columns, rows }: &Table) -> fmt::Result {
    for column in columns {
        write!(text, "| {} ", column.heading)?;
    }
    writeln!(text, "|")?;
    for column in columns {
        write!(text, "| {} ", if column.numeric { "---:" } else { "---" })?;
    }
    writeln!(text, "|")?;
    for row in rows {
        for cell in row {
            write!(text, "| {} ", cell_text(cell))?;
        }
        writeln!(text, "|")?;
    }
    Ok(())
}

/// Addresses are left out: in a table they drown what they lead from.
fn cell_text(cell: &Cell) -> String {
    let text = inline(&cell.text);
    if cell.names_row && !text.is_empty() { format!("**{text}**") } else { text }
}

#[cfg(test)]
mod tests;
