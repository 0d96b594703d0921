//! XES, IEEE 1849: traces of events, in XML.

mod reader;
mod trace;
mod wakeful;
mod write;

pub(crate) use reader::read;
pub(crate) use write::write;
