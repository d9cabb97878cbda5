use super::*;
use proptest::prelude::*;

fn bag(words: &str) -> Bag {
    Bag::count(words.split(' ').filter(|word| !word.is_empty()).map(|word| (word, 1)))
}

fn classifier(texts: &[&str]) -> Classifier {
    let mut classifier = Classifier::new();
    for text in texts {
        arrive(&mut classifier, text);
    }
    classifier
}

fn arrive(classifier: &mut Classifier, text: &str) -> u32 {
    let beside = classifier.nearest(&bag(text), &[]).map(|(row, _)| row);
    let row = classifier.add(&bag(text), beside);
    classifier.refresh(7);
    row
}

#[test]
fn the_same_failure_joins_and_another_does_not() {
    let texts =
        ["tls handshake expired chain", "disk full wal volume", "tls handshake expired chain"];
    let mut classifier = classifier(&texts);
    assert_eq!(
        classifier.nearest(&bag("tls handshake expired chain"), &[]).map(|found| found.0),
        Some(0)
    );
    assert_eq!(classifier.nearest(&bag("queue backlog"), &[]), None);
    assert_eq!(classifier.nearest(&bag(""), &[]), None);
}

#[test]
fn a_removed_row_attracts_no_more() {
    let mut classifier = classifier(&["tls handshake", "disk full"]);
    classifier.remove(0);
    classifier.remove(0);
    assert_eq!(classifier.nearest(&bag("tls handshake"), &[]), None);
}

#[test]
fn of_two_groups_as_near_the_one_with_the_earlier_first_row_wins() {
    let mut classifier = Classifier::new();
    let texts = ["tls chain", "tls pinned", "tls chain", "disk pinned"];
    for (text, beside) in texts.into_iter().zip([None, None, Some(0), None]) {
        classifier.add(&bag(text), beside);
    }
    classifier.refresh(7);
    classifier.thresholds.cut.value = 0.1;
    let first = |classifier: &mut Classifier| classifier.nearest(&bag("tls"), &[]).map(|it| it.0);
    assert_eq!(first(&mut classifier), Some(0));
    classifier.remove(0);
    assert_eq!(first(&mut classifier), Some(1), "the other group now begins with row 2");
}

#[test]
fn one_that_goes_on_where_another_was_answers_as_that_one() {
    let texts = ["tls chain", "disk full", "tls chain expired", "queue stuck", "disk full wal"];
    let mut before = classifier(&texts);
    before.remove(3);
    before.add(&bag("tls zone late"), Some(0));
    let groups = before.group_of.clone();
    let rows = before.rows().zip(groups).map(|(cells, group)| Some((cells, Some(group?))));
    let mut after = Classifier::resumed(before.terms(), rows, Some(before.thresholds.clone()));
    for text in ["tls chain", "disk full", "queue stuck", "late zone", "wal expired"] {
        assert_eq!(after.nearest(&bag(text), &[]), before.nearest(&bag(text), &[]), "{text}");
    }
    let [one, other] = [&mut before, &mut after].map(|classifier| {
        classifier.relocate(&[0, 5], Some(1));
        let row = classifier.add(&bag("disk full"), Some(1));
        classifier.refresh(7);
        (row, classifier.group_of.clone(), classifier.thresholds.clone())
    });
    assert_eq!(one, other);
}

#[test]
fn regrouping_looks_at_all_documents_at_once() {
    let mut classifier = Classifier::new();
    for text in ["disk full", "tls handshake", "tls handshake", "disk full"] {
        classifier.add(&bag(text), None);
    }
    assert_eq!(classifier.regroup(&regrouping(&KEYS, &[], &[])), [vec![0, 3], vec![1, 2]]);
    assert_eq!(classifier.nearest(&bag("tls handshake"), &[]).map(|found| found.0), Some(1));
}

