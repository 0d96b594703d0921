//! A policy's text: an answer or problems with places, never a panic.
#![no_main]

use engine::policy::{SourceFile, read};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(problems) = read(vec![SourceFile { name: String::from("p.toml"), text: text.into() }]) {
        assert!(!problems.to_string().is_empty());
    }
});
