//! Administration: accounts, posts and cover, tokens, webhooks, letters that were given up, the watch, and the security log. For the grant
//! `administrator` alone, which lets nobody into a case.
//!
//! What lets somebody in (an account, a first password, a token) is in force once another administrator confirms it.

use app::access::Action;
use app::accounts::{GRANTS, MOST_REVIEW_DAYS, REVIEW_DAYS, Weak, reviews_until, weakness};
use app::security::{COMMAND_LINE, Deed};
use app::token::{self, Scope};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::time::Instant;
use serde::Serialize;
use serde_json::json;
use store::{Account, DeadQuery, Post, REVIEWER, StoreError, Token, Webhook};

use super::rows::{Shower, bare, words};
use super::sign_in::Caller;
use super::texts::{said, text};
use super::{Errors, Fields, Frame, PageError, SignedIn, csrf, done};
use crate::Served;
use crate::health::measure;

/// The parts, each a page of its own.
const PARTS: [&str; 7] = ["accounts", "posts", "tokens", "webhooks", "letters", "health", "security"];

/// How many letters are listed at most.
const MOST_LETTERS: usize = 200;

/// How many entries of the security log are listed at most.
const MOST_ENTRIES: usize = 200;

/// A table, and what may be done to each row.
#[derive(Debug, Default, Serialize)]
struct Table {
    head: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Default, Serialize)]
struct Row {
    cells: Vec<String>,
    actions: Vec<Act>,
}

/// A button: what it does, to what.
#[derive(Debug, Serialize)]
struct Act {
    text: String,
    does: &'static str,
    id: String,
}

fn act(does: &'static str, id: &str) -> Act {
    Act { text: text(&format!("admin-do-{does}")), does, id: id.to_owned() }
}

impl Table {
    fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|key| text(&format!("admin-head-{key}"))).collect(), rows: Vec::new() }
    }

    fn add(&mut self, cells: Vec<String>, actions: Vec<Act>) {
        self.rows.push(Row { cells, actions });
    }
}

/// The first part.
pub(crate) async fn first(
    served: State<Served>,
    frame: Frame,
    person: SignedIn,
) -> Result<Response, PageError> {
    part(served, frame, person, Path("accounts".to_owned())).await
}

/// One part.
pub(crate) async fn part(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path(part): Path<String>,
) -> Result<Response, PageError> {
    person.needs(Action::Administer)?;
    shown(&served, &frame, &part, &Fields::default(), Errors::default(), None).await
}

/// A part, with what is to be shown once.
async fn shown(
    served: &Served,
    frame: &Frame,
    part: &str,
    fields: &Fields,
    errors: Errors,
    secret: Option<&str>,
) -> Result<Response, PageError> {
    let table = match part {
        "accounts" => accounts(served, frame).await?,
        "posts" => posts(served).await?,
        "tokens" => tokens(served, frame).await?,
        "webhooks" => webhooks(served).await?,
        "letters" => letters(served).await?,
        "health" => health(served).await?,
        "security" => security(served).await?,
        _ => return Err(PageError::NotFound),
    };
    let parts = PARTS.iter().map(|other| {
        json!({ "text": text(&format!("admin-{other}")), "href": format!("/admin/{other}"), "active": *other == part })
    });
    let status = errors.status();
    let page = errors.with(json!({
        "part": part,
        "parts": parts.collect::<Vec<_>>(),
        "table": table,
        "none": text(&format!("admin-none-{part}")),
        "secret": secret,
        "grants": GRANTS.map(|grant| json!({ "value": grant, "text": text(&format!("grant-{grant}")), "checked": fields.all("grant").any(|given| given == grant) })),
        "scopes": Scope::ALL.map(|scope| json!({ "value": scope.word(), "text": scope.meaning() })),
        "name": fields.get("name"),
        "officer": fields.get("officer"),
        "shown": fields.get("shown"),
        "url": fields.get("url"),
        "days": given_or(fields.get("days"), token::DAYS),
        "review_days": given_or(fields.get("review-days"), REVIEW_DAYS),
    }));
    Ok((status, frame.page("admin.njk", &text(&format!("admin-{part}")), page)?).into_response())
}

