//! Accounts: who signs in.

use std::fs;
use std::path::Path;

use app::accounts::{REVIEW_DAYS, SignIns, Weak, reviews_until, weakness};
use app::security::{COMMAND_LINE, Deed};
use app::{Clock as _, SystemClock};
use engine::time::Instant;
use store::{Account, Accounts as _, REVIEWER};

use super::{note, officer, random, refuse_name};
use crate::error::CliError;
use crate::live::args::{AddArgs, DataArgs, GrantedArgs, NamedArgs, PasswordArgs};
use crate::live::open;
use crate::terminal::{print, remark};

pub(super) async fn add(args: &AddArgs) -> Result<(), CliError> {
    refuse_name(&args.name)?;
    officer(&args.officer)?;
    let store = open::open_there(&args.data).await?;
    let password = match args.subject {
        Some(_) => None,
        None => Some(First::new(&args.name, args.password_file.as_deref())?),
    };
    let sign_ins = SignIns::new(store.clone());
    let hash = match &password {
        Some(password) => Some(sign_ins.hash(&password.text).await?),
        None => None,
    };
    let mut grants = args.grant.clone();
    grants.sort();
    grants.dedup();
    let now = SystemClock.now();
    let reviews_until = review(&grants, None, now, args.review_days)?;
    let account = Account {
        name: args.name.clone(),
        officer: args.officer.clone(),
        shown: args.shown.clone().unwrap_or_else(|| args.name.clone()),
        reviews_until,
        grants,
        password: hash,
        initial: password.is_some() && !args.keep_password,
        code: None,
        subject: args.subject.clone(),
        created_at: now,
        ended_at: None,
        proposed_by: None,
    };
    store.add_account(&account).await?;
    note(&store, Deed::Account, &args.name).await?;
    password.map_or(Ok(()), |password| password.tell())
}

/// Puts into force what an administrator made in the pages, where no other is there to confirm it.
pub(super) async fn confirm(args: &NamedArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    if !store.confirm_account(&args.name, COMMAND_LINE).await? {
        return Err(CliError::Live(format!(
            "no account `{}` waits to be confirmed; `wakeful user list` lists them",
            args.name
        )));
    }
    note(&store, Deed::AccountConfirmed, &args.name).await
}

pub(super) async fn password(args: &PasswordArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    let password = First::new(&args.name, args.password_file.as_deref())?;
    if !SignIns::new(store.clone()).set_first_password(&args.name, &password.text, None).await? {
        return Err(none(&args.name));
    }
    note(&store, Deed::FirstPassword, &args.name).await?;
    if args.reset_codes {
        store.set_code(&args.name, None).await?;
        note(&store, Deed::CodesTaken, &args.name).await?;
        remark("the sign-in codes are taken away");
    }
    password.tell()
}

pub(super) async fn grant(args: &GrantedArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    let mut grants = args.grant.clone();
    grants.sort();
    grants.dedup();
    let before = store.account(&args.name).await?.and_then(|account| account.reviews_until);
    let reviews_until = review(&grants, before, SystemClock.now(), args.review_days)?;
    match store.set_grants(&args.name, &grants, reviews_until).await? {
        true => note(&store, Deed::Grants, &args.name).await,
        false => Err(none(&args.name)),
    }
}

pub(super) async fn end(args: &NamedArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    match store.end_account(&args.name, SystemClock.now()).await? {
        true => {
            note(&store, Deed::AccountEnded, &args.name).await?;
            remark("the account has ended, and with it its sessions");
        }
        false => return Err(none(&args.name)),
    }
    Ok(())
}

