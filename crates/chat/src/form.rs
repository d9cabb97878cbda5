//! Bodies of the kind `application/x-www-form-urlencoded`, read strictly: each name once, all of it UTF-8.
//!
//! Source: the URL standard of WHATWG, section "application/x-www-form-urlencoded", which reads more leniently.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode;

use crate::error::{Error, Result};

/// More fields than any chat sends.
const FIELDS_MAX: usize = 100;

/// The fields of a body.
#[derive(Debug)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads `body`.
    ///
    /// # Errors
    /// [`Error::Twice`], [`Error::NotUtf8`], [`Error::TooMany`].
    pub(crate) fn read(body: &[u8]) -> Result<Self> {
        let mut fields = BTreeMap::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next().unwrap_or_default(), || "the name of a field".into())?;
            let value = decoded(halves.next().unwrap_or_default(), || format!("`{name}`"))?;
            if fields.insert(name.clone(), value).is_some() {
                return Err(Error::Twice(name));
            }
            if fields.len() > FIELDS_MAX {
                return Err(Error::TooMany(FIELDS_MAX));
            }
        }
        Ok(Self(fields))
    }

    /// Takes a field out; `None` where there is none of this name.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Takes a field out that must be there and say something.
    ///
    /// # Errors
    /// [`Error::Field`].
    pub(crate) fn need(&mut self, field: &'static str, expected: &'static str) -> Result<String> {
        let value = self.take(field).filter(|value| !value.trim().is_empty());
        value.ok_or(Error::Field { field, expected })
    }
}

fn decoded(bytes: &[u8], what: impl FnOnce() -> String) -> Result<String> {
    let spaced: Vec<u8> =
        bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let text = percent_decode(&spaced).decode_utf8().map(Cow::into_owned);
    text.map_err(|_| Error::NotUtf8(what()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let mut form =
            Form::read(b"a=1&text=disk+full%20on+%C3%A9&empty=&alone&&b=x=y").expect("read");
        let mut take = |name: &str| form.take(name);
        assert_eq!(take("a").as_deref(), Some("1"));
        assert_eq!(take("text").as_deref(), Some("disk full on é"));
        assert_eq!(take("empty").as_deref(), Some(""));
        assert_eq!(take("alone").as_deref(), Some(""));
        assert_eq!(take("b").as_deref(), Some("x=y"));
        assert_eq!(take("c"), None);
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused_however_it_is_written() {
        for body in ["a=1&a=1", "a=1&b=2&%61=3", "a&a"] {
            assert_eq!(Form::read(body.as_bytes()).err(), Some(Error::Twice("a".into())), "{body}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_refused_and_named() {
        let error = |body: &[u8]| Form::read(body).expect_err("it is no UTF-8").to_string();
        assert_eq!(error(b"text=%ff"), "`text` is no UTF-8");
        assert_eq!(error(b"text=\xc3"), "`text` is no UTF-8");
        assert_eq!(error(b"%80=1"), "the name of a field is no UTF-8");
    }

    #[test]
    fn a_flood_of_fields_is_refused() {
        let body = |fields: usize| (0..fields).map(|n| format!("f{n}=&")).collect::<String>();
        assert!(Form::read(body(FIELDS_MAX).as_bytes()).is_ok());
        let flooded = Form::read(body(FIELDS_MAX + 1).as_bytes());
        assert_eq!(flooded.err(), Some(Error::TooMany(FIELDS_MAX)));
    }
}
