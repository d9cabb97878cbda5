//! What is said in other words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::error::{Error, Result};
use crate::form::{Form, placed_stems, word_stems};

/// How many forms a group has at most.
pub const FORMS_MAX: usize = 32;
/// How many words a form has at most.
pub const WORDS_MAX: usize = 8;

/// How many words of a question are read: a page says in a line what is wrong. A report says it in several ways
/// itself, and to search for every word of it in other words finds what is about as much else.
const WORDS_READ_MAX: usize = 16;

/// How much another form counts of what the form that was said would: less than what stands there, but two of
/// them more than one word that does.
const PARAPHRASE_SHARE: f64 = 0.6;
/// How much another name of a service counts: it is the same service.
const SERVICE_SHARE: f64 = 1.0;

static OPERATIONS: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::read(include_str!("vocabulary.txt")));

/// Groups of forms that mean the same: those of `vocabulary.txt`, and a user's own words and services.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    groups: Vec<Group>,
    /// By first word: the group and the place in it of each form that begins with it, the longest first.
    beginnings: HashMap<String, Vec<Place>>,
    /// The names of each service that has several.
    services: Vec<Vec<Form>>,
}

/// A group, and a form in it.
type Place = (usize, usize);

/// Where the words of a text stand, and their stems.
type Words = (Vec<Range<usize>>, Vec<String>);

/// Forms that mean the same.
#[derive(Debug, Clone)]
struct Group {
    forms: Vec<Form>,
    /// Stems of which a question must hold one; empty: no matter.
    context: Vec<String>,
}

/// What a question says that others say in other words.
#[derive(Debug, Clone, PartialEq)]
pub struct Paraphrase<'v> {
    /// What it says.
    pub said: &'v Form,
    /// How often, each time as much as its field counts; at least 1.
    pub count: u16,
    /// What others say, in the order of the group.
    pub others: Vec<&'v Form>,
    /// How much one of them counts against what was said, in (0, 1].
    pub share: f64,
    /// Where it is said, in order; at least one.
    pub spots: Vec<Spot>,
}

/// A place in several texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Which of the texts, from 0.
    pub text: usize,
    /// The bytes in it.
    pub span: Range<usize>,
}

impl Vocabulary {
    /// That of people on call.
    #[must_use]
    pub fn operations() -> Self {
        OPERATIONS.clone()
    }

    /// Adds words of a user that mean the same.
    ///
    /// # Errors
    /// [`Error::Group`], [`Error::Form`]; then nothing is added.
    pub fn add_words(&mut self, forms: &[String]) -> Result<()> {
        of_some_size(forms)?;
        let read = |written: &String| {
            let form = Form::read(written).filter(|form| form.words.len() <= WORDS_MAX);
            form.ok_or_else(|| Error::Form { form: written.clone() })
        };
        let forms = forms.iter().map(read).collect::<Result<_>>()?;
        self.add(Group { forms, context: Vec::new() });
        Ok(())
    }

    /// Adds the names of a service that has several.
    ///
    /// # Errors
    /// [`Error::Group`], [`Error::Form`]; [`Error::Twice`] where a name is that of another service too.
    pub fn add_service(&mut self, names: &[String]) -> Result<()> {
        of_some_size(names)?;
        for name in names {
            if name.trim().is_empty() {
                return Err(Error::Form { form: name.clone() });
            }
            if self.names_of(name).next().is_some() {
                return Err(Error::Twice { form: name.clone() });
            }
        }
        self.services.push(names.iter().map(|name| Form::service(name)).collect());
        Ok(())
    }

