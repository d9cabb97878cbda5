//! The states of promised follow-ups, as people and trackers tell them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use incident::{ActionItem, DueUpdate, Incident, IncidentId, ItemUpdate, Ticket, Told};
use jiff::Timestamp;

use crate::engine::{Engine, Held};
use crate::error::{Error, Result};
use crate::ingest::Commit;
use crate::prepare::Ready;

/// Which follow-up of an incident is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemName {
    /// Its place among the action items, from 0.
    Place(usize),
    /// What was promised, verbatim.
    Action(String),
    /// Where it is tracked, verbatim.
    Url(String),
}

/// The follow-ups that a ticket tracks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tracked {
    /// The incident of each, and its place among the action items there; by incident, then by place.
    pub items: Vec<(IncidentId, usize)>,
    /// Whether any of them changed.
    pub changed: bool,
}

impl Engine {
    /// Takes in news of follow-ups of the incident `id`, in their order, all of them or none; told at
    /// `told_at`. Says how all action items of the incident are then. With `add` an action that the incident
    /// does not have is added.
    ///
    /// # Errors
    /// [`Error::NoIncident`], [`Error::NoItem`]; [`Error::Store`] where the commit failed.
    pub fn update_action_items(
        &self,
        id: &IncidentId,
        news: &[(ItemName, ItemUpdate)],
        add: bool,
        told_at: Timestamp,
    ) -> Result<Vec<ActionItem>> {
        let mut guard = self.writer();
        self.loaded(&mut guard)?;
        let stored = self.store.incident(id)?;
        let mut incident = stored.ok_or_else(|| Error::NoIncident { id: id.clone() })?.incident;
        for (name, update) in news {
            let place = match place_of(name, &incident) {
                Some(place) => place,
                None if add => {
                    added(name, &mut incident, told_at).ok_or_else(|| no_item(id, name))?
                }
                None => return Err(no_item(id, name)),
            };
            incident.action_items[place].tell(update, told_at);
        }
        self.store_items(&mut guard, vec![incident])?;
        drop(guard);
        let stored = self.store.incident(id)?;
        Ok(stored.map(|stored| stored.incident.action_items).unwrap_or_default())
    }

