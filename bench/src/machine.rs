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

/// The most memory that this process has had, in bytes.
///
/// # Errors
/// A system without `/proc`.
pub fn peak_bytes() -> io::Result<f64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb: Option<f64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kb.map(|kb| kb * 1024.0).ok_or_else(|| io::Error::other("no VmHWM in /proc/self/status"))
}

/// Seconds that all threads of this process have had a core, to a hundredth.
///
/// # Errors
/// A system without `/proc`.
pub fn process_seconds() -> io::Result<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may have spaces; its times are the 12th and 13th field after it.
    let (_, fields) = text.rsplit_once(')').unwrap_or_default();
    let ticks: Option<Vec<f64>> =
        fields.split_whitespace().skip(11).take(2).map(|field| field.parse().ok()).collect();
    let ticks = ticks.filter(|ticks| ticks.len() == 2);
    ticks
        .map(|ticks| ticks.iter().sum::<f64>() / TICKS_A_SECOND)
        .ok_or_else(|| io::Error::other("no times in /proc/self/stat"))
}

/// How many threads want a core, on average over the last minute.
///
/// # Errors
/// A system without `/proc`.
pub fn load() -> io::Result<String> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split_whitespace().next().unwrap_or_default().to_owned())
}
