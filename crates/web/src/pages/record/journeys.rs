//! The journeys: for each common event the questions that are asked, one a page, and where each answer goes.

use super::questions::Ask::{
    Agencies, Attendance, Choice, Date, Entity, Episode, LongText, Number, Text, When,
};
use super::questions::Into::{At, Attr, Link, Note, Nothing, Stream, StreamAndLink};
use super::questions::{Journey, Kind, Question};

const CASE: Question = Question::new("case", Entity("case"), Stream).optional();
const CHILD: Question = Question::new("child", Entity("person"), Link("child")).made_if_empty();
const PLACE: Question = Question::new("place", Entity("place"), Link("place")).optional();
const SUSPECT: Question = Question::new("suspect", Entity("person"), Link("suspect"));
const WHEN: Question = Question::new("when", When, At);
const AGE: Question = Question::new("age", Number(0, 120), Attr("age")).optional();
const NOTE: Question = Question::new("note", LongText, Note).optional();
const REQUEST: Question = Question::new("request", Entity("request"), Link("request"));

/// Every journey, in the order in which they are offered.
pub(super) const JOURNEYS: [Journey; 12] = [
    Journey {
        word: "disclosure",
        kind: Kind::Is("disclosure.made"),
        own: &["officer"],
        questions: &[
            CHILD,
            CASE,
            WHEN,
            Question::new("told-by", Choice(&["child", "parent", "professional", "other"]), Attr("told_by")),
            AGE,
            PLACE,
            SUSPECT.optional(),
            NOTE,
        ],
    },
    Journey {
        word: "missing",
        kind: Kind::Is("missing.reported"),
        own: &[],
        questions: &[
            CHILD,
            CASE,
            WHEN,
            Question::new("episode-new", Entity("episode"), Link("episode")).made(),
            AGE,
            Question::new("missing-from", Choice(&["home", "care"]), Attr("from")),
            Question::new("missing-place", Entity("place"), Link("place")).optional(),
            NOTE,
        ],
    },
    Journey {
        word: "found",
        kind: Kind::Is("missing.found"),
        own: &[],
        questions: &[
            CHILD,
            CASE,
            Question::new("episode", Episode, Link("episode")),
            WHEN,
            Question::new("found-by", Choice(&["returned", "police", "other"]), Attr("found_by")),
            AGE,
            Question::new("found-place", Entity("place"), Link("place")).optional(),
            Question::new("associate", Entity("person"), Link("associate")).optional(),
            NOTE,
        ],
    },
    Journey {
        word: "meeting",
        kind: Kind::By(
            "meeting-kind",
            &[
                ("strategy-discussion", "strategy-discussion.held"),
                ("conference", "conference.held"),
                ("core-group", "core-group.held"),
            ],
        ),
        own: &[],
        questions: &[
            Question::new(
                "meeting-kind",
                Choice(&["strategy-discussion", "conference", "core-group"]),
                Nothing,
            ),
            CHILD,
            CASE,
            WHEN,
            Question::new("meeting", Entity("meeting"), Link("meeting")).made(),
            Question::new("invited", Agencies, Attr("invited")),
            Question::new("attendance", Attendance("invited"), Attr("attendance")),
            NOTE,
        ],
    },
    Journey {
        word: "interview-planned",
        kind: Kind::Is("interview.planned"),
        own: &["allocator"],
        questions: &[
            CHILD,
            CASE,
            Question::new("interview-kind", Choice(&["first-account", "evidential"]), Attr("interview_type")),
            Question::new("interviewer", Entity("officer"), Link("officer")),
            Question::new("planned-for", Date, Attr("planned_for")),
            NOTE,
        ],
    },
    Journey {
        word: "interview-held",
        kind: Kind::Is("interview.held"),
        own: &[],
        questions: &[
            CHILD,
            CASE,
            Question::new("interview-kind", Choice(&["first-account", "evidential"]), Attr("interview_type")),
            Question::new("interviewer", Entity("officer"), Link("officer")),
            Question::new("allocator", Entity("officer"), Link("allocator")).optional(),
            WHEN,
            NOTE,
        ],
    },
    Journey {
        word: "decision",
        kind: Kind::Is("charging-decision.received"),
        own: &[],
        questions: &[
            SUSPECT,
            CHILD,
            CASE,
            WHEN,
            Question::new("charging-decision", Choice(&["charge", "no-charge"]), Attr("decision")),
            NOTE,
        ],
    },
    Journey {
        word: "request-made",
        kind: Kind::Is("request.made"),
        own: &["officer"],
        questions: &[
            Question::new("team", Entity("team"), StreamAndLink("team")),
            Question::new(
                "request-type",
                Choice(&["resources", "managerial-support", "training"]),
                Attr("type"),
            ),
            Question::new(
                "to-role",
                Choice(&[
                    "supervisor",
                    "detective-inspector",
                    "detective-chief-inspector",
                    "superintendent",
                    "chief-officer",
                ]),
                Attr("to_role"),
            ),
            WHEN,
            REQUEST.made(),
            Question::new("request-note", LongText, Note),
        ],
    },
    Journey {
        word: "request-answered",
        kind: Kind::Is("request.answered"),
        own: &["officer"],
        questions: &[
            Question::new("team", Entity("team"), StreamAndLink("team")),
            REQUEST,
            WHEN,
            Question::new("answer-decision", Choice(&["agreed", "refused"]), Attr("decision")),
            Question::new("answer-reason", Text, Attr("reason")),
            NOTE,
        ],
    },
    Journey {
        word: "suspect",
        kind: Kind::Is("suspect.named"),
        own: &[],
        questions: &[
            SUSPECT,
            CHILD,
            CASE,
            WHEN,
            Question::new("how-named", Choice(&["named", "intelligence"]), Attr("how")),
            NOTE,
        ],
    },
    Journey {
        word: "concern",
        kind: Kind::Is("concern.raised"),
        own: &[],
        questions: &[
            Question::new("concern", Entity("concern"), StreamAndLink("concern")).made(),
            Question::new("concern-about", Text, Attr("about")),
            WHEN,
            Question::new("named", Entity("officer"), Link("named")).optional(),
            Question::new("concern-note", LongText, Note),
        ],
    },
    Journey {
        word: "look-reviewed",
        kind: Kind::Is("access.reviewed"),
        own: &["officer"],
        questions: &[
            Question::new("looked-case", Entity("case"), Stream),
            Question::new("reader", Entity("officer"), Link("reader")),
            WHEN,
            Question::new("look-outcome", Choice(&["needed", "not-needed"]), Attr("outcome")),
            Question::new("look-reason", Text, Attr("reason")).optional(),
        ],
    },
];
