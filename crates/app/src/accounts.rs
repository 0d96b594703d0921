//! Who signs in: passwords, sign-in codes, and how often somebody may try.
//!
//! Nobody can keep another out: an account is never locked. Who tries from a browser that signed in to it before is counted apart from
//! all others; for the others answers come the slower the more fail, and from one address only so many are heard.
//!
//! A try is counted before it is looked at, and taken back where it succeeds, so that tries made at once do not pass the limits.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use engine::time::Instant;
use store::{Account, Accounts, REVIEWER};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use totp_rs::{Builder, Secret, Totp};

use crate::error::AppError;
use crate::security::{Deed, Doing};
use crate::token;

/// What no register knows of a person.
pub const GRANTS: [&str; 3] = ["administrator", REVIEWER, "policy-lead"];

/// For how many days somebody reviews where nothing else is said.
pub const REVIEW_DAYS: u32 = 90;

/// For how many days somebody may review before it is granted anew.
pub const MOST_REVIEW_DAYS: u32 = 730;

/// The fewest characters of a password.
pub const FEWEST_CHARACTERS: usize = 12;

/// How many characters of a password are searched for what is common: more take long, and are hard to guess.
const MOST_SEARCHED: usize = 72;

/// The most bytes of a password that are looked at.
const MOST_BYTES: usize = 1_024;

/// How many passwords are hashed at once: each takes a processor and 19 MiB for some hundredths of a second.
const MOST_HASHED: usize = 2;

/// How long a turn to have a password hashed is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// For how long tries are counted from the first on.
const COUNTED_MS: i64 = 15 * 60_000;

/// How many failures are heard from one address.
const MOST_OF_ADDRESS: u32 = 40;

/// How many failures a browser that is known may have before it is taken for any other.
const MOST_OF_DEVICE: u32 = 10;

/// How many wrong codes are heard for an account whose password was right. More are no mishap: somebody knows the password.
const MOST_CODES: u32 = 10;

/// How many failures at an account cost nothing.
const FREE: u32 = 5;

/// The longest that an answer is held back.
const SLOWEST: Duration = Duration::from_secs(4);

/// Somebody who wants to sign in.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The name that they give.
    pub name: &'a str,
    /// The password that they give.
    pub password: &'a str,
    /// From where.
    pub address: &'a str,
    /// What their browser is known by, if it is.
    pub device: Option<&'a str>,
    /// What the password is asked for.
    pub deed: Deed,
}

impl<'a> Attempt<'a> {
    /// What the security log says of it, where an account has its name.
    fn doing(&self, account: Option<&'a Account>) -> Doing<'a> {
        let who = account.map(|account| account.name.as_str());
        Doing { who, address: Some(self.address), deed: self.deed, about: None }
    }
}

/// Why somebody is not signed in. It tells nothing of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no such account, or it has another password.
    Wrong,
    /// Too many failed from this address.
    TooMany,
}

/// Why a password cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// It has too few characters.
    Short,
    /// It has too many.
    Long,
    /// It is the account's name, or a few characters again and again.
    Plain,
    /// It is a common password, or made of common words, names, dates or keys beside each other, and guessed in few tries.
    Common,
}

/// Signs people in.
pub struct SignIns {
    pub(crate) store: Arc<dyn Accounts>,
    turns: Arc<Semaphore>,
}

impl SignIns {
    /// Signs in those whose accounts a store has.
    #[must_use]
    pub fn new(store: Arc<dyn Accounts>) -> Self {
        Self { store, turns: Arc::new(Semaphore::new(MOST_HASHED)) }
    }

    /// What is kept of accounts.
    #[must_use]
    pub fn store(&self) -> &dyn Accounts {
        &*self.store
    }

