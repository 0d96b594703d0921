//! A mapping and a table, with a line `---` between them; a table alone is our own.
#![no_main]

mod common;

use exchange::Mapping;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(place) = bytes.windows(5).position(|window| window == b"\n---\n") else {
        return common::read("x.csv", bytes, None);
    };
    let (mapping, table) = (String::from_utf8_lossy(&bytes[..=place]), &bytes[place + 5..]);
    match Mapping::parse("m.toml", &mapping) {
        Ok(mapping) => common::read("x.csv", table, Some(&mapping)),
        Err(error) => assert!(!error.to_string().contains('\n'), "an error is one line"),
    }
});
