//! The engine against the oracle: property tests over policies and logs made for the purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

mod oracle;
