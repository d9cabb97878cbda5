//! Numbers for the names that filters compare.

use std::collections::HashMap;
use std::sync::Arc;

/// Names in lower case, numbered in the order in which they were first seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    numbers: Arc<HashMap<String, u32>>,
}

impl Names {
    /// The number of `name`, a new one if it was never seen.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        let folded = fold(name);
        if let Some(number) = self.numbers.get(&folded) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).expect("fewer than 2^32 names");
        Arc::make_mut(&mut self.numbers).insert(folded, number);
        number
    }

    /// The number of `name`; `None` where it was never seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(&fold(name)).copied()
    }
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_outer_blanks_do_not_matter() {
        let mut names = Names::default();
        let number = names.intern("Auth-Service");
        assert_eq!(names.intern(" auth-service "), number);
        assert_eq!(names.find("AUTH-SERVICE"), Some(number));
        assert_eq!(names.find("auth"), None);
    }
}
