//! The members of one record, whether it was written in JSON or in CSV.

use csv::ReaderBuilder;
use serde_json::{Map, Value};

use crate::columns::squeezed;
use crate::jsonl;
use crate::refusal::Refusal;
use crate::sniff::{Shape, shape};

/// A member that says something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// Its name as it was written.
    pub(super) name: String,
    /// Its column, from 1; of several of one name the first. `None` in JSON.
    pub(super) column: Option<usize>,
    pub(super) value: Value,
}

/// The members of a record in the order written; what is taken is gone.
#[derive(Debug)]
pub(crate) struct Members(Vec<Member>);

impl Members {
    /// Reads one object of JSON, or the header and one row of CSV. Of columns of one name the values are a list.
    ///
    /// # Errors
    /// What was expected.
    pub(crate) fn read(content: &[u8]) -> Result<Self, Refusal> {
        match shape(content) {
            Shape::Json => jsonl::object(content).map(Self::from),
            Shape::Other => row(content),
        }
    }

    /// The first of `names`, without case and punctuation, that is a member.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<Member> {
        let at = names
            .iter()
            .find_map(|name| self.0.iter().position(|member| squeezed(&member.name) == *name))?;
        Some(self.0.remove(at))
    }

    /// The text of the first of `names` that is a member; see [`text`].
    pub(super) fn text(&mut self, names: &[&str]) -> Option<String> {
        self.take(names).and_then(|member| text(&member.value))
    }

    /// Adds the members of an object that is one, where their names are free.
    pub(super) fn unfold(&mut self, name: &str) {
        if let Some(Member { value: Value::Object(inner), .. }) = self.take(&[name]) {
            self.0.extend(Self::from(inner).0);
        }
    }

    /// The members as one object.
    pub(crate) fn into_object(self) -> Map<String, Value> {
        self.0.into_iter().map(|Member { name, value, .. }| (name, value)).collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }
}

impl From<Map<String, Value>> for Members {
    fn from(object: Map<String, Value>) -> Self {
        let said = object.into_iter().filter(|(_, value)| !is_empty(value));
        Self(said.map(|(name, value)| Member { name, column: None, value }).collect())
    }
}

impl IntoIterator for Members {
    type Item = Member;
    type IntoIter = std::vec::IntoIter<Member>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn row(content: &[u8]) -> Result<Members, Refusal> {
    let refused = |reason: String| ("record".to_owned(), reason);
    let text = std::str::from_utf8(content)
        .map_err(|error| refused(format!("expected UTF-8: {error}")))?;
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Result<Vec<_>, _> = reader.records().take(3).collect();
    let rows = rows.map_err(|error| refused(format!("expected CSV: {error}")))?;
    let [header, cells] = rows.as_slice() else {
        let reason = "expected the header and one row of CSV, or one object of JSON";
        return Err(refused(reason.to_owned()));
    };
    let mut members: Vec<Member> = Vec::new();
    for (number, (name, cell)) in header.iter().zip(cells).enumerate() {
        let (name, cell) = (name.trim(), cell.trim());
        if cell.is_empty() {
            continue;
        }
        let value = Value::from(cell);
        match members.iter_mut().find(|member| member.name == name) {
            Some(member) => append(&mut member.value, value),
            None => members.push(Member { name: name.to_owned(), column: Some(number + 1), value }),
        }
    }
    Ok(Members(members))
}

fn append(list: &mut Value, value: Value) {
    if let Value::Array(items) = list {
        items.push(value);
    } else {
        *list = Value::Array(vec![list.take(), value]);
    }
}

/// The members of an object that stand for the whole, the likeliest first.
const FACES: [&str; 7] =
    ["display_value", "displayName", "summary", "name", "login", "email", "value"];

/// What a value says in a word or two: of an object the name that people know it by, of a list the first.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(items) => items.iter().find_map(text),
        Value::Object(members) => FACES.iter().find_map(|face| text(members.get(*face)?)),
        Value::Null => None,
    }
}

/// What each member of a list says; a value that is no list is one of one.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

/// What a member of an object says.
pub(super) fn inner(value: &Value, name: &str) -> Option<String> {
    text(value.get(name)?)
}

/// The members of a list, else the value itself.
pub(super) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_of_one_name_are_a_list() {
        let mut members = Members::read(b"Key,Label,Label,Empty\nA-1,a,b,\n").expect("a row");
        let labels = members.take(&["label"]).expect("there are two");
        assert_eq!((labels.value, labels.column), (json!(["a", "b"]), Some(2)));
        assert_eq!(members.text(&["empty"]), None);
        assert_eq!(members.text(&["nothing", "key"]).as_deref(), Some("A-1"));
    }

    #[test]
    fn what_is_neither_a_row_nor_an_object_is_refused() {
        for content in ["a,b\n", "a,b\n1,2\n3,4\n", "[1]", ""] {
            let (field, _) = Members::read(content.as_bytes()).expect_err(content);
            assert_eq!(field, "record");
        }
    }

    #[test]
    fn an_object_is_called_by_the_name_people_know() {
        assert_eq!(
            text(&json!({"display_value": "Ann", "value": "6816f79c"})).as_deref(),
            Some("Ann")
        );
        assert_eq!(text(&json!({"login": "ann", "id": 7})).as_deref(), Some("ann"));
        assert_eq!(texts(&json!([{"name": "a"}, "b", {}])), ["a", "b"]);
    }
}
