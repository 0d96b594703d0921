//! Putting duties into the database, and taking them out. Of one that is kept only those columns are written that changed: SQLite
//! takes the entry of each index of a column that is written out and puts it in again, even where it reads the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::QueryBuilder;

use super::streams::Numbered;
use super::writer::Tx;
use super::{days, on, pieces, push_list, rosters};
use crate::{DutyEntry, StoreError};

/// The columns of a duty besides its id, rule and key, which stay as they are while it is kept, and its row.
const COLUMNS: [&str; 14] = [
    "due",
    "state",
    "wakes_at",
    "stream",
    "agency",
    "step",
    "step_to",
    "step_opens",
    "step_due",
    "lapsed",
    "answered",
    "held_by",
    "called",
    "asked",
];

/// What stands in them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
struct Columns {
    due: Option<i64>,
    state: String,
    wakes_at: Option<i64>,
    stream: i64,
    agency: Option<String>,
    step: Option<i64>,
    step_to: Option<String>,
    step_opens: Option<i64>,
    step_due: Option<i64>,
    lapsed: Option<i64>,
    answered: Option<i64>,
    held_by: Option<i64>,
    called: Option<i64>,
    asked: Option<i64>,
}

/// What stands in one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell<'c> {
    Number(Option<i64>),
    Text(Option<&'c str>),
}

impl Columns {
    fn of(duty: &DutyEntry, streams: &Numbered, numbered: &rosters::Numbered<'_>) -> Self {
        let climb = duty.climb.as_ref();
        let [held_by, called, asked] = rosters::numbers(duty, numbered);
        Self {
            due: duty.due.map(|due| due.ms()),
            state: duty.state.clone(),
            wakes_at: duty.wakes_at.map(|at| at.ms()),
            stream: streams.of(&duty.stream),
            agency: duty.agency.clone(),
            step: climb.map(|climb| climb.step.into()),
            step_to: climb.map(|climb| climb.to.clone()),
            step_opens: climb.map(|climb| climb.opens.ms()),
            step_due: climb.and_then(|climb| climb.due).map(|due| due.ms()),
            lapsed: climb.map(|climb| climb.lapsed.into()),
            answered: climb.map(|climb| climb.is_answered.into()),
            held_by,
            called,
            asked,
        }
    }

    /// Each, in the order of [`COLUMNS`].
    fn cells(&self) -> [Cell<'_>; COLUMNS.len()] {
        [
            Cell::Number(self.due),
            Cell::Text(Some(&self.state)),
            Cell::Number(self.wakes_at),
            Cell::Number(Some(self.stream)),
            Cell::Text(self.agency.as_deref()),
            Cell::Number(self.step),
            Cell::Text(self.step_to.as_deref()),
            Cell::Number(self.step_opens),
            Cell::Number(self.step_due),
            Cell::Number(self.lapsed),
            Cell::Number(self.answered),
            Cell::Number(self.held_by),
            Cell::Number(self.called),
            Cell::Number(self.asked),
        ]
    }

    /// The places in [`COLUMNS`] of those that are otherwise in `kept`.
    fn otherwise_than(&self, kept: &Self) -> Vec<usize> {
        let pairs = self.cells().into_iter().zip(kept.cells());
        pairs.enumerate().filter(|(_, (own, kept))| own != kept).map(|(place, _)| place).collect()
    }

    fn owed(&self) -> days::Owed {
        (self.due, self.state.clone(), self.agency.clone())
    }

    fn rosters(&self) -> impl Iterator<Item = i64> {
        [self.held_by, self.called, self.asked].into_iter().flatten()
    }
}

/// A duty as it is kept, without its row.
#[derive(sqlx::FromRow)]
struct Kept {
    id: String,
    #[sqlx(flatten)]
    columns: Columns,
}

/// A duty with what is to stand in its columns.
type Put<'d> = (&'d DutyEntry, Columns);

/// Adds a value to a row of a statement.
macro_rules! push_cell {
    ($row:ident, $cell:expr) => {
        match $cell {
            Cell::Number(number) => $row.push_bind(number),
            Cell::Text(text) => $row.push_bind(text),
        }
    };
}

