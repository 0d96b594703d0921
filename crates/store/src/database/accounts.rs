//! What signing in asks, statement by statement.

use async_trait::async_trait;
use engine::time::Instant;

use super::store::{added_or_exists, rows, write};
use super::{Database, Pool, instant, joined, limit, on, parted, read};
use crate::{Account, Accounts, Draft, SecurityEntry, Session, StoreError};

/// Whose proposal somebody does not confirm: that of each account of the same officer as theirs.
macro_rules! not_of_ones_own {
    ($update:literal) => {
        concat!(
            $update,
            " AND proposed_by IS NOT NULL AND proposed_by <> $2 AND proposed_by NOT IN (SELECT own.name FROM accounts own \
            JOIN accounts me ON me.officer = own.officer WHERE me.name = $2)"
        )
    };
}

/// The columns of an account.
macro_rules! account_where {
    ($condition:literal) => {
        concat!(
            "SELECT name, officer, shown, grants, password, initial, code, subject, created_at, ended_at, \
            proposed_by, reviews_until FROM accounts ",
            $condition
        )
    };
}

#[async_trait]
impl Accounts for Database {
    async fn add_account(&self, account: &Account) -> Result<(), StoreError> {
        let sql = "INSERT INTO accounts (name, officer, shown, grants, password, initial, code, subject, created_at, ended_at, \
            proposed_by, reviews_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
        let ended = account.ended_at.map(|at| at.ms());
        let added = write!(
            self,
            sql,
            &account.name,
            &account.officer,
            &account.shown,
            joined(&account.grants),
            &account.password,
            account.initial,
            &account.code,
            &account.subject,
            account.created_at.ms(),
            ended,
            &account.proposed_by,
            account.reviews_until.map(|at| at.ms())
        );
        added_or_exists(added, "account", &account.name)
    }

    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        rows!(self, fetch_optional, account_where!("WHERE name = $1"), name).map(account).transpose()
    }

    async fn account_of_subject(&self, subject: &str) -> Result<Option<Account>, StoreError> {
        rows!(self, fetch_optional, account_where!("WHERE subject = $1"), subject).map(account).transpose()
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        read::all(rows!(self, fetch_all, account_where!("ORDER BY name")), account)
    }

    async fn set_password(
        &self,
        name: &str,
        hash: &str,
        initial: bool,
        proposed_by: Option<&str>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET password = $2, initial = $3, proposed_by = $4 WHERE name = $1";
        let is_there = write!(self, sql, name, hash, initial, proposed_by) > 0;
        self.end_sessions(name).await?;
        Ok(is_there)
    }

    async fn confirm_account(&self, name: &str, by: &str) -> Result<bool, StoreError> {
        let sql =
            not_of_ones_own!("UPDATE accounts SET proposed_by = NULL WHERE name = $1 AND ended_at IS NULL");
        Ok(write!(self, sql, name, by) > 0)
    }

    async fn confirm_token(&self, name: &str, by: &str) -> Result<bool, StoreError> {
        let sql =
            not_of_ones_own!("UPDATE tokens SET proposed_by = NULL WHERE name = $1 AND revoked_at IS NULL");
        Ok(write!(self, sql, name, by) > 0)
    }

    async fn set_code(&self, name: &str, secret: Option<&str>) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET code = $2, code_step = NULL WHERE name = $1";
        Ok(write!(self, sql, name, secret) > 0)
    }

    async fn set_grants(
        &self,
        name: &str,
        grants: &[String],
        reviews_until: Option<Instant>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET grants = $2, reviews_until = $3 WHERE name = $1";
        Ok(write!(self, sql, name, joined(grants), reviews_until.map(|at| at.ms())) > 0)
    }

    async fn use_code(&self, name: &str, step: i64) -> Result<bool, StoreError> {
        let sql =
            "UPDATE accounts SET code_step = $2 WHERE name = $1 AND (code_step IS NULL OR code_step < $2)";
        Ok(write!(self, sql, name, step) > 0)
    }

    async fn end_account(&self, name: &str, at: Instant) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET ended_at = $2 WHERE name = $1 AND ended_at IS NULL";
        let ended = write!(self, sql, name, at.ms()) > 0;
        self.end_sessions(name).await?;
        Ok(ended)
    }

    async fn put_session(&self, session: &Session, forget_before: Instant) -> Result<(), StoreError> {
        write!(self, "DELETE FROM sessions WHERE created_at < $1", forget_before.ms());
        let sql =
            "INSERT INTO sessions (hash, account, is_full, created_at, seen_at) VALUES ($1, $2, $3, $4, $5)";
        let (created, seen) = (session.created_at.ms(), session.seen_at.ms());
        write!(self, sql, &session.hash, &session.account, session.is_full, created, seen);
        Ok(())
    }

    async fn session(&self, hash: &str) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT hash, account, is_full, created_at, seen_at FROM sessions WHERE hash = $1";
        rows!(self, fetch_optional, sql, hash).map(session).transpose()
    }

    async fn see_session(&self, hash: &str, at: Instant) -> Result<(), StoreError> {
        write!(self, "UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2", hash, at.ms());
        Ok(())
    }

    async fn end_session(&self, hash: &str) -> Result<(), StoreError> {
        write!(self, "DELETE FROM sessions WHERE hash = $1", hash);
        Ok(())
    }

    async fn end_sessions(&self, account: &str) -> Result<u64, StoreError> {
        Ok(write!(self, "DELETE FROM sessions WHERE account = $1", account))
    }

    async fn know_device(&self, hash: &str, account: &str, at: Instant) -> Result<(), StoreError> {
        let sql = "INSERT INTO devices (hash, account, seen_at) VALUES ($1, $2, $3) \
            ON CONFLICT (hash, account) DO UPDATE SET seen_at = excluded.seen_at";
        write!(self, sql, hash, account, at.ms());
        Ok(())
    }

    async fn is_known_device(&self, hash: &str, account: &str) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM devices WHERE hash = $1 AND account = $2";
        let (number,): (i64,) = rows!(self, fetch_one, sql, hash, account);
        Ok(number > 0)
    }

    async fn count_try(
        &self,
        at_what: &str,
        at: Instant,
        since: Instant,
        most: u32,
    ) -> Result<Option<u32>, StoreError> {
        write!(self, "DELETE FROM failures WHERE begun_at < $1", since.ms());
        let sql = "INSERT INTO failures (at_what, number, begun_at) VALUES ($1, 1, $2) \
            ON CONFLICT (at_what) DO UPDATE SET \
            number = CASE WHEN failures.begun_at < $3 THEN 1 ELSE failures.number + 1 END, \
            begun_at = CASE WHEN failures.begun_at < $3 THEN excluded.begun_at ELSE failures.begun_at END \
            WHERE failures.number < $4 OR failures.begun_at < $3 RETURNING number";
        let _turn = self.short_turn().await?;
        let counted: Vec<(i64,)> = rows!(self, fetch_all, sql, at_what, at.ms(), since.ms(), i64::from(most));
        Ok(counted.first().map(|(number,)| u32::try_from(*number).unwrap_or(u32::MAX)))
    }

    async fn take_back(&self, at_what: &str) -> Result<(), StoreError> {
        write!(self, "UPDATE failures SET number = number - 1 WHERE at_what = $1 AND number > 0", at_what);
        Ok(())
    }

    async fn forgive(&self, at_what: &str) -> Result<(), StoreError> {
        write!(self, "DELETE FROM failures WHERE at_what = $1", at_what);
        Ok(())
    }

    async fn note_security(&self, entry: &SecurityEntry) -> Result<(), StoreError> {
        let sql = "INSERT INTO security_log (id, at, who, address, what, about, is_refused) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let SecurityEntry { id, at, who, address, what, about, is_refused } = entry;
        write!(self, sql, id, at.ms(), who, address, what, about, *is_refused);
        Ok(())
    }

    async fn security_log(&self, most: usize) -> Result<Vec<SecurityEntry>, StoreError> {
        let sql = "SELECT id, at, who, address, what, about, is_refused FROM security_log \
            ORDER BY id DESC LIMIT $1";
        read::all(rows!(self, fetch_all, sql, limit(most)), security_entry)
    }

    async fn put_draft(&self, draft: &Draft) -> Result<(), StoreError> {
        let sql = "INSERT INTO drafts (id, account, journey, answers, kept_at) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (id) DO UPDATE SET answers = excluded.answers, kept_at = excluded.kept_at \
            WHERE drafts.account = excluded.account";
        write!(self, sql, &draft.id, &draft.account, &draft.journey, &draft.answers, draft.kept_at.ms());
        Ok(())
    }

    async fn draft(&self, account: &str, id: &str) -> Result<Option<Draft>, StoreError> {
        let sql = "SELECT id, account, journey, answers, kept_at FROM drafts WHERE account = $1 AND id = $2";
        rows!(self, fetch_optional, sql, account, id).map(draft).transpose()
    }

    async fn drafts(&self, account: &str) -> Result<Vec<Draft>, StoreError> {
        let sql = "SELECT id, account, journey, answers, kept_at FROM drafts WHERE account = $1 \
            ORDER BY kept_at DESC, id";
        read::all(rows!(self, fetch_all, sql, account), draft)
    }

    async fn drop_draft(&self, account: &str, id: &str) -> Result<(), StoreError> {
        write!(self, "DELETE FROM drafts WHERE account = $1 AND id = $2", account, id);
        Ok(())
    }
}

