//! The server as its callers meet it: a real one on free ports, through the generated clients and plain HTTP.

#[path = "relapse/backtest.rs"]
mod backtest;
#[path = "relapse/calls.rs"]
mod calls;
#[path = "relapse/chat.rs"]
mod chat;
#[path = "relapse/decisions.rs"]
mod decisions;
#[path = "relapse/drain.rs"]
mod drain;
#[path = "relapse/follow_ups.rs"]
mod follow_ups;
#[path = "relapse/guard.rs"]
mod guard;
#[path = "relapse/health.rs"]
mod health;
#[path = "relapse/http.rs"]
mod http;
#[path = "relapse/ingest.rs"]
mod ingest;
#[path = "relapse/long_streams.rs"]
mod long_streams;
#[path = "relapse/notes.rs"]
mod notes;
#[path = "relapse/page.rs"]
mod page;
#[path = "relapse/pages.rs"]
mod pages;
#[path = "relapse/reflection.rs"]
mod reflection;
#[path = "relapse/report.rs"]
mod report;
#[path = "relapse/samples.rs"]
mod samples;
#[path = "relapse/server.rs"]
mod server;
#[path = "relapse/similar.rs"]
mod similar;
#[path = "relapse/slack.rs"]
mod slack;
#[path = "../crates/server/outgoing/stand_in.rs"]
mod stand_in;
#[path = "relapse/story.rs"]
mod story;
#[path = "relapse/telemetry.rs"]
mod telemetry;
#[path = "relapse/watch.rs"]
mod watch;
#[path = "relapse/webhooks.rs"]
mod webhooks;
