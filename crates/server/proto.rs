//! The wire: the messages, clients and servers of package `relapse.v1`, generated from `proto/relapse/v1`.
//!
//! Units, ranges and the meaning of absence are documented there, field by field.

pub use generated::*;

/// The descriptor set of the package and its imports, comments included: for server reflection and for the JSON form.
pub const DESCRIPTORS: &[u8] = tonic::include_file_descriptor_set!("relapse_descriptor");

#[allow(missing_docs)] // The generator documents messages and fields, not its own methods.
mod generated {
    tonic::include_proto!("relapse.v1");
}

#[cfg(test)]
mod contract;
#[cfg(test)]
mod rules;
