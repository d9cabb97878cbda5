//! Looking things up in JSON, with errors that say where.

use incident::Moment;
use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::Value;

use crate::error::{Error, Result};

/// The longest text that a message quotes.
const QUOTED_CHARS: usize = 40;

/// A place in a body.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    value: &'a Value,
    path: String,
}

/// Reads JSON.
pub(crate) fn parse(body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).map_err(|error| Error::Syntax {
        line: error.line(),
        column: error.column(),
        reason: error.to_string().split(" at line").next().unwrap_or_default().to_owned(),
    })
}

impl<'a> Place<'a> {
    /// The whole body.
    pub(crate) fn top(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// The value there.
    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// What a key holds; `None` where it is absent or null.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let value = match self.value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?)?,
            other => other.get(key)?,
        };
        let place = Self { value, path: self.joined(key) };
        (!value.is_null()).then_some(place)
    }

    /// What a dotted path such as `alerts.0.labels` leads to.
    pub(crate) fn at(&self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self.clone(), |place, key| place.get(key))
    }

    /// What a key must hold.
    pub(crate) fn need(&self, key: &str, expected: &'static str) -> Result<Self> {
        self.get(key).ok_or_else(|| Error::Field {
            path: self.joined(key),
            found: "missing".to_owned(),
            expected,
        })
    }

    /// The members of a list.
    pub(crate) fn items(&self) -> Result<Vec<Self>> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        let place = |(at, value)| Self { value, path: self.joined(&format!("{at}")) };
        Ok(items.iter().enumerate().map(place).collect())
    }

    /// A text that is not blank; a number or a truth value as it is written.
    pub(crate) fn text(&self) -> Option<String> {
        let text = match self.value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// The text of a key, where it is one.
    pub(crate) fn text_of(&self, key: &str) -> Option<String> {
        self.get(key)?.text()
    }

    /// The text that a key must hold.
    pub(crate) fn need_text(&self, key: &str) -> Result<String> {
        let place = self.need(key, "a text")?;
        place.text().ok_or_else(|| place.wrong("a text"))
    }

    /// A time: RFC 3339, the same without a zone and then UTC, or a number of seconds, milliseconds or nanoseconds since
    /// 1970, told by its size; seconds may have a fraction. The year 1 is how Go writes that there is none.
    pub(crate) fn time(&self) -> Result<Option<Timestamp>> {
        let expected = "a time such as 2026-11-20T03:00:00Z, or a number since 1970";
        let time = match self.value {
            Value::Number(number) => read_number(&number.to_string()),
            Value::String(text) => read_time(text),
            _ => None,
        };
        let time = time.ok_or_else(|| self.wrong(expected))?;
        Ok((time > Timestamp::UNIX_EPOCH).then_some(time))
    }

    /// The time that a key may hold.
    pub(crate) fn time_of(&self, key: &str) -> Result<Option<Timestamp>> {
        self.get(key).map_or(Ok(None), |place| place.time())
    }

    /// The time that a key must hold.
    pub(crate) fn need_time(&self, key: &str) -> Result<Timestamp> {
        let place = self.need(key, "a time")?;
        place.time()?.ok_or_else(|| place.wrong("a time after 1970"))
    }

    /// The error that something else was expected here.
    pub(crate) fn wrong(&self, expected: &'static str) -> Error {
        let written = self.value.to_string();
        let cut: String = written.chars().take(QUOTED_CHARS).collect();
        let dots = if cut.len() < written.len() { "..." } else { "" };
        let path = if self.path.is_empty() { "the body".to_owned() } else { self.path.clone() };
        Error::Field { path, found: format!("{cut}{dots}"), expected }
    }

    fn joined(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

fn read_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let exact = text.parse().ok().or_else(|| read_number(text));
    // Without a zone; a moment is of whole seconds.
    exact.or_else(|| Some(Moment::parse(text).ok().filter(|moment| !moment.date_only)?.at))
}

fn read_number(text: &str) -> Option<Timestamp> {
    match text.parse() {
        Ok(whole) => since_1970(whole),
        Err(_) => {
            let since = SignedDuration::try_from_secs_f64(text.parse().ok()?).ok()?;
            Timestamp::from_duration(since).ok()?.round(Unit::Millisecond).ok()
        }
    }
}

fn since_1970(number: i64) -> Option<Timestamp> {
    match number {
        0..100_000_000_000 => Timestamp::from_second(number).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(number).ok(),
        100_000_000_000_000_000.. => Timestamp::from_nanosecond(number.into()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_to_write_a_time_is_the_same_time() {
        let second: i64 = 1_795_143_600;
        for value in [
            json!("2026-11-20T03:00:00Z"),
            json!("2026-11-20T04:00:00+01:00"),
            json!(second),
            json!(second.to_string()),
            json!(second * 1_000),
            json!(second * 1_000_000),
            json!(second * 1_000_000_000),
            json!("2026-11-20 03:00:00"),
            json!(1_795_143_600.873),
            json!("1795143600.25"),
        ] {
            let time = Place::top(&value).time().expect("a time").expect("after 1970");
            assert_eq!(time.as_second(), second, "{value}");
        }
        assert_eq!(Place::top(&json!("0001-01-01T00:00:00Z")).time(), Ok(None));
        for value in [json!("2026-11-20T03:00:00.873Z"), json!(1_795_143_600.873)] {
            let time = Place::top(&value).time().expect("a time").expect("after 1970");
            assert_eq!(time.as_millisecond(), second * 1_000 + 873, "{value}");
        }
    }

    #[test]
    fn a_mistake_says_where_and_what() {
        let body = json!({"alerts": [{"startsAt": "yesterday"}]});
        let alert = Place::top(&body).at("alerts.0").expect("it is there");
        let error = alert.time_of("startsAt").expect_err("no time").to_string();
        assert!(error.contains("`alerts.0.startsAt` is \"yesterday\""), "{error}");
        let error = alert.need_text("labels").expect_err("none").to_string();
        assert_eq!(error, "`alerts.0.labels` is missing; expected a text");
        let error = parse(b"{\n oops").expect_err("no JSON").to_string();
        assert!(error.starts_with("line 2, column 2: "), "{error}");
    }
}
