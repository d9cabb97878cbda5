//! Giving up.

use crate::error::{Error, Result};

/// Asked now and then, by any thread, whether an answer is still wanted; `true`: it is not.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// For whoever waits to the end.
pub(crate) const NEVER: Stop<'static> = &|| false;

/// # Errors
/// [`Error::DeadlineExceeded`] where `stop` says so.
pub(crate) fn go_on(stop: Stop<'_>) -> Result<()> {
    if stop() { Err(Error::DeadlineExceeded) } else { Ok(()) }
}