    /// All names of the service `name`, in any case, where it has several; else none.
    pub fn names_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.service(name).into_iter().flatten().map(|form| form.written.as_str())
    }

    /// Every name of every service that has several.
    pub fn service_names(&self) -> impl Iterator<Item = &str> {
        self.services.iter().flatten().map(|form| form.written.as_str())
    }

    /// What the first words of `texts` say that others say in other words; each text comes with how much its
    /// field counts. At one place the longest form is read. In the order of the table.
    #[must_use]
    pub fn paraphrases<'t>(
        &self,
        texts: impl Iterator<Item = (u16, &'t str)>,
    ) -> Vec<Paraphrase<'_>> {
        let mut left = WORDS_READ_MAX;
        let mut beginning = |(weight, text): (u16, &'t str)| {
            let words: Words = placed_stems(text).take(left).unzip();
            left -= words.1.len();
            (weight, words)
        };
        let texts: Vec<(u16, Words)> = texts.map(&mut beginning).collect();
        let words = texts.iter().flat_map(|(_, (_, words))| words);
        let held: HashSet<&str> = words.map(String::as_str).collect();
        let mut said: BTreeMap<Place, (u16, Vec<Spot>)> = BTreeMap::new();
        for (text, (weight, (spans, words))) in texts.iter().enumerate() {
            let mut at = 0;
            while at < words.len() {
                let found = self.form_at(&words[at..], &held);
                let end = at + found.map_or(1, |place| self.form(place).words.len());
                if let Some(place) = found {
                    let (count, spots) = said.entry(place).or_default();
                    *count = count.saturating_add(*weight);
                    spots.push(Spot { text, span: spans[at].start..spans[end - 1].end });
                }
                at = end;
            }
        }
        let paraphrase = |((group, form), (count, spots)): (Place, (u16, Vec<Spot>))| {
            let (said, others) = told_apart(&self.groups[group].forms, form);
            Paraphrase { said, count, others, share: PARAPHRASE_SHARE, spots }
        };
        said.into_iter().map(paraphrase).collect()
    }

    /// The other names of `services`, each of which is a text of its own.
    #[must_use]
    pub fn service_paraphrases(&self, services: &[String]) -> Vec<Paraphrase<'_>> {
        let paraphrase = |(text, service): (usize, &String)| {
            let names = self.service(service)?;
            let said = names.iter().position(|name| name.is_service(service))?;
            let (said, others) = told_apart(names, said);
            let spots = vec![Spot { text, span: 0..service.len() }];
            Some(Paraphrase { said, count: 1, others, share: SERVICE_SHARE, spots })
        };
        services.iter().enumerate().filter_map(paraphrase).collect()
    }

    fn read(table: &str) -> Self {
        let mut vocabulary = Self::default();
        let lines = table.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (forms, context) = line.split_once('|').unwrap_or((line, ""));
            let form = |written| Form::read(written).expect("a form of the table has a word");
            vocabulary.add(Group {
                forms: forms.split('=').map(form).collect(),
                context: context.split(',').flat_map(word_stems).collect(),
            });
        }
        vocabulary
    }

    fn add(&mut self, group: Group) {
        let number = self.groups.len();
        for (place, form) in group.forms.iter().enumerate() {
            let beginning = self.beginnings.entry(form.words[0].clone()).or_default();
            beginning.push((number, place));
        }
        self.groups.push(group);
        let groups = &self.groups;
        for places in self.beginnings.values_mut() {
            // Stable: of equally long forms the first of the table is read.
            places.sort_by_key(|(group, form)| Reverse(groups[*group].forms[*form].words.len()));
        }
    }

    fn form(&self, (group, form): Place) -> &Form {
        &self.groups[group].forms[form]
    }

    /// The longest form that `words` begin with, in a text that holds the words `held`.
    fn form_at(&self, words: &[String], held: &HashSet<&str>) -> Option<Place> {
        let is_meant = |place: &&Place| {
            let context = &self.groups[place.0].context;
            words.starts_with(&self.form(**place).words)
                && (context.is_empty() || context.iter().any(|word| held.contains(word.as_str())))
        };
        self.beginnings.get(words.first()?)?.iter().find(is_meant).copied()
    }

    fn service(&self, name: &str) -> Option<&Vec<Form>> {
        self.services.iter().find(|names| names.iter().any(|form| form.is_service(name)))
    }
}

/// The form that was said, and the others.
fn told_apart(forms: &[Form], said: usize) -> (&Form, Vec<&Form>) {
    let others = forms.iter().enumerate().filter(|(place, _)| *place != said);
    (&forms[said], others.map(|(_, form)| form).collect())
}

