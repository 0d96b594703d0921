//! The pure core: records, policy, and `evaluate`.

pub mod time;
