//! A problem in a policy: what, where, and what to write instead.

use super::Place;

/// Something wrong in a policy's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong: lower case, no full stop, the user's input in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The words under the place, where they say more than the message.
    pub label: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
}
