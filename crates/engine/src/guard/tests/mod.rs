//! Tests by topic.

mod parsing;
