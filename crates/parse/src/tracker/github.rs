//! Issues of GitHub: as `GET /repos/OWNER/NAME/issues` of its REST API gives them, and as `gh issue list --json` does.
//! Pull requests, which the API lists among issues, are none. Comments are read where they were put beside the issue's
//! members. The body is read as a page; `labels` may name severity, service and team.
//!
//! Source: the reference of the REST API, and the manual of `gh issue list`.

use serde_json::Value;

use super::facets;
use super::members::{Member, Members, text, texts};
use super::note;
use super::{Draft, Drafted};
use crate::refusal::Refusal;

pub(super) fn read(mut members: Members) -> Result<Drafted, Refusal> {
    if let Some(number) = members.take(&["pullrequest"]).and_then(|_| members.text(&["number"])) {
        return Ok(Drafted::Other(format!("#{number} is a pull request, no issue")));
    }
    let number = members.text(&["number"]);
    let url = members.text(&["htmlurl"]).or_else(|| members.text(&["url"]));
    let mut draft = Box::new(Draft {
        id: number.map(|number| id(&number, url.as_deref())),
        ..Draft::default()
    });
    draft.set("url", url);
    draft.set("title", members.text(&["title"]));
    draft.set_status(&members.text(&["state"]).unwrap_or_default());
    draft.set("updated_at", members.text(&["updatedat"]));
    draft.set("author", members.text(&["user", "author"]));
    let people =
        |member: Option<Member>| member.map(|member| texts(&member.value)).unwrap_or_default();
    draft.set("responders", people(members.take(&["assignees", "assignee"])));
    facets::of_labels(&mut draft, &people(members.take(&["labels"])));
    draft.tell(&members.text(&["body"]).unwrap_or_default());
    let opened = draft.moment(members.take(&["createdat"]));
    draft.lifetime = (opened, draft.moment(members.take(&["closedat"])));
    if let Some(Member { value: value @ Value::Array(_), .. }) =
        members.take(&["comments", "commentslist"])
    {
        let told = |comment: &Value| comment.get("body").and_then(text);
        draft.notes.extend(note::of_objects(&value, &["created_at", "createdAt"], told));
    }
    for reason in ["statereason", "milestone"] {
        if let Some(member) = members.take(&[reason]) {
            draft.rest.insert(member.name, text(&member.value).into());
        }
    }
    Ok(Drafted::Incident(draft))
}

/// `owner/name#7`; without an address that names the repository, `#7`.
fn id(number: &str, url: Option<&str>) -> String {
    let path = url.and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.split_once('/'));
    let mut parts = path.map_or("", |(_, path)| path).split('/').filter(|part| *part != "repos");
    match (parts.next(), parts.next()) {
        (Some(owner), Some(name)) if !owner.is_empty() => format!("{owner}/{name}#{number}"),
        _ => format!("#{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_the_repository() {
        assert_eq!(id("7", Some("https://github.com/acme/shop/issues/7")), "acme/shop#7");
        assert_eq!(id("7", Some("https://api.github.com/repos/acme/shop/issues/7")), "acme/shop#7");
        assert_eq!(id("7", None), "#7");
    }
}
