//! The Atlassian Document Format as the Markdown that says the same.
//!
//! Source: "Atlassian Document Format", its nodes and marks. A node that is not known is as good as what it contains.

use serde_json::Value;

use super::members::inner;

/// The deepest nesting that is read; what lies deeper is left out.
const DEPTH_MAX: usize = 64;

/// The text of a document.
pub(super) fn markdown(document: &Value) -> String {
    blocks(document, 0).trim().to_owned()
}

fn content(node: &Value) -> &[Value] {
    node.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn attribute(node: &Value, name: &str) -> Option<String> {
    inner(node.get("attrs")?, name)
}

fn blocks(node: &Value, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return String::new();
    }
    content(node).iter().map(|child| block(child, depth + 1)).collect()
}

fn block(node: &Value, depth: usize) -> String {
    match kind(node) {
        "heading" => {
            let level = node
                .get("attrs")
                .and_then(|attrs| attrs.get("level"))
                .and_then(Value::as_u64)
                .unwrap_or(1);
            let marks = "#".repeat(usize::try_from(level.clamp(1, 6)).expect("at most six"));
            format!("{marks} {}\n\n", line(node, depth))
        }
        "paragraph" => format!("{}\n\n", line(node, depth)),
        "codeBlock" => format!("```\n{}\n```\n\n", line(node, depth)),
        "bulletList" | "orderedList" => format!("{}\n", list(node, depth, "")),
        "taskList" | "decisionList" => format!("{}\n", tasks(node, depth, "")),
        "table" => format!("{}\n", table(node, depth)),
        "blockCard" | "embedCard" => {
            attribute(node, "url").map(|url| format!("{url}\n\n")).unwrap_or_default()
        }
        "text" | "hardBreak" | "mention" | "date" | "status" | "inlineCard" | "emoji" => {
            inline(node, depth)
        }
        "expand" | "nestedExpand" => {
            let title =
                attribute(node, "title").map(|title| format!("## {title}\n\n")).unwrap_or_default();
            format!("{title}{}", blocks(node, depth))
        }
        _ => blocks(node, depth),
    }
}

/// The items of a list, those of lists within indented.
fn list(node: &Value, depth: usize, indent: &str) -> String {
    if depth > DEPTH_MAX {
        return String::new();
    }
    let mut text = String::new();
    for item in content(node) {
        let (nested, own): (Vec<&Value>, Vec<&Value>) =
            content(item).iter().partition(|child| kind(child).ends_with("List"));
        let words: Vec<String> = own.into_iter().map(|child| line(child, depth + 1)).collect();
        text.push_str(&format!("{indent}- {}\n", words.join(" ")));
        for inner_list in nested {
            text.push_str(&list(inner_list, depth + 1, &format!("{indent}  ")));
        }
    }
    text
}

fn tasks(node: &Value, depth: usize, indent: &str) -> String {
    if depth > DEPTH_MAX {
        return String::new();
    }
    let task = |item: &Value| match kind(item) {
        "taskList" => tasks(item, depth + 1, &format!("{indent}  ")),
        "taskItem" => {
            let done = attribute(item, "state").is_some_and(|state| state == "DONE");
            format!("{indent}- [{}] {}\n", if done { "x" } else { " " }, line(item, depth + 1))
        }
        _ => format!("{indent}- {}\n", line(item, depth + 1)),
    };
    content(node).iter().map(task).collect()
}

fn table(node: &Value, depth: usize) -> String {
    let mut text = String::new();
    for (number, row) in content(node).iter().enumerate() {
        let cells = content(row);
        let words = |cell: &Value| line(cell, depth + 1).replace('|', "\\|");
        let row: Vec<String> = cells.iter().map(words).collect();
        text.push_str(&format!("| {} |\n", row.join(" | ")));
        if number == 0 && cells.iter().all(|cell| kind(cell) == "tableHeader") {
            text.push_str(&format!("|{}\n", " --- |".repeat(cells.len())));
        }
    }
    text
}

