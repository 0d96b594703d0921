//! Figures for Prometheus.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::Served;
use crate::health::{FAILING, measure};

/// The figures, in the format of OpenMetrics.
#[utoipa::path(
    get, path = "/metrics", tag = "health",
    responses((status = 200, description = "Figures in the format of OpenMetrics", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"))
)]
pub async fn metrics(State(served): State<Served>) -> Response {
    let body = measure(&served).await;
    let now = served.clock.now();
    let own = served.recorder.health();
    let mut registry = Registry::with_prefix("wakeful");
    let figures = [
        (
            "up",
            "1 where it works, also where notifications do not arrive, else 0",
            i64::from(body.status != FAILING),
        ),
        ("events", "Events in the record", body.seq),
        ("duties_watched", "Duties that are open or have an open ladder", body.watched as i64),
        ("messages_waiting", "Messages that wait to be delivered", body.messages_waiting as i64),
        ("messages_retrying", "Messages that failed, and are tried again", body.messages_retrying as i64),
        (
            "oldest_message_age_ms",
            "Milliseconds since the oldest message that waits was made; 0 where none does",
            body.oldest_waiting.map_or(0, |oldest| now.ms() - oldest.ms()),
        ),
        ("messages_dead", "Messages that were given up", body.messages_dead as i64),
        ("nodes", "Nodes that are there", body.nodes.len() as i64),
        (
            "watch_age_ms",
            "Milliseconds since this node's watch last did its work, or since the start where it never did",
            now.ms() - own.last_ok.unwrap_or(own.since).ms(),
        ),
    ];
    for (name, help, value) in figures {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
    let mut text = String::new();
    _ = encode(&mut text, &registry);
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
