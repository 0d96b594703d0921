//! Guards: parsed and checked against what the policy declares.

use super::{Place, Problem};
use crate::guard::{self, Guard};

pub(super) fn parse(text: &str, place: Place) -> Result<Guard, Vec<Problem>> {
    guard::parse(text, place)
}
