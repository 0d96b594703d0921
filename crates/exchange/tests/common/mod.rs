//! What the tests of reading share.
#![allow(dead_code, reason = "each test file uses its part")]

use engine::log::Log;
use exchange::{Input, Mapping, Options, ReadError, Summary, read_log};

/// The canonical lines of what is read, or the error's prose.
pub fn read(name: &str, bytes: impl AsRef<[u8]>) -> String {
    outcome(read_with(&[(name, bytes.as_ref())], Options::default()))
}

/// The same by a mapping, whose errors count too.
pub fn read_mapped(mapping: &str, bytes: impl AsRef<[u8]>) -> String {
    match Mapping::parse("m.toml", mapping) {
        Ok(mapping) => {
            let options = Options { mapping: Some(&mapping), ..Options::default() };
            outcome(read_with(&[("t.csv", bytes.as_ref())], options))
        }
        Err(error) => error.to_string(),
    }
}

/// The good lines, and the rejects.
pub fn read_rejecting(inputs: &[(&str, &[u8])], mapping: Option<&Mapping>) -> (String, String, Summary) {
    let mut rejects = Vec::new();
    let options = Options { rejects: Some(&mut rejects), mapping, ..Options::default() };
    let (log, summary) = read_with(inputs, options).unwrap();
    (lines(&log), String::from_utf8(rejects).unwrap(), summary)
}

pub fn read_with(inputs: &[(&str, &[u8])], options: Options<'_>) -> Result<(Log, Summary), ReadError> {
    let inputs: Vec<Input> =
        inputs.iter().map(|(name, bytes)| Input::Bytes((*name).to_owned(), bytes.to_vec())).collect();
    read_log(&inputs, options)
}

pub fn outcome(read: Result<(Log, Summary), ReadError>) -> String {
    match read {
        Ok((log, _)) => lines(&log),
        Err(error) => error.to_string(),
    }
}

pub fn lines(log: &Log) -> String {
    let lines: Vec<String> = (0..log.len()).map(|row| log.event(row as u32).canonical_line()).collect();
    lines.join("\n")
}

/// The bytes packed with gzip.
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The root of the repository.
pub fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
