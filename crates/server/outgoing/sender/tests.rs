//! Each kind of destination against one that speaks its API, and fails in every way: before and after it has done
//! what was asked, with and without a reply, and with the process ended in between.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use alerts::{Labels, Sender as AlertSender, read as read_alert};
use incident::IncidentId;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::super::destination;
use super::super::hosts::Hosts;
use super::*;
use crate::service::Taken;

mod vendor;

use vendor::{Act, Vendor};

/// A history with one alert of PagerDuty that is answered, and where the answer goes.
struct World {
    dir: TempDir,
    vendor: Arc<Vendor>,
    kind: &'static str,
    incident: IncidentId,
}

const KINDS: [&str; 4] = ["pagerduty", "slack", "webhook", "slack-webhook"];

impl World {
    async fn with(kind: &'static str, acts: &[Act], asked: &[u16]) -> Self {
        Self::at(kind, acts, asked, Timestamp::now).await
    }

    /// One whose alert came at another time.
    async fn at(kind: &'static str, acts: &[Act], asked: &[u16], clock: fn() -> Timestamp) -> Self {
        let (vendor, address) = Vendor::start(acts, asked).await;
        let dir = tempfile::tempdir().expect("a folder");
        write_settings(dir.path(), kind, address);
        let world =
            Self { dir, vendor, kind, incident: IncidentId::new("PX1/20261120T030000.000Z") };
        let service = Service::open(&world.store(), clock).expect("a folder");
        let listeners: Arc<[_]> = vec![world.destination().listener()].into();
        let taken = || Taken { notices: vec![alert()], listeners: Arc::clone(&listeners) };
        service.take_alerts(taken()).expect("it is kept");
        service.take_alerts(taken()).expect("a copy changes nothing");
        assert!(service.next_note(kind).expect("read").is_some(), "it is to go out");
        world
    }

    fn store(&self) -> std::path::PathBuf {
        self.dir.path().join("store")
    }

    fn destination(&self) -> Destination {
        let hosts = Hosts::new(&["127.0.0.1".into()]);
        let read = destination::read(&self.dir.path().join("destinations.toml"), &hosts);
        read.expect("it is well formed").into_iter().next().expect("one")
    }

    /// A process that sends.
    fn sender(&self) -> Sender {
        let service = Service::open(&self.store(), Timestamp::now).expect("nobody else holds it");
        let ms = Duration::from_millis;
        let pace =
            Pace { first: ms(1), longest: ms(4), settle: ms(1), give_up: Pace::default().give_up };
        let client = Client::new().with_patience(ms(150));
        let destination = Arc::new(self.destination());
        Sender::new(Arc::new(Dispatch::new(service)), destination, client, pace, Arc::default())
    }

    /// Sends until there is nothing to send, through a process that ends each time the destination has read a request,
    /// as often as `kills`; how the note is then.
    async fn settled(&self, mut kills: u32) -> NoteRecord {
        let mut sender = self.sender();
        loop {
            let next = tokio::select! {
                biased;
                () = self.vendor.received.notified(), if kills > 0 => None,
                next = sender.step() => Some(next),
            };
            match next {
                None => {
                    kills -= 1;
                    drop(sender);
                    sender = self.sender();
                }
                Some(Next::Look) => {}
                Some(Next::LookIn(wait) | Next::Pause(wait)) => sleep(wait).await,
                Some(Next::Rest) => break,
            }
        }
        let note = sender.dispatch.service().note(self.kind, &self.incident);
        note.expect("read").expect("it is kept")
    }
}

