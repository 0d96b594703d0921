//! What a journey is made of.

/// A journey: which event it records, and what it asks for it, one question a page.
#[derive(Debug)]
pub(super) struct Journey {
    /// Its word, in addresses and in the keys of its texts.
    pub(super) word: &'static str,
    /// Which event it becomes.
    pub(super) kind: Kind,
    /// The roles in which whoever records it is linked.
    pub(super) own: &'static [&'static str],
    /// The questions, in order.
    pub(super) questions: &'static [Question],
}

/// Which event a journey becomes.
#[derive(Debug)]
pub(super) enum Kind {
    /// Always this.
    Is(&'static str),
    /// As a question was answered: its word, and a kind for each answer.
    By(&'static str, &'static [(&'static str, &'static str)]),
}

/// One question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    /// Its word, in addresses and in the keys of its texts.
    pub(super) word: &'static str,
    /// What is asked for.
    pub(super) ask: Ask,
    /// Where the answer goes.
    pub(super) into: Into,
    /// What becomes of no answer.
    pub(super) empty: Empty,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// What stands in the record for somebody or something, of a type.
    Entity(&'static str),
    /// What stands in the record for a missing episode: one of a child's that are not over, or another.
    Episode,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Any of the agencies.
    Agencies,
    /// For each agency that another question named, whether it attended.
    Attendance(&'static str),
    /// A whole number, from one to another.
    Number(i64, i64),
    /// A line of text.
    Text,
    /// A text of any length.
    LongText,
    /// When it happened: a date and a time that have been.
    When,
    /// A date and a time.
    Date,
}

/// Where an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    /// The event's stream.
    Stream,
    /// The event's stream, and a link of a role.
    StreamAndLink(&'static str),
    /// A link of a role.
    Link(&'static str),
    /// An attribute.
    Attr(&'static str),
    /// When it happened.
    At,
    /// The note.
    Note,
    /// Nowhere.
    Nothing,
}

/// What becomes of no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    /// It has to be answered.
    Refused,
    /// It is left out.
    Skipped,
    /// A new reference is made.
    Made,
    /// A new reference is made, and it is not asked at all.
    NotAsked,
}

/// The agencies that meetings have.
pub(super) const AGENCIES: [&str; 7] =
    ["police", "children-services", "health", "education", "prosecutor", "probation", "voluntary"];

/// How an agency may have attended; one that no word is said of is not recorded.
pub(super) const ATTENDED: [&str; 4] = ["attended", "apologies+report", "apologies", "absent"];

impl Ask {
    /// The type of what an answer stands for in the record, where it stands for something there.
    pub(super) fn entity(self) -> Option<&'static str> {
        match self {
            Self::Entity(of) => Some(of),
            Self::Episode => Some("episode"),
            _ => None,
        }
    }
}

impl Question {
    pub(super) const fn new(word: &'static str, ask: Ask, into: Into) -> Self {
        Self { word, ask, into, empty: Empty::Refused }
    }

    /// One that may be left out.
    pub(super) const fn optional(self) -> Self {
        Self { empty: Empty::Skipped, ..self }
    }

    /// One for which a new reference is made where there is none.
    pub(super) const fn made_if_empty(self) -> Self {
        Self { empty: Empty::Made, ..self }
    }

    /// One for which a new reference is made always.
    pub(super) const fn made(self) -> Self {
        Self { empty: Empty::NotAsked, ..self }
    }
}

impl Journey {
    /// The question of a word, if it is asked.
    pub(super) fn question(&self, word: &str) -> Option<&'static Question> {
        self.asked().find(|question| question.word == word)
    }

    /// The questions that are asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = &'static Question> + use<> {
        self.questions.iter().filter(|question| question.empty != Empty::NotAsked)
    }
}
