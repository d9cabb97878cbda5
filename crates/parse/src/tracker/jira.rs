//! Issues of Jira: as the search of its REST API gives them, with descriptions in the Atlassian Document Format (v3) or in
//! wiki markup (v2), and as rows of a search saved as CSV, whose columns repeat. The description is read as a page;
//! sub-tasks, and issues linked as work that follows, are action items. Fields of one's own are known by their names:
//! those of CSV stand in the header, those of JSON in `names` (`expand=names`).
//!
//! Source: the references of the REST API v2 and v3, and of the CSV that a search exports.

use serde_json::{Map, Value, json};

use super::members::{Member, Members, inner, items, text, texts};
use super::note::Note;
use super::{Draft, Drafted, adf, facets, moment, wiki_markup};
use crate::columns::{self, Column};
use crate::refusal::Refusal;

/// The columns that hold the key of an issue, squeezed.
pub(crate) const KEY_COLUMNS: [&str; 2] = ["issuekey", "workitemkey"];

/// Words in the kind of a link that say: this is work that follows.
const FOLLOW_UPS: [&str; 5] = ["action", "follow", "remediat", "prevent", "mitigat"];

pub(super) fn read(mut members: Members) -> Result<Drafted, Refusal> {
    let names = members.take(&["names"]).map_or(Value::Null, |names| names.value);
    let mut draft = Box::new(Draft {
        id: members.text(&["issuekey", "workitemkey", "key"]),
        ..Draft::default()
    });
    let address = members.text(&["self"]);
    members.unfold("fields");
    draft.set(
        "url",
        address.zip(draft.id.clone()).and_then(|(address, key)| browsed(&address, &key)),
    );
    draft.set("title", members.text(&["summary"]));
    draft.set("severity", members.text(&["priority"]));
    if let Some(Member { value, .. }) = members.take(&["status"]) {
        draft.set_status(&status(&value).unwrap_or_default());
    }
    draft.set("updated_at", members.text(&["updated"]));
    draft.set("author", members.text(&["reporter", "creator"]));
    draft.set("responders", members.text(&["assignee"]));
    let mut lists =
        ["components", "labels"].map(|name| members.take(&[name]).map(|list| texts(&list.value)));
    draft.set("services", lists[0].take().unwrap_or_default());
    facets::of_labels(&mut draft, &lists[1].take().unwrap_or_default());
    let opened = draft.moment(members.take(&["created"]));
    draft.lifetime = (opened, draft.moment(members.take(&["resolutiondate", "resolved"])));
    draft.follow_ups = follow_ups(&mut members);
    let description = members.take(&["description"]);
    draft.notes = comments(&mut members);
    read_own_fields(&mut draft, &members, &names);
    draft.tell(&description.and_then(|told| prose(&told.value)).unwrap_or_default());
    for name in ["issuetype", "resolution", "project", "projectkey"] {
        if let Some(member) = members.take(&[name]) {
            draft.rest.insert(member.name, text(&member.value).into());
        }
    }
    Ok(Drafted::Incident(draft))
}

/// The page of an issue, told from the address of its resource.
fn browsed(address: &str, key: &str) -> Option<String> {
    let (site, _) = address.split_once("/rest/")?;
    Some(format!("{site}/browse/{key}"))
}

/// The name of a status, where it is known, else the category that every status has.
fn status(value: &Value) -> Option<String> {
    let name = text(value)?;
    let category = value.get("statusCategory").and_then(|category| inner(category, "key"));
    let known = incident::Status::from_word(&name).is_some();
    match category.as_deref().filter(|_| !known) {
        Some("done") => Some("resolved".to_owned()),
        Some("new" | "indeterminate") => Some("open".to_owned()),
        _ => Some(name),
    }
}

/// A text: a document, or wiki markup.
fn prose(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => Some(adf::markdown(value)),
        other => text(other).map(|text| wiki_markup::markdown(&text)),
    }
}

fn follow_ups(members: &mut Members) -> Vec<Value> {
    let subtasks = members.take(&["subtasks"]);
    let mut issues: Vec<Value> =
        subtasks.map(|list| items(&list.value).to_vec()).unwrap_or_default();
    if let Some(Member { value, .. }) = members.take(&["issuelinks"]) {
        issues.extend(items(&value).iter().filter_map(following));
    }
    issues.iter().filter_map(action_item).collect()
}

