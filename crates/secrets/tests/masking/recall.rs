//! Of the credentials of each kind, how many are masked.

use proptest::prelude::*;
use secrets::{Kind, mask};
use testkit::Rng;

use crate::samples::{SHAPES, Sample, of};

const SAMPLES: usize = 20;
const SEED: u64 = 20_261_120;

/// Whether nothing of the secret is left but what its marker says, nor any of its longer parts.
fn is_masked(sample: &Sample) -> bool {
    let masked = mask(&sample.text).text;
    let parts = sample.secret.as_bytes().windows(6).filter_map(|part| str::from_utf8(part).ok());
    let is_drawn = |part: &&str| part.bytes().any(|byte| byte.is_ascii_digit());
    let around = sample.text.replacen(&sample.secret, "", 1);
    !parts.filter(is_drawn).any(|part| masked.contains(part) && !around.contains(part))
        && !masked.contains(&sample.secret)
}

#[test]
fn of_every_kind_ninety_nine_in_a_hundred_are_masked_whole() {
    let mut rng = Rng::new(SEED);
    let (mut masked, mut all, mut missed) = (0, 0, Vec::new());
    for (_, shapes) in SHAPES {
        for sample in of(shapes, SAMPLES, &mut rng) {
            all += 1;
            match is_masked(&sample) {
                true => masked += 1,
                false => missed.push(sample),
            }
        }
    }

    println!("{masked} of {all} samples of {} kinds masked", SHAPES.len());
    assert!(missed.len() * 100 <= all, "{missed:#?}");
}

#[test]
fn every_kind_is_drawn() {
    let drawn: Vec<Kind> = SHAPES.iter().map(|(kind, _)| *kind).collect();
    let undrawn: Vec<&Kind> = Kind::ALL.iter().filter(|kind| !drawn.contains(kind)).collect();
    assert!(undrawn.is_empty(), "{undrawn:?}");
}

#[test]
fn the_marker_names_the_kind() {
    let mut rng = Rng::new(SEED);
    let mut other = Vec::new();
    for (kind, shapes) in SHAPES {
        for sample in of(shapes, SAMPLES, &mut rng) {
            let found = mask(&sample.text).found;
            if !found.iter().any(|found| found.kind == *kind) {
                other.push((sample.text, *kind, found));
            }
        }
    }
    assert!(other.len() * 100 <= SHAPES.len() * SAMPLES, "{other:#?}");
}

proptest! {
    #[test]
    fn masking_twice_is_masking_once(seed in any::<u64>(), glue in "[ \n=:\"',;&a-z]{0,6}") {
        let mut rng = Rng::new(seed);
        let mut text = String::new();
        for _ in 0..4 {
            let (_, shapes) = SHAPES[rng.below(SHAPES.len())];
            let shape = rng.below(shapes.len());
            text.push_str(&of(&shapes[shape..=shape], 1, &mut rng)[0].text);
            text.push_str(&glue);
        }
        let once = mask(&text).text.into_owned();
        let twice = mask(&once);
        prop_assert_eq!(&twice.text, &once);
    }

    #[test]
    fn no_text_breaks_it_and_spans_lie_in_order_within(text in "(\\PC|[ \n=:/@$\"]|password|://|eyJ){0,60}") {
        let masked = mask(&text);
        let mut end = 0;
        for found in &masked.found {
            prop_assert!(found.span.start >= end && !found.span.is_empty());
            prop_assert!(text.get(found.span.clone()).is_some());
            end = found.span.end;
        }
        let twice = mask(&masked.text);
        prop_assert_eq!(&twice.text, &masked.text);
    }
}
