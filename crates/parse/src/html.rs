//! A page of a wiki, saved as HTML, as the Markdown that says the same.
//!
//! The page is cut into tags and texts as browsers do it, and no tree is made of them: time and memory are those of the
//! page, however its elements are nested. What is no text of the page is dropped: scripts, styles, navigation. Of a
//! page that Confluence saved or exported, what stands around the content is dropped too.

use event::{Event, Tag};
use writer::Writer;

mod event;
mod table;
mod writer;

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its content.
    pub(crate) markdown: String,
    /// Its title; empty where the content has to tell.
    pub(crate) title: String,
    /// Its own address.
    pub(crate) url: Option<String>,
}

/// Elements without text of the page.
const DROPPED: [&str; 16] = [
    "script", "style", "noscript", "template", "title", "nav", "footer", "button", "select",
    "iframe", "object", "svg", "math", "canvas", "audio", "video",
];

/// What stands around the content of a Confluence page, by its id or class.
const FRAME: [&str; 5] = [
    "breadcrumb-section",
    "page-metadata",
    "page-metadata-modification-info",
    "likes-and-labels-container",
    "toc-macro",
];

/// The ids of the element that holds the content and nothing else.
const CONTENT: [&str; 2] = ["main-content", "wiki-content"];

/// The ids of the elements that hold the title.
const TITLE: [&str; 2] = ["title-text", "title-heading"];

/// Reads a page.
pub(crate) fn page(html: &str) -> Page {
    let events = event::events(html);
    let with_id =
        |ids: &[&str]| within(&events, |tag| tag.id().is_some_and(|id| ids.contains(&id)));
    let named = |name: &str| within(&events, |tag| tag.name == name);
    let content = with_id(&CONTENT).or_else(|| named("main")).or_else(|| named("article"));
    let content = content.unwrap_or(&events);
    let heading = with_id(&TITLE).map(|events| without_space(&text_of(events)));
    let head = || match within(content, |tag| tag.name == "h1") {
        Some(_) => None,
        None => named("title").map(|events| without_wiki(&text_of(events))),
    };
    let title = heading.or_else(head).unwrap_or_default();
    Page { markdown: markdown(content), title, url: url(&events) }
}

/// What is within the first element that `fits`, up to where it is closed.
fn within(events: &[Event], fits: impl Fn(&Tag) -> bool) -> Option<&[Event]> {
    let start = events.iter().position(|event| matches!(event, Event::Open(tag) if fits(tag)))?;
    let Event::Open(tag) = &events[start] else {
        return None;
    };
    let inner = &events[start + 1..];
    Some(&inner[..end_of(inner, &tag.name)])
}

/// Where an element of this name is closed whose opening stands before `events`; the end, where it never is.
fn end_of(events: &[Event], name: &str) -> usize {
    let mut depth = 1_usize;
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Open(tag) if tag.name == name => depth += 1,
            Event::Close(other) if other == name => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    events.len()
}

