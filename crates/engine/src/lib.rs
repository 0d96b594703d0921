//! The pure core of Wakeful: records, policy, and the evaluation of one over the other. No input or output, no clock, no randomness.

pub mod compare;
pub mod duty;
pub mod evaluate;
pub mod explain;
pub mod guard;
pub mod log;
pub mod policy;
pub mod policy_test;
pub mod program;
pub mod record;
mod sparing;
pub mod suggest;
pub mod time;
pub mod words;
