//! The policy versions that a store has in force, as text and as a program.

use std::sync::Arc;
use std::time::Duration;

use engine::evaluate::Cut;
use engine::policy::{self, Policy, SourceFile};
use engine::program::{Program, ProgramError};
use engine::time::{Date, Instant};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Store, StoredPolicy, Transaction};

use crate::error::AppError;
use crate::history::History;

/// The texts of a policy version: those that it builds on first, its own last.
#[derive(Clone, Debug)]
pub struct Texts(pub Vec<Vec<SourceFile>>);

#[derive(Serialize, Deserialize)]
struct File {
    name: String,
    text: String,
}

impl Texts {
    /// The version as it is kept.
    #[must_use]
    pub fn stored(&self, policy: &Policy, at: Instant, by: &str) -> StoredPolicy {
        let files = self.json();
        StoredPolicy {
            name: policy.name.clone(),
            version: policy.version.clone().unwrap_or_default(),
            fingerprint: hex(&Sha256::digest(self.in_short().as_bytes())),
            files,
            activated_at: at,
            activated_by: by.to_owned(),
        }
    }

    fn json(&self) -> String {
        let packs: Vec<Vec<File>> = self.0.iter().map(|pack| pack.iter().map(File::of).collect()).collect();
        serde_json::to_string(&packs).unwrap_or_default()
    }

    /// The texts without where they stood: the same policy in another folder is the same.
    fn in_short(&self) -> String {
        let short = |name: &'_ str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let pack = |files: &Vec<SourceFile>| {
            let mut texts: Vec<(String, String)> =
                files.iter().map(|file| (short(&file.name), file.text.to_string())).collect();
            texts.sort_unstable();
            texts
        };
        serde_json::to_string(&self.0.iter().map(pack).collect::<Vec<_>>()).unwrap_or_default()
    }

    /// The texts of a version that is kept.
    ///
    /// # Errors
    /// What is kept cannot be read.
    pub fn of(stored: &StoredPolicy) -> Result<Self, AppError> {
        let packs: Vec<Vec<File>> = serde_json::from_str(&stored.files)
            .map_err(|error| AppError::Policy(format!("version `{}`: {error}", stored.version)))?;
        let file = |file: File| SourceFile { name: file.name, text: file.text.into() };
        Ok(Self(packs.into_iter().map(|pack| pack.into_iter().map(file).collect()).collect()))
    }

    /// The policy.
    ///
    /// # Errors
    /// Every problem that it has, each with its place.
    pub fn policy(&self) -> Result<Policy, AppError> {
        policy::read_packs(self.0.clone()).map_err(|problems| AppError::Policy(problems.to_string()))
    }
}

impl File {
    fn of(file: &SourceFile) -> Self {
        Self { name: file.name.clone(), text: file.text.to_string() }
    }
}

/// A program, and what tells it from another.
#[derive(Clone)]
pub struct Judge {
    /// The versions in force.
    pub program: Arc<Program>,
    /// Of the policies' texts and this version of Wakeful: what is kept of duties belongs to it.
    pub fingerprint: String,
}

impl Judge {
    /// The program of the versions that are kept.
    ///
    /// # Errors
    /// None is kept, or those kept are no program.
    pub fn of(stored: &[StoredPolicy]) -> Result<Self, AppError> {
        if stored.is_empty() {
            return Err(AppError::NoPolicy);
        }
        let program = program(policies(stored)?)?;
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(engine::time::tzdb_version());
        stored.iter().for_each(|stored| hash.update(&stored.fingerprint));
        Ok(Self { program, fingerprint: hex(&hash.finalize()) })
    }
}

/// The program of some versions.
///
/// # Errors
/// Together they are none.
pub(crate) fn program(policies: Vec<Policy>) -> Result<Arc<Program>, AppError> {
    Program::new(policies).map(Arc::new).map_err(no_program)
}

/// Why policies make no program.
pub(crate) fn no_program(error: ProgramError) -> AppError {
    let problems = error.problems.iter().map(|(_, problem)| problem.message.clone());
    AppError::Policy(problems.collect::<Vec<_>>().join("; "))
}

