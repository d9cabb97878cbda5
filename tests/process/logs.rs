//! The log of a server, as programs read it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A server that logs; killed when it is dropped.
struct Logging(Child);

impl Drop for Logging {
    fn drop(&mut self) {
        // A server that has ended already needs no killing.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(address: &str, path: &str, id: &str) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("text");
    assert!(reply.to_lowercase().contains(&format!("x-request-id: {id}")), "{reply}");
}

#[test]
fn every_line_is_an_object_and_names_the_request_it_belongs_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_relapse"));
    command.args([
        "serve",
        "--grpc",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--log-format",
        "json",
    ]);
    command.arg("--data").arg(folder.path()).env("RELAPSE_LOG", "info,relapse::access=debug");
    let process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut server = Logging(process.expect("the binary starts"));
    let stdout = BufReader::new(server.0.stdout.take().expect("a pipe"));
    let http = stdout.lines().map(|line| line.expect("text")).find(|line| line.starts_with("HTTP"));
    let http = http.expect("the server says where it is");
    let address = http.split_once("://").expect("an address").1;
    ask(address, "/v1/classes", "page-7");
    ask(address, "/v1/classes/FC-9", "page-8");
    let stderr = BufReader::new(server.0.stderr.take().expect("a pipe"));
    let mut seen = Vec::new();
    for line in stderr.lines() {
        let line: Value = serde_json::from_str(&line.expect("text")).expect("an object");
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        if line["target"] == "relapse::access" {
            seen.push((line["span"]["request_id"].clone(), line["code"].clone()));
        }
        if seen.len() == 2 {
            break;
        }
    }
    assert_eq!(seen, [("page-7".into(), "OK".into()), ("page-8".into(), "NOT_FOUND".into())]);
}