pub(super) async fn list(args: &DataArgs) -> Result<(), CliError> {
    for account in open::open_there(args).await?.accounts().await? {
        let Account { name, shown, officer, grants, .. } = &account;
        let grants: String = grants.iter().map(|grant| format!("  {}", granted(&account, grant))).collect();
        let way = match (&account.subject, &account.code) {
            (Some(subject), _) => format!("as {subject}"),
            (None, Some(_)) => "password and codes".to_owned(),
            (None, None) => "password".to_owned(),
        };
        let ended = account.ended_at.map_or_else(String::new, |at| format!("  ended {at}"));
        let waits = if account.proposed_by.is_some() { "  waits to be confirmed" } else { "" };
        print(&format!("{name}  {shown}  {officer}  {way}{grants}{ended}{waits}"))?;
    }
    Ok(())
}

/// Until when somebody reviews who is granted it: for as many days as are said, else as long as before, else for the usual time.
fn review(
    grants: &[String],
    before: Option<Instant>,
    now: Instant,
    days: Option<u32>,
) -> Result<Option<Instant>, CliError> {
    let usual = reviews_until(grants, now, days.unwrap_or(REVIEW_DAYS));
    match (usual, days) {
        (None, Some(_)) => Err(CliError::Live(
            "--review-days is of a reviewer; write --grant reviewer beside it, and --grant for all else that is to stay granted"
                .to_owned(),
        )),
        (Some(_), None) => Ok(before.filter(|end| *end > now).or(usual)),
        _ => Ok(usual),
    }
}

/// What is granted, and to a reviewer until when.
fn granted(account: &Account, grant: &str) -> String {
    match account.reviews_until {
        _ if grant != REVIEWER => grant.to_owned(),
        Some(at) if at <= SystemClock.now() => format!("{grant} until {at}, which is over"),
        Some(at) => format!("{grant} until {at}"),
        None => format!("{grant} without an end"),
    }
}

fn none(name: &str) -> CliError {
    CliError::Live(format!(
        "there is no account `{name}` that could be changed; `wakeful user list` lists them"
    ))
}

/// The first password of an account.
struct First {
    text: String,
    is_made: bool,
}

impl First {
    /// That of a file, or one that is made.
    fn new(name: &str, file: Option<&Path>) -> Result<Self, CliError> {
        let Some(path) = file else {
            let random = random()?;
            let text = random.chunks(2).take(8).map(|two| format!("{:02x}{:02x}", two[0], two[1]));
            return Ok(Self { text: text.collect::<Vec<_>>().join("-"), is_made: true });
        };
        let read = fs::read_to_string(path);
        let read = read.map_err(|source| CliError::Read { path: path.to_owned(), source })?;
        let text = read.lines().next().unwrap_or_default().to_owned();
        let why = match weakness(&text, name) {
            None => return Ok(Self { text, is_made: false }),
            Some(Weak::Short) => "it has fewer than 12 characters",
            Some(Weak::Long) => "it is too long",
            Some(Weak::Common) => "it is common, or easy to guess",
            Some(Weak::Plain) => "it has the account's name in it, or few different characters",
        };
        Err(CliError::Live(format!("--password-file: the password cannot be used: {why}; choose another")))
    }

    fn tell(&self) -> Result<(), CliError> {
        if self.is_made { print(&self.text) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_ends_when_it_is_said_or_as_before_or_after_the_usual_time() {
        let at = |days: i64| Some(Instant::from_ms(days * 24 * 3_600_000).unwrap());
        let (now, reviewer) = (at(1_000).unwrap(), [REVIEWER.to_owned()]);
        let end = |grants: &[String], before, days| review(grants, before, now, days).unwrap();
        assert_eq!(end(&reviewer, None, None), at(1_090));
        assert_eq!(end(&reviewer, at(1_030), None), at(1_030), "another grant beside it moves no end");
        assert_eq!(end(&reviewer, at(999), None), at(1_090), "one that is over begins anew");
        assert_eq!(end(&reviewer, at(1_030), Some(7)), at(1_007));
        assert_eq!(end(&["policy-lead".to_owned()], at(1_030), None), None);
        let error = review(&[], at(1_030), now, Some(7)).unwrap_err().to_string();
        assert!(error.contains("write --grant reviewer beside it"), "{error}");
    }
}