    /// The account that a name and a password open. Where there is none, the same work is done, and the security log tells of it.
    ///
    /// # Errors
    /// The store does not answer, or too many ask at once.
    pub async fn with_password(
        &self,
        attempt: Attempt<'_>,
        now: Instant,
    ) -> Result<Result<Account, Denied>, AppError> {
        let Some(counted) = Counted::of(&*self.store, attempt, now).await? else {
            Doing { deed: Deed::HeldBack, ..attempt.doing(None) }.tell(true);
            return Ok(Err(Denied::TooMany));
        };
        tokio::time::sleep(counted.delay()).await;
        let named = self.store.account(attempt.name).await?;
        let account = named.clone().filter(Account::is_in_force);
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let has_password = hash.is_some();
        let is_right = match self.verify(attempt.password, hash.unwrap_or_else(nobodys_hash)).await {
            Ok(is_right) => is_right,
            Err(error) => {
                counted.take_back(&*self.store).await?;
                return Err(error);
            }
        };
        let Some(account) = account.filter(|_| is_right && has_password) else {
            attempt.doing(named.as_ref()).refused(&*self.store, now).await?;
            if counted.is_last {
                let held = Doing { deed: Deed::HeldBack, ..attempt.doing(None) };
                held.refused(&*self.store, now).await?;
            }
            return Ok(Err(Denied::Wrong));
        };
        counted.forgive(&*self.store).await?;
        Ok(Ok(account))
    }

    /// Lets an account in by a sign-in code; each opens it once.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn with_code(
        &self,
        account: &Account,
        code: &str,
        address: &str,
        device: Option<&str>,
        now: Instant,
    ) -> Result<Result<(), Denied>, AppError> {
        let doing = Doing { who: Some(&account.name), address: Some(address), deed: Deed::Code, about: None };
        let key = match counted_of_known(&*self.store, device, &account.name, now).await? {
            Some(key) => key,
            None => {
                let key = format!("code:{}", account.name);
                if self.store.count_try(&key, now, since(now), MOST_CODES).await?.is_none() {
                    Doing { deed: Deed::HeldBack, ..doing }.tell(true);
                    return Ok(Err(Denied::TooMany));
                }
                key
            }
        };
        let totp = account.code.as_deref().and_then(|secret| totp(secret, &account.name));
        let is_right = match totp.and_then(|totp| step(&totp, code, now)) {
            Some(step) => self.store.use_code(&account.name, step).await?,
            None => false,
        };
        if !is_right {
            doing.refused(&*self.store, now).await?;
            return Ok(Err(Denied::Wrong));
        }
        self.store.forgive(&key).await?;
        Ok(Ok(()))
    }

    /// Sets up sign-in codes, if the first of them is right.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn set_up_code(
        &self,
        account: &str,
        secret: &str,
        code: &str,
        now: Instant,
    ) -> Result<bool, AppError> {
        let Some(step) = totp(secret, account).and_then(|totp| step(&totp, code, now)) else {
            return Ok(false);
        };
        self.store.set_code(account, Some(secret)).await?;
        Ok(self.store.use_code(account, step).await?)
    }

    /// Sets a password that somebody chose for themselves, and ends every session of the account; false if there is none.
    ///
    /// # Errors
    /// The store does not answer, or too many ask at once.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<bool, AppError> {
        let hash = self.hash(password).await?;
        Ok(self.store.set_password(name, &hash, false, None).await?)
    }

    /// Sets a first password for somebody else, and ends every session of the account; false if there is none. Where an
    /// administrator proposes it, it opens the account once another confirms that.
    ///
    /// # Errors
    /// The store does not answer, or too many ask at once.
    pub async fn set_first_password(
        &self,
        name: &str,
        password: &str,
        proposed_by: Option<&str>,
    ) -> Result<bool, AppError> {
        let hash = self.hash(password).await?;
        Ok(self.store.set_password(name, &hash, true, proposed_by).await?)
    }

    /// The hash of a password: argon2id, by OWASP's parameters.
    ///
    /// # Errors
    /// Too many ask at once.
    pub async fn hash(&self, password: &str) -> Result<String, AppError> {
        let password = password.to_owned();
        self.in_turn(move || hashed(&password)).await?
    }

    async fn verify(&self, password: &str, hash: String) -> Result<bool, AppError> {
        if password.len() > MOST_BYTES {
            return Ok(false);
        }
        let password = password.to_owned();
        let verify = move || {
            let hash = PasswordHash::new(&hash);
            hash.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        };
        self.in_turn(verify).await
    }

    /// Does work that takes a processor, where it holds up nobody else.
    async fn in_turn<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, AppError> {
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| AppError::Busy)?.map_err(|_| AppError::Stopped)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| AppError::Fault("the hashing of a password"))
    }
}