fn write_settings(dir: &Path, kind: &str, address: SocketAddr) {
    let write = |name: &str, text: &str| fs::write(dir.join(name), text).expect("written");
    write("token", "t0ken");
    write("url", &format!("http://{address}/hook"));
    let path = |name: &str| dir.join(name).display().to_string();
    let (token, url, api) = (path("token"), path("url"), format!("http://{address}/api"));
    let lines = match kind {
        "pagerduty" => format!("token_file = '{token}'\napi = '{api}'\nfrom = 'r@example.com'\n"),
        "slack" => format!("token_file = '{token}'\napi = '{api}'\nchannel = 'C1'\n"),
        _ => format!("url_file = '{url}'\n"),
    };
    let verdicts = "verdicts = ['recurrence', 'similar', 'new', 'insufficient_text']";
    write("destinations.toml", &format!("[{kind}]\nkind = '{kind}'\n{lines}{verdicts}\n"));
}

fn alert() -> alerts::Notice {
    let body = json!({"event": {"event_type": "incident.triggered", "occurred_at": "2026-11-20T03:00:01Z",
        "data": {"id": "PX1", "type": "incident", "title": "Disk full on ledger-db", "status": "triggered",
            "created_at": "2026-11-20T03:00:00Z", "html_url": "https://acme.example/PX1"}}});
    let body = body.to_string();
    read_alert(AlertSender::Pagerduty, body.as_bytes(), &Labels::default()).expect("well formed")
}

#[tokio::test]
async fn whatever_fails_there_is_one_note_in_the_end() {
    use Act::{Cut, Do, DoAndCut, DoAndFail, DoInSilence, Refuse, Silence};
    let scripts: [&[Act]; 9] = [
        &[Do],
        &[Refuse(429), Refuse(429)],
        &[Refuse(503), Refuse(500)],
        &[DoAndFail],
        &[DoAndCut],
        &[Cut, Cut],
        &[DoInSilence],
        &[Silence],
        &[Refuse(429), Cut, Refuse(502), DoAndCut],
    ];
    for kind in ["pagerduty", "slack", "webhook"] {
        for (script, kills) in scripts.iter().flat_map(|script| [0, 2].map(|kills| (script, kills)))
        {
            let world = World::with(kind, script, &[]).await;
            let note = world.settled(kills).await;
            assert_eq!(note.state, NoteState::Sent, "{kind} {script:?}, {kills} kills: {note:?}");
            assert_eq!(world.vendor.n_there(), 1, "{kind} {script:?}, {kills} kills");
        }
    }
}

#[tokio::test]
async fn a_webhook_that_cannot_be_asked_gets_none_twice_and_it_is_said() {
    use Act::{Cut, Do, DoAndCut, DoAndFail, DoInSilence, Refuse};
    for (script, kills, there, state) in [
        (&[Do][..], 0, 1, NoteState::Sent),
        (&[Refuse(429), Do], 0, 1, NoteState::Sent),
        (&[DoAndFail], 0, 1, NoteState::GivenUp),
        (&[DoAndCut], 0, 1, NoteState::GivenUp),
        (&[DoInSilence], 0, 1, NoteState::GivenUp),
        (&[Cut], 0, 0, NoteState::GivenUp),
        (&[Do], 1, 1, NoteState::GivenUp),
    ] {
        let world = World::with("slack-webhook", script, &[]).await;
        let note = world.settled(kills).await;
        assert_eq!((note.state, world.vendor.n_there()), (state, there), "{script:?}: {note:?}");
        let is_said = note.reason.contains("nobody can tell whether it arrived");
        assert_eq!(is_said, state == NoteState::GivenUp, "{note:?}");
    }
}

#[tokio::test]
async fn where_nobody_answers_what_is_there_nothing_is_sent_before_somebody_does() {
    for kind in ["pagerduty", "slack"] {
        let world = World::with(kind, &[Act::DoAndCut], &[500, 429, 503]).await;
        let note = world.settled(0).await;
        assert_eq!((note.state, world.vendor.n_there()), (NoteState::Sent, 1), "{kind}: {note:?}");
        let forbidden = World::with(kind, &[Act::DoAndCut], &[403, 403]).await;
        let note = forbidden.settled(0).await;
        assert_eq!((note.state, forbidden.vendor.n_there()), (NoteState::GivenUp, 1), "{kind}");
        assert!(note.reason.contains("nobody can tell whether it arrived: 403"), "{note:?}");
    }
}

