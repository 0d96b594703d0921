//! What Linux says of this process, and how fast the machine reads memory.

use std::fs;
use std::hint::black_box;
use std::io;
use std::time::Instant;

/// Seconds that this thread has had a core, so that other work on the machine does not count.
///
/// # Errors
/// A system without `/proc`.
pub fn core_seconds() -> io::Result<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let ns: Option<f64> = text.split_whitespace().next().and_then(|number| number.parse().ok());
    ns.map(|ns| ns / 1e9).ok_or_else(|| io::Error::other("no number in /proc/thread-self/schedstat"))
}

/// How many threads this process has.
///
/// # Errors
/// A system without `/proc`.
pub fn threads() -> io::Result<usize> {
    Ok(fs::read_dir("/proc/self/task")?.count())
}

/// Bytes a second of a plain sum over a column of a gigabyte: the best of five.
#[must_use]
pub fn read_bandwidth() -> f64 {
    let column: Vec<u64> = (0..(1_u64 << 27)).collect();
    let bytes = (column.len() * size_of::<u64>()) as f64;
    let seconds = (0..5).map(|_| {
        let start = Instant::now();
        black_box(black_box(&column).iter().fold(0, |sum: u64, &cell| sum.wrapping_add(cell)));
        start.elapsed().as_secs_f64()
    });
    bytes / seconds.fold(f64::INFINITY, f64::min)
}
