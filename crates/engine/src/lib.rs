//! The pure core: records, policy, and `evaluate`.
