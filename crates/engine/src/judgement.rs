//! From what was found to a verdict and the class it speaks of.

use calibration::{Calibration, Standing};
use recurrence::{ClassId, Cuts, Verdict, judge};
use vector::{DocumentFrequencies, SparseVector};

use crate::candidate::Candidate;
use crate::evidence::evidence;
use crate::question::Echo;

/// How many of the candidates a verdict looks at, the best.
pub(crate) const LOOKED_AT: usize = 20;

/// What a verdict rests on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hearing<'a> {
    pub(crate) query: &'a SparseVector,
    pub(crate) frequencies: &'a DocumentFrequencies,
    /// Best first: all, or [`LOOKED_AT`] at least.
    pub(crate) found: &'a [Candidate],
    /// What decides where it is known; else the documented cuts do.
    pub(crate) calibration: Option<&'a Calibration>,
    /// How much of the title of the best match the question says.
    pub(crate) echo: Echo,
}

/// A verdict, and the class that stands behind the best match.
#[derive(Debug)]
pub(crate) struct Judgement<T> {
    pub(crate) verdict: Verdict,
    /// `None` for a one-off, and where nothing close was found.
    pub(crate) family: Option<T>,
    /// How the best match stands among the others; `None` where nothing was found.
    pub(crate) standing: Option<Standing>,
}

impl<'a> Hearing<'a> {
    /// The verdict. `known` says what a class is called by the caller, and `None` for one that had fewer than
    /// two members; `outside` the greatest likeness of an incident that is not in a class, where all that were
    /// found are.
    ///
    /// Where the best match is a one-off a class may stand behind it all the same: a report written in
    /// other words than the rest of its family is still of it. It does if, that match left out, the
    /// question would be a recurrence of the class.
    ///
    /// # Errors
    /// Those of `known` and `outside`.
    pub(crate) fn judge<T, E>(
        self,
        known: impl Fn(ClassId) -> Result<Option<T>, E>,
        outside: impl Fn(ClassId) -> Result<f64, E>,
    ) -> Result<Judgement<T>, E> {
        let family = self.family_of_best(&known)?;
        let class = family.as_ref().map(|(class, _)| *class);
        let (verdict, standing) = self.verdict(class, &outside)?;
        if family.is_none() && !self.found.is_empty() && verdict != Verdict::InsufficientText {
            let rest = Self { found: &self.found[1..], echo: Echo::Nothing, ..self };
            if let Some((class, family)) = rest.family_of_best(&known)?
                && let (Verdict::Recurrence, standing) = rest.verdict(Some(class), &outside)?
            {
                let (verdict, family) = (Verdict::Recurrence, Some(family));
                return Ok(Judgement { verdict, family, standing });
            }
        }
        let is_known = matches!(verdict, Verdict::Recurrence | Verdict::Similar);
        let family = family.map(|(_, family)| family).filter(|_| is_known);
        Ok(Judgement { verdict, family, standing })
    }

    fn family_of_best<T, E>(
        &self,
        known: impl Fn(ClassId) -> Result<Option<T>, E>,
    ) -> Result<Option<(ClassId, T)>, E> {
        let Some(class) = self.found.first().and_then(|best| best.class) else {
            return Ok(None);
        };
        Ok(known(class)?.map(|family| (class, family)))
    }

    fn verdict<E>(
        &self,
        class: Option<ClassId>,
        outside: impl Fn(ClassId) -> Result<f64, E>,
    ) -> Result<(Verdict, Option<Standing>), E> {
        let (evidence, standing) = evidence(self, class, outside)?;
        tracing::debug!(?evidence, ?standing, ?class, "judged");
        Ok((judge(&evidence, &Cuts::DOCUMENTED), standing))
    }
}