#[test]
fn a_draft_is_the_regrouping_and_the_classifier_goes_on_beside_it() {
    let texts = ["disk full", "tls handshake", "tls handshake", "disk full"];
    let [mut one, mut other] = [Classifier::new(), Classifier::new()];
    for text in texts {
        one.add(&bag(text), None);
        other.add(&bag(text), None);
    }
    let how = regrouping(&KEYS, &[], &[]);
    let drafted = one.draft().work_out(&how);
    assert_eq!(drafted.groups, other.regroup(&how));
    assert_eq!(&drafted.thresholds, other.thresholds());
    one.add(&bag("disk full"), None);
    one.remove(3);
    let groups = vec![vec![0, 4], vec![1, 2]];
    one.adopt(Drafted { groups, ..drafted });
    let nearest = |text| one.nearest(&bag(text), &[]).map(|found| found.0);
    assert_eq!(["disk full", "tls handshake"].map(nearest), [Some(0), Some(1)]);
}

const KEYS: [&str; 4] = ["d", "c", "b", "a"];

fn regrouping<'a>(
    keys: &'a [&'a str],
    must: &[(u32, u32)],
    cannot: &[(u32, u32)],
) -> Regrouping<'a, &'a str> {
    let constraints = Constraints { must: must.to_vec(), cannot: cannot.to_vec() };
    Regrouping { seed: 7, keys, algorithm: Algorithm::AverageLink, constraints }
}

#[test]
fn constraints_name_rows_of_the_classifier() {
    let mut classifier = Classifier::new();
    for text in ["disk full", "tls handshake", "tls handshake", "disk full"] {
        classifier.add(&bag(text), None);
    }
    classifier.remove(1);
    let how = regrouping(&KEYS, &[(0, 2)], &[(2, 3)]);
    assert_eq!(classifier.regroup(&how), [vec![0, 2]]);
}

#[test]
fn moved_rows_attract_where_they_are_now() {
    let mut classifier = Classifier::new();
    for text in ["disk full", "tls handshake", "tls handshake", "tls handshake"] {
        classifier.add(&bag(text), None);
    }
    classifier.refresh(7);
    let first = |classifier: &mut Classifier| {
        classifier.nearest(&bag("tls handshake"), &[]).map(|found| found.0)
    };
    classifier.relocate(&[3, 2], None);
    assert_eq!(first(&mut classifier), Some(1));
    classifier.relocate(&[1], Some(3));
    assert_eq!(classifier.members[classifier.group_of[3].expect("live") as usize], [1, 2, 3]);
    assert_eq!(first(&mut classifier), Some(1));
}
#[test]
fn an_estimated_cut_moves_only_by_more_than_its_noise() {
    let cut = |value| Cut { value, null: value, floor: 0.3 };
    let after = |old: f64, new: f64| settled(cut(old), cut(new)).value;
    assert_eq!(after(0.76, 0.785), 0.76);
    assert_eq!(after(0.76, 0.795), 0.795);
    assert_eq!(after(0.76, 0.725), 0.725);
    assert_eq!(after(0.31, 0.3), 0.3, "the floor is no estimate");
    assert_eq!(settled(cut(0.76), cut(0.785)).null, 0.785);
}

#[test]
fn a_forgotten_term_counts_as_never_seen() {
    let mut classifier = classifier(&["tls canary", "tls chain"]);
    classifier.remove(0);
    classifier.forget_unheld_terms();
    let frequencies = &classifier.thresholds().frequencies;
    assert_eq!((frequencies.of("canary"), frequencies.of("tls")), (0, 2));
}

/// What becomes of a document, and of one that was there.
type Deed = (String, Option<prop::sample::Index>, bool);

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let index = prop::option::weighted(0.3, any::<prop::sample::Index>());
    prop::collection::vec(("[a-h]( [a-h]){0,4}", index, any::<bool>()), 1..24)
}

