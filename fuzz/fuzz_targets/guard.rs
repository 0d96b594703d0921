//! A guard's text: a guard or problems, never a panic.
#![no_main]

use engine::guard::parse;
use engine::policy::Place;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = parse(text, Place { file: 0, bytes: 0..text.len() });
});