/// What was given, or else a number of days.
fn given_or(given: &str, days: u32) -> String {
    if given.is_empty() { days.to_string() } else { given.to_owned() }
}

/// What the page says of something that waits for another administrator.
fn waiting(proposed_by: Option<&str>) -> Option<String> {
    proposed_by.map(|by| said("admin-waits", &[("by", by.into())]))
}

/// The button that confirms what another administrator proposed.
fn confirm(frame: &Frame, proposed_by: Option<&str>, name: &str) -> Option<Act> {
    let me = frame.person.as_ref().map(|person| person.account.as_str());
    proposed_by.filter(|by| Some(*by) != me).map(|_| act("confirm", name))
}

async fn accounts(served: &Served, frame: &Frame) -> Result<Table, PageError> {
    let shower = Shower::new(served).await?;
    let mut table = Table::new(&["name", "shown", "officer", "grants", "way", "state"]);
    for account in served.sign_ins.store().accounts().await? {
        let way = match (&account.subject, &account.code) {
            (Some(_), _) => "admin-way-elsewhere",
            (None, Some(_)) => "admin-way-codes",
            (None, None) => "admin-way-password",
        };
        let mut actions = Vec::new();
        let proposed_by = account.proposed_by.as_deref();
        if account.ended_at.is_none() {
            actions.extend(confirm(frame, proposed_by, &account.name));
            actions.push(act("sessions", &account.name));
            if account.password.is_some() {
                actions.push(act("password", &account.name));
            }
            if account.code.is_some() {
                actions.push(act("codes", &account.name));
            }
            actions.push(act("end", &account.name));
        }
        let grants = granted(&shower, &account, served.clock.now());
        let ended = account.ended_at.map(|at| said("admin-ended", &[("when", shower.when.near(at).into())]));
        let state = ended.or_else(|| waiting(proposed_by)).unwrap_or_else(|| text("admin-in-force"));
        table.add(vec![account.name, account.shown, account.officer, grants, text(way), state], actions);
    }
    Ok(table)
}

/// What an account is granted, and of a reviewer until when.
fn granted(shower: &Shower, account: &Account, now: Instant) -> String {
    let one = |grant: &String| {
        let named = text(&format!("grant-{grant}"));
        let until = |at: Instant| {
            let key = if at <= now { "admin-reviewed-until" } else { "admin-reviews-until" };
            said(key, &[("grant", named.clone().into()), ("when", shower.when.full(at).into())])
        };
        match account.reviews_until {
            _ if grant != REVIEWER => named.clone(),
            Some(at) => until(at),
            None => said("admin-reviews-without-end", &[("grant", named.clone().into())]),
        }
    };
    account.grants.iter().map(one).collect::<Vec<_>>().join(", ")
}

async fn posts(served: &Served) -> Result<Table, PageError> {
    let shower = Shower::new(served).await?;
    let mut table = Table::new(&["officer", "post", "rank", "team", "agency", "manager"]);
    for post in served.store.posts().await? {
        let Post { officer, is_cover, role, rank, team, agency, manager } = post;
        let role = role.as_deref().map(words).unwrap_or_default();
        let role = if is_cover { format!("{role} ({})", text("admin-cover")) } else { role };
        let rank = rank.as_deref().map(words).unwrap_or_default();
        let team = team.as_deref().map(bare).unwrap_or_default().to_owned();
        let agency = agency.as_deref().map(words).unwrap_or_default();
        let manager = manager.map(|manager| shower.name(&manager)).unwrap_or_default();
        table.add(vec![shower.name(&officer), role, rank, team, agency, manager], Vec::new());
    }
    Ok(table)
}

async fn tokens(served: &Served, frame: &Frame) -> Result<Table, PageError> {
    let shower = Shower::new(served).await?;
    let mut table = Table::new(&["name", "scopes", "records-as", "made", "ends", "state"]);
    for token in served.store.tokens().await? {
        let proposed_by = token.proposed_by.as_deref();
        let mut actions: Vec<Act> = confirm(frame, proposed_by, &token.name).into_iter().collect();
        actions.push(act("revoke", &token.name));
        let made = shower.when.near(token.created_at);
        let ends = token.ends_at.map_or_else(|| text("admin-no-end"), |at| shower.when.day(at));
        let has_ended = token::has_ended(&token, served.clock.now());
        let in_force = if has_ended { "admin-has-ended" } else { "admin-in-force" };
        let state = waiting(proposed_by).unwrap_or_else(|| text(in_force));
        table.add(vec![token.name, token.scopes.join(", "), token.records_as, made, ends, state], actions);
    }
    Ok(table)
}