impl Tx {
    /// Puts duties, of several of one id the last. Where all are written anew none of them is kept.
    pub(super) async fn put_duties(
        &mut self,
        duties: &[DutyEntry],
        is_anew: bool,
        streams: &mut Numbered,
    ) -> Result<(), StoreError> {
        let duties = last_of_each(duties);
        let ids: Vec<&str> = duties.iter().map(|duty| &*duty.id).collect();
        let kept = if is_anew { HashMap::new() } else { self.kept(&ids).await? };
        self.number_streams(duties.iter().map(|duty| &*duty.stream), streams).await?;
        let numbered = self.put_rosters(&duties).await?;
        let mut new: Vec<Put<'_>> = Vec::new();
        let mut changed: BTreeMap<Vec<usize>, Vec<Put<'_>>> = BTreeMap::new();
        for duty in duties {
            let columns = Columns::of(duty, streams, &numbered);
            match kept.get(&duty.id) {
                None => new.push((duty, columns)),
                Some(kept) => {
                    changed.entry(columns.otherwise_than(kept)).or_default().push((duty, columns));
                }
            }
        }
        self.insert_duties(&new).await?;
        for (places, duties) in &changed {
            self.update_duties(places, duties).await?;
        }
        if is_anew {
            return Ok(());
        }
        self.drop_left(&kept, numbered.values().copied().collect()).await?;
        let are = new.iter().chain(changed.values().flatten()).map(|(_, columns)| columns.owed());
        self.count_days(kept.values().map(Columns::owed), are).await
    }

    /// Takes duties out.
    pub(super) async fn drop_duties(&mut self, ids: &[String]) -> Result<(), StoreError> {
        let different: BTreeSet<&str> = ids.iter().map(|id| &**id).collect();
        let ids: Vec<&str> = different.into_iter().collect();
        let kept = self.kept(&ids).await?;
        for piece in pieces(&ids, |id| id.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("DELETE FROM duties WHERE id IN (");
                push_list!(sql, piece);
                sql.push(")");
                sql.build().execute(&mut **tx).await?;
            });
        }
        self.drop_left(&kept, BTreeSet::new()).await?;
        self.count_days(kept.values().map(Columns::owed), std::iter::empty()).await
    }

    /// What stands in the columns of those of some duties that are kept, by id.
    async fn kept(&mut self, duties: &[&str]) -> Result<HashMap<String, Columns>, StoreError> {
        let mut found = HashMap::new();
        for piece in pieces(duties, |id| id.len()) {
            let rows: Vec<Kept> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("SELECT id, ");
                sql.push(COLUMNS.join(", ")).push(" FROM duties WHERE id IN (");
                push_list!(sql, piece);
                sql.push(")");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            found.extend(rows.into_iter().map(|Kept { id, columns }| (id, columns)));
        }
        Ok(found)
    }

    async fn insert_duties(&mut self, duties: &[Put<'_>]) -> Result<(), StoreError> {
        for piece in pieces(duties, bytes) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO duties (id, rule, key, ");
                sql.push(COLUMNS.join(", ")).push(", row) ");
                sql.push_values(piece, |mut row, (duty, columns)| {
                    row.push_bind(&duty.id).push_bind(&duty.rule).push_bind(&duty.key);
                    for cell in columns.cells() {
                        push_cell!(row, cell);
                    }
                    row.push_bind(rosters::marked(duty));
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Writes the row of duties that are kept, and of their columns those at some places.
    async fn update_duties(&mut self, places: &[usize], duties: &[Put<'_>]) -> Result<(), StoreError> {
        for piece in pieces(duties, bytes) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("UPDATE duties SET row = changed.column2");
                for (number, &place) in (3..).zip(places) {
                    sql.push(format!(", {} = changed.column{number}", COLUMNS[place]));
                }
                sql.push(" FROM (");
                sql.push_values(piece, |mut row, (duty, columns)| {
                    row.push_bind(&duty.id).push_bind(rosters::marked(duty));
                    let cells = columns.cells();
                    for &place in places {
                        push_cell!(row, cells[place]);
                    }
                });
                sql.push(") AS changed WHERE duties.id = changed.column1");
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Drops those lists of people that no duty names any more, of duties as they were kept. Some are named for sure.
    async fn drop_left(
        &mut self,
        kept: &HashMap<String, Columns>,
        named: BTreeSet<i64>,
    ) -> Result<(), StoreError> {
        let were: BTreeSet<i64> = kept.values().flat_map(Columns::rosters).collect();
        self.drop_unnamed(&were.difference(&named).copied().collect::<Vec<_>>()).await
    }
}

/// About how long a duty is.
fn bytes((duty, _): &Put<'_>) -> usize {
    duty.row.len() + duty.key.len()
}

/// Of several of one id the last.
fn last_of_each(duties: &[DutyEntry]) -> Vec<&DutyEntry> {
    let last: HashMap<&str, usize> = duties.iter().enumerate().map(|(at, duty)| (&*duty.id, at)).collect();
    let is_last = |&(at, duty): &(usize, &DutyEntry)| last[&*duty.id] == at;
    duties.iter().enumerate().filter(is_last).map(|(_, duty)| duty).collect()
}