/// Until when somebody reviews who is granted it now for so many days; none where they are not.
#[must_use]
pub fn reviews_until(grants: &[String], now: Instant, days: u32) -> Option<Instant> {
    let is_reviewer = grants.iter().any(|grant| grant == REVIEWER);
    is_reviewer.then(|| token::days_after(now, days))
}

/// Why a password cannot be an account's; nothing where it can.
#[must_use]
pub fn weakness(password: &str, name: &str) -> Option<Weak> {
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    match password.chars().count() {
        _ if password.len() > MOST_BYTES => Some(Weak::Long),
        length if length < FEWEST_CHARACTERS => Some(Weak::Short),
        _ if different.len() < 5 || lower.contains(&name.to_lowercase()) => Some(Weak::Plain),
        _ if is_common(password, name) => Some(Weak::Common),
        _ => None,
    }
}

/// Whether a password is guessed within a hundred million tries by who knows common passwords, words, names, dates and keyboards.
fn is_common(password: &str, name: &str) -> bool {
    let searched: String = password.chars().take(MOST_SEARCHED).collect();
    zxcvbn::zxcvbn(&searched, &[name, "wakeful"]).score() < zxcvbn::Score::Three
}

/// A secret for sign-in codes, as people type it.
///
/// # Errors
/// The system has no random numbers to give.
pub fn code_secret() -> Result<String, AppError> {
    let random = random()?;
    Ok(Secret::from(random[..20].to_vec()).to_base32())
}

/// What a program for sign-in codes reads: an address `otpauth:`.
#[must_use]
pub fn code_address(secret: &str, name: &str) -> Option<String> {
    totp(secret, name)?.to_url().ok()
}

fn totp(secret: &str, name: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    let builder = Builder::new().with_secret(secret).with_account_name(name.replace(':', " "));
    builder.with_issuer(Some("Wakeful")).build().ok()
}

/// The step of time whose code this is, now or just before or after.
fn step(totp: &Totp, code: &str, now: Instant) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.ms() / 1_000).ok()?;
    totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok())
}

/// 256 random bits.
pub(crate) fn random() -> Result<[u8; 32], AppError> {
    token::random().map_err(|_| AppError::Fault("the system's source of random numbers"))
}

fn hashed(password: &str) -> Result<String, AppError> {
    let wrong = |_| AppError::Fault("the hashing of a password");
    let salt = random()?;
    let hash: PasswordHash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt[..16]).map_err(wrong)?;
    Ok(hash.to_string())
}

/// What the password of an account that is not there is compared with.
fn nobodys_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hashed("nobody's").unwrap_or_default()).clone()
}

/// Under what an attempt was counted.
struct Counted {
    /// The browser, where it is known; then nothing else was counted.
    device: Option<String>,
    address: String,
    account: String,
    /// How many were counted at the account before.
    before: u32,
    /// Whether it is the last that is heard from the address for now.
    is_last: bool,
}

impl Counted {
    /// Counts an attempt; none where too many were.
    async fn of(store: &dyn Accounts, attempt: Attempt<'_>, now: Instant) -> Result<Option<Self>, AppError> {
        let name: String = attempt.name.chars().take(100).collect();
        let (address, account) = (format!("address:{}", attempt.address), format!("account:{name}"));
        let device = counted_of_known(store, attempt.device, attempt.name, now).await?;
        if device.is_some() {
            return Ok(Some(Self { device, address, account, before: 0, is_last: false }));
        }
        let Some(of_address) = store.count_try(&address, now, since(now), MOST_OF_ADDRESS).await? else {
            return Ok(None);
        };
        let number = store.count_try(&account, now, since(now), u32::MAX).await?;
        let before = number.unwrap_or(u32::MAX).saturating_sub(1);
        Ok(Some(Self { device, address, account, before, is_last: of_address == MOST_OF_ADDRESS }))
    }