/// The policies of the versions that are kept. Of several, a first that does not say from when was in force from the
/// beginning.
///
/// # Errors
/// What is kept cannot be read.
pub fn policies(stored: &[StoredPolicy]) -> Result<Vec<Policy>, AppError> {
    let mut policies =
        stored.iter().map(|stored| Texts::of(stored)?.policy()).collect::<Result<Vec<_>, _>>()?;
    if let [first, _, ..] = policies.as_mut_slice() {
        first.in_force.from = first.in_force.from.or(Some(Date::MIN));
    }
    Ok(policies)
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts a version into force from the future date that it names, if it and those in force are a program that can judge
/// the log. Where it is not, what was in force stays, and the answer says why.
///
/// # Errors
/// The store does not answer.
pub async fn activate(
    store: &dyn Store,
    history: &History,
    texts: &Texts,
    now: Instant,
    by: &str,
) -> Result<Result<StoredPolicy, String>, AppError> {
    let read = texts.clone();
    let policy = match beside(move || read.policy()).await {
        Err(error @ AppError::Policy(_)) => return Ok(Err(error.to_string())),
        read => read?,
    };
    let today = policy.zone.local_date(now);
    match policy.in_force.from {
        Some(from) if from > today => {}
        Some(_) => return Ok(Err("`in_force` is from a day that is not in the future; a version comes into force from tomorrow on at the earliest, so that running clocks keep theirs".to_owned())),
        None => return Ok(Err("the version does not say from when it is in force; write `in_force = { from = … }` under `[policy]`, with a day in the future".to_owned())),
    }
    let stored = texts.stored(&policy, now, by);
    let mut all = store.policies().await?;
    all.push(stored.clone());
    let judge = match beside(move || Judge::of(&all)).await {
        Err(error @ AppError::Policy(_)) => return Ok(Err(error.to_string())),
        judge => judge?,
    };
    let cut = Cut { as_of: Some(now), ..Cut::default() };
    match history.judge(judge.program, cut, |_| ()).await {
        Err(AppError::Evaluate(error)) => {
            return Ok(Err(format!("the record cannot be judged by it: {error}")));
        }
        judged => judged?,
    }
    match put(store, &stored).await {
        Err(AppError::Policy(problems)) => Ok(Err(problems)),
        put => put.map(|()| Ok(stored)),
    }
}

/// Has every duty judged anew, and what is kept of them written anew. Where a clock that was wrong took the record ahead of
/// now, it stands as of now again.
///
/// # Errors
/// The store does not answer.
pub async fn rejudge(store: &dyn Store, now: Instant) -> Result<(), AppError> {
    let mut transaction = store.begin().await?;
    let as_of = transaction.head().await?.as_of.unwrap_or(Instant::MIN);
    transaction.stand(as_of.min(now), "to be judged anew").await?;
    Ok(transaction.commit().await?)
}

/// Puts the first versions into force, all at once, unless some are in force by now; says whether it did.
///
/// # Errors
/// The store does not answer, or together they are no program.
pub async fn put_first(store: &dyn Store, first: &[StoredPolicy]) -> Result<bool, AppError> {
    let mut transaction = store.begin().await?;
    if !transaction.policies().await?.is_empty() {
        return Ok(false);
    }
    add(transaction, Vec::new(), first).await.map(|()| true)
}

/// Puts a version into force beside those that are.
///
/// # Errors
/// The store does not answer, or with those that are in force by now it is no program.
pub async fn put(store: &dyn Store, stored: &StoredPolicy) -> Result<(), AppError> {
    let mut transaction = store.begin().await?;
    let there = transaction.policies().await?;
    add(transaction, there, std::slice::from_ref(stored)).await
}

/// Adds versions to those that are there; every node makes its judgement anew.
async fn add(
    mut transaction: Box<dyn Transaction>,
    there: Vec<StoredPolicy>,
    new: &[StoredPolicy],
) -> Result<(), AppError> {
    let all = [&there, new].concat();
    let judge = beside(move || Judge::of(&all)).await?;
    for stored in new {
        transaction.put_policy(stored).await?;
    }
    let head = transaction.head().await?;
    // Another mark for each version, so that a node that read the versions before it notices.
    let mark = format!("to be judged by {}", judge.fingerprint);
    transaction.stand(head.as_of.unwrap_or(Instant::MIN), &mark).await?;
    Ok(transaction.commit().await?)
}

/// How long the versions in force are remembered before it is looked whether there are others.
const REMEMBERED: Duration = Duration::from_secs(5);

/// The versions in force, for those who say what rules mean or judge by them: read once, and again where others are kept.
#[derive(Default)]
pub struct Programs {
    last: tokio::sync::Mutex<Option<Known>>,
}

/// What was read of the versions that are kept.
struct Known {
    looked: std::time::Instant,
    fingerprints: Vec<String>,
    judge: Judge,
}

impl Programs {
    /// The versions in force, as they were some seconds ago at most.
    ///
    /// # Errors
    /// The store does not answer, or those kept are no program.
    pub async fn now(&self, store: &dyn Store) -> Result<Arc<Program>, AppError> {
        let mut last = self.last.lock().await;
        match &*last {
            Some(known) if known.looked.elapsed() < REMEMBERED => Ok(Arc::clone(&known.judge.program)),
            _ => Ok(look(&mut last, store).await?.program),
        }
    }

    /// The versions in force.
    ///
    /// # Errors
    /// The store does not answer, or those kept are no program.
    pub(crate) async fn latest(&self, store: &dyn Store) -> Result<Judge, AppError> {
        look(&mut *self.last.lock().await, store).await
    }
}

/// Looks which versions are kept; the same are not read again.
async fn look(last: &mut Option<Known>, store: &dyn Store) -> Result<Judge, AppError> {
    let stored = store.policies().await?;
    let looked = std::time::Instant::now();
    let fingerprints: Vec<String> = stored.iter().map(|stored| stored.fingerprint.clone()).collect();
    let judge = match last.as_ref().filter(|known| known.fingerprints == fingerprints) {
        Some(known) => known.judge.clone(),
        None => beside(move || Judge::of(&stored)).await?,
    };
    *last = Some(Known { looked, fingerprints, judge: judge.clone() });
    Ok(judge)
}

/// Reads policies on a thread of its own: that takes a fifth of a second of a core, for which others would wait.
pub(crate) async fn beside<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(read).await.map_err(|_| AppError::Fault("the reading of policies"))?
}

