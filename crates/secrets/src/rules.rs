//! All rules. Where two overlap, the earlier gives the name.

use crate::rule::Rule;

mod assigned;
mod clouds;
mod headers;
mod urls;
mod vendors;

/// Every rule: what is told by its form first, then what is told by its place.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    [clouds::RULES, vendors::RULES, urls::RULES, headers::RULES, assigned::RULES]
        .into_iter()
        .flatten()
}

pub(crate) use self::assigned::kind_in_field;
