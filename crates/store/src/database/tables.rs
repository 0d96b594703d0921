//! What a backup holds: each table with its columns, so that writing and reading one is written once.

use Sort::{Flag, Int, Text};

/// Of what sort a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Int,
    Flag,
}

/// A table of a backup.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// How many of the first columns make its key, by which its rows are ordered.
    pub(super) keys: usize,
    pub(super) columns: &'static [(&'static str, Sort)],
}

impl Table {
    /// Its columns, with commas between them.
    pub(super) fn list(&self) -> String {
        names(self.columns)
    }

    /// The columns of its key, with commas between them.
    pub(super) fn key_list(&self) -> String {
        names(&self.columns[..self.keys])
    }
}

fn names(columns: &[(&str, Sort)]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Every table but the head, which the first line holds, the nodes, the gaps that were told, what signing in keeps for hours, and
/// what is made of other tables: the words and streams of events, the streams of entities, and the counts of days;
/// what a row refers to comes before it.
pub(super) const TABLES: [Table; 22] = [
    Table { name: "events", keys: 1, columns: &[("seq", Int), ("id", Text), ("line", Text)] },
    Table { name: "event_entities", keys: 2, columns: &[("entity", Text), ("seq", Int)] },
    Table {
        name: "policies",
        keys: 1,
        columns: &[
            ("seq", Int),
            ("name", Text),
            ("version", Text),
            ("fingerprint", Text),
            ("files", Text),
            ("activated_at", Int),
            ("activated_by", Text),
        ],
    },
    Table {
        name: "steps",
        keys: 2,
        columns: &[("duty", Text), ("step", Int), ("raised_at", Int), ("event", Text)],
    },
    Table { name: "streams", keys: 1, columns: &[("number", Int), ("stream", Text)] },
    Table { name: "rosters", keys: 1, columns: &[("roster", Int), ("content", Text), ("officers", Text)] },
    Table { name: "roster_officers", keys: 2, columns: &[("officer", Text), ("roster", Int)] },
    Table {
        name: "duties",
        keys: 1,
        columns: &[
            ("id", Text),
            ("rule", Text),
            ("key", Text),
            ("due", Int),
            ("state", Text),
            ("wakes_at", Int),
            ("stream", Int),
            ("agency", Text),
            ("step", Int),
            ("step_to", Text),
            ("step_opens", Int),
            ("step_due", Int),
            ("lapsed", Int),
            ("answered", Int),
            ("held_by", Int),
            ("called", Int),
            ("asked", Int),
            ("row", Text),
        ],
    },
    Table {
        name: "posts",
        keys: 1,
        columns: &[
            ("number", Int),
            ("officer", Text),
            ("is_cover", Flag),
            ("role", Text),
            ("rank", Text),
            ("team", Text),
            ("agency", Text),
            ("manager", Text),
        ],
    },
    Table { name: "in_charge", keys: 2, columns: &[("stream", Int), ("entity", Text)] },
    Table {
        name: "broken_glass",
        keys: 1,
        columns: &[("event", Text), ("stream", Text), ("officer", Text), ("at", Int), ("until", Int)],
    },
    Table { name: "told", keys: 2, columns: &[("officer", Text), ("duty", Text)] },
    Table {
        name: "readings",
        keys: 1,
        columns: &[
            ("id", Text),
            ("at", Int),
            ("account", Text),
            ("officer", Text),
            ("action", Text),
            ("entity", Text),
            ("why", Text),
        ],
    },
    Table {
        name: "outbox",
        keys: 1,
        columns: &[
            ("id", Text),
            ("at", Int),
            ("channel", Text),
            ("recipient", Text),
            ("body", Text),
            ("state", Text),
            ("next_at", Int),
            ("attempts", Int),
            ("tried_at", Int),
            ("error", Text),
            ("dropped_at", Int),
        ],
    },
    Table {
        name: "tokens",
        keys: 1,
        columns: &[
            ("hash", Text),
            ("name", Text),
            ("scopes", Text),
            ("records_as", Text),
            ("created_at", Int),
            ("revoked_at", Int),
            ("proposed_by", Text),
            ("ends_at", Int),
        ],
    },
    Table {
        name: "contacts",
        keys: 1,
        columns: &[("officer", Text), ("email", Text), ("administrator", Flag)],
    },
    Table {
        name: "webhooks",
        keys: 1,
        columns: &[("name", Text), ("url", Text), ("secret", Text), ("heartbeat", Flag)],
    },
    Table {
        name: "feeds",
        keys: 1,
        columns: &[("hash", Text), ("officer", Text), ("created_at", Int), ("revoked_at", Int)],
    },
    Table {
        name: "accounts",
        keys: 1,
        columns: &[
            ("name", Text),
            ("officer", Text),
            ("shown", Text),
            ("grants", Text),
            ("password", Text),
            ("initial", Flag),
            ("code", Text),
            ("code_step", Int),
            ("subject", Text),
            ("created_at", Int),
            ("ended_at", Int),
            ("proposed_by", Text),
            ("reviews_until", Int),
        ],
    },
    Table {
        name: "security_log",
        keys: 1,
        columns: &[
            ("id", Text),
            ("at", Int),
            ("who", Text),
            ("address", Text),
            ("what", Text),
            ("about", Text),
            ("is_refused", Flag),
        ],
    },
    Table { name: "devices", keys: 2, columns: &[("hash", Text), ("account", Text), ("seen_at", Int)] },
    Table {
        name: "drafts",
        keys: 1,
        columns: &[("id", Text), ("account", Text), ("journey", Text), ("answers", Text), ("kept_at", Int)],
    },
];