#[cfg(test)]
mod tests {
    use test_support::POLICY;

    use super::*;

    fn texts(text: String) -> Texts {
        Texts(vec![vec![SourceFile { name: "policy.toml".to_owned(), text: text.into() }]])
    }

    async fn put_text(store: &dyn Store, text: String) {
        let texts = texts(text);
        let policy = texts.policy().unwrap();
        put(store, &texts.stored(&policy, Instant::MIN, "system:test")).await.unwrap();
    }

    #[tokio::test]
    async fn versions_are_read_anew_where_there_are_others_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = store::Database::sqlite(&folder.path().join("a.sqlite")).await.unwrap();
        let programs = Programs::default();
        assert!(matches!(programs.now(&store).await, Err(AppError::NoPolicy)));
        put_text(&store, POLICY.to_owned()).await;
        let first = programs.now(&store).await.unwrap();
        assert!(Arc::ptr_eq(&first, &programs.latest(&store).await.unwrap().program), "it is not read again");
        let later = POLICY.replacen("= \"1\"", "= \"2\"\nin_force = { from = 2030-01-01 }", 1);
        put_text(&store, later).await;
        assert!(Arc::ptr_eq(&first, &programs.now(&store).await.unwrap()), "it is remembered for a while");
        let both = programs.latest(&store).await.unwrap();
        assert!(!Arc::ptr_eq(&first, &both.program));
        assert!(Arc::ptr_eq(&both.program, &programs.now(&store).await.unwrap()));
    }
}
