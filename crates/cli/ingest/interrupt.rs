//! Ctrl-C: the first one ends the work after the records under way, the second one the process.

use relapse::status::ExitCode;
use tokio::sync::watch::{Receiver, channel};

use crate::output::note;

/// Whether Ctrl-C came.
pub struct Interrupt(Receiver<bool>);

impl Interrupt {
    /// Listens from now on. A second Ctrl-C ends the process, which leaves the store whole.
    pub fn listen() -> Self {
        let (sender, receiver) = channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                // Where nobody waits any more the work is done.
                let _ = sender.send(true);
                note("stopping after the records under way; Ctrl-C again stops at once");
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(ExitCode::Interrupted as i32);
            }
        });
        Self(receiver)
    }

    /// Whether it came.
    pub fn came(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it came.
    pub async fn wait(&mut self) {
        // Where nobody listens any more it cannot come.
        if self.0.wait_for(|came| *came).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