async fn webhooks(served: &Served) -> Result<Table, PageError> {
    let mut table = Table::new(&["name", "url", "heartbeat"]);
    for hook in served.store.webhooks().await? {
        let actions = vec![act("remove", &hook.name)];
        let heartbeat = text(if hook.heartbeat { "yes" } else { "no" });
        table.add(vec![hook.name, hook.url, heartbeat], actions);
    }
    Ok(table)
}

async fn letters(served: &Served) -> Result<Table, PageError> {
    let shower = Shower::new(served).await?;
    let mut table = Table::new(&["made", "channel", "recipient", "attempts", "reason"]);
    for letter in served.store.dead_letters(&DeadQuery::default(), None, MOST_LETTERS).await? {
        let message = letter.message;
        let actions = vec![act("replay", &message.id), act("drop", &message.id)];
        let (made, attempts) = (shower.when.near(message.at), letter.attempts.to_string());
        let reason = letter.error.unwrap_or_default();
        table.add(vec![made, message.channel, message.recipient, attempts, reason], actions);
    }
    Ok(table)
}

async fn health(served: &Served) -> Result<Table, PageError> {
    let shower = Shower::new(served).await?;
    let (body, own) = (measure(served).await, served.recorder.health());
    let mut table = Table::new(&["what", "how"]);
    let mut say =
        |key: &str, how: String| table.add(vec![text(&format!("admin-health-{key}")), how], Vec::new());
    say("status", body.status.to_string());
    say("events", body.seq.to_string());
    say("watched", body.watched.to_string());
    say("waiting", body.messages_waiting.to_string());
    say("dead", body.messages_dead.to_string());
    say("last", own.last_ok.map(|at| shower.when.near(at)).unwrap_or_default());
    say("error", body.problems.join("; "));
    for node in served.store.nodes().await? {
        table.add(vec![node.node, shower.when.near(node.at)], Vec::new());
    }
    Ok(table)
}

async fn security(served: &Served) -> Result<Table, PageError> {
    let shower = Shower::new(served).await?;
    let mut table = Table::new(&["when", "who", "from", "deed", "about", "outcome"]);
    for entry in served.sign_ins.store().security_log(MOST_ENTRIES).await? {
        let who = entry.who.unwrap_or_else(|| text("admin-who-nobody"));
        let from = entry.address.unwrap_or_else(|| text("admin-from-server"));
        let deed = text(&format!("deed-{}", entry.what));
        let outcome = text(if entry.is_refused { "admin-outcome-refused" } else { "admin-outcome-done" });
        let about = entry.about.unwrap_or_default();
        table.add(vec![shower.when.full(entry.at), who, from, deed, about, outcome], Vec::new());
    }
    Ok(table)
}

/// An administrator at work.
struct Desk {
    served: Served,
    frame: Frame,
    person: SignedIn,
    caller: Caller,
}

impl Desk {
    /// The account that is at work.
    fn me(&self) -> &str {
        &self.person.account().name
    }

    /// Notes what another administrator has to confirm, and writes to the others.
    async fn propose(&self, deed: Deed, about: &str) -> Result<(), PageError> {
        self.note(deed, about).await?;
        let (store, now) = (&*self.served.store, self.served.clock.now());
        app::tell_unconfirmed(store, self.person.officer(), now).await?;
        Ok(())
    }

    /// Notes what was done.
    async fn note(&self, deed: Deed, about: &str) -> Result<(), PageError> {
        let doing = self.caller.doing(self.me(), deed, Some(about));
        Ok(doing.done(self.served.sign_ins.store(), self.served.clock.now()).await?)
    }

    async fn shown(
        &self,
        part: &str,
        fields: &Fields,
        errors: Errors,
        secret: Option<&str>,
    ) -> Result<Response, PageError> {
        shown(&self.served, &self.frame, part, fields, errors, secret).await
    }
}

