//! How far an ingest has come, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parse::InputFile;

use crate::render::count;

const FORM: &str = "{bar:24} {bytes}/{total_bytes} {bytes_per_sec}, {msg}, {eta} left";
const REDRAWS_PER_SEC: u8 = 5;

/// A bar on stderr; nothing where stderr is no terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Nothing read yet of `files`.
    pub fn over(files: &[InputFile]) -> Self {
        let sizes = files.iter().filter_map(|file| file.path.metadata().ok());
        let total = sizes.map(|metadata| metadata.len()).sum();
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SEC);
        let bar = ProgressBar::with_draw_target(Some(total), target);
        bar.set_style(ProgressStyle::with_template(FORM).expect("a valid template"));
        bar.set_message(count(0, "document", "documents"));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar }
    }

    /// `bytes` more are done, `documents` in all.
    pub fn advance(&self, bytes: usize, documents: u32) {
        self.bar.inc(bytes as u64);
        self.bar.set_message(count(documents as usize, "document", "documents"));
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
