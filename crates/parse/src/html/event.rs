//! The tags and texts of a page, in order.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// What comes next in a page.
#[derive(Debug)]
pub(super) enum Event {
    Open(Tag),
    /// The name of the element that closes.
    Close(String),
    /// With its references to characters resolved.
    Text(String),
}

/// The opening of an element.
#[derive(Debug)]
pub(super) struct Tag {
    /// In lower case.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.attribute("id")
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or_default().split_whitespace()
    }
}

/// Attributes that are looked at; all others are left out.
const ATTRIBUTES: [&str; 8] =
    ["id", "class", "href", "rel", "property", "content", "type", "checked"];

/// Cuts a page.
pub(super) fn events(html: &str) -> Vec<Event> {
    let mut emitter = DefaultEmitter::default();
    // What stands in a script is no markup.
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(html, emitter);
    tokens.filter_map(|token| event(token.unwrap_or_else(|never| match never {}))).collect()
}

fn event(token: Token) -> Option<Event> {
    match token {
        Token::StartTag(StartTag { name, attributes, .. }) => {
            let attributes =
                attributes.into_iter().map(|(name, value)| (text(&name), text(&value)));
            let attributes =
                attributes.filter(|(name, _)| ATTRIBUTES.contains(&name.as_str())).collect();
            Some(Event::Open(Tag { name: text(&name), attributes }))
        }
        Token::EndTag(tag) => Some(Event::Close(text(&tag.name))),
        Token::String(string) => Some(Event::Text(text(&string))),
        Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => None,
    }
}

fn text(string: &HtmlString) -> String {
    String::from_utf8_lossy(string).into_owned()
}
