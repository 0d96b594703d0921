//! Lists of people that duties share: who owes one, whom its ladder reached, who of them is asked. Each list is kept once, under
//! a number, for as long as a duty names it. A duty's row has a mark where those who owe it stand, so that it stays as it is
//! when they change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use sqlx::QueryBuilder;

use super::writer::Tx;
use super::{joined, on, pieces, push_list};
use crate::{DutyEntry, HandedOver, StoreError};

/// Of what sort a list is. Those who owe duties may change as a whole; whom a ladder reached, it reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Owing,
    Reached,
}

/// A list, which is another of another sort.
type List<'d> = (Sort, &'d [String]);

/// The numbers of different lists.
pub(super) type Numbered<'d> = BTreeMap<List<'d>, i64>;

/// What stands in a kept row in place of those who owe the duty. In JSON it would be escaped.
const MARK: char = '\u{1}';

/// What stands before them: the first key of this name in a row.
const HOLDERS: &str = "\"holders\":";

/// A duty's row as it is kept: with the mark, where those who owe it stand there.
pub(super) fn marked(duty: &DutyEntry) -> Cow<'_, str> {
    let holders = joined(&duty.holders);
    let after = duty.row.find(HOLDERS).map(|place| place + HOLDERS.len());
    match after.map(|after| duty.row.split_at(after)) {
        Some((before, rest)) => match rest.strip_prefix(&*holders) {
            Some(rest) => Cow::Owned(format!("{before}{MARK}{rest}")),
            None => Cow::Borrowed(&duty.row),
        },
        None => Cow::Borrowed(&duty.row),
    }
}

/// A duty's row as it was before it was kept.
pub(super) fn unmarked(row: String, holders: Option<&str>) -> String {
    if row.contains(MARK) { row.replacen(MARK, holders.unwrap_or("[]"), 1) } else { row }
}

/// The numbers of a duty's three lists: of its holders, and of its climb who was called and who is asked.
pub(super) fn numbers(duty: &DutyEntry, numbered: &Numbered<'_>) -> [Option<i64>; 3] {
    lists(duty).map(|list| numbered.get(&list).copied())
}

fn lists(duty: &DutyEntry) -> [List<'_>; 3] {
    let climb = duty.climb.as_ref();
    [
        (Sort::Owing, &duty.holders),
        (Sort::Reached, climb.map_or(&[], |climb| &climb.called)),
        (Sort::Reached, climb.map_or(&[], |climb| &climb.asked)),
    ]
}

/// What no other list has.
fn content((sort, officers): List<'_>) -> String {
    let hash = Sha256::digest(joined(officers));
    let sort = match sort {
        Sort::Owing => "owing",
        Sort::Reached => "reached",
    };
    hash.iter().take(16).fold(format!("{sort} "), |text, byte| format!("{text}{byte:02x}"))
}

