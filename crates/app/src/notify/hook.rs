//! Webhooks over HTTP.

use std::time::Duration;

use engine::time::Instant;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::{SettingError, Signer, Undelivered, with_causes};

/// How much of an answer's head is read. Its body is not.
const MOST_HEAD_BYTES: usize = 64 * 1024;

/// Asks over HTTP, each time on a connection of its own. No redirect is followed.
pub(crate) struct Web(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Web {
    /// Trusts the system's certificates and, beside them, those given in PEM.
    pub(crate) fn new(trusted: &str) -> Result<Self, SettingError> {
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls(trusted)?);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(MOST_HEAD_BYTES)
            .build(connector.https_or_http().enable_http1().build());
        Ok(Self(client))
    }

    /// The answer to a request.
    pub(crate) async fn request(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, hyper_util::client::legacy::Error> {
        self.0.request(request).await
    }
}

/// Calls webhooks.
pub(super) struct Caller {
    web: Web,
    time_out: Duration,
}

impl Caller {
    /// Trusts the system's certificates and, beside them, those given in PEM.
    pub(super) fn new(trusted: &str, time_out: Duration) -> Result<Caller, SettingError> {
        Ok(Caller { web: Web::new(trusted)?, time_out })
    }

    pub(super) async fn call(
        &self,
        hook: &store::Webhook,
        message_id: &str,
        at: Instant,
        body: &str,
    ) -> Result<(), Undelivered> {
        let request = request(hook, message_id, at, body)?;
        match tokio::time::timeout(self.time_out, self.web.request(request)).await {
            Ok(Ok(answer)) => judged(answer.status()),
            Ok(Err(error)) => Err(Undelivered::for_now(with_causes(&error))),
            Err(_) => Err(Undelivered::for_now(format!("no answer in {} s", self.time_out.as_secs()))),
        }
    }
}

fn tls(trusted: &str) -> Result<ClientConfig, SettingError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let unread = |error: &dyn std::error::Error| SettingError::Certificates(with_causes(error));
    for certificate in CertificateDer::pem_slice_iter(trusted.as_bytes()) {
        roots.add(certificate.map_err(|error| unread(&error))?).map_err(|error| unread(&error))?;
    }
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions();
    let config = config.map_err(|error| SettingError::Tls(with_causes(&error)))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn request(
    hook: &store::Webhook,
    message_id: &str,
    at: Instant,
    body: &str,
) -> Result<Request<Full<Bytes>>, Undelivered> {
    let signer = Signer::new(&hook.secret).map_err(|error| Undelivered::for_now(error.to_string()))?;
    let at_s = at.ms().div_euclid(1_000);
    Request::post(address(&hook.url)?)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("wakeful/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", message_id)
        .header("webhook-timestamp", at_s)
        .header("webhook-signature", signer.sign(message_id, at_s, body))
        .body(Full::from(body.to_owned()))
        .map_err(|error| Undelivered::for_now(format!("the call cannot be written: {error}")))
}

/// Where to call. The address may hold a key, so it is not shown.
fn address(url: &str) -> Result<Uri, Undelivered> {
    let uri = url.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("https" | "http")));
    uri.ok_or_else(|| Undelivered::for_now("the webhook's address is none; write `https://…`"))
}

/// What an answer says; one of 410 that the hook is not there any more.
fn judged(status: StatusCode) -> Result<(), Undelivered> {
    let answered = || format!("the webhook answered {status}");
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Undelivered::for_good(answered())),
        status if status.is_redirection() => {
            Err(Undelivered::for_now(format!("{}, and redirects are not followed", answered())))
        }
        _ => Err(Undelivered::for_now(answered())),
    }
}
