//! How far a replay of the history has come, on a terminal only.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const FORM: &str = "{msg} {bar:24} {pos}/{len} pages, {eta} left";

/// A bar on stderr, `doing` beside it; nothing where stderr is no terminal. It goes when the replay is over.
pub fn pages_bar(doing: &'static str) -> impl FnMut(usize, usize) -> ControlFlow<()> + Send {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(FORM).expect("a valid template"));
    bar.set_message(doing);
    let bar = Cleared(bar);
    move |done, all| {
        bar.0.set_length(all as u64);
        bar.0.set_position(done as u64);
        ControlFlow::Continue(())
    }
}

/// Takes the bar off the screen when it is dropped.
struct Cleared(ProgressBar);

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
