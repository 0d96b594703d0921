//! What can be written after the commands of the live system.

use std::net::SocketAddr;
use std::path::PathBuf;

use app::token::Scope;
use clap::Subcommand;
use clap::builder::{PossibleValue, PossibleValuesParser, RangedI64ValueParser, TypedValueParser};

/// Where the live system keeps everything.
#[derive(Debug, clap::Args)]
pub struct DataArgs {
    /// The folder that holds the record, on SQLite; made where a command begins one
    #[arg(long, value_name = "DIR", required_unless_present = "database")]
    pub data: Option<PathBuf>,

    /// Keep the record in PostgreSQL; then there is nothing in a folder
    #[arg(long, value_name = "URL", env = "WAKEFUL_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

/// `wakeful serve`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  On this machine alone, with everything in one folder:
    wakeful serve --data data --policy policies/england

  On PostgreSQL; any number of these may run side by side:
    wakeful serve --policy policies/england --database postgres://wakeful_app@localhost/wakeful

The policies are put into force where none is. Later versions come into force by `wakeful policy activate`.")]
pub struct ServeArgs {
    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,

    /// A policy, a file or a folder of *.toml; given several times, versions of one policy
    #[arg(long, value_name = "PATH", required = true)]
    pub policy: Vec<PathBuf>,

    /// Where to listen; an address that is reached from outside this machine needs --base-url https://…
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// How this node is called among those that share a database [default: the machine's name and some random digits]
    #[arg(long, value_name = "NAME")]
    pub node: Option<String>,

    /// Under which address people reach the server [default: from --listen]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,

    /// Let people sign in at this provider of OpenID Connect, named as its tokens name it; their accounts have its subject
    #[arg(long, value_name = "URL", env = "WAKEFUL_OIDC_ISSUER", requires_all = ["oidc_client", "oidc_secret_file", "base_url"])]
    pub oidc_issuer: Option<String>,

    /// The name of this server with the provider
    #[arg(long, value_name = "ID", env = "WAKEFUL_OIDC_CLIENT")]
    pub oidc_client: Option<String>,

    /// A file with this server's secret with the provider, on its first line
    #[arg(long, value_name = "FILE", env = "WAKEFUL_OIDC_SECRET_FILE")]
    pub oidc_secret_file: Option<PathBuf>,

    /// Have everybody who signs in with a password set up sign-in codes too; they always may
    #[arg(long)]
    pub require_codes: bool,

    /// Show the paragraphs of a text file, one a line, to those who come to sign in
    #[arg(long, value_name = "FILE")]
    pub notice: Option<PathBuf>,

    /// Take the address of who asks from the last entry of `X-Forwarded-For`; only where a proxy of yours sets it
    #[arg(long)]
    pub behind_proxy: bool,

    /// Send letters by this server: smtp://HOST:PORT (with STARTTLS), smtps://USER:PASSWORD@HOST, or on this machine
    /// smtp://127.0.0.1:25?tls=none [default: letters wait]
    #[arg(long, value_name = "URL", env = "WAKEFUL_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,

    /// Trust the certificates in this file (PEM), beside the system's, of the mail server and of webhooks
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,

    /// From whom notifications come
    #[arg(long, value_name = "ADDRESS", default_value = "wakeful@localhost")]
    pub mail_from: String,

    /// Tell nobody: letters and calls of webhooks wait, as when a backup is tried out
    #[arg(long)]
    pub no_notifications: bool,

    /// How often to compare what is kept of duties with what the log says, in hours; 0 for never
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub audit_every: u64,

    /// Make what is kept of duties anew from the log before anything else
    #[arg(long)]
    pub rebuild: bool,

    /// Record the .jsonl and .csv files that appear in this folder, and move each to `done` or `rejected` in it
    #[arg(long, value_name = "DIR")]
    pub watch_folder: Option<PathBuf>,

    /// How the columns of CSV in the watched folder become events
    #[arg(long, value_name = "FILE", requires = "watch_folder")]
    pub mapping: Option<PathBuf>,
}

/// `wakeful import`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  Records of another system, once or again and again; what is there already is not added twice:
    wakeful import events.jsonl --data data
    wakeful import export.csv --mapping crm.toml --source crm --data data

Keeps the source's own times and names. All is recorded, or with a bad row nothing; with --rejects the good rows are.")]
pub struct ImportArgs {
    /// The records: .jsonl, .csv (with --mapping) or .xes, each also as .gz; `-` is standard input
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,

    /// How the inputs are read.
    #[command(flatten)]
    pub input: crate::args::InputArgs,

