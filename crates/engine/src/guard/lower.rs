//! Lowers a guard to tests on columns.
