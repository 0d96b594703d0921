//! The real binary over small inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bench;
mod compare;
mod convert;
mod doc;
mod outputs;
mod policy;
mod review;
mod serve;
mod synth;
mod wrong_input;
