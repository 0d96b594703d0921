//! When a message that failed is tried again.

use sha2::{Digest, Sha256};

const FIRST_MS: i64 = 30_000;
const CAP_MS: i64 = 6 * 3_600_000;

/// After how long a message is given up, counted without what is taken off so that messages spread.
const GIVEN_UP_AFTER_MS: i64 = 72 * 3_600_000;

/// How long to wait, in milliseconds, after so many attempts that failed (the first makes it 1); none to give up.
///
/// Each wait is twice the one before, from 30 s to 6 h, less up to a tenth that follows from the message's id: messages
/// that failed together are not all tried again in the same moment, and the answer is always the same.
#[must_use]
pub fn backoff(message_id: &str, attempts: u32) -> Option<i64> {
    let waited_ms: i64 = (1..attempts).map(nominal_ms).take(MOST_WAITS).sum();
    let next_ms = nominal_ms(attempts);
    (waited_ms < GIVEN_UP_AFTER_MS).then(|| next_ms - spread_ms(message_id, attempts, next_ms / 10))
}

/// More waits than fit before it is given up: a bound for the sum.
const MOST_WAITS: usize = 64;

/// The wait after so many attempts, with nothing taken off.
fn nominal_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    (FIRST_MS << doublings).min(CAP_MS)
}

/// A figure from 0 up to, not including, `below`, that follows from the message's id and the attempt.
fn spread_ms(message_id: &str, attempts: u32, below: i64) -> i64 {
    let digest = Sha256::new().chain_update(attempts.to_be_bytes()).chain_update(message_id).finalize();
    let figure = digest.iter().take(4).fold(0, |figure, byte| figure << 8 | i64::from(*byte));
    figure % below.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(id: &str) -> Vec<i64> {
        (1..).map_while(|attempts| backoff(id, attempts)).collect()
    }

    #[test]
    fn waits_double_up_to_six_hours() {
        let nominal: Vec<i64> = (1..=12).map(|attempts| nominal_ms(attempts) / 1_000).collect();
        assert_eq!(nominal, [30, 60, 120, 240, 480, 960, 1_920, 3_840, 7_680, 15_360, 21_600, 21_600]);
        for (place, wait) in waits("m1").into_iter().enumerate() {
            let nominal = nominal_ms(place as u32 + 1);
            assert!(wait <= nominal && wait > nominal - nominal / 10, "{wait} of {nominal}");
        }
    }

    #[test]
    fn it_is_given_up_after_about_three_days() {
        for id in ["m1", "m2", "", "zażółć"] {
            let hours = waits(id).iter().sum::<i64>() / 3_600_000;
            assert!((67..=75).contains(&hours), "{hours} h");
            assert_eq!(waits(id).len(), 21);
        }
        assert_eq!(backoff("m1", u32::MAX), None);
    }

    #[test]
    fn messages_spread_and_each_always_waits_alike() {
        let first: std::collections::BTreeSet<_> =
            (0..100).filter_map(|n| backoff(&format!("m{n}"), 11)).collect();
        assert!(first.len() > 90, "{} of 100", first.len());
        assert_eq!(waits("m1"), waits("m1"));
        assert_eq!(backoff("m1", 1), Some(29_834), "pinned: it may not differ between nodes");
        assert!(backoff("m1", 0).is_some());
    }
}