/// Does something to a row.
pub(crate) async fn act_on(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    caller: Caller,
    Path(part): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    person.needs(Action::Administer)?;
    let desk = Desk { served, frame, person, caller };
    match (part.as_str(), fields.get("does")) {
        ("accounts", "password") => return first_password(&desk, &fields).await,
        ("accounts", "add") => return add_account(&desk, &fields).await,
        ("tokens", "add") => return add_token(&desk, &fields).await,
        ("webhooks", "add") => return add_webhook(&desk, &fields).await,
        (part, "confirm") => return confirmed(&desk, part, fields.get("id")).await,
        ("letters", does) => act_on_letter(&desk, does, fields.get("id")).await?,
        (part, does) => change(&desk, part, does, fields.get("id")).await?,
    }
    done(&desk.served, &format!("/admin/{part}"), "said-changed")
}

/// Puts into force what another administrator proposed.
async fn confirmed(desk: &Desk, part: &str, id: &str) -> Result<Response, PageError> {
    let people = desk.served.sign_ins.store();
    let (is_done, deed) = match part {
        "accounts" => (people.confirm_account(id, desk.me()).await?, Deed::AccountConfirmed),
        "tokens" => (people.confirm_token(id, desk.me()).await?, Deed::TokenConfirmed),
        _ => return Err(PageError::Bad),
    };
    let said = match is_done {
        true => {
            desk.note(deed, id).await?;
            "said-confirmed"
        }
        false => "said-not-confirmed",
    };
    done(&desk.served, &format!("/admin/{part}"), said)
}

/// Changes what is there, and notes it where there was something to change.
async fn change(desk: &Desk, part: &str, does: &str, id: &str) -> Result<(), PageError> {
    let (store, people, now) = (&desk.served.store, desk.served.sign_ins.store(), desk.served.clock.now());
    let (is_done, deed) = match (part, does) {
        ("accounts", "sessions") => (people.end_sessions(id).await? > 0, Deed::SessionsEnded),
        ("accounts", "end") => (people.end_account(id, now).await?, Deed::AccountEnded),
        ("accounts", "codes") => (people.set_code(id, None).await?, Deed::CodesTaken),
        ("tokens", "revoke") => (store.revoke_token(id, now).await?, Deed::TokenRevoked),
        ("webhooks", "remove") => (store.remove_webhook(id).await?, Deed::WebhookRemoved),
        _ => return Err(PageError::Bad),
    };
    if is_done { desk.note(deed, id).await } else { Ok(()) }
}

async fn act_on_letter(desk: &Desk, does: &str, id: &str) -> Result<(), PageError> {
    let one = DeadQuery { id: Some(id.to_owned()), ..DeadQuery::default() };
    let (store, now) = (&desk.served.store, desk.served.clock.now());
    match does {
        "replay" => _ = store.replay(&one, now).await?,
        "drop" => _ = store.drop_dead(&one, now).await?,
        _ => return Err(PageError::Bad),
    }
    Ok(())
}

/// Gives somebody another first password.
async fn first_password(desk: &Desk, fields: &Fields) -> Result<Response, PageError> {
    let (first, id) = (csrf::secret()?, fields.get("id"));
    let first = first.get(..24).unwrap_or_default();
    if !desk.served.sign_ins.set_first_password(id, first, Some(desk.me())).await? {
        return Err(PageError::NotFound);
    }
    desk.propose(Deed::FirstPassword, id).await?;
    desk.shown("accounts", fields, Errors::default(), Some(first)).await
}

