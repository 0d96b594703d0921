//! Tables.

use std::io::{self, Write};

use engine::log::Log;

use crate::error::{Fault, ReadError};
use crate::input::Feed;
use crate::intake::Intake;
use crate::mapping::Mapping;

/// The header of the tables that Wakeful writes.
pub const HEADER: &str = "id,stream,kind,at,recorded_at,recorded_by,agency,links,attrs,note,corrects";

pub(crate) fn is_own(beginning: &[u8]) -> bool {
    beginning.starts_with(HEADER.as_bytes())
}

pub(crate) fn read(_feed: Feed, _mapping: Option<&Mapping>, _tabs: bool, intake: &mut Intake<'_>) -> Result<(), ReadError> {
    Err(intake.fatal(None, Fault::new("tables cannot be read yet")))
}

pub(crate) fn write(_log: &Log, _out: &mut dyn Write) -> io::Result<()> {
    Err(io::Error::other("tables cannot be written yet"))
}