/// All text within a node on one line, but for the lines of code and the breaks a person made.
fn line(node: &Value, depth: usize) -> String {
    if depth > DEPTH_MAX {
        return String::new();
    }
    let parts: Vec<String> = content(node).iter().map(|child| inline(child, depth + 1)).collect();
    let is_inline = content(node).iter().all(|child| child.get("content").is_none());
    parts.join(if is_inline { "" } else { " " }).trim().to_owned()
}

fn inline(node: &Value, depth: usize) -> String {
    match kind(node) {
        "text" => marked(node),
        "hardBreak" => "\n".to_owned(),
        "mention" | "status" | "emoji" => attribute(node, "text").unwrap_or_default(),
        "inlineCard" => attribute(node, "url").unwrap_or_default(),
        "date" => attribute(node, "timestamp").and_then(|millis| day(&millis)).unwrap_or_default(),
        _ => line(node, depth),
    }
}

fn marked(node: &Value) -> String {
    let text = node.get("text").and_then(Value::as_str).unwrap_or_default();
    let marks = node.get("marks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (before, inner_text) = (&text[..text.len() - text.trim_start().len()], text.trim());
    let after = &text[text.trim_end().len().max(before.len())..];
    let marked = |told: String, mark: &Value| match kind(mark) {
        "strong" => format!("**{told}**"),
        "code" => format!("`{told}`"),
        "link" => attribute(mark, "href").map_or(told.clone(), |href| format!("[{told}]({href})")),
        _ => told,
    };
    match inner_text.is_empty() {
        true => text.to_owned(),
        false => format!("{before}{}{after}", marks.iter().fold(inner_text.to_owned(), marked)),
    }
}

/// The day of a number of milliseconds since 1970.
fn day(millis: &str) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(millis.parse().ok()?).ok()?;
    Some(at.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(nodes: Value, expect: &str) {
        assert_eq!(markdown(&json!({"type": "doc", "version": 1, "content": nodes})), expect);
    }

    fn said(text: &str) -> Value {
        json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
    }

    #[test]
    fn headings_paragraphs_and_marks_are_written() {
        check(
            json!([
                {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Root cause"}]},
                {"type": "paragraph", "content": [
                    {"type": "text", "text": "Severity: ", "marks": [{"type": "strong"}]},
                    {"type": "text", "text": "P1"}, {"type": "hardBreak"},
                    {"type": "date", "attrs": {"timestamp": "1771971420000"}}]},
            ]),
            "## Root cause\n\n**Severity:** P1\n2026-02-24",
        );
    }

    #[test]
    fn tasks_lists_and_tables_are_written() {
        check(
            json!([
                {"type": "taskList", "content": [
                    {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "a"}]},
                    {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [{"type": "text", "text": "b"}]}]},
                {"type": "bulletList", "content": [{"type": "listItem", "content": [said("c"),
                    {"type": "orderedList", "content": [{"type": "listItem", "content": [said("d")]}]}]}]},
                {"type": "table", "content": [
                    {"type": "tableRow", "content": [{"type": "tableHeader", "content": [said("Time")]},
                        {"type": "tableHeader", "content": [said("Event")]}]},
                    {"type": "tableRow", "content": [{"type": "tableCell", "content": [said("10:00")]},
                        {"type": "tableCell", "content": [said("a|b"), said("c")]}]}]},
            ]),
            "- [x] a\n- [ ] b\n\n- c\n  - d\n\n| Time | Event |\n| --- | --- |\n| 10:00 | a\\|b c |",
        );
    }

    #[test]
    fn what_is_not_known_is_what_it_contains() {
        check(json!([{"type": "panel", "content": [said("a")]}, {"type": "rule"}, 7]), "a");
    }

    #[test]
    fn deep_nesting_ends() {
        let deep =
            (0..100).fold(said("a"), |inner, _| json!({"type": "panel", "content": [inner]}));
        check(json!([deep]), "");
    }
}