    /// Takes in the states of `tickets`, told at `told_at`: of each the follow-ups it tracks, in the same
    /// order. A follow-up is tracked by a ticket whose address it has, else by one whose key its address
    /// or its text names.
    ///
    /// # Errors
    /// [`Error::Store`] where the record cannot be read, or the commit failed.
    pub fn import_tickets(&self, tickets: &[Ticket], told_at: Timestamp) -> Result<Vec<Tracked>> {
        // The whole history is read before the writer is held, and what was found there anew after.
        let candidates = self.tracking(tickets)?;
        let mut guard = self.writer();
        self.loaded(&mut guard)?;
        let mut tracker = Tracker::asked(tickets);
        let mut incidents: BTreeMap<IncidentId, Incident> = BTreeMap::new();
        for stored in self.store.incidents(&candidates)? {
            tracker.note(&stored.incident);
            incidents.insert(stored.incident.id.clone(), stored.incident);
        }
        let mut all = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let items = tracker.items_of(ticket);
            let mut changed = false;
            for (id, place) in &items {
                let incident = incidents.get_mut(id).expect("only these were looked at");
                changed |= told(&mut incident.action_items[*place], ticket, told_at);
            }
            all.push(Tracked { items, changed });
        }
        let changed: BTreeSet<&IncidentId> = all
            .iter()
            .filter(|tracked| tracked.changed)
            .flat_map(|tracked| tracked.items.iter().map(|(id, _)| id))
            .collect();
        incidents.retain(|id, _| changed.contains(id));
        self.store_items(&mut guard, incidents.into_values().collect())?;
        Ok(all)
    }

    /// The incidents with a follow-up that one of `tickets` tracks.
    fn tracking(&self, tickets: &[Ticket]) -> Result<Vec<IncidentId>> {
        let mut tracker = Tracker::asked(tickets);
        self.store.for_each(|stored| {
            tracker.note(&stored.incident);
            Ok::<(), Error>(())
        })?;
        let found = tracker.by_name.into_values().flatten().map(|(id, _)| id);
        Ok(found.collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Stores new states of known incidents, in one commit.
    fn store_items(&self, guard: &mut Held<'_>, incidents: Vec<Incident>) -> Result<()> {
        let mut ready = Vec::with_capacity(incidents.len());
        for mut incident in incidents {
            let stored = self.store.incident(&incident.id)?;
            let masked = secrets::mask_incident(&mut incident);
            let digest = stored.and_then(|stored| stored.digest);
            let bags = self.retriever.bags(&incident);
            let (warnings, prospect) = (Vec::new(), None);
            ready.push(Ready { incident, bags, digest, warnings, masked, prospect });
        }
        let mut commit = Commit::new(self.loaded(guard)?, &self.store);
        ready.into_iter().for_each(|ready| commit.replace(ready));
        let changes = commit.finish(std::iter::empty());
        self.commit(guard, changes)
    }
}

/// Tells an item the state of its ticket; says whether that was news.
fn told(item: &mut ActionItem, ticket: &Ticket, told_at: Timestamp) -> bool {
    let news = ItemUpdate {
        status: Some(ticket.status.clone()),
        closed_at: ticket.closed_at,
        owner: (!ticket.owner.is_empty()).then(|| ticket.owner.clone()),
        due: ticket.due.map(DueUpdate::On),
    };
    let mut after = item.clone();
    after.tell(&news, told_at);
    let is_news = ActionItem { told: item.told, ..after.clone() } != *item || item.told.is_none();
    if is_news {
        *item = after;
    }
    is_news
}

fn place_of(name: &ItemName, incident: &Incident) -> Option<usize> {
    let mut items = incident.action_items.iter();
    match name {
        ItemName::Place(place) => Some(*place).filter(|place| *place < items.len()),
        ItemName::Action(action) => items.position(|item| item.action == *action),
        ItemName::Url(url) => items.position(|item| item.url.as_ref() == Some(url)),
    }
}

/// Adds the action; `None` where only a place or an address is given.
fn added(name: &ItemName, incident: &mut Incident, at: Timestamp) -> Option<usize> {
    let ItemName::Action(action) = name else {
        return None;
    };
    let told = Some(Told { at, added: true });
    incident.action_items.push(ActionItem {
        action: action.clone(),
        told,
        ..ActionItem::default()
    });
    Some(incident.action_items.len() - 1)
}

fn no_item(id: &IncidentId, name: &ItemName) -> Error {
    let name = match name {
        ItemName::Place(place) => format!("number {place}"),
        ItemName::Action(text) | ItemName::Url(text) => format!("`{text}`"),
    };
    Error::NoItem { id: id.clone(), name }
}

/// Follow-ups by the addresses and keys that were asked for.
#[derive(Debug, Default)]
struct Tracker {
    by_name: HashMap<String, BTreeSet<(IncidentId, usize)>>,
}

impl Tracker {
    /// Nothing found yet.
    fn asked(tickets: &[Ticket]) -> Self {
        let names = tickets.iter().flat_map(|ticket| [address(&ticket.url), key(&ticket.id)]);
        let by_name = names.flatten().map(|name| (name, BTreeSet::new())).collect();
        Self { by_name }
    }

    fn note(&mut self, incident: &Incident) {
        for (place, item) in incident.action_items.iter().enumerate() {
            let url = item.url.as_deref().unwrap_or_default();
            let named = keys(&item.action).chain(keys(url)).map(str::to_lowercase);
            for name in address(url).into_iter().chain(named) {
                if let Some(items) = self.by_name.get_mut(&name) {
                    items.insert((incident.id.clone(), place));
                }
            }
        }
    }

    fn items_of(&self, ticket: &Ticket) -> Vec<(IncidentId, usize)> {
        let found =
            |name: Option<String>| self.by_name.get(&name?).filter(|items| !items.is_empty());
        let items = found(address(&ticket.url)).or_else(|| found(key(&ticket.id)));
        items.into_iter().flatten().cloned().collect()
    }
}

/// An address as it is compared: without a slash at its end, in lower case.
fn address(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/').to_lowercase();
    (!url.is_empty()).then_some(url)
}

/// A key as it is compared; `None` where it could be any number.
fn key(id: &str) -> Option<String> {
    let id = id.trim();
    is_key(id).then(|| id.to_lowercase())
}

/// The keys that a text names.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '#');
    text.split(move |c| !is_part(c)).filter(|word| is_key(word))
}

/// Whether it is a letter or a `#` with a digit after it, as `OPS-123`, `T45` and `#45` are.
fn is_key(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '#')
        && word.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(action: &str, url: &str) -> ActionItem {
        let url = (!url.is_empty()).then(|| url.to_owned());
        ActionItem { action: action.into(), url, ..ActionItem::default() }
    }

    #[track_caller]
    fn check(id: &str, url: &str, expect: &[usize]) {
        let ticket = Ticket { id: id.into(), url: url.into(), ..Ticket::default() };
        let mut tracker = Tracker::asked(std::slice::from_ref(&ticket));
        let mut incident = Incident::new("jsonl", "a", "Disk full");
        incident.action_items = vec![
            item("Rotate the key (OPS-12)", ""),
            item("Add an alert", "https://t.example/browse/OPS-12"),
            item("See OPS-123, and #45", "https://T.example/issues/45/"),
            item("Nothing of the kind", "https://t.example/issues/46"),
        ];
        tracker.note(&incident);
        let found = tracker.items_of(&ticket);
        assert_eq!(found.into_iter().map(|(_, place)| place).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn a_key_is_found_as_a_whole_in_any_case_in_the_text_and_the_address() {
        check("ops-12", "", &[0, 1]);
        check("OPS-1", "", &[]);
        check("#45", "", &[2]);
    }

    #[test]
    fn an_address_comes_before_a_key_and_a_bare_number_is_none() {
        check("OPS-12", "https://t.example/issues/45", &[2]);
        check("OPS-12", "https://t.example/issues/99", &[0, 1]);
        check("45", "", &[]);
        check("", "", &[]);
    }

    #[test]
    fn what_is_known_already_is_no_news() {
        let ticket = Ticket { status: "done".into(), ..Ticket::default() };
        let at = Timestamp::UNIX_EPOCH;
        let mut item = item("a", "");
        assert!(told(&mut item, &ticket, at));
        assert!(!told(&mut item, &ticket, at + jiff::SignedDuration::from_secs(9)));
        assert_eq!(item.told.map(|told| told.at), Some(at));
    }
}
