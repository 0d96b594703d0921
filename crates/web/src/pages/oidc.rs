//! Signing in elsewhere, at a provider of OpenID Connect.

use std::sync::Arc;

use app::security::{Deed, Doing};
use app::sessions::Visit;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use store::Account;

use super::cookies::Cookie;
use super::person::own;
use super::sign_in::{Back, Caller, refused, welcome, with};
use super::texts::text;
use super::{Frame, PageError, to};
use crate::Served;

/// What a browser keeps while somebody signs in elsewhere.
#[derive(Serialize, Deserialize)]
struct Kept {
    begun: String,
    back: String,
}

/// What the provider sends back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Sends somebody to the provider.
pub(crate) async fn leave(
    State(served): State<Served>,
    Query(back): Query<Back>,
) -> Result<Response, PageError> {
    let provider = served.provider.as_ref().ok_or(PageError::NotFound)?;
    let begun = provider.begin().await.map_err(|error| {
        tracing::error!(%error, "nobody can sign in elsewhere");
        PageError::Unavailable
    })?;
    let kept = Kept { begun: begun.kept, back: own(&back.to).to_owned() };
    let kept = serde_json::to_vec(&kept).map_err(|_| PageError::Fault)?;
    with(to(&begun.address)?, Cookie::Elsewhere, &URL_SAFE_NO_PAD.encode(kept), &served)
}

/// Signs in who comes back from the provider, if they have an account here.
pub(crate) async fn come_back(
    State(served): State<Served>,
    frame: Frame,
    visit: Option<Extension<Arc<Visit>>>,
    caller: Caller,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, PageError> {
    let provider = served.provider.as_ref().ok_or(PageError::NotFound)?;
    let kept = Cookie::Elsewhere.read(&headers, served.is_https());
    let kept = kept.and_then(|kept| URL_SAFE_NO_PAD.decode(kept).ok());
    let kept: Option<Kept> = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
    let Kept { begun, back } = kept.unwrap_or(Kept { begun: String::new(), back: "/".to_owned() });
    let subject = match provider.finish(&begun, &returned.state, &returned.code).await {
        Ok(subject) => subject,
        Err(error) => {
            tracing::warn!(%error, "somebody could not sign in elsewhere");
            // Anybody may come with anything: it is told and not kept, so that nobody can fill the log.
            not_let_in(&caller, None).tell(true);
            return refused(&served, &frame, text("oidc-failed"));
        }
    };
    let account = served.sign_ins.store().account_of_subject(&subject).await?;
    let Some(account) = account.as_ref().filter(|account| account.is_in_force()) else {
        let doing = not_let_in(&caller, account.as_ref());
        doing.refused(served.sign_ins.store(), served.clock.now()).await?;
        return refused(&served, &frame, text("oidc-nobody"));
    };
    if let Some(Extension(visit)) = visit {
        served.sign_ins.end(&visit).await?;
    }
    let mut response = welcome(&served, &account.name, &caller, Deed::SignInElsewhere, own(&back)).await?;
    let forget = Cookie::Elsewhere.forget(served.is_https()).map_err(|_| PageError::Fault)?;
    response.headers_mut().append(SET_COOKIE, forget);
    Ok(response)
}

/// That somebody who came back is not let in.
fn not_let_in<'a>(caller: &'a Caller, account: Option<&'a Account>) -> Doing<'a> {
    let who = account.map(|account| account.name.as_str());
    Doing { who, address: Some(&caller.address), deed: Deed::SignInElsewhere, about: None }
}
