//! Styles, scripts and pictures.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use design_system::{Asset, AssetUse};

/// An asset, in the shortest encoding that the browser takes; for ever, where its address has its hash.
pub(crate) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some((asset, kept)) = design_system::asset(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = match kept {
        AssetUse::Forever => "public, max-age=31536000, immutable",
        AssetUse::AskEachTime => "no-cache",
    };
    let about = [(ETAG, asset.etag), (CACHE_CONTROL, kept), (VARY, "Accept-Encoding")];
    if lists(&headers, IF_NONE_MATCH, asset.etag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let (bytes, encoding) = encoded(asset, &headers);
    let mut response = (about, [(CONTENT_TYPE, asset.content_type)], bytes).into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn encoded(asset: &Asset, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let takes = |name| lists(headers, ACCEPT_ENCODING, name);
    match (asset.brotli, asset.gzip) {
        (Some(brotli), _) if takes("br") => (brotli, Some("br")),
        (_, Some(gzip)) if takes("gzip") => (gzip, Some("gzip")),
        _ => (asset.bytes, None),
    }
}

/// Whether a header lists a word; not where it lists it to say that it is not wanted.
fn lists(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers.get_all(name);
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        name.trim() == word && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}
