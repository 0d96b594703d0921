//! Lists of people that duties share: who holds one, whom its ladder reached, who of them is asked. Each list is kept once,
//! under a name that follows from it, for as long as a duty names it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use sqlx::QueryBuilder;

use super::writer::Tx;
use super::{joined, on, pieces};
use crate::{DutyEntry, StoreError};

/// What different lists are called.
pub(super) type Named<'d> = BTreeMap<&'d [String], String>;

/// What a list is called; an empty one is none.
fn name(officers: &[String]) -> Option<String> {
    if officers.is_empty() {
        return None;
    }
    let hash = Sha256::digest(joined(officers));
    Some(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// The names of a duty's three lists: its holders, and of its climb who was called and who is asked.
pub(super) fn names<'n>(duty: &DutyEntry, named: &'n Named<'_>) -> [Option<&'n String>; 3] {
    lists(duty).map(|list| named.get(list))
}

fn lists(duty: &DutyEntry) -> [&[String]; 3] {
    let climb = duty.climb.as_ref();
    [&duty.holders, climb.map_or(&[], |climb| &climb.called), climb.map_or(&[], |climb| &climb.asked)]
}

impl Tx {
    /// Keeps the lists of duties that are about to be put; says what each is called.
    pub(super) async fn put_rosters<'d>(
        &mut self,
        duties: &[&'d DutyEntry],
    ) -> Result<Named<'d>, StoreError> {
        let different: BTreeSet<&[String]> = duties.iter().flat_map(|&duty| lists(duty)).collect();
        let named: Named<'d> = different.into_iter().filter_map(|list| Some((list, name(list)?))).collect();
        let mut rows: Vec<(&String, String)> =
            named.iter().map(|(list, name)| (name, joined(list))).collect();
        rows.sort_unstable();
        let mut new: Vec<(String,)> = Vec::new();
        for piece in pieces(&rows, |(name, list)| name.len() + list.len()) {
            new.extend::<Vec<(String,)>>(on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO rosters (roster, officers) ");
                sql.push_values(piece, |mut row, (name, list)| {
                    row.push_bind(*name).push_bind(list);
                });
                sql.push(" ON CONFLICT DO NOTHING RETURNING roster");
                sql.build_query_as().fetch_all(&mut **tx).await?
            }));
        }
        let by_name: BTreeMap<&String, &[String]> = named.iter().map(|(list, name)| (name, *list)).collect();
        let mut pairs: Vec<(String, String)> = new
            .iter()
            .flat_map(|(name,)| by_name[name].iter().map(|officer| (officer.clone(), name.clone())))
            .collect();
        pairs.sort_unstable();
        self.insert_pairs("INSERT INTO roster_officers (officer, roster) ", &pairs).await?;
        Ok(named)
    }

    /// The names of the lists that duties have.
    pub(super) async fn rosters_of(&mut self, duties: &[&str]) -> Result<BTreeSet<String>, StoreError> {
        let mut names = BTreeSet::new();
        for piece in pieces(duties, |id| id.len()) {
            let rows: Vec<(Option<String>, Option<String>, Option<String>)> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("SELECT held_by, called, asked FROM duties WHERE id IN (");
                let mut list = sql.separated(", ");
                for id in piece {
                    list.push_bind(*id);
                }
                list.push_unseparated(")");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            names.extend(rows.into_iter().flat_map(|(one, two, three)| [one, two, three]).flatten());
        }
        Ok(names)
    }

    /// Drops those lists that no duty names any more.
    pub(super) async fn drop_unnamed(&mut self, names: &[String]) -> Result<(), StoreError> {
        for piece in pieces(names, String::len) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("DELETE FROM rosters WHERE roster IN (");
                let mut list = sql.separated(", ");
                for name in piece {
                    list.push_bind(name);
                }
                list.push_unseparated(")");
                for column in ["held_by", "called", "asked"] {
                    sql.push(" AND NOT EXISTS (SELECT 1 FROM duties WHERE ").push(column).push(" = roster)");
                }
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }
}
