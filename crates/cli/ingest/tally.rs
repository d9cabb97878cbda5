//! What became of the records, counted.

use std::collections::{BTreeMap, HashMap};

use relapse::proto::{
    IngestIncidentsRequest, IngestIncidentsResponse, IngestResult, IngestSummary, MaskedSecrets,
    Problem, ingest_incidents_request,
};
use tonic::Status;

/// The summary as it grows.
#[derive(Debug, Default)]
pub struct Tally {
    summary: IngestSummary,
    /// The file each incident of a whole file was last read from.
    files: HashMap<String, String>,
    /// The files that took the place of another one of this run.
    clashes: Vec<Problem>,
    /// By the name of the kind.
    masked: BTreeMap<String, u32>,
}

/// Where a record was read: its file, and its line or 0.
pub type Place = (String, u32);

/// A record, or a whole file, that was passed over while reading, and why.
#[derive(Debug)]
pub enum Passed {
    /// It should be an incident, and cannot be read as one.
    Refused(Problem),
    /// It is none, and is not meant to be.
    Skipped(Problem),
}

/// The places of `records`, to complete what the answers leave out.
pub fn places(records: &[IngestIncidentsRequest]) -> Vec<Place> {
    let place = |request: &IngestIncidentsRequest| match &request.record {
        Some(ingest_incidents_request::Record::Document(document)) => {
            (document.file.clone(), document.line)
        }
        _ => Place::default(),
    };
    records.iter().map(place).collect()
}

impl Tally {
    /// Nothing but what was passed over, and what was refused, while looking for files.
    pub fn new(ignored: &[(String, String)], refused: Vec<Problem>) -> Self {
        let mut tally = Self::default();
        refused.into_iter().for_each(|problem| tally.refuse(problem));
        for (file, reason) in ignored {
            tally.skip(Problem {
                file: file.clone(),
                reason: reason.clone(),
                ..Problem::default()
            });
        }
        tally
    }

    /// The documents counted so far.
    pub fn documents(&self) -> u32 {
        self.summary.documents
    }

    /// Counts the answers to the records read at `places`, and what was passed over before it came to be asked:
    /// each with the number of records before it.
    ///
    /// # Errors
    /// INTERNAL where there is not one answer per record.
    pub fn add(
        &mut self,
        places: Vec<Place>,
        responses: Vec<IngestIncidentsResponse>,
        passed: Vec<(usize, Passed)>,
    ) -> Result<(), Status> {
        if places.len() != responses.len() {
            let (sent, answered) = (places.len(), responses.len());
            return Err(Status::internal(format!(
                "{sent} records were sent and {answered} answered"
            )));
        }
        let mut passed = passed.into_iter().peekable();
        for (number, (place, response)) in places.into_iter().zip(responses).enumerate() {
            while let Some((_, one)) = passed.next_if(|(before, _)| *before <= number) {
                self.pass(one);
            }
            self.count(&place, response);
        }
        passed.for_each(|(_, one)| self.pass(one));
        Ok(())
    }

    /// Files that took the place of another one of this run; they are among the warnings too.
    pub fn clashes(&self) -> &[Problem] {
        &self.clashes
    }

    /// The summary.
    pub fn finish(self) -> IngestSummary {
        let masked = self.masked.into_iter().map(|(kind, count)| MaskedSecrets { kind, count });
        IngestSummary { masked: masked.collect(), ..self.summary }
    }

