//! Native events, plain or packed.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::read("x.jsonl", bytes, None));
