//! The binary as a process: killed, started twice, asked wrongly.

#[path = "process/command_line.rs"]
mod command_line;
#[path = "process/crash.rs"]
mod crash;
#[path = "process/imports.rs"]
mod imports;
#[path = "process/logs.rs"]
mod logs;
#[path = "process/program.rs"]
mod program;
#[path = "process/same_bytes.rs"]
mod same_bytes;
#[path = "process/watch.rs"]
mod watch;
#[path = "process/whole_store.rs"]
mod whole_store;
