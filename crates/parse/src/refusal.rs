//! Why a record is refused.

/// The field that is at fault, and what was found and expected.
pub(crate) type Refusal = (String, String);
