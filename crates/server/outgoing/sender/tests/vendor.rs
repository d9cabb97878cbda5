//! A destination that speaks the API of its vendor, and fails as it is told.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What a destination does with a request that is to leave something there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// It does it, and says so.
    Do,
    /// It says that it does not.
    Refuse(u16),
    /// It does it, and says that it failed.
    DoAndFail,
    /// It does it, and hangs up.
    DoAndCut,
    /// It hangs up.
    Cut,
    /// It does it, and says nothing.
    DoInSilence,
    /// It says nothing.
    Silence,
}

/// A destination.
#[derive(Debug, Default)]
pub(super) struct Vendor {
    /// What it does next, and then always [`Act::Do`].
    acts: Mutex<VecDeque<Act>>,
    /// How it answers when it is asked what it has, and then always 200.
    asked: Mutex<VecDeque<u16>>,
    /// What is there, in the order it came.
    pub(super) there: Mutex<Vec<Value>>,
    /// The keys it has seen, of those who send one.
    keys: Mutex<BTreeSet<String>>,
    /// Rings when a request was read.
    pub(super) received: Notify,
}

/// A request as it came.
struct Asked {
    line: String,
    head: String,
    body: Value,
}

impl Vendor {
    /// One that acts so, and answers so, in this order.
    pub(super) async fn start(acts: &[Act], asked: &[u16]) -> (Arc<Self>, SocketAddr) {
        let vendor = Arc::new(Self {
            acts: Mutex::new(acts.iter().copied().collect()),
            asked: Mutex::new(asked.iter().copied().collect()),
            ..Self::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let served = Arc::clone(&vendor);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                tokio::spawn(Arc::clone(&served).serve(stream));
            }
        });
        (vendor, address)
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        let asked = asked(&mut stream).await;
        if asked.line.starts_with("GET ") {
            let code = self.asked.lock().expect("whole").pop_front().unwrap_or(200);
            return reply(&mut stream, code, &self.listed(&asked)).await;
        }
        let act = self.acts.lock().expect("whole").pop_front().unwrap_or(Act::Do);
        if matches!(act, Act::Do | Act::DoAndFail | Act::DoAndCut | Act::DoInSilence) {
            self.take(&asked);
        }
        self.received.notify_one();
        match act {
            Act::Do => reply(&mut stream, 201, &json!({"ok": true})).await,
            Act::Refuse(code) => reply(&mut stream, code, &json!({})).await,
            Act::DoAndFail => reply(&mut stream, 500, &json!({})).await,
            Act::DoAndCut | Act::Cut => {}
            Act::DoInSilence | Act::Silence => std::future::pending().await,
        }
    }

    /// Leaves what is asked for; what came under the same key before is there already.
    fn take(&self, asked: &Asked) {
        let key = asked.head.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
        let is_new = key.is_none_or(|key| self.keys.lock().expect("whole").insert(key.to_owned()));
        if is_new {
            self.there.lock().expect("whole").push(asked.body.clone());
        }
    }

    /// What is there, as PagerDuty lists notes, or Slack a page of a channel.
    fn listed(&self, asked: &Asked) -> Value {
        let there = self.there.lock().expect("whole").clone();
        if asked.line.contains("/notes ") {
            let notes: Vec<&Value> = there.iter().map(|body| &body["note"]).collect();
            return json!({"notes": notes});
        }
        assert!(asked.line.contains("include_all_metadata=true"), "{}", asked.line);
        // Others talk too: what is looked for is on the second page.
        match asked.line.contains("cursor=more") {
            true => {
                json!({"ok": true, "messages": there, "response_metadata": {"next_cursor": ""}})
            }
            false => {
                let page = json!({"next_cursor": "more"});
                json!({"ok": true, "messages": [{"text": "hello"}], "response_metadata": page})
            }
        }
    }

    /// How much is there.
    pub(super) fn n_there(&self) -> usize {
        self.there.lock().expect("whole").len()
    }
}

async fn asked(stream: &mut TcpStream) -> Asked {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().expect("a number"));
            if body.len() >= length {
                let line = text.lines().next().expect("a line").to_owned();
                let body = serde_json::from_str(body).unwrap_or(Value::Null);
                return Asked { line, head, body };
            }
        }
        let read = stream.read(&mut chunk).await.expect("a request");
        assert!(read > 0, "a request is whole: {text}");
        bytes.extend_from_slice(&chunk[..read]);
    }
}

async fn reply(stream: &mut TcpStream, code: u16, body: &Value) {
    let body = body.to_string();
    let after = if code == 429 { "retry-after: 0\r\n" } else { "" };
    let head = format!("HTTP/1.1 {code} X\r\n{after}content-length: {}\r\n\r\n{body}", body.len());
    // Whoever asked may be gone.
    drop(stream.write_all(head.as_bytes()).await);
}
