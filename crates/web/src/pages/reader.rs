//! Who reads, with what the registers say of them now, and what they may.

use std::sync::Arc;

use app::access::{self, Action, Person, Verdict};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use engine::time::Instant;
use store::Sight;

use super::person::may;
use super::{PageError, SignedIn};
use crate::Served;

/// Somebody who is signed in, at the moment of their request.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) person: Arc<Person>,
    pub(crate) now: Instant,
    /// Through whose eyes the store shows them what it has, for as long as their request lasts.
    pub(crate) sight: Sight,
}

impl Reader {
    /// Refuses what they may not do; it is there for others, and they may know that.
    pub(crate) fn needs(&self, action: Action) -> Result<(), PageError> {
        if may(&self.person, action) { Ok(()) } else { Err(PageError::Forbidden) }
    }

    /// Why they may do something to a case; where they may not, there is none.
    pub(crate) async fn may(
        &self,
        served: &Served,
        action: Action,
        stream: &str,
    ) -> Result<String, PageError> {
        let decided = access::decide_on(&*served.store, &self.person, action, stream, self.now).await?;
        why(decided)
    }

    /// Notes that they opened something; where that fails, nothing is to be shown.
    pub(crate) async fn note(
        &self,
        served: &Served,
        action: &str,
        entity: &str,
        why: &str,
    ) -> Result<(), PageError> {
        Ok(access::opened(&*served.store, &self.person, action, entity, why, self.now).await?)
    }
}

/// Why something is permitted; what is not permitted is not there.
pub(crate) fn why(verdict: Verdict) -> Result<String, PageError> {
    verdict.why.ok_or(PageError::NotFound)
}

impl FromRequestParts<Served> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Response> {
        let signed_in = SignedIn::from_request_parts(parts, served).await?;
        let now = served.clock.now();
        Ok(Self { sight: signed_in.person.sight(now), person: signed_in.person, now })
    }
}