fn text_of(events: &[Event]) -> String {
    let texts = events.iter().map(|event| match event {
        Event::Text(text) => text.as_str(),
        _ => "",
    });
    texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A heading of an exported page without the name of the space before it: `Operations : Disk full`.
fn without_space(heading: &str) -> String {
    heading.split_once(" : ").map_or(heading, |(_, title)| title).to_owned()
}

/// A title of a browser without what Confluence adds: `Disk full - Operations - Confluence`.
fn without_wiki(title: &str) -> String {
    let Some(page) = title.strip_suffix(" - Confluence") else {
        return title.to_owned();
    };
    page.rsplit_once(" - ").map_or(page, |(page, _space)| page).to_owned()
}

/// The address that the page says is its own.
fn url(events: &[Event]) -> Option<String> {
    let address = |event: &Event| {
        let Event::Open(tag) = event else {
            return None;
        };
        let address = match tag.name.as_str() {
            "link" if tag.attribute("rel") == Some("canonical") => tag.attribute("href"),
            "meta" if tag.attribute("property") == Some("og:url") => tag.attribute("content"),
            _ => None,
        };
        address.filter(|address| is_web(address)).map(str::to_owned)
    };
    events.iter().find_map(address)
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn is_dropped(tag: &Tag) -> bool {
    let is_frame = |name: &str| FRAME.contains(&name);
    DROPPED.contains(&tag.name.as_str())
        || tag.id().is_some_and(is_frame)
        || tag.classes().any(is_frame)
}

fn markdown(mut events: &[Event]) -> String {
    let mut writer = Writer::default();
    while let [event, rest @ ..] = events {
        events = rest;
        match event {
            Event::Open(tag) if is_dropped(tag) => {
                let end = end_of(rest, &tag.name);
                events = rest.get(end + 1..).unwrap_or_default();
            }
            Event::Open(tag) => writer.open(tag),
            Event::Close(name) => writer.close(name),
            Event::Text(text) => writer.text(text),
        }
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(page(html).markdown, expect, "{html}");
    }

    #[test]
    fn blocks_become_lines_of_their_own() {
        check(
            "<h2>Root  cause</h2><p>A <em>full</em>\ndisk</p><div>More</div>",
            "## Root cause\n\nA full disk\n\nMore\n",
        );
        check("one<br>two", "one\ntwo\n");
        check("<pre>a  b\n  c</pre>", "```\na  b\n  c\n```\n");
    }

    #[test]
    fn labels_links_and_code_keep_their_marks() {
        check("<p><strong>Severity: </strong>SEV-1</p>", "**Severity:** SEV-1\n");
        check("<a href='https://x.example/7'>OPS-7</a>", "[OPS-7](https://x.example/7)\n");
        check("<a href='#top'>up</a> <code>df</code>", "up `df`\n");
    }

    #[test]
    fn lists_are_nested_and_tasks_are_ticked() {
        check("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c\n");
        check("<ol><li><p>a</p></li></ol>", "1. a\n");
        let tasks = "<ul class='inline-task-list'><li class='checked'>a</li><li>b</li></ul>";
        check(tasks, "- [x] a\n- [ ] b\n");
        check("<ul><li><input type='checkbox' checked> a</li></ul>", "- [x] a\n");
    }

    #[test]
    fn tables_become_tables_and_pairs_become_labels() {
        check(
            "<table><tr><th>Time</th><th>Event</th></tr><tr><td><p>10:00</p></td><td>a|b<br>c</td></tr></table>",
            "| Time | Event |\n| --- | --- |\n| 10:00 | a\\|b c |\n",
        );
        check("<table><tr><td>a</td><td>b</td></tr></table>", "| a | b |\n");
        check(
            "<table><tr><th>Severity</th><td>SEV-1</td></tr><tr><th>Team</th><td>edge</td></tr></table>",
            "**Severity:** SEV-1\n**Team:** edge\n",
        );
    }

    #[test]
    fn what_is_no_text_of_the_page_is_dropped() {
        check(
            "<script>let x = '</p>';</script><p>a</p><style>p{}</style><nav><a>b</a></nav>",
            "a\n",
        );
        let framed =
            "<body><p>chrome</p><div id='main-content'><p>a</p></div><p>Attachments</p></body>";
        check(framed, "a\n");
    }

    #[test]
    fn the_title_is_that_of_the_page_alone() {
        let title = |html| page(html).title;
        assert_eq!(
            title("<title>Disk full - Operations - Confluence</title><p>a</p>"),
            "Disk full"
        );
        assert_eq!(title("<title>x</title><h1>Disk full</h1>"), "");
        assert_eq!(
            title("<h1 id='title-heading'><span id='title-text'> Ops : Disk full</span></h1>"),
            "Disk full"
        );
    }

    #[test]
    fn the_address_is_the_one_it_says() {
        let html = "<link rel='canonical' href='https://wiki.example/7'><p>a</p>";
        assert_eq!(page(html).url.as_deref(), Some("https://wiki.example/7"));
        assert_eq!(page("<link rel='canonical' href='javascript:x'>").url, None);
    }

    #[test]
    fn what_is_not_closed_or_nested_deeply_is_read_all_the_same() {
        let deep = format!("{}x{}", "<div>".repeat(500_000), "</div>".repeat(500_000));
        check(&deep, "x\n");
        check("<p>a<p>b<ul><li>c<li>d</ul>", "a\n\nb\n\n- c\n- d\n");
        check(
            "<table><tr><th>A<th>B<tr><td>1<td>2</table>e",
            "| A | B |\n| --- | --- |\n| 1 | 2 |\n\ne\n",
        );
        check("<b>a</i></b></b> <a href='https://x.example'>", "**a**\n");
    }
}