    /// Put this policy into force where none is
    #[arg(long, value_name = "PATH")]
    pub policy: Vec<PathBuf>,
}

/// `wakeful export`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful export --data data --out events.jsonl")]
pub struct ExportArgs {
    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,

    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `wakeful backup`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful backup --data data --out wakeful-2026-11-28.backup

May run while the server does. The file can be restored to either kind of database. It holds the record: keep it as safe.")]
pub struct BackupArgs {
    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,

    /// Write to this file, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// `wakeful restore`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful restore wakeful-2026-11-28.backup --data fresh

The database must be empty. A file that is not whole changes nothing.")]
pub struct RestoreArgs {
    /// What `wakeful backup` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Where everything is to be kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful database`
#[derive(Debug, clap::Args)]
pub struct DatabaseArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DatabaseCommand,
}

/// What to do with a database of PostgreSQL.
#[derive(Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Make the tables where they are missing, and let a role use them that can change nothing recorded
    Grant(GrantArgs),
}

/// `wakeful database grant`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful database grant wakeful_app --database postgres://wakeful_owner@localhost/wakeful

Run it as the role that owns the database, once at first and once with each new version; the server runs as the other.")]
pub struct GrantArgs {
    /// The role as which the server runs; it must be there
    #[arg(value_name = "ROLE")]
    pub role: String,

    /// The database, as the role that owns it
    #[arg(long, value_name = "URL", env = "WAKEFUL_DATABASE", hide_env_values = true)]
    pub database: String,
}

/// `wakeful user`
#[derive(Debug, clap::Args)]
pub struct UserArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: UserCommand,
}

/// What to do with those who use the live system.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a token for a program, and print it once
    Token(TokenArgs),
    /// List the tokens that are valid
    Tokens(DataArgs),
    /// Revoke a token
    Revoke(NamedArgs),
    /// Set how an officer is reached, in place of what was set before
    Contact(ContactArgs),
    /// List how officers are reached
    Contacts(DataArgs),
    /// List the steps ahead that would reach nobody, or somebody without a working contact
    Gaps(DataArgs),
    /// Make a link under which an officer's calendar program finds what they owe, and print it once
    Calendar(NamedArgs),
    /// Revoke all calendar links of an officer
    RevokeCalendar(NamedArgs),
    /// Set where another system is told of each step that is raised, and print what its messages are signed with
    Webhook(WebhookArgs),
    /// Take a webhook away
    RemoveWebhook(NamedArgs),
    /// Add an account for a person, and print its first password once
    Add(AddArgs),
    /// Confirm an account or first password that an administrator made in the pages, where no other is there to
    Confirm(NamedArgs),
    /// Give an account another first password, and print it once; every session of it ends
    Password(PasswordArgs),
    /// Say what an account is granted, in place of what was granted before
    Grant(GrantedArgs),
    /// End an account and its sessions; what the person recorded stays
    End(NamedArgs),
    /// List the accounts
    List(DataArgs),
}

/// A grant: what no register knows of a person.
fn grants() -> PossibleValuesParser {
    PossibleValuesParser::new(app::accounts::GRANTS)
}

fn review_days() -> RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(app::accounts::MOST_REVIEW_DAYS))
}

/// `wakeful user add`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful user add reyes --officer officer:o4 --shown \"DS A. Reyes\" --data data
    wakeful user add admin --officer officer:o1 --grant administrator --data data

The person chooses a password of their own when they first sign in. What they are (role, rank, team) comes from the
registers in the record; only what no register knows is granted here.")]
pub struct AddArgs {
    /// The name to sign in with
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Who they are in the record: officer:…
    #[arg(long, value_name = "OFFICER")]
    pub officer: String,

    /// Their name as pages show it [default: the name to sign in with]
    #[arg(long, value_name = "NAME")]
    pub shown: Option<String>,

    /// What they are granted; may be given several times
    #[arg(long, value_name = "GRANT", value_parser = grants())]
    pub grant: Vec<String>,

    /// For how many days a reviewer reviews [default: 90]
    #[arg(long, value_name = "DAYS", value_parser = review_days())]
    pub review_days: Option<u32>,

    /// Who they are to the provider of OpenID Connect: its issuer, a space, and its `sub`; then there is no password
    #[arg(long, value_name = "SUBJECT", conflicts_with = "password_file")]
    pub subject: Option<String>,

    /// Take the first password from the first line of a file [default: one is made]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,

    /// Do not ask for another password at the first sign-in, as for a demonstration
    #[arg(long, requires = "password_file")]
    pub keep_password: bool,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful user password`
#[derive(Debug, clap::Args)]
pub struct PasswordArgs {
    /// The name to sign in with
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Take the password from the first line of a file [default: one is made]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,

    /// Take the sign-in codes away too, as for a lost phone
    #[arg(long)]
    pub reset_codes: bool,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful user grant`
#[derive(Debug, clap::Args)]
pub struct GrantedArgs {
    /// The name to sign in with
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What they are granted; none takes all grants away
    #[arg(long, value_name = "GRANT", value_parser = grants())]
    pub grant: Vec<String>,

