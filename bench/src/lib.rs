//! What the benchmarks share: a made log with its policy, and what the machine says of memory.

pub mod load;
pub mod machine;