    fn count(&mut self, place: &Place, response: IngestIncidentsResponse) {
        let result = response.result();
        let problem = placed(place, response.problem.unwrap_or_default());
        match result {
            IngestResult::Skipped => return self.skip(problem),
            IngestResult::Refused | IngestResult::Unspecified => return self.refuse(problem),
            IngestResult::New => self.summary.new += 1,
            IngestResult::Updated => self.summary.updated += 1,
            IngestResult::Unchanged => self.summary.unchanged += 1,
            IngestResult::Identical => self.summary.identical += 1,
        }
        self.summary.documents += 1;
        if place.1 == 0 {
            self.note_file(&place.0, response.incident_id, result);
        }
        let warnings = response.warnings.into_iter().map(|warning| placed(place, warning));
        self.summary.warnings.extend(warnings);
        for MaskedSecrets { kind, count } in response.masked {
            let sum = self.masked.entry(kind).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// Two files of one id in one run: only the later one is stored.
    fn note_file(&mut self, file: &str, incident_id: String, result: IngestResult) {
        let before = self.files.get(&incident_id).filter(|before| *before != file);
        if let Some(before) = before
            && result == IngestResult::Updated
        {
            let reason = format!(
                "took the place of {before}: both are incident {incident_id}; give one of them an `id` of its own"
            );
            let clash = Problem { file: file.to_owned(), line: 0, field: "id".into(), reason };
            self.clashes.push(clash.clone());
            self.summary.warnings.push(clash);
        }
        self.files.insert(incident_id, file.to_owned());
    }

    fn pass(&mut self, passed: Passed) {
        match passed {
            Passed::Refused(problem) => self.refuse(problem),
            Passed::Skipped(problem) => self.skip(problem),
        }
    }

    fn refuse(&mut self, problem: Problem) {
        self.summary.documents += 1;
        self.summary.refused += 1;
        self.summary.problems.push(problem);
    }

    fn skip(&mut self, problem: Problem) {
        self.summary.skipped += 1;
        self.summary.skipped_files.push(problem);
    }
}

/// The problem with the place of its record, where it names none itself.
fn placed(place: &Place, mut problem: Problem) -> Problem {
    if problem.file.is_empty() {
        problem.file.clone_from(&place.0);
        problem.line = problem.line.max(place.1);
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(result: IngestResult) -> IngestIncidentsResponse {
        IngestIncidentsResponse { result: result.into(), ..IngestIncidentsResponse::default() }
    }

    fn place(line: u32) -> Place {
        ("a.jsonl".into(), line)
    }

    #[test]
    fn documents_are_the_sum_of_what_became_of_them() {
        let results = [
            IngestResult::New,
            IngestResult::New,
            IngestResult::Updated,
            IngestResult::Unchanged,
            IngestResult::Identical,
            IngestResult::Refused,
            IngestResult::Skipped,
        ];
        let mut tally = Tally::new(&[("a.png".into(), "no text".into())], Vec::new());
        let places = (1..=7).map(place).collect();
        tally.add(places, results.map(response).into(), Vec::new()).expect("all are answered");
        let summary = tally.finish();
        assert_eq!((summary.documents, summary.new, summary.skipped), (6, 2, 2));
        let sum =
            summary.new + summary.updated + summary.unchanged + summary.identical + summary.refused;
        assert_eq!(summary.documents, sum);
    }

    #[test]
    fn problems_stand_in_the_order_read_with_their_places() {
        let mut tally = Tally::default();
        let early = Problem { file: "a.jsonl".into(), line: 2, ..Problem::default() };
        let late = Problem { line: 9, ..early.clone() };
        let passed = vec![(1, Passed::Refused(early)), (2, Passed::Refused(late))];
        let answers = vec![response(IngestResult::New), response(IngestResult::Refused)];
        tally.add(vec![place(1), place(3)], answers, passed).expect("all are answered");
        let lines: Vec<_> = tally.finish().problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3, 9]);
    }

    #[test]
    fn a_file_that_takes_the_place_of_another_is_told_with_both_names() {
        let stored = |result| IngestIncidentsResponse {
            incident_id: "postmortems/x".into(),
            ..response(result)
        };
        let file = |name: &str| (format!("{name}/postmortems/x.md"), 0);
        let mut tally = Tally::default();
        let answers = [IngestResult::New, IngestResult::Updated, IngestResult::Unchanged];
        let places = ["a", "b", "b"].map(file).into();
        tally.add(places, answers.map(stored).into(), Vec::new()).expect("all are answered");
        let [clash] = tally.clashes() else {
            unreachable!("one file took the place of another: {:?}", tally.clashes());
        };
        assert!(clash.file.starts_with("b/") && clash.reason.contains("a/postmortems/x.md"));
        assert_eq!(tally.finish().warnings.len(), 1);
    }

    #[test]
    fn a_line_of_a_later_version_clashes_with_nothing() {
        let stored =
            |result| IngestIncidentsResponse { incident_id: "INC-1".into(), ..response(result) };
        let mut tally = Tally::default();
        let places = vec![("a.jsonl".into(), 1), ("b.jsonl".into(), 1)];
        let answers = [IngestResult::New, IngestResult::Updated].map(stored);
        tally.add(places, answers.into(), Vec::new()).expect("all are answered");
        assert!(tally.clashes().is_empty());
    }

    #[test]
    fn masked_credentials_are_summed_by_kind() {
        let masked = |kind: &str, count| MaskedSecrets { kind: kind.into(), count };
        let answer = |masked| IngestIncidentsResponse { masked, ..response(IngestResult::New) };
        let answers = vec![
            answer(vec![masked("jwt", 1), masked("password", 2)]),
            answer(vec![masked("jwt", 2)]),
        ];
        let mut tally = Tally::default();
        tally.add(vec![place(1), place(2)], answers, Vec::new()).expect("all are answered");
        assert_eq!(tally.finish().masked, [masked("jwt", 3), masked("password", 2)]);
    }

    #[test]
    fn an_answer_too_few_is_an_error() {
        let error = Tally::default().add(vec![place(1)], Vec::new(), Vec::new());
        assert_eq!(error.expect_err("one is missing").code(), tonic::Code::Internal);
    }
}