    fn delay(&self) -> Duration {
        match self.before.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(more) => Duration::from_millis(250).saturating_mul(1 << more.min(8)).min(SLOWEST),
        }
    }

    /// The attempt succeeded. What failed at the account was perhaps this person; what failed from the address perhaps another.
    async fn forgive(&self, store: &dyn Accounts) -> Result<(), AppError> {
        match &self.device {
            Some(device) => store.forgive(device).await?,
            None => {
                store.take_back(&self.address).await?;
                store.forgive(&self.account).await?;
            }
        }
        Ok(())
    }

    /// Nobody came to look at the attempt.
    async fn take_back(&self, store: &dyn Accounts) -> Result<(), AppError> {
        match &self.device {
            Some(device) => store.take_back(device).await?,
            None => {
                store.take_back(&self.address).await?;
                store.take_back(&self.account).await?;
            }
        }
        Ok(())
    }
}

/// Counts a try of a browser that signed in to an account before, unless there were too many; says under what.
async fn counted_of_known(
    store: &dyn Accounts,
    device: Option<&str>,
    account: &str,
    now: Instant,
) -> Result<Option<String>, AppError> {
    let Some(hash) = device.map(token::hash) else { return Ok(None) };
    if !store.is_known_device(&hash, account).await? {
        return Ok(None);
    }
    let key = format!("device:{hash}:{account}");
    let number = store.count_try(&key, now, since(now), MOST_OF_DEVICE).await?;
    Ok(number.map(|_| key))
}

fn since(now: Instant) -> Instant {
    Instant::saturating(now.ms() - COUNTED_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_no_repetition() {
        assert_eq!(weakness("short", "reyes"), Some(Weak::Short));
        assert_eq!(weakness("abababababababab", "reyes"), Some(Weak::Plain));
        assert_eq!(weakness("my name is Reyes!", "reyes"), Some(Weak::Plain));
        assert_eq!(weakness(&"a b c d e f".repeat(200), "reyes"), Some(Weak::Long));
        assert_eq!(weakness("vier Äpfel im Korb", "reyes"), None);
    }

    #[test]
    fn a_common_password_is_none() {
        for common in [
            "password1234",
            "Passw0rd1234",
            "P@ssword1234!",
            "qwertyuiop123",
            "1q2w3e4r5t6y",
            "iloveyou1234",
            "1234567890ab",
            "abcdefghijkl",
            "liverpool1892",
            "wakefulwakeful",
            "september2026",
        ] {
            assert_eq!(weakness(common, "reyes"), Some(Weak::Common), "{common}");
        }
        for other in
            ["correct horse battery", "three small words, unlike", "a password for looking", "gT7-wqLp0-2xRe"]
        {
            assert_eq!(weakness(other, "reyes"), None, "{other}");
        }
        let long = "correct horse battery ".repeat(40);
        assert_eq!(weakness(&long, "reyes"), None, "one of 880 characters is searched no longer");
    }

    #[test]
    fn answers_come_the_slower_the_more_fail_and_never_not_at_all() {
        let delay = |before| {
            let (address, account) = (String::new(), String::new());
            Counted { device: None, address, account, before, is_last: false }.delay().as_millis()
        };
        assert_eq!([0, 4, 5, 6, 8, 9, 1_000].map(delay), [0, 0, 250, 500, 2_000, 4_000, 4_000]);
    }

    #[test]
    fn a_code_is_right_for_a_minute_and_a_half() {
        let secret = code_secret().unwrap();
        let totp = totp(&secret, "reyes").unwrap();
        let at = |seconds: i64| Instant::from_ms(seconds * 1_000).unwrap();
        let code = totp.generate(1_000_000_000).to_string();
        let when: Vec<i64> =
            (999_999_900..1_000_000_100).filter(|s| step(&totp, &code, at(*s)).is_some()).collect();
        assert_eq!((when[0], when.len()), (999_999_960, 90));
        assert_eq!(
            step(&totp, &format!("{} {}", &code[..3], &code[3..]), at(1_000_000_000)),
            Some(33_333_333)
        );
        assert_eq!(step(&totp, "", at(1_000_000_000)), None);
        let address = code_address(&secret, "reyes").unwrap();
        assert!(address.starts_with("otpauth://totp/Wakeful:reyes?secret="), "{address}");
    }

    #[test]
    fn a_hash_has_owasps_parameters() {
        assert!(hashed("a long password").unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
