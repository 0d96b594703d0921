//! "Did you mean": the nearest of the names that would be right.

/// "did you mean", where a name is near: within a third of its letters.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let letters = name.chars().count();
    if letters > 64 {
        return None;
    }
    let most = (letters / 3).max(1);
    known
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(letters) <= most)
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// How many letters must be added, left out or changed to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], place + 1);
        for (column, &same) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != same);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(
            did_you_mean("recorded_by", ["recorded_at", "note"]).unwrap(),
            "did you mean `recorded_at`?"
        );
        assert_eq!(did_you_mean("KIND", ["id", "kind"]).unwrap(), "did you mean `kind`?");
        assert_eq!(did_you_mean("banana", ["id", "kind"]), None);
    }
}
