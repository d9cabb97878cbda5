//! The calls that are known, by path.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

use crate::proto::DESCRIPTORS;

/// A call by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Method {
    /// `relapse.v1.SimilarityService/FindSimilar`; `other` for those of no service of ours.
    pub(super) name: String,
    /// Whether it goes on for as long as its caller wants.
    pub(super) streams: bool,
}

static METHODS: LazyLock<BTreeMap<String, Method>> = LazyLock::new(|| {
    let files = FileDescriptorSet::decode(DESCRIPTORS).expect("the build wrote it");
    files.file.iter().flat_map(of_file).collect()
});

/// Health is watched and reflection is a conversation, so what is not ours may stream.
static OTHER: LazyLock<Method> =
    LazyLock::new(|| Method { name: "other".to_owned(), streams: true });

/// The call at the path of a request.
pub(super) fn of(path: &str) -> &'static Method {
    METHODS.get(path).unwrap_or(&OTHER)
}

fn of_file(file: &FileDescriptorProto) -> impl Iterator<Item = (String, Method)> + '_ {
    file.service.iter().flat_map(|service| {
        service.method.iter().map(|method| {
            let name = format!("{}.{}/{}", file.package(), service.name(), method.name());
            let streams = method.client_streaming() || method.server_streaming();
            (format!("/{name}"), Method { name, streams })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_known_by_their_paths() {
        let known = |path: &str| (of(path).name.as_str(), of(path).streams);
        let find = "relapse.v1.SimilarityService/FindSimilar";
        assert_eq!(known(&format!("/{find}")), (find, false));
        assert_eq!(known(&format!("/{find}Stream")), (&*format!("{find}Stream"), true));
        assert_eq!(known("/x.Y/Z"), ("other", true));
    }
}