/// Adds `deeds` one after another, so many looked ahead for together; says what was nearest.
fn done(deeds: &[Deed], at_once: usize) -> Vec<Option<(u32, f64)>> {
    let mut classifier = classifier(&["a b c", "a b d", "e f"]);
    classifier.thresholds.cut.value = 0.2;
    let mut nearest = Vec::new();
    for some in deeds.chunks(at_once) {
        let bags: Vec<Bag> = some.iter().map(|deed| bag(&deed.0)).collect();
        let prospects = classifier.look_ahead(&bags.iter().collect::<Vec<_>>());
        for (((_, index, is_moved), bag), prospect) in some.iter().zip(&bags).zip(prospects) {
            let found = match at_once {
                1 => classifier.nearest(bag, &[]),
                _ => classifier.nearest_foreseen(bag, &[], prospect),
            };
            let row = classifier.add(bag, found.map(|found| found.0));
            let other = index.map(|index| index.index(row as usize) as u32);
            if let Some(other) =
                other.filter(|other| classifier.group_of[*other as usize].is_some())
            {
                match is_moved {
                    true => classifier.relocate(&[other], Some(row)),
                    false => classifier.remove(other),
                }
            }
            nearest.push(found);
        }
    }
    nearest
}

#[test]
fn what_is_foreseen_need_not_be_looked_for() {
    let mut classifier = classifier(&["disk full", "tls handshake"]);
    let bags = [bag("tls handshake"), bag("tls handshake failed"), bag("queue backlog")];
    let prospects = classifier.look_ahead(&bags.iter().collect::<Vec<_>>());
    classifier.searches.clear();
    for ((bag, prospect), expect) in bags.iter().zip(prospects).zip([Some(1), Some(1), None]) {
        let found = classifier.nearest_foreseen(bag, &[], prospect).map(|found| found.0);
        assert_eq!(found, expect);
        classifier.add(bag, found);
    }
}

proptest! {
    #[test]
    fn looking_ahead_changes_nothing_whatever_comes_in_between(
        deeds in deeds(),
        at_once in 2..9_usize,
    ) {
        prop_assert_eq!(done(&deeds, at_once), done(&deeds, 1));
    }

    #[test]
    fn one_built_anew_answers_alike(
        texts in prop::collection::vec("[a-e]( [a-e]){0,4}", 1..14),
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        later in prop::collection::vec("[a-f]( [a-f]){0,4}", 0..4),
        query in "[a-f]( [a-f]){0,4}",
    ) {
        let mut grown = Classifier::new();
        let mut arrived = Vec::new();
        for text in &texts {
            arrived.push((text, arrive(&mut grown, text)));
        }
        for pick in &removed {
            grown.remove(arrived[pick.index(arrived.len())].1);
        }
        for text in &later {
            let beside = grown.nearest(&bag(text), &[]).map(|found| found.0);
            arrived.push((text, grown.add(&bag(text), beside)));
        }

        let mut anew = Classifier::new();
        let mut first_of: HashMap<u32, u32> = HashMap::new();
        let mut renumbered: HashMap<u32, u32> = HashMap::new();
        for (text, row) in &arrived {
            let Some(kept) = grown.group_of[*row as usize] else { continue };
            let beside = first_of.get(&kept).copied();
            let added = anew.add(&bag(text), beside);
            first_of.entry(kept).or_insert(added);
            renumbered.insert(*row, added);
        }
        anew.restore(grown.thresholds().clone());
        let found = grown.nearest(&bag(&query), &[]).map(|(row, mean)| (renumbered[&row], mean));
        match (anew.nearest(&bag(&query), &[]), found) {
            (Some((row, mean)), Some((found, expect))) => {
                prop_assert_eq!(row, found);
                prop_assert!((mean - expect).abs() < 1e-12);
            }
            (nearest, found) => prop_assert_eq!(nearest, found),
        }
        grown.refresh(7);
        anew.refresh(7);
        prop_assert_eq!(anew.thresholds(), grown.thresholds());
    }
}
