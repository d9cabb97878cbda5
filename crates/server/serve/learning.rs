//! Learning how sure answers are, while the server runs.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task;
use tokio::time::sleep;

use crate::service::Service;

/// How often to look whether there is more to learn from.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Replays the history whenever it has grown by a quarter and nothing has come in since the last look, until the server
/// drains. Queries go on meanwhile; what was learnt is seen by those that begin after.
pub(super) async fn keep_learning(service: Service, draining: Arc<AtomicBool>) {
    let mut seen = service.position();
    loop {
        sleep(LOOK_EVERY).await;
        if service.position() == seen && service.is_outgrown() {
            learn(service.clone(), Arc::clone(&draining)).await;
        }
        seen = service.position();
    }
}

async fn learn(service: Service, draining: Arc<AtomicBool>) {
    let go_on = move |_, _| match draining.load(Ordering::Relaxed) {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    match task::spawn_blocking(move || service.calibrate(go_on)).await {
        Ok(Ok(cases)) => tracing::info!(cases, "answers say how sure they are"),
        Ok(Err(status)) => tracing::warn!(%status, "nothing was learnt; the next look tries again"),
        Err(error) => tracing::error!(%error, "learning broke down"),
    }
}