fn of_some_size(forms: &[String]) -> Result<()> {
    match forms.len() {
        2..=FORMS_MAX => Ok(()),
        found => Err(Error::Group { found }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(forms: &[&str]) -> Vec<String> {
        forms.iter().map(|form| (*form).to_owned()).collect()
    }

    /// What is said in `text`, and what others say for it.
    #[track_caller]
    fn check(text: &str, expect: &[(&str, &str)]) {
        let vocabulary = Vocabulary::operations();
        let found = vocabulary.paraphrases(std::iter::once((1, text)));
        let told: Vec<(&str, &str)> =
            found.iter().map(|one| (&*one.said.written, &*one.others[0].written)).collect();
        assert_eq!(told, expect, "{text}");
    }

    #[test]
    fn what_a_pager_says_is_said_in_other_words_too() {
        check("SSL certs", &[("ssl", "tls"), ("cert", "certificate")]);
        check("pod OOMKilled", &[("oom killed", "oom")]);
        check("java.lang.OutOfMemoryError", &[("out of memory", "oom")]);
        check(
            "HTTP 500 behind the load balancers",
            &[("http 500", "5xx"), ("load balancer", "lb")],
        );
        check("kubernetes db", &[("kubernetes", "k8s"), ("db", "database")]);
        check("a quiet night", &[]);
    }

    #[test]
    fn some_words_mean_it_only_beside_others() {
        check("contract negotiation failed", &[]);
        check("negotiation failed, TLS alert 40", &[("tls", "ssl"), ("negotiation", "handshake")]);
    }

    #[test]
    fn the_longest_form_is_read_and_counted_by_field() {
        let vocabulary = Vocabulary::operations();
        let texts = [(3, "No space left on device"), (1, "no space left on device, no space left")];
        let found = vocabulary.paraphrases(texts.into_iter());
        let said: Vec<(&str, u16)> =
            found.iter().map(|one| (&*one.said.written, one.count)).collect();
        assert_eq!(said, [("no space left", 1), ("no space left on device", 4)]);
    }

    #[test]
    fn it_is_known_where_each_form_stands() {
        let (vocabulary, text) = (Vocabulary::operations(), "The pod ran out of memory: OOMKilled");
        let found = vocabulary.paraphrases([(3, "an LB"), (1, text)].into_iter());
        let spots = found.iter().flat_map(|one| &one.spots);
        let told: Vec<&str> =
            spots.map(|spot| &["an LB", text][spot.text][spot.span.clone()]).collect();
        assert_eq!(told, ["OOMKilled", "ran out of memory", "LB"]);
        let mut vocabulary = Vocabulary::default();
        vocabulary.add_service(&named(&["auth", "login"])).expect("two names");
        let found = vocabulary.service_paraphrases(&named(&["edge", "Login"]));
        assert_eq!(found[0].spots, [Spot { text: 1, span: 0..5 }]);
    }

    #[test]
    fn a_report_is_not_said_in_other_words_from_end_to_end() {
        let vocabulary = Vocabulary::operations();
        let said = |words: usize| {
            let text = format!("{}ssl", "plain ".repeat(words));
            vocabulary.paraphrases(std::iter::once((1, text.as_str()))).len()
        };
        assert_eq!([said(WORDS_READ_MAX - 1), said(WORDS_READ_MAX)], [1, 0]);
    }

    #[test]
    fn no_form_of_the_table_stands_in_two_groups() {
        let vocabulary = Vocabulary::operations();
        let mut seen: HashMap<&[String], &str> = HashMap::new();
        let forms = vocabulary.groups.iter().flat_map(|group| &group.forms);
        let twins: Vec<(&str, &str)> = forms
            .filter_map(|form| Some((seen.insert(&form.words, &form.written)?, &*form.written)))
            .collect();
        assert_eq!(twins, []);
        assert!(vocabulary.groups.iter().all(|group| of_some_size_of(&group.forms)));
    }

    fn of_some_size_of(forms: &[Form]) -> bool {
        (2..=FORMS_MAX).contains(&forms.len())
            && forms.iter().all(|form| form.words.len() <= WORDS_MAX)
    }

    #[test]
    fn a_users_words_are_understood_beside_the_table() {
        let mut vocabulary = Vocabulary::operations();
        vocabulary.add_words(&named(&["blue whale", "ledger"])).expect("two forms");
        let found = vocabulary.paraphrases(std::iter::once((1, "Blue Whale: db slow")));
        let said: Vec<&str> = found.iter().map(|one| &*one.said.written).collect();
        assert_eq!(said, ["db", "slow", "blue whale"]);
    }

    #[test]
    fn a_service_goes_by_all_its_names() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add_service(&named(&["auth", "Auth-Service"])).expect("two names");
        let names: Vec<&str> = vocabulary.names_of("AUTH-SERVICE").collect();
        assert_eq!(names, ["auth", "Auth-Service"]);
        let found = vocabulary.service_paraphrases(&named(&["billing", "Auth"]));
        assert_eq!((found.len(), found[0].others[0].terms[0].0.as_str()), (1, "svc_auth-service"));
    }

    #[test]
    fn aliases_that_make_no_sense_are_refused() {
        let mut vocabulary = Vocabulary::default();
        let lone = vocabulary.add_words(&named(&["pg"])).expect_err("one form");
        assert!(lone.to_string().starts_with("1 forms: expected 2 to 32"), "{lone}");
        let blank = vocabulary.add_words(&named(&["pg", " - "])).expect_err("no word");
        assert!(blank.to_string().contains("` - `"), "{blank}");
        vocabulary.add_service(&named(&["a", "b"])).expect("two names");
        let twice = vocabulary.add_service(&named(&["B", "c"])).expect_err("b is known");
        assert!(twice.to_string().contains("`B` stands in two groups"), "{twice}");
    }
}
