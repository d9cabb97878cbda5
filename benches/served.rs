//! A server with a history, in the process of a bench.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use engine::{Engine, Item};
use jiff::Timestamp;
use relapse::config::Config;
use relapse::serve::{Bound, serve};
use relapse::service::Service;
use testkit::corpus::Labelled;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stores `history` in `folder` and opens it.
pub fn filled(folder: &Path, history: Vec<Labelled>) -> Service {
    let items = history.into_iter().map(|it| Item::Incident(Box::new(it.incident)));
    let engine = Engine::open(folder).expect("an empty folder opens");
    engine.ingest(items.collect()).expect("there is room");
    drop(engine);
    Service::open(folder, now).expect("no one holds the folder")
}

/// A server on free ports and threads of its own; it stops when the sender is dropped.
pub fn started(service: Service) -> (Bound, oneshot::Sender<()>) {
    let (tell, told) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    thread::spawn(move || {
        let any = "127.0.0.1:0".parse().expect("an address");
        let config = Config { grpc: any, http: any, ..Config::default() };
        let bound = |bound| tell.send(bound).expect("somebody waits for it");
        let runtime = Runtime::new().expect("threads can be started");
        runtime.block_on(serve(&config, service, bound, async { drop(stopped.await) }))
    });
    (told.recv().expect("it opens its doors"), stop)
}

/// The day after the last incident of the corpus.
fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}
