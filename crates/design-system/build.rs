//! Embeds `vendor/` and `templates/`: templates by path, and assets with their hashes, compressed once here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let mut code = String::new();
    templates(&root, &mut code)?;
    assets(&root, &out, &mut code)?;
    fs::write(out.join("embedded.rs"), code)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|_| io::Error::other(format!("`{name}` is not set; build with cargo")))
}

/// All files under a folder, by their path from it, in order.
fn files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name =
                    path.strip_prefix(folder).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
                found.push((name, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn templates(root: &Path, code: &mut String) -> io::Result<()> {
    let mut all = files(&root.join("vendor/templates"))?;
    all.extend(
        files(&root.join("templates"))?.into_iter().map(|(name, path)| (format!("wakeful/{name}"), path)),
    );
    all.sort();
    code.push_str("pub(crate) static TEMPLATES: &[(&str, &str)] = &[\n");
    for (name, path) in all {
        let _ = writeln!(code, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    code.push_str("];\n");
    Ok(())
}

fn assets(root: &Path, out: &Path, code: &mut String) -> io::Result<()> {
    code.push_str("pub(crate) static ASSETS: &[crate::Asset] = &[\n");
    for (at, (name, path)) in files(&root.join("vendor/assets"))?.into_iter().enumerate() {
        let bytes = fs::read(&path)?;
        let hash: String = Sha256::digest(&bytes).iter().take(8).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let _ = writeln!(
            code,
            "    crate::Asset {{ path: {name:?}, content_type: {:?}, hash: {hash:?}, etag: {:?}, bytes: include_bytes!({:?}), \
             gzip: {}, brotli: {} }},",
            content_type(&name)?,
            format!("W/\"{hash}\""),
            path.display().to_string(),
            kept(&bytes, &gzip(&bytes)?, &out.join(format!("{at}.gz")))?,
            kept(&bytes, &brotli(&bytes)?, &out.join(format!("{at}.br")))?,
        );
    }
    code.push_str("];\n");
    Ok(())
}

fn content_type(name: &str) -> io::Result<&'static str> {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => Ok("text/css; charset=utf-8"),
        "js" => Ok("text/javascript; charset=utf-8"),
        "svg" => Ok("image/svg+xml"),
        "png" => Ok("image/png"),
        other => Err(io::Error::other(format!(
            "`{name}`: no media type is known for `{other}`; add it in build.rs"
        ))),
    }
}

/// Writes the compressed bytes if they are shorter, and says how they are included.
fn kept(bytes: &[u8], compressed: &[u8], path: &Path) -> io::Result<String> {
    if compressed.len() >= bytes.len() {
        return Ok("None".to_owned());
    }
    fs::write(path, compressed)?;
    Ok(format!("Some(include_bytes!({:?}))", path.display().to_string()))
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)?;
    Ok(compressed)
}
