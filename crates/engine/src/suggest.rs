//! "Did you mean": the nearest of the names that would be right.

/// Longer names are not compared: nobody means one of these by another.
const LONGEST: usize = 64;

/// Of more names than any policy or table has that people write, the rest are not compared.
const MOST: usize = 500;

/// The nearest of the known names, if one is near enough to be a slip of the pen: letters of either case are one, and a
/// third of them, from one to three, may be left out, added, changed or swapped with their neighbour.
#[must_use]
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let letters = written.chars().count();
    let most = (letters / 3).clamp(1, 3).min(letters.saturating_sub(1));
    nearest_within(written, known, most).filter(|_| letters <= LONGEST)
}

/// The nearest of the known names at no more than this many changes; of several, the first.
#[must_use]
pub fn nearest_within<'n>(
    written: &str,
    known: impl IntoIterator<Item = &'n str>,
    most: usize,
) -> Option<&'n str> {
    let (letters, written) = (written.chars().count(), written.to_lowercase());
    known
        .into_iter()
        .filter(|name| name.chars().count().abs_diff(letters) <= most)
        .take(MOST)
        .map(|name| (strsim::osa_distance(&written, &name.to_lowercase()), name))
        .filter(|&(distance, _)| distance <= most)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// "did you mean", where a name is near.
#[must_use]
pub fn did_you_mean<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    nearest(written, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_slip_away() {
        assert_eq!(nearest("witihn", ["when", "within"]), Some("within"));
        assert_eq!(nearest("acepted", ["declined", "accepted"]), Some("accepted"));
        assert_eq!(nearest("aeg", ["age", "gender"]), Some("age"));
        assert_eq!(nearest("KIND", ["id", "kind"]), Some("kind"));
        assert_eq!(nearest("recorded_by", ["recorded_at", "note"]), Some("recorded_at"));
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        assert_eq!(nearest("m", ["l"]), None);
        assert_eq!(nearest("banana", ["when", "within"]), None);
        assert_eq!(nearest("colour", ["age", "gender"]), None);
        assert_eq!(nearest(&"a".repeat(65), [&*"a".repeat(64)]), None);
    }
}