async fn add_account(desk: &Desk, fields: &Fields) -> Result<Response, PageError> {
    let (name, officer) = (fields.get("name"), fields.get("officer"));
    let mut errors = named(name);
    if officer.strip_prefix("officer:").is_none_or(str::is_empty) {
        errors.add("officer", text("admin-officer-wrong"));
    }
    let first = csrf::secret()?;
    let first = first.get(..24).unwrap_or_default();
    if weakness(first, name) == Some(Weak::Plain) {
        errors.add("name", text("admin-name-wrong"));
    }
    let grants = GRANTS.into_iter().filter(|grant| fields.all("grant").any(|given| given == *grant));
    let mut grants: Vec<String> = grants.map(ToOwned::to_owned).collect();
    grants.sort();
    let days: Option<u32> = fields.get("review-days").parse().ok();
    let days = days.filter(|days| (1..=MOST_REVIEW_DAYS).contains(days));
    let now = desk.served.clock.now();
    let reviews_until = days.and_then(|days| reviews_until(&grants, now, days));
    if days.is_none() && grants.iter().any(|grant| grant == REVIEWER) {
        errors.add("review-days", said("admin-days-wrong", &[("most", MOST_REVIEW_DAYS.into())]));
    }
    if errors.is_empty() {
        let shown = Some(fields.get("shown")).filter(|shown| !shown.is_empty()).unwrap_or(name);
        let account = Account {
            name: name.to_owned(),
            officer: officer.to_owned(),
            shown: shown.to_owned(),
            grants,
            password: Some(desk.served.sign_ins.hash(first).await?),
            initial: true,
            code: None,
            subject: None,
            created_at: now,
            ended_at: None,
            proposed_by: Some(desk.me().to_owned()),
            reviews_until,
        };
        if is_new(desk.served.sign_ins.store().add_account(&account).await, &mut errors)? {
            desk.propose(Deed::Account, name).await?;
            return desk.shown("accounts", &Fields::default(), errors, Some(first)).await;
        }
    }
    desk.shown("accounts", fields, errors, None).await
}

async fn add_token(desk: &Desk, fields: &Fields) -> Result<Response, PageError> {
    let name = fields.get("name");
    let mut errors = named(name);
    let scopes: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|scope| fields.all("scope").any(|given| given == scope.word()))
        .collect();
    if scopes.is_empty() {
        errors.add("scope", text("admin-scope-missing"));
    }
    let days: Option<u32> = fields.get("days").parse().ok();
    let days = days.filter(|days| (1..=token::MOST_DAYS).contains(days)).unwrap_or_else(|| {
        errors.add("days", said("admin-days-wrong", &[("most", token::MOST_DAYS.into())]));
        token::DAYS
    });
    if errors.is_empty() {
        let secret = token::secret(token::random().map_err(|_| PageError::Fault)?);
        let token = Token {
            proposed_by: Some(desk.me().to_owned()),
            ..token::token(name, &scopes, &secret, desk.served.clock.now(), days)
        };
        if is_new(desk.served.store.put_token(&token).await, &mut errors)? {
            desk.propose(Deed::Token, name).await?;
            return desk.shown("tokens", &Fields::default(), errors, Some(&secret)).await;
        }
    }
    desk.shown("tokens", fields, errors, None).await
}

async fn add_webhook(desk: &Desk, fields: &Fields) -> Result<Response, PageError> {
    let (name, url) = (fields.get("name"), fields.get("url"));
    let mut errors = named(name);
    if !url.starts_with("https://") && !url.starts_with("http://") {
        errors.add("url", text("admin-url-wrong"));
    }
    if !errors.is_empty() {
        return desk.shown("webhooks", fields, errors, None).await;
    }
    let random = token::random().map_err(|_| PageError::Fault)?;
    let secret = format!("whsec_{}", STANDARD.encode(random));
    let heartbeat = !fields.get("heartbeat").is_empty();
    let hook = Webhook { name: name.to_owned(), url: url.to_owned(), secret: secret.clone(), heartbeat };
    desk.served.store.put_webhook(&hook).await?;
    desk.note(Deed::Webhook, name).await?;
    desk.shown("webhooks", &Fields::default(), errors, Some(&secret)).await
}

/// What is wrong with a name that is said in lists and stands in records.
fn named(name: &str) -> Errors {
    let is_text = !name.is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
    let is_name = is_text && name != COMMAND_LINE;
    if is_name { Errors::default() } else { Errors::of("name", text("admin-name-wrong")) }
}

/// Whether something was added; else its name is taken.
fn is_new(added: Result<(), StoreError>, errors: &mut Errors) -> Result<bool, PageError> {
    match added {
        Ok(()) => Ok(true),
        Err(StoreError::Exists { .. }) => {
            errors.add("name", text("admin-name-taken"));
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_has_its_words() {
        for deed in Deed::ALL {
            let key = format!("deed-{}", deed.word());
            assert!(crate::pages::texts::find(&key, &[]).is_ok(), "{key}");
        }
    }
}
