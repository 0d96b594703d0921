//! Numbers compared as numbers, whichever sort they are of.

use std::cmp::Ordering;

/// How an integer stands to a decimal, exactly; none beside what is no number.
pub(crate) fn compare(integer: i64, decimal: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if decimal.is_nan() {
        None
    } else if decimal >= LIMIT {
        Some(Ordering::Less)
    } else if decimal < -LIMIT {
        Some(Ordering::Greater)
    } else {
        // Within the limits the whole part of a decimal is an integer exactly.
        let whole = decimal.trunc();
        Some(
            integer
                .cmp(&(whole as i64))
                .then_with(|| 0.0.partial_cmp(&(decimal - whole)).unwrap_or(Ordering::Equal)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_decimals_compare_exactly() {
        let cases = [
            (9_007_199_254_740_993, 9_007_199_254_740_992.0, Ordering::Greater),
            (i64::MAX, 9_223_372_036_854_775_808.0, Ordering::Less),
            (i64::MIN, -9_223_372_036_854_775_808.0, Ordering::Equal),
            (i64::MIN, -1e300, Ordering::Greater),
            (0, -0.0, Ordering::Equal),
            (0, 0.5, Ordering::Less),
            (0, -0.5, Ordering::Greater),
            (-1, -1.5, Ordering::Greater),
            (-2, -1.5, Ordering::Less),
            (1, f64::INFINITY, Ordering::Less),
        ];
        for (integer, decimal, expected) in cases {
            assert_eq!(compare(integer, decimal), Some(expected), "{integer} to {decimal}");
        }
        assert_eq!(compare(0, f64::NAN), None);
    }
}
