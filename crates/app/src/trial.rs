//! What would be found by other rules: the record judged twice, and the two compared. Nothing is put into force.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::compare::compare;
use engine::duty::State;
use engine::evaluate::{Cut, EvaluateError, Evaluation, evaluate};
use engine::policy::{Policy, SourceFile};
use engine::program::Program;
use engine::time::{Instant, Span};
use store::{Store, StoredPolicy};

use crate::error::AppError;
use crate::history::History;
use crate::versions::{Judge, Texts, beside, program};

/// What would be otherwise with a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Duties that would arise and do not.
    pub appear: u64,
    /// Duties that arise and would not.
    pub vanish: u64,
    /// Duties that would stand otherwise.
    pub moved: u64,
    /// Duties that are not done, late or cannot be told by the rules as they are.
    pub missed: u64,
    /// Those that would be.
    pub would_be_missed: u64,
}

/// A program, and the cut under which it judges.
type Side = (Arc<Program>, Cut);

/// Tries a text laid over the version that was put into force last, against that version, as if either had always been in
/// force; or, where the text is empty, what the last version would have found had it always been in force. Says of each rule
/// with which something would be otherwise what that is; or what is wrong with the text.
///
/// # Errors
/// The store does not answer, no policy is in force, or too many others ask.
pub async fn tried(
    store: &dyn Store,
    history: &History,
    text: &str,
    now: Instant,
) -> Result<Result<BTreeMap<String, Tried>, String>, AppError> {
    let stored = store.policies().await?;
    let (text, is_given) = (text.to_owned(), !text.trim().is_empty());
    let [before, after] = match beside(move || sides(&stored, &text, now)).await? {
        Ok(sides) => sides,
        Err(wrong) => return Ok(Err(wrong)),
    };
    match differs(history, before, after).await {
        Err(AppError::Evaluate(error)) if is_given => {
            Ok(Err(format!("the record cannot be judged by it: {error}")))
        }
        differs => differs.map(Ok),
    }
}

/// The programs that are compared, each with its cut; or what is wrong with the text.
fn sides(stored: &[StoredPolicy], text: &str, now: Instant) -> Result<Result<[Side; 2], String>, AppError> {
    let mut texts = Texts::of(stored.last().ok_or(AppError::NoPolicy)?)?;
    let last = program(vec![texts.policy()?])?;
    let always = Cut { as_of: Some(now), known_by: None, ignore_in_force: true };
    if text.trim().is_empty() {
        let as_it_is = Cut { ignore_in_force: false, ..always };
        return Ok(Ok([(Judge::of(stored)?.program, as_it_is), (last, always)]));
    }
    texts.0.push(vec![SourceFile { name: "the text".into(), text: text.into() }]);
    let policy = match texts.policy() {
        Ok(policy) => policy,
        Err(AppError::Policy(problems)) => return Ok(Err(problems)),
        Err(error) => return Err(error),
    };
    if let Some(rule) = too_often(&policy) {
        return Ok(Err(format!(
            "`{rule}` is owed more often than daily, which takes too long to try here; try it with `wakeful policy simulate`"
        )));
    }
    match program(vec![policy]) {
        Ok(tried) => Ok(Ok([(last, always), (tried, always)])),
        Err(AppError::Policy(problems)) => Ok(Err(problems)),
        Err(error) => Err(error),
    }
}

/// A rule that is owed again and again within a day: each time that it lapses would be an event of the trial.
fn too_often(policy: &Policy) -> Option<&str> {
    const DAY_MS: i64 = 24 * 3_600_000;
    let is_short = |span: &Span| span.elapsed_ms().is_some_and(|ms| ms < DAY_MS);
    policy.duties.values().find(|rule| rule.every.as_ref().is_some_and(is_short)).map(|rule| &*rule.name)
}

async fn differs(
    history: &History,
    (before, cut): Side,
    (after, other_cut): Side,
) -> Result<BTreeMap<String, Tried>, AppError> {
    let turn = history.trial().await?;
    let compared = history.judge_with(before, cut, move |before, log| {
        let _turn = turn;
        let after = evaluate(&after, log, &other_cut)?;
        let mut tried: BTreeMap<String, Tried> = BTreeMap::new();
        for (rule, counts) in &compare(before, &after).rules {
            if counts.changed() > 0 {
                let entry = tried.entry((*rule).to_owned()).or_default();
                (entry.appear, entry.vanish, entry.moved) = (counts.appear, counts.vanish, counts.moved);
            }
        }
        let (missed, would_be) = (missed(before), missed(&after));
        for (rule, tried) in &mut tried {
            tried.missed = missed.get(rule.as_str()).copied().unwrap_or_default();
            tried.would_be_missed = would_be.get(rule.as_str()).copied().unwrap_or_default();
        }
        Ok::<_, EvaluateError>(tried)
    });
    Ok(compared.await??)
}

/// How many duties of each rule fall short.
fn missed<'e>(evaluation: &'e Evaluation<'_>) -> BTreeMap<&'e str, u64> {
    let counts = evaluation.counts().into_iter();
    let of = |counts: [u64; 12]| {
        let all = State::ALL.iter().zip(counts);
        all.filter(|(state, _)| state.is_shortfall()).map(|(_, count)| count).sum()
    };
    counts.map(|(rule, counts)| (rule, of(counts))).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use test_support::POLICY;
    use tokio::time::timeout;

    use super::*;
    use crate::history::HistoryQuery;
    use crate::versions::put;

    #[tokio::test]
    async fn one_trial_waits_for_another_and_who_asks_what_stood_then_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let database = store::Database::sqlite(&folder.path().join("a.sqlite")).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(database);
        let texts = Texts(vec![vec![SourceFile { name: "policy.toml".to_owned(), text: POLICY.into() }]]);
        let policy = texts.policy().unwrap();
        put(&*store, &texts.stored(&policy, Instant::MIN, "system:test")).await.unwrap();
        let history = History::new(Arc::clone(&store));
        let now = Instant::saturating(1_800_000_000_000);
        let other = history.trial().await.unwrap();
        let waiting = timeout(Duration::from_secs(1), tried(&*store, &history, "", now));
        assert!(waiting.await.is_err(), "it waits");
        let then = HistoryQuery { as_of: now, known_by: None };
        assert_eq!(history.read(then, |evaluation| evaluation.rows().count()).await.unwrap(), 0);
        drop(other);
        assert!(tried(&*store, &history, "", now).await.unwrap().unwrap().is_empty());
    }
}
