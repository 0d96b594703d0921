use std::collections::BTreeMap;

use super::fields::{Places, Sink};
use super::header::Header;
use crate::policy::Policy;

pub(super) struct AllPlaces {
    pub duties: BTreeMap<String, Places>,
    pub signals: BTreeMap<String, Places>,
    pub ladders: BTreeMap<String, Places>,
}

pub(super) fn resolve(_policy: &Policy, _header: &Header, _places: &AllPlaces, _sink: &mut Sink) {}