/// The issue that a link leads to, where it is work that follows.
fn following(link: &Value) -> Option<Value> {
    let kind = link.get("type")?;
    let (issue, said) = ["outward", "inward"].into_iter().find_map(|way| {
        Some((link.get(format!("{way}Issue"))?, inner(kind, way).or_else(|| inner(kind, "name"))?))
    })?;
    let said = said.to_lowercase();
    FOLLOW_UPS.iter().any(|word| said.contains(word)).then(|| issue.clone())
}

fn action_item(issue: &Value) -> Option<Value> {
    let fields = issue.get("fields")?;
    let url = inner(issue, "self")
        .zip(inner(issue, "key"))
        .and_then(|(address, key)| browsed(&address, &key));
    Some(json!({
        "action": inner(fields, "summary")?,
        "priority": inner(fields, "priority"),
        "owner": inner(fields, "assignee"),
        "status": inner(fields, "status"),
        "due": inner(fields, "duedate"),
        "url": url.or_else(|| inner(issue, "key")),
    }))
}

/// Comments: objects of the API, or cells of CSV such as `05/Sep/26 10:00 AM;ann;Restarted it`.
fn comments(members: &mut Members) -> Vec<Note> {
    let Some(Member { value, .. }) = members.take(&["comment", "comments"]) else {
        return Vec::new();
    };
    let list = value.get("comments").unwrap_or(&value);
    let read = |comment: &Value| match comment {
        Value::String(cell) => Some(of_cell(cell)),
        other => {
            let told = prose(other.get("body")?)?;
            Some(Note::new(&inner(other, "created").unwrap_or_default(), told))
        }
    };
    items(list).iter().filter_map(read).collect()
}

fn of_cell(cell: &str) -> Note {
    let mut parts = cell.splitn(3, ';');
    match (parts.next().filter(|time| moment(time).is_some()), parts.next(), parts.next()) {
        (Some(time), Some(_), Some(told)) => Note::new(time, wiki_markup::markdown(told)),
        _ => Note::new("", wiki_markup::markdown(cell)),
    }
}

/// Fields of one's own: `Custom field (Root cause)` of CSV, `customfield_10050` of JSON.
fn read_own_fields(draft: &mut Draft, members: &Members, names: &Value) {
    for Member { name, column, value } in members.iter() {
        let in_brackets =
            name.strip_prefix("Custom field (").and_then(|rest| rest.strip_suffix(')'));
        let Some(called) = in_brackets.map(str::to_owned).or_else(|| inner(names, name)) else {
            continue;
        };
        let Some(told) = prose_of_own(value) else {
            continue;
        };
        match columns::of(&called) {
            // The creation of a ticket, its owner and its labels have fields of their own.
            Some(Column::Key(key)) => {
                let member = Member { name: called, column: *column, value: told.into() };
                // A severity of one's own says more than the priority every issue has.
                if key == "severity" {
                    draft.fields.remove(key);
                }
                draft.put(key, Some(member));
            }
            Some(Column::Section(heading)) => draft.tell(&format!("## {heading}\n\n{told}")),
            _ => {
                draft.rest.insert(called, told.into());
            }
        }
    }
}

/// What a field of one's own says: a text, the name of an option, the names of several.
fn prose_of_own(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) if members.get("type").is_some_and(|kind| kind == "doc") => {
            Some(adf::markdown(value))
        }
        Value::Array(_) => Some(texts(value).join(", ")).filter(|text| !text.is_empty()),
        other => text(other),
    }
}

/// The names of an issue's own fields that say something of an incident, out of all that an export names.
pub(crate) fn telling_names(names: &Map<String, Value>) -> Map<String, Value> {
    let is_own = |id: &str| id.starts_with("customfield_");
    let telling = names
        .iter()
        .filter(|(id, name)| is_own(id) && name.as_str().and_then(columns::of).is_some());
    telling.map(|(id, name)| (id.clone(), name.clone())).collect()
}