type AccountRow = (
    String,
    String,
    String,
    String,
    Option<String>,
    bool,
    Option<String>,
    Option<String>,
    i64,
    Option<i64>,
    Option<String>,
    Option<i64>,
);

fn account(row: AccountRow) -> Result<Account, StoreError> {
    let (name, officer, shown, grants, password, initial, code, subject, created, ended, proposed_by, until) =
        row;
    let (grants, created_at) = (parted(&grants)?, instant(created)?);
    let ended_at = ended.map(instant).transpose()?;
    Ok(Account {
        name,
        officer,
        shown,
        grants,
        password,
        initial,
        code,
        subject,
        created_at,
        ended_at,
        proposed_by,
        reviews_until: until.map(instant).transpose()?,
    })
}

fn session(
    (hash, account, is_full, created, seen): (String, String, bool, i64, i64),
) -> Result<Session, StoreError> {
    Ok(Session { hash, account, is_full, created_at: instant(created)?, seen_at: instant(seen)? })
}

type SecurityRow = (String, i64, Option<String>, Option<String>, String, Option<String>, bool);

fn security_entry(row: SecurityRow) -> Result<SecurityEntry, StoreError> {
    let (id, at, who, address, what, about, is_refused) = row;
    Ok(SecurityEntry { id, at: instant(at)?, who, address, what, about, is_refused })
}

fn draft(
    (id, account, journey, answers, kept): (String, String, String, String, i64),
) -> Result<Draft, StoreError> {
    Ok(Draft { id, account, journey, answers, kept_at: instant(kept)? })
}
