//! A row of a table of one's own, whose columns are told by their names.

use super::members::{Members, text};
use super::{Draft, Drafted};
use crate::columns::{self, Column};
use crate::refusal::Refusal;
use crate::when::duration_minutes;

pub(super) fn read(members: Members) -> Result<Drafted, Refusal> {
    let mut draft = Box::new(Draft::default());
    for member in members {
        match columns::of(&member.name) {
            Some(Column::Id) if draft.id.is_none() => draft.id = text(&member.value),
            Some(Column::Key(key)) if !draft.fields.contains_key(key) => {
                draft.put(key, Some(member))
            }
            Some(Column::Duration) => {
                match text(&member.value).as_deref().and_then(duration_minutes) {
                    Some(minutes) => draft.set("duration_minutes", minutes),
                    None => {
                        let (number, name) = (member.column.unwrap_or_default(), &member.name);
                        let message = format!(
                            "expected a stretch of time such as 2h 17m (column {number}, `{name}`)"
                        );
                        draft.warn("duration_minutes", message);
                        draft.rest.insert(member.name, member.value);
                    }
                }
            }
            Some(Column::Section(heading)) => {
                let told = text(&member.value).unwrap_or_default();
                draft.tell(&format!("## {heading}\n\n{told}"));
            }
            _ => {
                draft.rest.insert(member.name, member.value);
            }
        }
    }
    Ok(Drafted::Incident(draft))
}
