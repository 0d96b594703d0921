//! Messages against real servers: a mail server in Python (`scripts/tool aiosmtpd`), and receivers of webhooks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod gaps;
mod hook;
mod lanes;
mod mail;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app::Clock;
use app::notify::{MailServer, Post, Settings, Undelivered};
use engine::time::Instant;

/// A clock that stands where it is put.
struct Standing(AtomicI64);

impl Clock for Standing {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Long enough for a busy machine.
const PATIENT: Duration = Duration::from_secs(60);
/// Short enough to wait for in a test.
const IMPATIENT: Duration = Duration::from_millis(500);

fn post(mail: Option<MailServer>, trusted: &str, time_out: Duration) -> Post {
    Post::new(Settings { mail, trusted: trusted.to_owned(), time_out }).unwrap()
}

/// It failed, may be tried again, and says why.
fn for_now(result: Result<(), Undelivered>, why: &str) {
    let undelivered = result.unwrap_err();
    assert!(!undelivered.for_good && undelivered.error.contains(why), "{undelivered:?}, expected {why}");
}

/// It was refused once and for all, and says why.
fn for_good(result: Result<(), Undelivered>, why: &str) {
    let undelivered = result.unwrap_err();
    assert!(undelivered.for_good && undelivered.error.contains(why), "{undelivered:?}, expected {why}");
}

/// A certificate for 127.0.0.1 that signed itself, and its key, in PEM.
fn self_made() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}