impl Tx {
    /// Keeps the lists of duties that are about to be put; says their numbers.
    pub(super) async fn put_rosters<'d>(
        &mut self,
        duties: &[&'d DutyEntry],
    ) -> Result<Numbered<'d>, StoreError> {
        self.number(duties.iter().flat_map(|&duty| lists(duty)).collect()).await
    }

    /// The numbers of lists, which are kept where they are not yet. An empty one has none.
    async fn number<'d>(&mut self, mut lists: BTreeSet<List<'d>>) -> Result<Numbered<'d>, StoreError> {
        lists.retain(|(_, officers)| !officers.is_empty());
        let mut contents: BTreeMap<String, List<'_>> =
            lists.into_iter().map(|list| (content(list), list)).collect();
        let mut numbered = Numbered::new();
        for (roster, content) in self.rosters_with(contents.keys().collect()).await? {
            numbered.extend(contents.remove(&content).map(|list| (list, roster)));
        }
        if contents.is_empty() {
            return Ok(numbered);
        }
        let last: i64 = on!(Tx, &mut *self, tx => {
            sqlx::query_scalar("SELECT COALESCE(MAX(roster), 0) FROM rosters").fetch_one(&mut **tx).await?
        });
        let new: Vec<(i64, (String, List<'_>))> = (last + 1..).zip(contents).collect();
        for piece in pieces(&new, |(_, (_, (_, officers)))| officers.iter().map(String::len).sum()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO rosters (roster, content, officers) ");
                sql.push_values(piece, |mut row, (roster, (content, (_, officers)))| {
                    row.push_bind(*roster).push_bind(content).push_bind(joined(officers));
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        self.put_officers(new.iter().map(|&(roster, (_, (_, officers)))| (roster, officers))).await?;
        numbered.extend(new.into_iter().map(|(roster, (_, list))| (list, roster)));
        Ok(numbered)
    }

    /// Those of some lists that are kept: their numbers and contents.
    async fn rosters_with(&mut self, contents: Vec<&String>) -> Result<Vec<(i64, String)>, StoreError> {
        let mut found = Vec::new();
        for piece in pieces(&contents, |content| content.len()) {
            found.extend::<Vec<(i64, String)>>(on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("SELECT roster, content FROM rosters WHERE content IN (");
                push_list!(sql, piece);
                sql.push(")");
                sql.build_query_as().fetch_all(&mut **tx).await?
            }));
        }
        Ok(found)
    }

    async fn put_officers<'d>(
        &mut self,
        rosters: impl Iterator<Item = (i64, &'d [String])>,
    ) -> Result<(), StoreError> {
        let each =
            |(roster, officers): (i64, &'d [String])| officers.iter().map(move |officer| (officer, roster));
        let mut pairs: Vec<(&String, i64)> = rosters.flat_map(each).collect();
        pairs.sort_unstable();
        pairs.dedup();
        for piece in pieces(&pairs, |(officer, _)| officer.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO roster_officers (officer, roster) ");
                sql.push_values(piece, |mut row, (officer, roster)| {
                    row.push_bind(*officer).push_bind(*roster);
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Has duties owed by other people. Where all duties of a list go over to the same people, the list is changed and no duty.
    pub(super) async fn hand_over(&mut self, duties: &[HandedOver]) -> Result<(), StoreError> {
        let mut groups: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        for duty in duties {
            groups.entry(&duty.holders).or_default().insert(&duty.id);
        }
        let groups: BTreeMap<&[String], Vec<&str>> =
            groups.into_iter().map(|(holders, ids)| (holders, ids.into_iter().collect())).collect();
        for holders in self.become_new(&groups).await? {
            let ids = &groups[holders];
            for (roster, count) in self.naming(ids).await? {
                let other = self.reading(holders).await?;
                if !self.becomes(roster, holders, count, other).await? {
                    let list = (Sort::Owing, holders);
                    let numbered = self.number(BTreeSet::from([list])).await?;
                    self.set_held_by(ids, roster, numbered.get(&list).copied()).await?;
                    self.drop_unnamed(&roster.into_iter().collect::<Vec<_>>()).await?;
                }
            }
        }
        Ok(())
    }

    /// Changes those lists that go over as a whole to people whom no list has, for as long as one that changed leaves such people
    /// to another; says to whom others are to go over.
    async fn become_new<'d>(
        &mut self,
        groups: &BTreeMap<&'d [String], Vec<&str>>,
    ) -> Result<BTreeSet<&'d [String]>, StoreError> {
        let mut left: Vec<(&[String], Option<i64>, i64)> = Vec::new();
        for (&holders, ids) in groups {
            let naming = self.naming(ids).await?;
            left.extend(naming.into_iter().map(|(roster, count)| (holders, roster, count)));
        }
        loop {
            let tried = std::mem::take(&mut left);
            let before = tried.len();
            for (holders, roster, count) in tried {
                let is_kept = self.reading(holders).await?.is_some();
                if is_kept || !self.becomes(roster, holders, count, None).await? {
                    left.push((holders, roster, count));
                }
            }
            if left.is_empty() || left.len() == before {
                return Ok(left.into_iter().map(|(holders, ..)| holders).collect());
            }
        }
    }

    /// The lists of those who owe some duties, or none, each with how many of these name it.
    async fn naming(&mut self, duties: &[&str]) -> Result<BTreeMap<Option<i64>, i64>, StoreError> {
        let mut naming = BTreeMap::new();
        for piece in pieces(duties, |id| id.len()) {
            let counts: Vec<(Option<i64>, i64)> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("SELECT held_by, COUNT(*) FROM duties WHERE id IN (");
                push_list!(sql, piece);
                sql.push(") GROUP BY held_by");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            counts.into_iter().for_each(|(roster, count)| *naming.entry(roster).or_default() += count);
        }
        Ok(naming)
    }

    /// The list of those who owe duties that reads so, if one is kept.
    async fn reading(&mut self, holders: &[String]) -> Result<Option<i64>, StoreError> {
        let content = content((Sort::Owing, holders));
        Ok(self.rosters_with(vec![&content]).await?.pop().map(|(roster, _)| roster))
    }

    /// Changes a list where so many duties are all that name it; says whether it did. The other one that reads so already gives its
    /// duties to this one, unless it has as many.
    async fn becomes(
        &mut self,
        roster: Option<i64>,
        holders: &[String],
        all: i64,
        other: Option<i64>,
    ) -> Result<bool, StoreError> {
        let Some(roster) = roster.filter(|_| !holders.is_empty()) else { return Ok(false) };
        if self.owed_by(roster, all + 1).await? != all {
            return Ok(false);
        }
        if let Some(other) = other {
            if other == roster || self.owed_by(other, all).await? >= all {
                return Ok(false);
            }
            self.give_all(other, roster).await?;
        }
        on!(Tx, &mut *self, tx => {
            let sql = "UPDATE rosters SET content = $1, officers = $2 WHERE roster = $3";
            let content = content((Sort::Owing, holders));
            let query = sqlx::query(sql).bind(content).bind(joined(holders)).bind(roster);
            query.execute(&mut **tx).await?;
            let sql = "DELETE FROM roster_officers WHERE roster = $1";
            sqlx::query(sql).bind(roster).execute(&mut **tx).await?;
        });
        self.put_officers(std::iter::once((roster, holders))).await?;
        Ok(true)
    }

    /// How many duties name a list of those who owe them, counted up to so many.
    async fn owed_by(&mut self, roster: i64, most: i64) -> Result<i64, StoreError> {
        Ok(on!(Tx, &mut *self, tx => {
            let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM duties WHERE held_by = $1 LIMIT $2) AS some_of_them";
            sqlx::query_scalar(sql).bind(roster).bind(most).fetch_one(&mut **tx).await?
        }))
    }

    /// Has all duties that name one list of those who owe them name another, and drops the one.
    async fn give_all(&mut self, from: i64, to: i64) -> Result<(), StoreError> {
        on!(Tx, &mut *self, tx => {
            let sql = "UPDATE duties SET held_by = $2 WHERE held_by = $1";
            sqlx::query(sql).bind(from).bind(to).execute(&mut **tx).await?;
            sqlx::query("DELETE FROM rosters WHERE roster = $1").bind(from).execute(&mut **tx).await?;
        });
        Ok(())
    }

    /// Has those of some duties that name one list name another.
    async fn set_held_by(
        &mut self,
        duties: &[&str],
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<(), StoreError> {
        for piece in pieces(duties, |id| id.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("UPDATE duties SET held_by = ");
                sql.push_bind(to).push(" WHERE held_by IS NOT DISTINCT FROM ").push_bind(from).push(" AND id IN (");
                push_list!(sql, piece);
                sql.push(")");
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Drops those lists that no duty names any more.
    pub(super) async fn drop_unnamed(&mut self, rosters: &[i64]) -> Result<(), StoreError> {
        for piece in pieces(rosters, |_| 8) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("DELETE FROM rosters WHERE roster IN (");
                push_list!(sql, piece);
                sql.push(")");
                for column in ["held_by", "called", "asked"] {
                    sql.push(" AND NOT EXISTS (SELECT 1 FROM duties WHERE ").push(column).push(" = roster)");
                }
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duty(row: &str, holders: &[&str]) -> DutyEntry {
        DutyEntry {
            id: "d".into(),
            rule: "r".into(),
            key: "case:1".into(),
            due: None,
            state: "pending".into(),
            wakes_at: None,
            holders: holders.iter().map(|&officer| officer.to_owned()).collect(),
            stream: String::new(),
            agency: None,
            climb: None,
            row: row.to_owned(),
        }
    }

    #[test]
    fn a_row_is_what_it_was_before_it_was_kept() {
        for (row, holders, kept) in [
            (
                r#"{"id":"d","holders":["a","b"],"near":[]}"#,
                &["a", "b"][..],
                "{\"id\":\"d\",\"holders\":\u{1},\"near\":[]}",
            ),
            // As many lists as a ladder has, of which the duty's own is the first.
            (
                r#"{"holders":["a"],"ladder":[{"holders":["a"]}]}"#,
                &["a"],
                "{\"holders\":\u{1},\"ladder\":[{\"holders\":[\"a\"]}]}",
            ),
            (r#"{"holders":[]}"#, &[], "{\"holders\":\u{1}}"),
            // Nobody to ask, other people than the entry's, and a text that looks like the key.
            (r#"{"holders":null}"#, &[], r#"{"holders":null}"#),
            (r#"{"holders":["a"]}"#, &["b"], r#"{"holders":["a"]}"#),
            (
                r#"{"key":"\"holders\":[\"a\"]","near":[]}"#,
                &["a"],
                r#"{"key":"\"holders\":[\"a\"]","near":[]}"#,
            ),
            ("{}", &["a"], "{}"),
        ] {
            let duty = duty(row, holders);
            assert_eq!(marked(&duty), kept);
            let list = joined(&duty.holders);
            let list = Some(&*list).filter(|_| !duty.holders.is_empty());
            assert_eq!(unmarked(marked(&duty).into_owned(), list), row);
        }
    }
}
