//! Who asks: a token, and what it may do.

use app::access::read_by_program;
use app::security::{Deed, Doing};
use app::token::{Scope, has_ended};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use store::Token;

use crate::problem::Problem;
use crate::{Served, route};

/// What is noted as read where a program asks for all that there is, and not for what is about something.
pub const EVERYTHING: &str = "record";

/// The token that a request came with.
pub struct Caller {
    /// The token.
    pub token: Token,
    from: Origin,
}

/// From where a request comes, and what it asks.
struct Origin {
    address: String,
    route: Option<String>,
}

impl Caller {
    /// Whether it may do something.
    pub fn may(&self, scope: Scope) -> bool {
        self.token.scopes.iter().any(|own| own == scope.word())
    }

    /// Refuses what it may not do.
    ///
    /// # Errors
    /// It has none of the scopes.
    pub fn needs(&self, scopes: &[Scope]) -> Result<(), Problem> {
        if scopes.iter().any(|scope| self.may(*scope)) {
            return Ok(());
        }
        self.from.refused(Some(&self.token.name));
        let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
        let detail = format!("the token has not the scope `{}`", words.join("` or `"));
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
    }

    /// Notes that something is read with it. Where that cannot be kept, as on a full disk, what is there can be read all the same,
    /// and the server's log tells of it.
    pub async fn note(&self, served: &Served, entity: &str) {
        let now = served.clock.now();
        if let Err(error) = read_by_program(&*served.store, &self.token, entity, now).await {
            let token = &self.token.name;
            tracing::error!(target: "security", %error, token, "what a program read could not be noted");
        }
    }
}

impl Origin {
    /// Tells the server's log that a program was refused something. It is not kept: anybody could fill the disk with it.
    fn refused(&self, token: Option<&str>) {
        let (address, about) = (Some(&*self.address), self.route.as_deref());
        Doing { who: token, address, deed: Deed::Program, about }.tell(true);
    }
}

impl FromRequestParts<Served> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Problem> {
        let from = Origin {
            address: served.address(&parts.extensions, &parts.headers),
            route: route(&parts.extensions),
        };
        let unknown = |detail: &str| {
            from.refused(None);
            Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
        };
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let secret = header.and_then(|value| {
            let (scheme, secret) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
        });
        let secret = secret.ok_or_else(|| {
            unknown("the request has no token; send `Authorization: Bearer …`, with what `wakeful user token` printed")
        })?;
        let token = served.store.token(&app::token::hash(secret)).await?;
        let token =
            token.ok_or_else(|| unknown("the token is not known, was revoked, or waits to be confirmed"))?;
        match has_ended(&token, served.clock.now()) {
            true => Err(unknown("the token has ended; make another with `wakeful user token`")),
            false => Ok(Self { token, from }),
        }
    }
}
