//! Accounts, tokens, contacts, calendars and webhooks.

mod account;

use app::security::{Deed, Doing};
use app::{Clock as _, History, HistoryQuery, SystemClock, token};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use store::{Contact, DeadQuery, Feed, Store as _, Webhook};

use super::args::{ContactArgs, DataArgs, NamedArgs, TokenArgs, UserArgs, UserCommand, WebhookArgs};
use super::open;
use crate::Outcome;
use crate::error::CliError;
use crate::terminal::{print, remark};
use crate::words::counted;

/// `wakeful user`
///
/// # Errors
/// What cannot be done.
pub fn run(args: &UserArgs) -> Result<Outcome, CliError> {
    open::block_on(async {
        match &args.command {
            UserCommand::Token(args) => make_token(args).await,
            UserCommand::Tokens(args) => list_tokens(args).await,
            UserCommand::Revoke(args) => revoke_token(args).await,
            UserCommand::Contact(args) => set_contact(args).await,
            UserCommand::Contacts(args) => list_contacts(args).await,
            UserCommand::Gaps(args) => list_gaps(args).await,
            UserCommand::Calendar(args) => make_feed(args).await,
            UserCommand::RevokeCalendar(args) => revoke_feeds(args).await,
            UserCommand::Webhook(args) => set_webhook(args).await,
            UserCommand::RemoveWebhook(args) => remove_webhook(args).await,
            UserCommand::Add(args) => account::add(args).await,
            UserCommand::Confirm(args) => account::confirm(args).await,
            UserCommand::Password(args) => account::password(args).await,
            UserCommand::Grant(args) => account::grant(args).await,
            UserCommand::End(args) => account::end(args).await,
            UserCommand::List(args) => account::list(args).await,
        }?;
        Ok(Outcome::Done)
    })
}

fn secret() -> Result<String, CliError> {
    Ok(token::secret(random()?))
}

/// 256 random bits.
pub(super) fn random() -> Result<[u8; 32], CliError> {
    let failed = |error| CliError::Live(format!("the system has no random numbers to give: {error}"));
    token::random().map_err(failed)
}

/// A name that is said in lists and stands in records.
fn refuse_name(name: &str) -> Result<(), CliError> {
    let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
    match bare.trim().is_empty() || name.chars().any(char::is_control) {
        true => {
            Err(CliError::Live(format!("`{}` is no name; write a word, such as `crm`", name.escape_debug())))
        }
        false => Ok(()),
    }
}

/// Notes in the security log what was done here.
async fn note(store: &store::Database, deed: Deed, about: &str) -> Result<(), CliError> {
    Ok(Doing::at_the_server(deed, about).done(store, SystemClock.now()).await?)
}

async fn make_token(args: &TokenArgs) -> Result<(), CliError> {
    refuse_name(&args.name)?;
    let store = open::open_there(&args.data).await?;
    let secret = secret()?;
    let token = token::token(&args.name, &args.scope, &secret, SystemClock.now(), args.days);
    store.put_token(&token).await?;
    note(&store, Deed::Token, &args.name).await?;
    if let Some(end) = token.ends_at {
        remark(&format!("it is good until {end}; make another before"));
    }
    print(&secret)
}

async fn list_tokens(args: &DataArgs) -> Result<(), CliError> {
    for token in open::open_there(args).await?.tokens().await? {
        let ends = token.ends_at.map_or_else(|| ", without end".to_owned(), |at| format!(", until {at}"));
        let waits = if token.proposed_by.is_some() { "  waits to be confirmed" } else { "" };
        print(&format!(
            "{}  {}  as {}, since {}{ends}{waits}",
            token.name,
            token.scopes.join(" "),
            token.records_as,
            token.created_at
        ))?;
    }
    Ok(())
}

async fn revoke_token(args: &NamedArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    match store.revoke_token(&args.name, SystemClock.now()).await? {
        true => {
            note(&store, Deed::TokenRevoked, &args.name).await?;
            remark("the token is revoked");
        }
        false => {
            return Err(CliError::Live(format!(
                "there is no valid token `{}`; `wakeful user tokens` lists them",
                args.name
            )));
        }
    }
    Ok(())
}

