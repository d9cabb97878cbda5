//! What each call needs. A call that is not in the tables needs a token, and a test fails until it is in them.

/// What a caller needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Open,
    /// A token, where the server has tokens.
    Token,
    /// A signature of its body, which whoever answers checks; where no secret is known, what [`Access::Token`] needs.
    Signature,
}

use Access::{Open, Token};

/// The gRPC calls, by the path of the request.
const CALLS: [(&str, Access); 28] = [
    ("/grpc.health.v1.Health/Check", Open),
    ("/grpc.health.v1.Health/List", Open),
    ("/grpc.health.v1.Health/Watch", Open),
    ("/relapse.v1.IncidentService/IngestIncidents", Token),
    ("/relapse.v1.IncidentService/UpsertIncident", Token),
    ("/relapse.v1.IncidentService/GetIncident", Token),
    ("/relapse.v1.IncidentService/ListIncidents", Token),
    ("/relapse.v1.IncidentService/DeleteIncident", Token),
    ("/relapse.v1.IncidentService/UpdateActionItems", Token),
    ("/relapse.v1.IncidentService/ImportTickets", Token),
    ("/relapse.v1.SimilarityService/FindSimilar", Token),
    ("/relapse.v1.SimilarityService/FindSimilarStream", Token),
    ("/relapse.v1.SimilarityService/RateMatch", Token),
    ("/relapse.v1.RecurrenceService/ListFailureClasses", Token),
    ("/relapse.v1.RecurrenceService/GetFailureClass", Token),
    ("/relapse.v1.RecurrenceService/GetReport", Token),
    ("/relapse.v1.RecurrenceService/WatchRecurrences", Token),
    ("/relapse.v1.RecurrenceService/RenameFailureClass", Token),
    ("/relapse.v1.RecurrenceService/PinFailureClass", Token),
    ("/relapse.v1.RecurrenceService/MergeFailureClasses", Token),
    ("/relapse.v1.RecurrenceService/SplitFailureClass", Token),
    ("/relapse.v1.RecurrenceService/ListDecisions", Token),
    ("/relapse.v1.RecurrenceService/UndoDecision", Token),
    ("/relapse.v1.RecurrenceService/LinkIncidents", Token),
    ("/relapse.v1.RecurrenceService/UnlinkIncidents", Token),
    ("/relapse.v1.RecurrenceService/Recluster", Token),
    ("/relapse.v1.RecurrenceService/Backtest", Token),
    // Reflection, in both versions: what the server can do is nobody's business but its callers'.
    ("/grpc.reflection.", Token),
];

/// What a gRPC call needs.
pub(crate) fn of_call(path: &str) -> Access {
    let is_meant = |known: &str| path == known || (known.ends_with('.') && path.starts_with(known));
    CALLS.iter().find(|(known, _)| is_meant(known)).map_or(Token, |(_, access)| *access)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost::Message;
    use prost_types::FileDescriptorSet;

    use super::*;
    use crate::proto::DESCRIPTORS;

    #[test]
    fn every_call_of_ours_has_a_policy_and_every_policy_a_call() {
        let files = FileDescriptorSet::decode(DESCRIPTORS).expect("the build wrote it").file;
        let calls: BTreeSet<String> = files
            .iter()
            .flat_map(|file| file.service.iter().map(move |service| (file.package(), service)))
            .flat_map(|(package, service)| {
                let path = move |name: &str| format!("/{package}.{}/{name}", service.name());
                service.method.iter().map(move |method| path(method.name()))
            })
            .collect();
        let ours = CALLS.iter().map(|(path, _)| *path).filter(|path| path.contains("relapse"));
        assert_eq!(ours.map(str::to_owned).collect::<BTreeSet<_>>(), calls);
    }

    #[test]
    fn what_is_not_known_needs_a_token() {
        assert_eq!(of_call("/relapse.v1.IncidentService/EraseEverything"), Token);
        assert_eq!(of_call("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"), Token);
        assert_eq!(of_call("/grpc.health.v1.Health/Check"), Open);
        assert_eq!(of_call("/grpc.health.v1.Health/Check/"), Token);
    }
}
