//! Results on stdout, everything else on stderr.

use std::io::{self, ErrorKind, IsTerminal, Write};

use chat::{clean, line};
use prost::{Message, Name};
use relapse::json;

use crate::args::{self, Global};
use crate::error::{Error, Result};
use crate::render::{Look, Paint};

/// Width taken where it cannot be asked for.
const COLUMNS_DEFAULT: usize = 80;

/// How results are written.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    form: args::Output,
    look: Look,
}

impl Output {
    /// As the options and the terminal have it.
    pub fn new(global: &Global) -> Self {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        let columns = terminal.map(|(width, _)| usize::from(width.0));
        let look = Look {
            paint: Paint::new(colours(global.color, io::stdout().is_terminal())),
            // In a pipe a row stays one line, however long.
            table_columns: columns.unwrap_or(usize::MAX),
            prose_columns: columns.unwrap_or(COLUMNS_DEFAULT).min(Look::PROSE_COLUMNS_MAX),
        };
        Self { form: global.output, look }
    }

    /// How a page looks that goes into a file: as on a wide screen, without colours.
    pub fn for_a_file(&self) -> Look {
        Look { paint: Paint::new(false), table_columns: usize::MAX, ..self.look }
    }

    /// Whether stdout is for programs.
    pub fn is_json(&self) -> bool {
        self.form == args::Output::Json
    }

    /// Writes one message: as JSON, or as `render` writes it for people.
    pub fn show<M: Message + Name>(
        &self,
        message: &M,
        render: impl FnOnce(&M, Look) -> String,
    ) -> Result<()> {
        if self.is_json() {
            let mut text = json::to_json(message)?;
            text.push('\n');
            to_stdout(text.as_bytes())
        } else {
            to_stdout(render(message, self.look).as_bytes())
        }
    }
}

/// Writes to stdout as it is. That nobody reads it any more is no error.
pub fn to_stdout(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
        _ => Ok(()),
    }
}

/// Says something on stderr.
pub fn note(text: &str) {
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", clean(text));
}

/// Says on stderr why the command failed, and what to do about it.
pub fn complain(error: &Error, color: args::Color) {
    let paint = Paint::new(colours(color, io::stderr().is_terminal()));
    let mut text = format!("{} {}\n", paint.bad("error:"), line(&error.to_string()));
    if let Some(hint) = error.hint() {
        text.push_str(&format!("{} {}\n", paint.strong("hint:"), line(&hint)));
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Whether to colour. `NO_COLOR` counts where it is set and not empty (no-color.org).
pub fn colours(color: args::Color, terminal: bool) -> bool {
    match color {
        args::Color::Always => true,
        args::Color::Never => false,
        args::Color::Auto => {
            let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            terminal && !unwanted
        }
    }
}
