//! The services that incidents name.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use analysis::service_term;
use flat::{Input, Output};

use crate::engine::Engine;

/// The services of the live incidents with their spellings. Unlike a list of all there ever were it does
/// not depend on the order of arrival, and keeps no name of a deleted incident.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {
    /// By term: each spelling and how often it is used.
    spellings: BTreeMap<String, BTreeMap<String, u32>>,
    /// One name per service; `None` since one changed.
    names: Option<Arc<Vec<String>>>,
}

impl Services {
    /// Adds the services of an incident.
    pub(crate) fn add(&mut self, services: &[String]) {
        for name in services {
            let spellings = self.spellings.entry(service_term(name)).or_default();
            *spellings.entry(name.clone()).or_default() += 1;
            self.names = None;
        }
    }

    /// Takes the services of an incident away again.
    pub(crate) fn remove(&mut self, services: &[String]) {
        for name in services {
            let term = service_term(name);
            let Some(spellings) = self.spellings.get_mut(&term) else {
                continue;
            };
            if let Some(count) = spellings.get_mut(name) {
                *count -= 1;
            }
            spellings.retain(|_, count| *count > 0);
            if spellings.is_empty() {
                self.spellings.remove(&term);
            }
            self.names = None;
        }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// [`flat::Error::Io`].
    pub(crate) fn write(&self, out: &mut Output<'_>) -> flat::Result<()> {
        let spellings = self.spellings.values().flatten();
        out.number(spellings.clone().count() as u64)?;
        for (spelling, count) in spellings {
            out.text(spelling)?;
            out.number(*count)?;
        }
        Ok(())
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// [`flat::Error::Malformed`] where it is not that; [`flat::Error::Io`].
    pub(crate) fn read(input: &mut Input<'_>) -> flat::Result<Self> {
        let mut services = Self::default();
        for _ in 0..input.n_elements(1)? {
            let spelling = input.text()?;
            let spellings = services.spellings.entry(service_term(&spelling)).or_default();
            spellings.insert(spelling, input.number()?);
        }
        Ok(services)
    }

    /// Each service as most incidents spell it, of equals the first in the order of bytes; in the order
    /// of their terms.
    pub(crate) fn names(&mut self) -> Arc<Vec<String>> {
        let spellings = &self.spellings;
        let names = self.names.get_or_insert_with(|| {
            Arc::new(spellings.values().filter_map(commonest).cloned().collect())
        });
        Arc::clone(names)
    }
}

fn commonest(spellings: &BTreeMap<String, u32>) -> Option<&String> {
    spellings.iter().min_by_key(|(_, count)| Reverse(**count)).map(|(spelling, _)| spelling)
}

impl Engine {
    /// `services` with every other name of each, which follow it.
    #[must_use]
    pub fn by_all_names(&self, services: &[String]) -> Vec<String> {
        let vocabulary = self.retriever.vocabulary();
        let mut names: Vec<String> = Vec::new();
        for service in services {
            let others = vocabulary.names_of(service).filter(|name| *name != service);
            names.extend(std::iter::once(service.as_str()).chain(others).map(str::to_owned));
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_service_is_called_as_most_incidents_call_it() {
        let mut services = Services::default();
        for names in [&["Billing", "auth"], &["billing", "AUTH"], &["billing", "Auth"]] {
            services.add(&named(names));
        }
        assert_eq!(*services.names(), ["AUTH", "billing"]);
    }

    #[test]
    fn a_service_goes_with_the_last_incident_that_names_it() {
        let mut services = Services::default();
        services.add(&named(&["auth", "billing"]));
        services.add(&named(&["auth"]));
        assert_eq!(*services.names(), ["auth", "billing"]);
        services.remove(&named(&["auth", "billing"]));
        assert_eq!(*services.names(), ["auth"]);
        services.remove(&named(&["auth", "auth"]));
        assert!(services.names().is_empty());
    }
}
