//! Signing in elsewhere: OpenID Connect, by the code flow with PKCE and a nonce.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::notify::{SettingError, Web};
use crate::token;

/// How long one question to the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of an answer of the provider.
const MOST_BYTES: usize = 1 << 20;

/// How long what the provider says of itself is believed.
const BELIEVED: Duration = Duration::from_secs(3_600);

/// Which provider, and who we are to it.
#[derive(Clone)]
pub struct ProviderSettings {
    /// Its address, as its tokens name it.
    pub issuer: String,
    /// Our name with it.
    pub client_id: String,
    /// Our secret with it.
    pub client_secret: String,
    /// Where it sends people back to.
    pub redirect: String,
    /// Certificates in PEM to trust beside those of the system.
    pub trusted: String,
}

/// Why somebody could not be signed in elsewhere.
#[derive(Debug, Error)]
pub enum OidcError {
    /// The settings are wrong.
    #[error("the settings of OpenID Connect are wrong: {0}")]
    Settings(String),
    /// The provider does not answer, or not as it should.
    #[error("the provider of OpenID Connect does not answer as it should: {0}")]
    Provider(String),
    /// What came back belongs to no sign-in that was begun here, or is no valid proof.
    #[error("what the provider sent back is not valid: {0}")]
    Invalid(String),
}

/// A sign-in that was begun.
pub struct Begun {
    /// Where the person goes.
    pub address: String,
    /// What their browser keeps until they come back.
    pub kept: String,
}

/// What a browser keeps of a sign-in that was begun.
#[derive(Serialize, Deserialize)]
struct Kept {
    state: String,
    nonce: String,
    verifier: String,
}

/// A provider of OpenID Connect.
pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect: RedirectUrl,
    web: Asker,
    /// What it says of itself, and when it was asked.
    known: Mutex<Option<(std::time::Instant, Arc<CoreProviderMetadata>)>>,
}

impl Provider {
    /// Sets it up; nothing is asked before the first sign-in.
    ///
    /// # Errors
    /// Addresses or certificates that are none.
    pub fn new(settings: ProviderSettings) -> Result<Self, OidcError> {
        let wrong = |error: &dyn std::fmt::Display| OidcError::Settings(error.to_string());
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer).map_err(|error| wrong(&error))?,
            client_id: ClientId::new(settings.client_id),
            client_secret: ClientSecret::new(settings.client_secret),
            redirect: RedirectUrl::new(settings.redirect).map_err(|error| wrong(&error))?,
            web: Asker(Web::new(&settings.trusted).map_err(|error: SettingError| wrong(&error))?),
            known: Mutex::default(),
        })
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// The provider does not answer.
    pub async fn begin(&self) -> Result<Begun, OidcError> {
        let client = CoreClient::from_provider_metadata(
            (*self.metadata().await?).clone(),
            self.client_id.clone(),
            Some(self.client_secret.clone()),
        );
        let client = client.set_redirect_uri(self.redirect.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (address, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge)
            .url();
        let kept = Kept {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        };
        let kept = serde_json::to_string(&kept).unwrap_or_default();
        Ok(Begun { address: address.into(), kept })
    }

    /// Who came back: the subject that an account has, `issuer subject`.
    ///
    /// # Errors
    /// What came back is not what was begun with this browser, or the provider does not vouch for it.
    pub async fn finish(&self, kept: &str, state: &str, code: &str) -> Result<String, OidcError> {
        let invalid = |why: &dyn std::fmt::Display| OidcError::Invalid(why.to_string());
        let kept: Kept =
            serde_json::from_str(kept).map_err(|_| invalid(&"nothing was begun with this browser"))?;
        // Compared by their hashes, so that the time that it takes tells nothing.
        if token::hash(&kept.state) != token::hash(state) {
            return Err(invalid(&"it belongs to another sign-in"));
        }
        let metadata = self.metadata().await?;
        let secret = Some(self.client_secret.clone());
        let client = CoreClient::from_provider_metadata((*metadata).clone(), self.client_id.clone(), secret);
        let client = client.set_redirect_uri(self.redirect.clone());
        let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|error| OidcError::Provider(error.to_string()))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(kept.verifier));
        let answer = exchange.request_async(&self.web).await.map_err(|error| invalid(&error))?;
        let id_token = answer.id_token().ok_or_else(|| invalid(&"there is no ID token"))?;
        let verifier = client.id_token_verifier();
        let claims = id_token.claims(&verifier, &Nonce::new(kept.nonce)).map_err(|error| invalid(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(|error| invalid(&error))?;
            let key = id_token.signing_key(&verifier).map_err(|error| invalid(&error))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if actual.map_err(|error| invalid(&error))? != *expected {
                return Err(invalid(&"its access token is another's"));
            }
        }
        Ok(format!("{} {}", self.issuer.as_str(), claims.subject().as_str()))
    }

    /// What the provider says of itself, asked again every hour for its keys.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((_, metadata)) = known.as_ref().filter(|(asked, _)| asked.elapsed() < BELIEVED) {
            return Ok(Arc::clone(metadata));
        }
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.web).await;
        let metadata = Arc::new(found.map_err(|error| OidcError::Provider(error.to_string()))?);
        *known = Some((std::time::Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }
}

/// Asks the provider, for a bounded time and a bounded answer.
struct Asker(Web);

impl<'c> AsyncHttpClient<'c> for Asker {
    type Error = AskError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, AskError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let asking = async move {
            let answer = self.0.request(request.map(|body| Full::new(Bytes::from(body)))).await;
            let (parts, body) = answer.map_err(|error| AskError(error.to_string()))?.into_parts();
            let body = Limited::new(body, MOST_BYTES).collect().await;
            let body = body.map_err(|error| AskError(error.to_string()))?.to_bytes().to_vec();
            Ok(HttpResponse::from_parts(parts, body))
        };
        let late = |_| AskError("no answer in 10 s".to_owned());
        Box::pin(async move { timeout(PATIENCE, asking).await.map_err(late)? })
    }
}

/// Why the provider could not be asked.
#[derive(Debug, Error)]
#[error("{0}")]
struct AskError(String);
