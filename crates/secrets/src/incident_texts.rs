//! An incident with its credentials masked.

use std::collections::{BTreeMap, BTreeSet};

use incident::{ActionItem, Incident, Link, TimelineEvent};
use serde_json::Value;

use crate::kind::Kind;
use crate::mask::{marker, mask};
use crate::rules::kind_in_field;
use crate::shape::has_digit;

/// Shorter credentials are masked where they were recognised only, for they may be words too.
const REPEATED_BYTES_MIN: usize = 8;

/// Masks the credentials in every text of `incident` but its names: id, source and external id stay, and
/// so do the keys of labels and extra values. Returns how many different credentials of each kind there
/// were; one that stands in the whole text and in a section of it counts once.
///
/// What was recognised by its context in one field is masked wherever it stands in others.
pub fn mask_incident(incident: &mut Incident) -> BTreeMap<Kind, u32> {
    let mut seen = BTreeSet::new();
    each_text(incident, &mut |name, text| mask_text(name, text, &mut seen));
    let repeated: Vec<&(Kind, String)> = seen.iter().filter(|it| may_repeat(&it.1)).collect();
    if !repeated.is_empty() {
        each_text(incident, &mut |_, text| mask_repeated(text, &repeated));
    }
    let mut counts = BTreeMap::new();
    for (kind, _) in &seen {
        *counts.entry(*kind).or_insert(0) += 1;
    }
    counts
}

fn mask_text(name: &str, text: &mut String, seen: &mut BTreeSet<(Kind, String)>) {
    if let Some(kind) = kind_in_field(name, text) {
        seen.insert((kind, std::mem::replace(text, marker(kind))));
        return;
    }
    let masked = mask(text);
    if masked.found.is_empty() {
        return;
    }
    for found in &masked.found {
        seen.insert((found.kind, text[found.span.clone()].to_owned()));
    }
    *text = masked.text.into_owned();
}

fn may_repeat(secret: &str) -> bool {
    secret.len() >= REPEATED_BYTES_MIN && has_digit(secret)
}

fn mask_repeated(text: &mut String, repeated: &[&(Kind, String)]) {
    for (kind, secret) in repeated {
        if text.contains(secret.as_str()) {
            *text = text.replace(secret.as_str(), &marker(*kind));
        }
    }
}

/// Calls `f` with every text of `incident` and the name of what holds it, in the order of the fields.
fn each_text(incident: &mut Incident, f: &mut impl FnMut(&str, &mut String)) {
    // Written out without `..`: a field that is added has to be put in its place here.
    let Incident {
        id: _,
        source: _,
        external_id: _,
        title,
        untitled: _,
        started_at: _,
        resolved_at: _,
        updated_at: _,
        duration_minutes: _,
        severity,
        status: _,
        services,
        tags,
        team,
        summary,
        symptoms,
        root_cause,
        resolution,
        impact,
        users_affected: _,
        revenue: _,
        text,
        url,
        author,
        responders,
        labels,
        timeline,
        action_items,
        links,
        extra,
    } = incident;
    f("", title);
    let verbatim = severity.iter_mut().map(|severity| &mut severity.verbatim);
    let stated = [team, summary, symptoms, root_cause, resolution, impact, text, url, author];
    let lists = [services, tags, responders];
    let plain = verbatim.chain(stated.into_iter().flatten()).chain(lists.into_iter().flatten());
    plain.for_each(|text| f("", text));
    labels.iter_mut().for_each(|(name, text)| f(name, text));
    timeline.iter_mut().for_each(|event| each_of_event(event, f));
    action_items.iter_mut().for_each(|item| each_of_item(item, f));
    links.iter_mut().for_each(|link| each_of_link(link, f));
    extra.iter_mut().for_each(|(name, value)| each_of_value(name, value, f));
}

fn each_of_event(event: &mut TimelineEvent, f: &mut impl FnMut(&str, &mut String)) {
    let TimelineEvent { at: _, time, event } = event;
    f("", time);
    f("", event);
}

fn each_of_item(item: &mut ActionItem, f: &mut impl FnMut(&str, &mut String)) {
    let ActionItem { priority, action, owner, due: _, status, closed_at: _, url, told: _ } = item;
    f("", action);
    [priority, owner, status, url].into_iter().flatten().for_each(|text| f("", text));
}

fn each_of_link(link: &mut Link, f: &mut impl FnMut(&str, &mut String)) {
    let Link { target, label } = link;
    f("", target);
    label.iter_mut().for_each(|text| f("", text));
}

/// The texts below a value; the items of a list are held by the name of the list.
fn each_of_value(name: &str, value: &mut Value, f: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => f(name, text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_of_value(name, item, f)),
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(name, value)| each_of_value(name, value, f));
        }
        Value::Number(number) => {
            // A number may be a password too; where it is none, it stays a number.
            let mut text = number.to_string();
            f(name, &mut text);
            if text != number.to_string() {
                *value = Value::String(text);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn canary() -> String {
        ["AKIA", "QWERTYUIOPASDFGH"].concat()
    }

    #[test]
    fn every_text_is_masked_and_each_credential_counted_once() {
        let mut incident = Incident::new("jsonl", "INC-1", format!("leaked {}", canary()));
        incident.text = Some(format!("the key {} leaked", canary()));
        incident.tags = vec![canary()];
        incident.url = Some("https://wiki.example/p?token=a8f3k2l9m1&page=2".into());
        incident.timeline = vec![TimelineEvent { at: None, time: "10:00".into(), event: canary() }];
        incident.action_items =
            vec![ActionItem { action: format!("rotate {}", canary()), ..ActionItem::default() }];
        incident.links = vec![Link { target: "a".into(), label: Some(canary()) }];
        incident.labels.insert("db_password".into(), "swordfish".into());
        incident.extra.insert("env".into(), json!({"list": [canary()], "password": 12345}));
        let counts = mask_incident(&mut incident);
        assert_eq!(
            counts,
            BTreeMap::from([(Kind::AwsAccessKey, 1), (Kind::Password, 2), (Kind::Token, 1)])
        );
        let all = format!("{incident:?}");
        for secret in [canary().as_str(), "swordfish", "a8f3k2l9m1", "12345"] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        assert_eq!(
            incident.url.as_deref(),
            Some("https://wiki.example/p?token=[masked: token]&page=2")
        );
        assert_eq!(mask_incident(&mut incident), BTreeMap::new(), "masking twice is masking once");
    }

    #[test]
    fn what_one_field_recognises_is_masked_in_all() {
        let mut incident = Incident::new("jsonl", "INC-1", "try hunter22 again");
        incident.summary = Some("password=hunter22".into());
        mask_incident(&mut incident);
        assert_eq!(incident.title, "try [masked: password] again");
    }

    #[test]
    fn names_and_numbers_stay() {
        let mut incident = Incident::new("jsonl", "INC-1", "disk full");
        incident.extra.insert("retries".into(), json!(12345));
        let before = incident.clone();
        assert!(mask_incident(&mut incident).is_empty());
        assert_eq!(incident, before);
    }
}
