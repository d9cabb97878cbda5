//! Starts the binary.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// Runs `relapse` with `arguments` on the store in `folder` to its end.
pub fn relapse(folder: &Path, arguments: &[&str]) -> Output {
    command(arguments).arg("--data").arg(folder).output().expect("the binary runs")
}

/// What a command that succeeds prints on stdout.
#[track_caller]
pub fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = relapse(folder, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "relapse {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("text")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relapse"));
    command.args(arguments).stdin(Stdio::null()).env_remove("RELAPSE_DATA");
    command
}

/// A server in a process of its own; killed when it is dropped.
pub struct Server {
    process: Child,
    /// Where it answers gRPC: `http://127.0.0.1:PORT`.
    pub grpc: String,
}

impl Server {
    /// Serves the store in `folder` on free ports, and returns once it does.
    pub fn start(folder: &Path) -> Self {
        let mut process = command(&["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .arg("--data")
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let stdout = process.stdout.take().expect("stdout is a pipe");
        let mut first = String::new();
        BufReader::new(stdout).read_line(&mut first).expect("the server says where it is");
        let grpc = first.split_whitespace().nth(1).unwrap_or_default().to_owned();
        assert!(grpc.starts_with("http://127.0.0.1:"), "{first}");
        Self { process, grpc }
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has ended already needs no killing.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