async fn set_contact(args: &ContactArgs) -> Result<(), CliError> {
    officer(&args.officer)?;
    if let Some(email) = args.email.as_deref().filter(|email| !email.contains('@')) {
        return Err(CliError::Live(format!("--email: `{email}` is no address; write `name@force.example`")));
    }
    let store = open::open_there(&args.data).await?;
    let administrator = args.administrator;
    let contact = Contact { officer: args.officer.clone(), email: args.email.clone(), administrator };
    store.put_contact(&contact).await?;
    let to_them = DeadQuery { recipient: Some(args.officer.clone()), ..DeadQuery::default() };
    let given_up: u64 = store.dead_groups(&to_them).await?.iter().map(|group| group.count).sum();
    if given_up > 0 && args.email.is_some() {
        remark(&format!(
            "{} to {officer} {were} given up; `wakeful outbox replay --all --to {officer}` sends them",
            counted(given_up, "letter"),
            were = if given_up == 1 { "was" } else { "were" },
            officer = args.officer
        ));
    }
    Ok(())
}

async fn list_contacts(args: &DataArgs) -> Result<(), CliError> {
    for contact in open::open_there(args).await?.contacts().await? {
        let administrator = if contact.administrator { "  administrator" } else { "" };
        let email = contact.email.as_deref().unwrap_or("no working address");
        print(&format!("{}  {email}{administrator}", contact.officer))?;
    }
    Ok(())
}

async fn list_gaps(args: &DataArgs) -> Result<(), CliError> {
    let store = open::open_there(args).await?;
    let reachable = app::reachable(&store.contacts().await?);
    let query = HistoryQuery { as_of: SystemClock.now(), known_by: None };
    let history = History::new(store);
    for gap in history.read(query, move |evaluation| app::gaps(evaluation, &reachable)).await? {
        let missing = match gap.without_contact.as_slice() {
            [] => "nobody holds the role".to_owned(),
            people => format!("no working contact: {}", people.join(", ")),
        };
        let duties = counted(gap.duties as u64, "duty");
        print(&format!("{}, step {}, to {}, ahead of {duties}: {missing}", gap.rule, gap.step, gap.to))?;
    }
    Ok(())
}

fn officer(name: &str) -> Result<(), CliError> {
    match name.starts_with("officer:") {
        true => Ok(()),
        false => {
            Err(CliError::Live(format!("`{name}` is no officer; write `officer:…`, as the record does")))
        }
    }
}

async fn make_feed(args: &NamedArgs) -> Result<(), CliError> {
    officer(&args.name)?;
    let store = open::open_there(&args.data).await?;
    let secret = secret()?;
    let feed = Feed { hash: token::hash(&secret), officer: args.name.clone(), created_at: SystemClock.now() };
    store.put_feed(&feed).await?;
    note(&store, Deed::Calendar, &args.name).await?;
    print(&format!("/calendar/{secret}.ics"))
}

async fn revoke_feeds(args: &NamedArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    let revoked = store.revoke_feeds(&args.name, SystemClock.now()).await?;
    note(&store, Deed::CalendarsRevoked, &args.name).await?;
    remark(&format!("{revoked} calendar links of {} are revoked", args.name));
    Ok(())
}

async fn set_webhook(args: &WebhookArgs) -> Result<(), CliError> {
    refuse_name(&args.name)?;
    if !args.url.starts_with("https://") && !args.url.starts_with("http://") {
        return Err(CliError::Live(format!("`{}` is no address of a webhook; write `https://…`", args.url)));
    }
    let store = open::open_there(&args.data).await?;
    let secret = format!("whsec_{}", STANDARD.encode(random()?));
    let hook = Webhook {
        name: args.name.clone(),
        url: args.url.clone(),
        secret: secret.clone(),
        heartbeat: args.heartbeat,
    };
    store.put_webhook(&hook).await?;
    note(&store, Deed::Webhook, &args.name).await?;
    print(&secret)
}

async fn remove_webhook(args: &NamedArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    match store.remove_webhook(&args.name).await? {
        true => note(&store, Deed::WebhookRemoved, &args.name).await,
        false => Err(CliError::Live(format!("there is no webhook `{}`", args.name))),
    }
}
