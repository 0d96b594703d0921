//! How the columns of a table become events.

/// A mapping.
#[derive(Debug)]
pub struct Mapping {}
