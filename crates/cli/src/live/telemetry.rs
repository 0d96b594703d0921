//! What the server says of itself: a log on standard error and, where the environment names a collector, traces by
//! OTLP. Neither has anything of a case in it.

use std::env;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, global};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::resource::EnvResourceDetector;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::error::CliError;

/// What names the collector, for all that OTLP carries or for traces alone.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// What names the protocol.
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];

/// The one protocol that is spoken.
const PROTOCOL: &str = "http/protobuf";

/// How long a collector has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of a collector's answer.
const MOST_ANSWER: usize = 1 << 20;

/// How long the last spans have to leave.
const LAST_SPANS: Duration = Duration::from_secs(2);

/// Whose spans are exported.
const OURS: [&str; 3] = ["wakeful", "web", "app"];

/// What the server says of itself, for as long as this is there.
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts the log and, where they are asked for, traces.
    ///
    /// # Errors
    /// The environment asks for traces in a way that is not served.
    pub fn start() -> Result<Self, CliError> {
        let traces = traces()?;
        let is_ours = |target: &str| OURS.contains(&target.split("::").next().unwrap_or_default());
        let spans = traces.as_ref().map(|traces| {
            tracing_opentelemetry::layer()
                .with_tracer(traces.tracer("wakeful"))
                .with_location(false)
                .with_threads(false)
                .with_tracked_inactivity(false)
                // No events: what they say is for the log.
                .with_filter(filter_fn(move |meta| meta.is_span() && is_ours(meta.target())))
        });
        let level = env::var("WAKEFUL_LOG").ok().and_then(|level| level.parse().ok());
        let log = tracing_subscriber::fmt::layer().json().with_span_list(false).with_writer(std::io::stderr);
        let log = log.with_filter(level.unwrap_or(LevelFilter::INFO));
        _ = tracing_subscriber::registry().with(spans).with(log).try_init();
        Ok(Self { traces })
    }

    /// Sends the last spans.
    pub async fn end(self) {
        let Some(traces) = self.traces else { return };
        let sent = tokio::task::spawn_blocking(move || traces.shutdown_with_timeout(LAST_SPANS));
        if let Ok(Err(error)) = sent.await {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Where traces go, if the environment says so.
fn traces() -> Result<Option<SdkTracerProvider>, CliError> {
    let is_off = set("OTEL_SDK_DISABLED").is_some_and(|word| word.eq_ignore_ascii_case("true"))
        || set("OTEL_TRACES_EXPORTER").is_some_and(|word| word == "none");
    if is_off || ENDPOINTS.iter().all(|name| set(name).is_none()) {
        return Ok(None);
    }
    for name in PROTOCOLS {
        if let Some(other) = set(name).filter(|word| word != PROTOCOL) {
            return Err(CliError::Live(format!(
                "{name}: `{other}` is not spoken; write `{PROTOCOL}`, and an endpoint such as `http://127.0.0.1:4318`"
            )));
        }
    }
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let exporter = exporter.with_http_client(Collector::new()?).build().map_err(|error| {
        CliError::Live(format!("traces cannot be sent: {error}; is `{}` right?", ENDPOINTS[0]))
    })?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    let traces = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource());
    Ok(Some(traces.build()))
}

/// What is said of the server with each span.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty().with_service_name("wakeful").with_attribute(version);
    let resource = resource.with_detector(Box::new(EnvResourceDetector::new()));
    match set("OTEL_SERVICE_NAME") {
        Some(name) => resource.with_service_name(name).build(),
        None => resource.build(),
    }
}

/// What the environment says, if anything.
fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Carries spans to the collector. It is asked from a thread of its own, so it works on the runtime of the server.
#[derive(Debug)]
struct Collector {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: Handle,
}

impl Collector {
    fn new() -> Result<Self, CliError> {
        let ring = rustls::crypto::ring::default_provider();
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(ring)
            .map_err(|error| CliError::Live(format!("traces cannot be sent: {error}")))?;
        let client =
            Client::builder(TokioExecutor::new()).build(connector.https_or_http().enable_http1().build());
        Ok(Self { client, runtime: Handle::current() })
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let asked = self.client.request(request.map(Full::new));
        let answer = async {
            let (head, body) = asked.await?.into_parts();
            let body = Limited::new(body, MOST_ANSWER).collect().await?.to_bytes();
            Ok(Response::from_parts(head, body))
        };
        self.runtime.spawn(async { timeout(PATIENCE, answer).await }).await??
    }
}
