//! Requests out of the query of a URL.

use std::fmt::Display;
use std::str::FromStr;

use incident::{AsOf, Moment, Status};
use prost_types::Timestamp;

use crate::convert::filter::wire_status;
use crate::convert::time::wire;
use crate::proto::{
    BacktestRequest, ClassOrder, Filter, FindSimilarRequest, GetReportRequest,
    ListDecisionsRequest, ListFailureClassesRequest, ListIncidentsRequest, ReportFormat,
    ReportScope, find_similar_request,
};
use crate::violations::Violations;

type Result<T> = std::result::Result<T, tonic::Status>;

/// The parameters of a query, each of which must be taken by someone.
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
    found: Violations,
}

impl Parameters {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, found: Violations::new() }
    }

    /// `text` or `incident_id`; `k`, `explain`, `min_cursor`, `as_of`; and those of a filter.
    pub(super) fn find_similar(mut self) -> Result<FindSimilarRequest> {
        use find_similar_request::Query;
        let text = self.one("text").map(Query::Text);
        let id = self.one("incident_id").map(Query::IncidentId);
        if text.is_some() && id.is_some() {
            self.found.add("incident_id", "text is there too", "one of the two");
        }
        let request = FindSimilarRequest {
            query: text.or(id),
            k: self.read("k", "a number").unwrap_or_default(),
            filter: self.filter(),
            as_of: self.as_of(),
            explain: self.read("explain", "true or false").unwrap_or_default(),
            min_cursor: self.one("min_cursor").unwrap_or_default(),
        };
        self.finish(request)
    }

    /// `as_of`, `page_size`, `page_token`; and those of a filter.
    pub(super) fn list_incidents(mut self) -> Result<ListIncidentsRequest> {
        let request = ListIncidentsRequest {
            filter: self.filter(),
            as_of: self.as_of(),
            page_size: self.read("page_size", "a number").unwrap_or_default(),
            page_token: self.one("page_token").unwrap_or_default(),
        };
        self.finish(request)
    }

    /// `class`, `page_size`, `page_token`.
    pub(super) fn list_decisions(mut self) -> Result<ListDecisionsRequest> {
        let request = ListDecisionsRequest {
            class_id: self.one("class").unwrap_or_default(),
            page_size: self.read("page_size", "a number").unwrap_or_default(),
            page_token: self.one("page_token").unwrap_or_default(),
        };
        self.finish(request)
    }

    /// `k`, any number of times; `as_of`, `format`; and those of a filter.
    pub(super) fn backtest(mut self) -> Result<BacktestRequest> {
        let request = BacktestRequest {
            filter: self.filter(),
            k: self.numbers("k"),
            as_of: self.as_of(),
            format: self.format(),
        };
        self.finish(request)
    }

    /// `min_occurrences`, `as_of`, `order`, `page_size`, `page_token`.
    pub(super) fn list_failure_classes(mut self) -> Result<ListFailureClassesRequest> {
        let request = ListFailureClassesRequest {
            min_occurrences: self.read("min_occurrences", "a number"),
            as_of: self.as_of(),
            order: self.order(),
            page_size: self.read("page_size", "a number").unwrap_or_default(),
            page_token: self.one("page_token").unwrap_or_default(),
        };
        self.finish(request)
    }

    /// `since`, `until`, `service`, `team`, `tag`, `as_of`, `format`.
    pub(super) fn get_report(mut self) -> Result<GetReportRequest> {
        let scope = ReportScope {
            since: self.since(),
            until: self.until(),
            services: self.all("service"),
            teams: self.all("team"),
            tags: self.all("tag"),
        };
        let scope = (scope != ReportScope::default()).then_some(scope);
        let request = GetReportRequest { scope, as_of: self.as_of(), format: self.format() };
        self.finish(request)
    }

    /// `as_of` and nothing else.
    pub(super) fn only_as_of(mut self) -> Result<Option<Timestamp>> {
        let as_of = self.as_of();
        self.finish(as_of)
    }

    fn filter(&mut self) -> Option<Filter> {
        let filter = Filter {
            services: self.all("service"),
            severities: self.all("severity"),
            statuses: self.statuses(),
            tags: self.all("tag"),
            class_id: self.one("class").unwrap_or_default(),
            since: self.since(),
            until: self.until(),
        };
        (filter != Filter::default()).then_some(filter)
    }

    fn statuses(&mut self) -> Vec<i32> {
        let mut statuses = Vec::new();
        for word in self.all("status") {
            match Status::from_word(&word) {
                Some(status) => statuses.push(wire_status(Some(status)).into()),
                None => self.expected("status", &word, "open, mitigated or resolved"),
            }
        }
        statuses
    }

    fn order(&mut self) -> i32 {
        self.word(
            "order",
            &[
                ("occurrences", ClassOrder::Occurrences.into()),
                ("last_seen", ClassOrder::LastSeen.into()),
                ("in_90d", ClassOrder::In90d.into()),
            ],
        )
    }

    fn format(&mut self) -> i32 {
        self.word(
            "format",
            &[
                ("html", ReportFormat::Html.into()),
                ("markdown", ReportFormat::Markdown.into()),
                ("json", ReportFormat::Json.into()),
                ("csv", ReportFormat::Csv.into()),
            ],
        )
    }

    /// The number that the word stands for; 0 where there is none.
    fn word(&mut self, name: &str, words: &[(&str, i32)]) -> i32 {
        let Some(text) = self.one(name) else {
            return 0;
        };
        let meant = words.iter().find(|(word, _)| *word == text).map(|(_, number)| *number);
        meant.unwrap_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.expected(name, &text, known.join(", "));
            0
        })
    }

    fn numbers(&mut self, name: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        for text in self.all(name) {
            match text.parse() {
                Ok(number) => numbers.push(number),
                Err(_) => self.expected(name, &text, "a number"),
            }
        }
        numbers
    }

    fn since(&mut self) -> Option<Timestamp> {
        let text = self.one("since")?;
        let moment = Moment::parse(&text);
        self.time("since", &text, moment.map(|moment| moment.at))
    }

    fn until(&mut self) -> Option<Timestamp> {
        self.last_second("until")
    }

    fn as_of(&mut self) -> Option<Timestamp> {
        self.last_second("as_of")
    }

    /// A time; of a day its last second.
    fn last_second(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.one(name)?;
        let as_of = AsOf::parse(&text);
        self.time(name, &text, as_of.map(|as_of| as_of.at))
    }

    fn time(
        &mut self,
        name: &str,
        text: &str,
        read: incident::Result<jiff::Timestamp>,
    ) -> Option<Timestamp> {
        if read.is_err() {
            self.expected(name, text, "YYYY-MM-DD or a time such as 2025-10-03T02:57:00Z");
        }
        read.ok().map(wire)
    }

    fn read<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let text = self.one(name)?;
        let read = text.parse().ok();
        if read.is_none() {
            self.expected(name, &text, expected);
        }
        read
    }

    fn expected(&mut self, name: &str, text: &str, expected: impl Display) {
        self.found.add(name, format_args!("`{text}`"), expected);
    }

    fn one(&mut self, name: &str) -> Option<String> {
        let mut values = self.all(name);
        if values.len() > 1 {
            self.found.add(name, format_args!("{} times", values.len()), "once");
        }
        values.pop()
    }

    fn all(&mut self, name: &str) -> Vec<String> {
        let taken = self.pairs.extract_if(.., |(other, _)| other == name);
        taken.map(|(_, value)| value).collect()
    }

    /// The request, unless anything was wrong or is left over.
    fn finish<T>(mut self, request: T) -> Result<T> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            self.found.note(name, "no such parameter here");
        }
        self.found.finish()?;
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::violations;

    fn parameters(query: &[(&str, &str)]) -> Parameters {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Parameters::new(query.iter().map(owned).collect())
    }

    #[test]
    fn a_query_asks_what_the_message_asks() {
        let query = [
            ("text", "disk full"),
            ("k", "7"),
            ("service", "a"),
            ("service", "b"),
            ("status", "open"),
            ("class", "FC-3"),
            ("since", "2026-01-01"),
            ("until", "2026-01-31"),
            ("as_of", "2026-02-26T10:00:00Z"),
            ("explain", "true"),
        ];
        let request = parameters(&query).find_similar().expect("it is right");
        let json = concat!(
            r#"{"text": "disk full", "k": 7, "explain": true, "as_of": "2026-02-26T10:00:00Z", "#,
            r#""filter": {"services": ["a", "b"], "statuses": ["STATUS_OPEN"], "class_id": "FC-3", "#,
            r#""since": "2026-01-01T00:00:00Z", "until": "2026-01-31T23:59:59Z"}}"#
        );
        assert_eq!(request, crate::json::from_json(json).expect("it is right"));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let query = [
            ("text", "x"),
            ("text", "y"),
            ("k", "many"),
            ("status", "banana"),
            ("as_of", "yesterday"),
            ("colour", "red"),
        ];
        let status = parameters(&query).find_similar().expect_err("five rules are broken");
        let fields: Vec<String> = violations(&status).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["text", "k", "status", "as_of", "colour"]);
    }

    #[test]
    fn words_stand_for_the_enums_of_the_messages() {
        let request = parameters(&[("format", "csv")]).get_report().expect("it is right");
        assert_eq!(request.format(), ReportFormat::Csv);
        let query = [("order", "last_seen")];
        let request = parameters(&query).list_failure_classes().expect("it is right");
        assert_eq!(request.order(), ClassOrder::LastSeen);
        let request = parameters(&[("k", "1"), ("k", "7")]).backtest().expect("it is right");
        assert_eq!((request.k, request.filter), (vec![1, 7], None));
        let status = parameters(&[("format", "pdf")]).get_report().expect_err("no such format");
        let told = &violations(&status)[0];
        assert!(told.1.contains("html, markdown, json, csv"), "{told:?}");
    }

    #[test]
    fn an_empty_report_query_covers_everything() {
        let request = parameters(&[]).get_report().expect("it is right");
        assert_eq!(request, GetReportRequest::default());
        assert_eq!(parameters(&[]).only_as_of().expect("it is right"), None);
    }
}
