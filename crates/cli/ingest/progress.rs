//! How far an ingest has come, on a terminal only.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parse::InputFile;

use crate::render::count;

const FORM: &str = "{bar:24} {bytes}/{total_bytes}, {msg}, {eta} left";
const REDRAWS_PER_SEC: u8 = 5;

/// A bar on stderr; nothing where stderr is no terminal.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
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
        let begun = Instant::now();
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar, begun }
    }

    /// `bytes` more are done, `documents` in all.
    pub fn advance(&self, bytes: usize, documents: u32) {
        self.bar.inc(bytes as u64);
        let stored = count(documents as usize, "document", "documents");
        let per_sec = f64::from(documents) / self.begun.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!("{stored} at {per_sec:.0}/s"));
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
