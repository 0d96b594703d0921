//! What the benchmarks share: a made log with its policy, a plain loop to compare with, and what the machine says of memory.

pub mod bare;
pub mod load;
pub mod machine;