    /// For how many days from now a reviewer reviews [default: as long as before, or 90]
    #[arg(long, value_name = "DAYS", value_parser = review_days())]
    pub review_days: Option<u32>,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Reads the word of a scope.
fn scopes() -> impl TypedValueParser<Value = Scope> {
    let values = Scope::ALL.map(|scope| PossibleValue::new(scope.word()).help(scope.meaning()));
    PossibleValuesParser::new(values).try_map(|word| {
        let scope = Scope::ALL.into_iter().find(|scope| scope.word() == word);
        scope.ok_or("it is no scope")
    })
}

/// `wakeful user token`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful user token crm --scope events:write --scope read --data data

Send it as `Authorization: Bearer …`. It is not kept, only its hash: whoever loses it makes another.")]
pub struct TokenArgs {
    /// Its name: `officer:…` or `system:…` records as that, any other as a system of that name
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What it may do
    #[arg(long, value_parser = scopes(), required = true)]
    pub scope: Vec<Scope>,

    /// For how many days it is good
    #[arg(long, value_name = "N", default_value_t = app::token::DAYS, value_parser = clap::value_parser!(u32).range(1..=i64::from(app::token::MOST_DAYS)))]
    pub days: u32,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// A command about something of a name.
#[derive(Debug, clap::Args)]
pub struct NamedArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful user contact`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful user contact officer:d1 --email d1@force.example --data data
    wakeful user contact officer:d1 --none --data data
    wakeful user contact officer:a1 --email a1@force.example --administrator --data data")]
pub struct ContactArgs {
    /// The officer, `officer:…`
    #[arg(value_name = "OFFICER")]
    pub officer: String,

    /// Their address
    #[arg(long, value_name = "ADDRESS", required_unless_present = "none")]
    pub email: Option<String>,

    /// There is no working one
    #[arg(long, conflicts_with = "email")]
    pub none: bool,

    /// They keep the registers and addresses: they are written to where a step ahead would not reach everybody
    #[arg(long, conflicts_with = "none")]
    pub administrator: bool,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful user webhook`
#[derive(Debug, clap::Args)]
pub struct WebhookArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Where it is
    #[arg(value_name = "URL")]
    pub url: String,

    /// Tell it of each heartbeat of the watch, too
    #[arg(long)]
    pub heartbeat: bool,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful outbox`
#[derive(Debug, clap::Args)]
pub struct OutboxArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: OutboxCommand,
}

/// What to do with messages that were given up.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List the messages that were given up
    Dead(DeadArgs),
    /// Put messages back, to be tried again at once
    Replay(ChosenArgs),
    /// Put messages aside that nobody needs to be told any more; they stay in the database, and count no more
    Drop(ChosenArgs),
}

/// Which of the messages that were given up.
#[derive(Debug, clap::Args)]
pub struct WhichArgs {
    /// Those to an officer, or to the webhook of a name
    #[arg(long, value_name = "NAME")]
    pub to: Option<String>,

    /// Those whose reason has this text in it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// `wakeful outbox dead`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful outbox dead --summary --data data
    wakeful outbox dead --to officer:d1 --data data")]
pub struct DeadArgs {
    /// How many there are, by channel and reason
    #[arg(long)]
    pub summary: bool,

    /// Which of them.
    #[command(flatten)]
    pub which: WhichArgs,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful outbox replay` and `wakeful outbox drop`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful outbox replay --all --to officer:d1 --data data
    wakeful outbox drop --all --reason 'no working contact' --data data")]
pub struct ChosenArgs {
    /// The message's id, as `wakeful outbox dead` lists it
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub id: Option<String>,

    /// All of them, or all that --to and --reason say
    #[arg(long, conflicts_with = "id")]
    pub all: bool,

    /// Which of them.
    #[command(flatten)]
    pub which: WhichArgs,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}

/// `wakeful policy activate`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful policy activate policies/england-2027 --data data

The version says under `[policy]` from which day it is in force; that day must be in the future. Running clocks keep
the rules under which they started. Exit status 1 says that it was refused, and that what was in force still is.")]
pub struct ActivateArgs {
    /// The version, a file or a folder of *.toml
    #[arg(value_name = "PATH")]
    pub path: PathBuf,

    /// Where everything is kept.
    #[command(flatten)]
    pub data: DataArgs,
}
