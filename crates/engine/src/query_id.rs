//! Names for questions.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::answer::{Query, SimilarRequest};

const QUESTION_BYTES: usize = 8;
const STATE_BYTES: usize = 4;

/// The name of a question put to the log as it stood at `position`: `q-`, the name of the question itself, and the
/// first 8 hex digits of the SHA-256 of all else that the answer depends on. The same question to the same log has the
/// same name.
pub(crate) fn query_id(request: &SimilarRequest, position: u64) -> String {
    let as_of = request.as_of.explicit.then(|| request.as_of.secs());
    let rest = format!("{position}\n{}\n{as_of:?}\n{:?}", request.k, request.filter);
    format!("q-{}-{}", question_name(&request.query), hex(&rest, STATE_BYTES))
}

/// The name of a question whatever the log holds: the first 16 hex digits of its SHA-256. It tells nothing of the text,
/// which is why a rating can be kept by it.
pub(crate) fn question_name(query: &Query) -> String {
    let said = match query {
        Query::Text(text) => format!("text\n{}", text.trim()),
        Query::Id(id) => format!("id\n{id}"),
        Query::Incident(incident) => {
            let json = serde_json::to_string(incident).expect("an incident has a JSON form");
            format!("incident\n{json}")
        }
    };
    hex(&said, QUESTION_BYTES)
}

/// The name of the question within a query id; `None` where it is none.
pub(crate) fn question_of(query_id: &str) -> Option<&str> {
    let (question, state) = query_id.strip_prefix("q-")?.split_once('-')?;
    let is_hex = |text: &str, bytes: usize| {
        text.len() == 2 * bytes && text.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    (is_hex(question, QUESTION_BYTES) && is_hex(state, STATE_BYTES)).then_some(question)
}

/// The beginning of the SHA-256 of `text`.
fn hex(text: &str, bytes: usize) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes())[..bytes])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use incident::{AsOf, Incident, IncidentId};
    use index::Filter;

    use super::*;

    fn request(query: Query, as_of: AsOf) -> SimilarRequest {
        SimilarRequest { query, k: 5, filter: Filter::default(), as_of }
    }

    fn text(words: &str) -> Query {
        Query::Text(words.to_owned())
    }

    fn now(day: &str) -> AsOf {
        AsOf::now(format!("{day}T00:00:00Z").parse().expect("a time"))
    }

    #[test]
    fn the_same_question_to_the_same_log_has_the_same_name_whatever_time_it_is() {
        let [today, tomorrow] =
            ["2026-01-01", "2026-01-02"].map(|day| request(text("disk full"), now(day)));
        let name = query_id(&today, 7);
        assert_eq!(name, query_id(&tomorrow, 7));
        assert_eq!(question_of(&name), Some(question_name(&today.query).as_str()));
    }

    #[test]
    fn whatever_changes_the_answer_changes_the_name() {
        let now = now("2026-01-01");
        let plain = request(text("1"), now);
        let mut names = BTreeSet::from([query_id(&plain, 7), query_id(&plain, 8)]);
        let others = [
            request(text("2"), now),
            request(Query::Id(IncidentId::new("1")), now),
            request(Query::Incident(Box::new(Incident::new("", "", "1"))), now),
            request(text("1"), AsOf::instant(now.at)),
            SimilarRequest { k: 6, ..plain.clone() },
            SimilarRequest { filter: Filter { since: Some(0), ..Filter::default() }, ..plain },
        ];
        names.extend(others.iter().map(|other| query_id(other, 7)));
        assert_eq!(names.len(), 2 + others.len());
    }

    #[test]
    fn a_question_keeps_its_name_whatever_the_log_holds() {
        let plain = request(text("disk full"), now("2026-01-01"));
        let later = SimilarRequest { k: 6, ..request(text(" disk full\n"), now("2026-01-02")) };
        let (before, after) = (query_id(&plain, 7), query_id(&later, 8));
        assert_ne!(before, after);
        assert_eq!(question_of(&before), question_of(&after));
    }

    #[test]
    fn what_is_no_query_id_names_no_question() {
        for wrong in
            ["", "q-", "INC-1", "q-0123456789abcdef", "q-0123456789abcdef-0123456", "q-x-y"]
        {
            assert_eq!(question_of(wrong), None, "{wrong}");
        }
        assert_eq!(question_of("q-0123456789abcdef-01234567"), Some("0123456789abcdef"));
    }
}
