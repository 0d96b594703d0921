//! Evaluates a checked guard.

use super::check::Checked;
use super::scope::{Failure, Scope, Val};
use crate::time::Instant;

impl Checked {
    /// What the guard gives.
    ///
    /// # Errors
    /// Where it gives nothing.
    pub fn eval<'a>(&'a self, _scope: &'a impl Scope) -> Result<Val<'a>, Failure> {
        Err(Failure { what: self.text.clone() })
    }

    /// Whether the guard is true.
    ///
    /// # Errors
    /// Where it gives nothing.
    pub fn truth(&self, scope: &impl Scope) -> Result<bool, Failure> {
        match self.eval(scope)? {
            Val::Boolean(truth) => Ok(truth),
            _ => Err(Failure { what: self.text.clone() }),
        }
    }

    /// The instant that a `due` gives.
    ///
    /// # Errors
    /// Where it gives nothing.
    pub fn instant(&self, scope: &impl Scope) -> Result<Instant, Failure> {
        match self.eval(scope)? {
            Val::Instant(instant) => Ok(instant),
            _ => Err(Failure { what: self.text.clone() }),
        }
    }
}
