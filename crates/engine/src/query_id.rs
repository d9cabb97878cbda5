//! Names for questions.

use sha2::{Digest, Sha256};

use crate::answer::{Query, SimilarRequest};

/// The name of a question put to the log as it stood at `position`: the first 16 hex digits of the
/// SHA-256 of both. The same question to the same log has the same name.
pub(crate) fn query_id(request: &SimilarRequest, position: u64) -> String {
    let query = match &request.query {
        Query::Text(text) => format!("text\n{text}"),
        Query::Id(id) => format!("id\n{id}"),
        Query::Incident(incident) => {
            let json = serde_json::to_string(incident).expect("an incident has a JSON form");
            format!("incident\n{json}")
        }
    };
    let as_of = request.as_of.explicit.then(|| request.as_of.secs());
    let all = format!("{position}\n{}\n{as_of:?}\n{:?}\n{query}", request.k, request.filter);
    let digest = Sha256::digest(all.as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("q-{hex}")
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
        let digits = name.strip_prefix("q-").expect("what every name begins with");
        assert!(digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
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
}
