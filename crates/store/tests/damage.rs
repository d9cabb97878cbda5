//! A damaged database gives an error, never a wrong answer: bits flipped and pages zeroed all over
//! the file, from a fixed seed.

use std::fs;
use std::path::Path;

use incident::{Incident, IncidentId};
use recurrence::ClassId;
use store::{
    Alias, CalibrationRecord, Change, ClassRecord, EpochRecord, Error, RatingRecord, Store,
    StoredIncident, verify,
};

const FLIPS: u64 = 600;
const PAGE_LEN: usize = 8192;

type Content = (Vec<StoredIncident>, Option<Alias>, Vec<ClassRecord>, Option<EpochRecord>, Said);
/// What people said, what the corpus taught, and the last position.
type Said = (Vec<(u64, RatingRecord)>, Option<CalibrationRecord>, u64);

fn fill(dir: &Path) {
    let mut changes = vec![Change::Class(ClassRecord {
        id: ClassId::new(1),
        opened_at_position: 2,
        merged_into: None,
    })];
    changes.extend((1..=30).map(|position| {
        let mut incident = Incident::new("jsonl", format!("INC-{position}"), "Sync job stalls");
        incident.summary = Some("the cursor was lost on failover. ".repeat(position as usize));
        Change::Put {
            position,
            incident: Box::new(incident),
            class: (position % 3 == 0).then_some(ClassId::new(1)),
            digest: (position % 2 == 0).then_some([position as u8; 32]),
        }
    }));
    changes.push(Change::Alias {
        position: 31,
        source: "jsonl".into(),
        external_id: "copy".into(),
        digest: [2; 32],
        of: IncidentId::new("INC-2"),
    });
    changes.push(Change::Epoch(EpochRecord {
        number: 1,
        position: 30,
        payload: (0..=255).collect(),
    }));
    changes.push(Change::Rate {
        position: 32,
        rating: RatingRecord {
            question: "0123456789abcdef".into(),
            asked: Some(IncidentId::new("INC-3")),
            incident: IncidentId::new("INC-2"),
            useful: false,
            who: "ann".into(),
            why: "another cause".into(),
            at_secs: 1_700_000_000,
        },
    });
    let payload = (0..=255).rev().collect();
    changes.push(Change::Calibrate(CalibrationRecord { position: 33, payload }));
    let store = Store::open(dir).expect("a store");
    store.commit(&changes).expect("committed");
}

/// All that a store answers, after its own check.
fn content(dir: &Path) -> store::Result<Content> {
    let store = Store::open(dir)?;
    store.check()?;
    let mut incidents = Vec::new();
    store.for_each(|stored| {
        incidents.push(stored);
        Ok::<_, Error>(())
    })?;
    let alias = store.alias("jsonl", "copy")?;
    let said = (store.ratings()?, store.calibration()?, store.last_position());
    Ok((incidents, alias, store.classes()?, store.epoch()?, said))
}

fn with_database(bytes: &[u8]) -> store::Result<Content> {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("relapse.db"), bytes).expect("written");
    content(dir.path())
}

/// What `verify` says; a database that it refuses to read is not sound either.
fn is_sound(bytes: &[u8]) -> bool {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("relapse.db"), bytes).expect("written");
    verify(dir.path()).is_ok_and(|found| found.is_sound())
}

fn sound_database() -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path());
    fs::read(dir.path().join("relapse.db")).expect("a file")
}

#[test]
fn a_flipped_bit_is_an_error_or_changes_nothing() {
    let sound = sound_database();
    let expected = with_database(&sound).expect("sound");
    assert!(is_sound(&sound));
    let bits = sound.len() as u64 * 8;
    let mut caught_by_seals = 0;
    for flip in 0..FLIPS {
        // Weyl's sequence spreads the flips evenly: https://en.wikipedia.org/wiki/Weyl_sequence.
        let bit = flip.wrapping_mul(0x9e37_79b9_7f4a_7c15) % bits;
        let mut damaged = sound.clone();
        damaged[(bit / 8) as usize] ^= 1 << (bit % 8);
        match with_database(&damaged) {
            Ok(found) => assert!(found == expected, "bit {bit}: a wrong answer"),
            Err(Error::Corrupt { message }) if message.contains("seal") => {
                caught_by_seals += 1;
                assert!(!is_sound(&damaged), "bit {bit}: found when read and not when looked for");
            }
            Err(_) => {}
        }
    }
    assert!(caught_by_seals > 0, "the control: without seals some would go unnoticed");
}

#[test]
fn a_zeroed_page_is_an_error_or_changes_nothing() {
    let sound = sound_database();
    let expected = with_database(&sound).expect("sound");
    let mut refused = 0;
    for start in (0..sound.len()).step_by(PAGE_LEN) {
        let mut damaged = sound.clone();
        damaged[start..start + PAGE_LEN].fill(0);
        match with_database(&damaged) {
            Ok(found) => assert!(found == expected, "page at {start}: a wrong answer"),
            Err(_) => {
                refused += 1;
                assert!(!is_sound(&damaged), "page at {start}");
            }
        }
    }
    assert_eq!(refused, sound.len() / PAGE_LEN, "every page holds something");
}