#[tokio::test]
async fn what_is_refused_or_too_old_is_given_up() {
    for kind in KINDS {
        for code in [307, 400, 401, 404] {
            let world = World::with(kind, &[Act::Refuse(code)], &[]).await;
            let note = world.settled(0).await;
            assert_eq!(
                (note.state, note.attempts, world.vendor.n_there()),
                (NoteState::GivenUp, 1, 0)
            );
            assert!(note.reason.contains(&code.to_string()), "{note:?}");
        }
        let world = World::at(kind, &[], &[], || Timestamp::now() - 5.hours()).await;
        let note = world.settled(0).await;
        assert_eq!((note.state, note.attempts, world.vendor.n_there()), (NoteState::GivenUp, 0, 0));
        assert!(note.reason.contains("too old"), "{note:?}");
    }
}

#[tokio::test]
async fn a_note_out_of_a_backup_is_looked_for_before_it_is_sent() {
    let world = World::with("pagerduty", &[], &[]).await;
    let backup = tempfile::tempdir().expect("a folder");
    let copy = backup.path().join("copy.db");
    engine::backup(&world.store(), &copy).expect("backed up");
    assert_eq!(world.settled(0).await.state, NoteState::Sent);
    fs::remove_dir_all(world.store()).expect("lost");
    engine::restore(&copy, &world.store()).expect("restored");
    assert_eq!(world.settled(0).await.state, NoteState::Sent);
    assert_eq!(world.vendor.n_there(), 1);
}

#[tokio::test]
async fn each_destination_is_spoken_to_as_it_wants() {
    for kind in KINDS {
        let world = World::with(kind, &[], &[]).await;
        let note = world.settled(0).await;
        assert_eq!((note.state, note.attempts, note.reason.as_str()), (NoteState::Sent, 1, ""));
        let there = world.vendor.there.lock().expect("whole")[0].clone();
        let written = there.to_string();
        assert!(
            written.contains("Disk full on ledger-db") && !written.contains("t0ken"),
            "{written}"
        );
        match kind {
            "pagerduty" => {
                let content = there["note"]["content"].as_str().expect("a text");
                let last = content.lines().last().expect("a line");
                assert!(last.starts_with("relapse-") && last.len() == 32, "{content}");
            }
            "slack" => {
                assert_eq!(
                    (&there["channel"], &there["unfurl_links"]),
                    (&json!("C1"), &json!(false))
                );
                assert_eq!(there["metadata"]["event_type"], "relapse_answer");
            }
            "webhook" => {
                assert_eq!(there["incident_id"], world.incident.as_str());
                assert_eq!(there["answer"]["verdict"], "VERDICT_NEW");
            }
            _ => assert!(there["blocks"].is_array(), "{there}"),
        }
    }
}

#[tokio::test]
async fn a_note_is_gone_with_its_incident() {
    let world = World::with("webhook", &[], &[]).await;
    let sender = world.sender();
    let service = sender.dispatch.service();
    let incident_id = world.incident.as_str().to_owned();
    let request = crate::proto::DeleteIncidentRequest { incident_id, ..Default::default() };
    service.delete_incident(request).expect("it was there");
    assert_eq!(sender.step().await, Next::Rest);
    assert_eq!(world.vendor.n_there(), 0);
}

proptest! {
    #[test]
    fn pauses_grow_and_are_the_same_for_the_same(attempts in 1u32..40, key in "[a-z]{1,8}") {
        let pace = Pace::default();
        let pause = pace.pause(&key, attempts);
        let whole = pace.first.saturating_mul(1 << (attempts - 1).min(20)).min(pace.longest);
        prop_assert!(pause <= whole && pause * 2 >= whole);
        prop_assert_eq!(pause, pace.pause(&key, attempts));
    }
}
