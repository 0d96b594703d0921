//! Styles, scripts and pictures, embedded in the program.

use crate::embedded::ASSETS;

/// Where assets are served.
const PREFIX: &str = "/assets/";

/// A file that pages load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its path under `/assets/`, such as `wakeful.css`.
    pub path: &'static str,
    /// Its media type, such as `text/css; charset=utf-8`.
    pub content_type: &'static str,
    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    pub hash: &'static str,
    /// The hash in quotes, as the header `ETag` wants it. The bytes of each encoding are made from the same content, so a weak tag holds
    /// for all of them.
    pub etag: &'static str,
    /// Its bytes as they are.
    pub bytes: &'static [u8],
    /// Its bytes as gzip, if that is shorter.
    pub gzip: Option<&'static [u8]>,
    /// Its bytes as Brotli, if that is shorter.
    pub brotli: Option<&'static [u8]>,
}

/// How long what was found may be kept by a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetUse {
    /// The address names the content by its hash: it may be kept for ever.
    Forever,
    /// The address names the file: a browser has to ask each time whether it has changed.
    AskEachTime,
}

/// All assets, by path.
#[must_use]
pub fn assets() -> &'static [Asset] {
    ASSETS
}

/// The asset of a path under `/assets/`: `wakeful.css`, or with its hash `wakeful.0123456789abcdef.css`. Of another hash, none.
#[must_use]
pub fn asset(path: &str) -> Option<(&'static Asset, AssetUse)> {
    if let Some(asset) = named(path) {
        return Some((asset, AssetUse::AskEachTime));
    }
    let (stem, extension) = path.rsplit_once('.')?;
    let (stem, hash) = stem.rsplit_once('.')?;
    let asset = named(&format!("{stem}.{extension}"))?;
    (asset.hash == hash).then_some((asset, AssetUse::Forever))
}

/// The address of an asset, its hash in it; of a path that is none, nothing.
#[must_use]
pub fn url(path: &str) -> Option<String> {
    let asset = named(path)?;
    let (stem, extension) = path.rsplit_once('.')?;
    Some(format!("{PREFIX}{stem}.{}.{extension}", asset.hash))
}

fn named(path: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by_key(&path, |asset| asset.path).ok()?;
    ASSETS.get(at)
}
