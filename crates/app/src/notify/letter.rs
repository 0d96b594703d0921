//! What a letter says.
//!
//! **Invariant: no case content.** A letter names a duty by the first digits of its id and a link; who may follow the link
//! sees the rest. It does not name a child, a place, a case or a rule, for a rule's name alone would tell something of the
//! child. This holds by construction: what a letter is made from has no field for any of it, and an id is nothing
//! but digits.

use std::fmt;

use engine::time::{Clock, Instant, Zone};
use engine::words::counted;

use super::{Letter, one_line};

const MS_PER_MINUTE: i64 = 60_000;

/// The id of a duty: 32 hexadecimal digits, so that nothing else can be said with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyId(String);

impl DutyId {
    /// Takes 32 lower-case hexadecimal digits, and nothing else.
    #[must_use]
    pub fn new(id: &str) -> Option<DutyId> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (id.len() == 32 && id.bytes().all(is_digit)).then(|| DutyId(id.to_owned()))
    }

    /// Its first 8 digits, by which people call it.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.0[..8]
    }
}

impl fmt::Display for DutyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A step of a ladder that came up to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepUp {
    /// The duty that is not done.
    pub duty: DutyId,
    /// When it was due.
    pub due: Option<Instant>,
    /// The zone of its policy, in which times are written.
    pub zone: Zone,
    /// The step's number, from 1.
    pub step: u32,
    /// The role that it goes to.
    pub role: String,
    /// By when it is to be answered; the last step has none.
    pub answer_by: Option<Instant>,
    /// How long after its time it was raised, as after an outage, in milliseconds.
    pub late_ms: i64,
}

/// Steps ahead that would not reach everybody who holds one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The role that they go to.
    pub role: String,
    /// The agency whose people they are to reach.
    pub agency: Option<String>,
    /// What is missing.
    pub missing: Missing,
    /// How many steps of open duties they are.
    pub steps: u64,
    /// When the first of the duties is due.
    pub first_due: Option<Instant>,
    /// The zone of their policy, in which times are written.
    pub zone: Zone,
}

/// Why a step ahead would not reach everybody it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nobody holds the role.
    People,
    /// So many of those who hold it have no working address.
    Addresses(u32),
}

/// A duty to look at why somebody let themselves into a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The duty.
    pub duty: DutyId,
    /// When it is due.
    pub due: Option<Instant>,
    /// The zone of its policy, in which times are written.
    pub zone: Zone,
    /// Whether nobody but who let themselves in owes it, so that the receiver is to see that somebody else looks.
    pub owed_by_none_else: bool,
}

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A step came up to the receiver.
    Step(StepUp),
    /// Steps came up to the receiver together.
    Steps(Vec<StepUp>),
    /// Steps ahead would not reach everybody: for those who keep the registers.
    Gaps(Vec<Gap>),
    /// Another administrator made something that waits for a second to confirm it.
    Unconfirmed,
    /// Somebody let themselves into a case, and a look at why is owed; or several did.
    Glass(Vec<Look>),
}

/// Writes a letter. `id` is the message's; `base` is where the pages are, `https://wakeful.force.example`.
#[must_use]
pub fn letter(id: &str, notice: &Notice, base: &str) -> Letter {
    let link = Link(base.trim_end_matches('/'));
    let (subject, parts) = match notice {
        Notice::Step(step) => one_step(step, link),
        Notice::Steps(steps) => several_steps(steps, link),
        Notice::Gaps(gaps) => some_gaps(gaps, link),
        Notice::Unconfirmed => unconfirmed(link),
        Notice::Glass(looks) => broken_glass(looks, link),
    };
    let text = parts.into_iter().chain([FOOT.to_owned()]).collect::<Vec<_>>().join("\n\n");
    Letter { id: id.to_owned(), subject, text: format!("{text}\n") }
}

const FOOT: &str = "This letter holds nothing of the case. The link shows it to those who may see it.";

/// Where the pages are.
#[derive(Clone, Copy)]
struct Link<'a>(&'a str);

impl Link<'_> {
    fn to(self, duty: &DutyId) -> String {
        format!("{}/duties/{duty}", self.0)
    }
}

fn one_step(step: &StepUp, link: Link) -> (String, Vec<String>) {
    let subject = format!("Duty {} has come up to you", step.duty.reference());
    let head = format!("A duty that was not done in time has come up to you, as {}.", one_line(&step.role));
    (subject, vec![head, entry(step, link)])
}

fn several_steps(steps: &[StepUp], link: Link) -> (String, Vec<String>) {
    let count = counted(steps.len() as u64, "duty", "duties");
    let have = if steps.len() == 1 { "has" } else { "have" };
    let subject = format!("{count} {have} come up to you");
    let head =
        format!("{count} that {} not done in time {have} come up to you{}.", was(steps.len()), roles(steps));
    let more = steps.len().checked_sub(MOST_LISTED).filter(|more| *more > 0);
    let rest = more.map(|more| {
        format!("And {} more; all of them stand at\n{}", counted(more as u64, "duty", "duties"), link.0)
    });
    let entries = steps.iter().take(MOST_LISTED).map(|step| entry(step, link));
    (subject, std::iter::once(head).chain(entries).chain(rest).collect())
}

/// How many steps one letter lists; nobody reads more of them in a letter.
const MOST_LISTED: usize = 50;

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// As whom, where it is the same for all.
fn roles(steps: &[StepUp]) -> String {
    match steps {
        [first, rest @ ..] if rest.iter().all(|step| step.role == first.role) => {
            format!(", as {}", one_line(&first.role))
        }
        _ => String::new(),
    }
}

/// All that is said of one step.
fn entry(step: &StepUp, link: Link) -> String {
    let local = |at| local(at, &step.zone);
    let mut lines = vec![format!("Duty {}, step {}", step.duty.reference(), step.step)];
    lines.extend(step.due.map(|due| format!("Due:       {}", local(due))));
    lines.push(match step.answer_by {
        Some(by) => format!("Answer by: {}", local(by)),
        None => "Answer:    as soon as you can; there is no further step".to_owned(),
    });
    lines.extend(lasting(step.late_ms).map(|late| format!("Late:      this came up {late} after its time")));
    lines.push(link.to(&step.duty));
    lines.join("\n")
}

fn some_gaps(gaps: &[Gap], link: Link) -> (String, Vec<String>) {
    let count = counted(gaps.iter().map(|gap| gap.steps).sum(), "step", "steps");
    let subject = format!("{count} ahead cannot reach everybody");
    let head = format!(
        "{count} of open duties would not reach those they go to.\n\
         Please mend the register or the addresses before then."
    );
    let which = format!("`wakeful user gaps` lists them, and so does\n{}/ladders/gaps", link.0);
    let entries = gaps.iter().take(MOST_LISTED).map(gap_entry);
    (subject, std::iter::once(head).chain(entries).chain([which]).collect())
}

fn unconfirmed(link: Link) -> (String, Vec<String>) {
    let subject = "Something waits for you to confirm it".to_owned();
    let head = "Another administrator made an account or a token, or gave somebody a first password.\n\
         It can be used once a second administrator confirms it. Ask who made it, and why, before you do.";
    (subject, vec![head.to_owned(), format!("It stands at\n{}/admin", link.0)])
}

fn broken_glass(looks: &[Look], link: Link) -> (String, Vec<String>) {
    let subject = "Somebody let themselves into a case".to_owned();
    let head = "Somebody let themselves into a case that is not theirs, and gave a reason. They may look for a day.\n\
         Whether it was needed is to be looked at.";
    let head = match looks.iter().all(|look| look.owed_by_none_else) {
        true => head.to_owned(),
        false => format!("{head} To record what was found, choose Record."),
    };
    let more = looks.len().checked_sub(MOST_LISTED).filter(|more| *more > 0);
    let rest = more.map(|more| format!("And {more} more; all of them stand at\n{}/duties", link.0));
    let entries = looks.iter().take(MOST_LISTED).map(|look| look_entry(look, link));
    (subject, std::iter::once(head).chain(entries).chain(rest).collect())
}

fn look_entry(look: &Look, link: Link) -> String {
    let due = look.due.map(|due| format!("\nDue:       {}", local(due, &look.zone))).unwrap_or_default();
    let owed_by = match look.owed_by_none_else {
        true => "nobody but who let themselves in: please see that somebody else looks",
        false => "you",
    };
    format!("Duty {}{due}\nOwed by:   {owed_by}\n{}", look.duty.reference(), link.to(&look.duty))
}

fn gap_entry(gap: &Gap) -> String {
    let missing = match gap.missing {
        Missing::People => "nobody holds the role".to_owned(),
        Missing::Addresses(1) => "1 person has no working address".to_owned(),
        Missing::Addresses(count) => {
            format!("{} have no working address", counted(u64::from(count), "person", "people"))
        }
    };
    let agency = gap.agency.as_deref().map(|agency| format!(" of {}", one_line(agency)));
    let head = format!("To {}{}", one_line(&gap.role), agency.unwrap_or_default());
    let due = gap.first_due.map(|due| format!(", the first duty due {}", local(due, &gap.zone)));
    let ahead = format!("{}{}", counted(gap.steps, "step", "steps"), due.unwrap_or_default());
    format!("{head}\nMissing:   {missing}\nAhead:     {ahead}")
}

/// `Mon 9 March 2026 23:59 (Europe/London)`.
fn local(at: Instant, zone: &Zone) -> String {
    format!("{} ({zone})", Clock::new(zone.clone(), None).display_local(at))
}

/// `2 hours 5 minutes`; none below a minute.
fn lasting(ms: i64) -> Option<String> {
    let minutes = u64::try_from(ms / MS_PER_MINUTE).unwrap_or(0);
    let parts = [
        (minutes / 1_440, "day", "days"),
        (minutes / 60 % 24, "hour", "hours"),
        (minutes % 60, "minute", "minutes"),
    ];
    let told: Vec<_> =
        parts.iter().filter(|part| part.0 > 0).map(|part| counted(part.0, part.1, part.2)).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    const BASE: &str = "https://wakeful.force.example/";

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn step() -> StepUp {
        StepUp {
            duty: DutyId::new("f6db15bfacb694ba7d3166ccc8f521ae").unwrap(),
            due: Some(at("2026-03-27T23:59:59.999Z")),
            zone: Zone::new("Europe/London").unwrap(),
            step: 2,
            role: "duty-inspector".to_owned(),
            answer_by: Some(at("2026-03-29T07:00:00Z")),
            late_ms: 0,
        }
    }

    fn other() -> StepUp {
        StepUp {
            duty: DutyId::new("0b1c2d3e4f5061728394a5b6c7d8e9f0").unwrap(),
            due: None,
            answer_by: None,
            late_ms: 93_900_000,
            ..step()
        }
    }

    fn gap(missing: Missing) -> Gap {
        let StepUp { zone, role, .. } = step();
        let first_due = (missing != Missing::People).then(|| at("2026-03-28T22:30:00Z"));
        Gap { role, agency: Some("police".to_owned()), missing, steps: 1, first_due, zone }
    }

    fn written(notice: &Notice) -> String {
        let letter = letter("m1", notice, BASE);
        format!("Subject: {}\n\n{}", letter.subject, letter.text)
    }

    #[test]
    fn a_step() {
        assert_snapshot!(written(&Notice::Step(step())), @r"
        Subject: Duty f6db15bf has come up to you

        A duty that was not done in time has come up to you, as duty-inspector.

        Duty f6db15bf, step 2
        Due:       Fri 27 March 2026 23:59 (Europe/London)
        Answer by: Sun 29 March 2026 08:00 (Europe/London)
        https://wakeful.force.example/duties/f6db15bfacb694ba7d3166ccc8f521ae

        This letter holds nothing of the case. The link shows it to those who may see it.
        ");
    }

    #[test]
    fn the_last_step_raised_late() {
        assert_snapshot!(written(&Notice::Step(other())), @r"
        Subject: Duty 0b1c2d3e has come up to you

        A duty that was not done in time has come up to you, as duty-inspector.

        Duty 0b1c2d3e, step 2
        Answer:    as soon as you can; there is no further step
        Late:      this came up 1 day 2 hours 5 minutes after its time
        https://wakeful.force.example/duties/0b1c2d3e4f5061728394a5b6c7d8e9f0

        This letter holds nothing of the case. The link shows it to those who may see it.
        ");
    }

    #[test]
    fn steps_together() {
        assert_snapshot!(written(&Notice::Steps(vec![step(), other()])), @r"
        Subject: 2 duties have come up to you

        2 duties that were not done in time have come up to you, as duty-inspector.

        Duty f6db15bf, step 2
        Due:       Fri 27 March 2026 23:59 (Europe/London)
        Answer by: Sun 29 March 2026 08:00 (Europe/London)
        https://wakeful.force.example/duties/f6db15bfacb694ba7d3166ccc8f521ae

        Duty 0b1c2d3e, step 2
        Answer:    as soon as you can; there is no further step
        Late:      this came up 1 day 2 hours 5 minutes after its time
        https://wakeful.force.example/duties/0b1c2d3e4f5061728394a5b6c7d8e9f0

        This letter holds nothing of the case. The link shows it to those who may see it.
        ");
    }

    #[test]
    fn gaps() {
        let mut gaps = [Missing::People, Missing::Addresses(1), Missing::Addresses(2)].map(gap).to_vec();
        gaps[2].steps = 1_240;
        gaps[2].agency = None;
        assert_snapshot!(written(&Notice::Gaps(gaps)), @r"
        Subject: 1,242 steps ahead cannot reach everybody

        1,242 steps of open duties would not reach those they go to.
        Please mend the register or the addresses before then.

        To duty-inspector of police
        Missing:   nobody holds the role
        Ahead:     1 step

        To duty-inspector of police
        Missing:   1 person has no working address
        Ahead:     1 step, the first duty due Sat 28 March 2026 22:30 (Europe/London)

        To duty-inspector
        Missing:   2 people have no working address
        Ahead:     1,240 steps, the first duty due Sat 28 March 2026 22:30 (Europe/London)

        `wakeful user gaps` lists them, and so does
        https://wakeful.force.example/ladders/gaps

        This letter holds nothing of the case. The link shows it to those who may see it.
        ");
    }

    #[test]
    fn what_waits_to_be_confirmed() {
        assert_snapshot!(written(&Notice::Unconfirmed), @r"
        Subject: Something waits for you to confirm it

        Another administrator made an account or a token, or gave somebody a first password.
        It can be used once a second administrator confirms it. Ask who made it, and why, before you do.

        It stands at
        https://wakeful.force.example/admin

        This letter holds nothing of the case. The link shows it to those who may see it.
        ");
    }

    #[test]
    fn what_somebody_who_let_themselves_in_started() {
        let StepUp { duty, due, zone, .. } = step();
        let look = Look { duty, due, zone, owed_by_none_else: false };
        let alone = Look { owed_by_none_else: true, ..look.clone() };
        assert_snapshot!(written(&Notice::Glass(vec![look, alone])), @r"
        Subject: Somebody let themselves into a case

        Somebody let themselves into a case that is not theirs, and gave a reason. They may look for a day.
        Whether it was needed is to be looked at. To record what was found, choose Record.

        Duty f6db15bf
        Due:       Fri 27 March 2026 23:59 (Europe/London)
        Owed by:   you
        https://wakeful.force.example/duties/f6db15bfacb694ba7d3166ccc8f521ae

        Duty f6db15bf
        Due:       Fri 27 March 2026 23:59 (Europe/London)
        Owed by:   nobody but who let themselves in: please see that somebody else looks
        https://wakeful.force.example/duties/f6db15bfacb694ba7d3166ccc8f521ae

        This letter holds nothing of the case. The link shows it to those who may see it.
        ");
    }

    #[test]
    fn a_letter_lists_some_of_very_many_and_counts_all() {
        let text = written(&Notice::Steps(vec![step(); 1_237]));
        assert!(text.starts_with("Subject: 1,237 duties have come up to you\n"), "{text}");
        assert_eq!(text.matches("Duty f6db15bf").count(), MOST_LISTED);
        let rest =
            "And 1,187 duties more; all of them stand at\nhttps://wakeful.force.example\n\nThis letter";
        assert!(text.contains(rest), "{text}");
    }

    #[test]
    fn one_of_several_is_told_as_one() {
        let text = written(&Notice::Steps(vec![step()]));
        assert!(text.starts_with("Subject: 1 duty has come up to you\n\n1 duty that was not done"), "{text}");
    }

    #[test]
    fn an_id_is_digits_alone() {
        for id in [
            "",
            "f6db15bf",
            "child:c1",
            "F6DB15BFACB694BA7D3166CCC8F521AE",
            "Joe Miller of Mill Lane, 12 years",
        ] {
            assert_eq!(DutyId::new(id), None, "{id}");
        }
        assert_eq!(DutyId::new("Joe Miller of Mill Lane 12 years"), None, "32 characters, but no digits");
    }

    /// Each pattern names every field, without `..`: a field that is added does not compile until somebody has asked
    /// here whether it could tell anything of a case.
    #[test]
    fn what_a_letter_is_made_from_has_no_place_for_case_content() {
        let StepUp { duty, due: _, zone, step: _, role: of_the_policy, answer_by: _, late_ms: _ } = step();
        let look = Look { duty: duty.clone(), due: None, zone: zone.clone(), owed_by_none_else: false };
        let Look { duty: _, due: _, zone: _, owed_by_none_else: _ } = look;
        let Gap { role: _, agency: of_the_policy_too, missing: _, steps: _, first_due: _, zone: _ } =
            gap(Missing::People);
        assert_eq!(of_the_policy_too.as_deref(), Some("police"));
        assert_eq!((duty.reference(), zone.name()), ("f6db15bf", "Europe/London"));
        assert_eq!(of_the_policy, "duty-inspector");
    }

    /// Whatever a row says of a child: the letter made from it is the same but for the figures of the duty.
    #[test]
    fn every_word_is_fixed_or_a_fact() {
        let facts = ["f6db15bf", "f6db15bfacb694ba7d3166ccc8f521ae", "duty-inspector", "Europe/London"];
        let StepUp { duty, due, zone, .. } = step();
        let look = Look { duty, due, zone, owed_by_none_else: false };
        let notices = [
            Notice::Step(step()),
            Notice::Steps(vec![step(), step()]),
            Notice::Glass(vec![look.clone(), Look { owed_by_none_else: true, ..look }]),
        ];
        for word in
            notices.iter().map(written).collect::<String>().split([' ', '\n', '/', '(', ')', ',', '.', ':'])
        {
            let fixed = word.chars().all(|c| c.is_ascii_alphabetic()) && word.len() < 12;
            let figure = word.chars().all(|c| c.is_ascii_digit());
            assert!(fixed || figure || facts.contains(&word), "{word}");
        }
    }

    #[test]
    fn a_role_cannot_make_lines() {
        let notice = Notice::Step(StepUp { role: "desk\r\nBcc: x@y.example\n".to_owned(), ..step() });
        assert!(written(&notice).contains("as desk Bcc: x@y.example."));
    }

    #[test]
    fn figures_of_lateness() {
        assert_eq!(lasting(59_999), None);
        assert_eq!(lasting(-5_000_000), None);
        assert_eq!(lasting(60_000).unwrap(), "1 minute");
        assert_eq!(lasting(93_900_000).unwrap(), "1 day 2 hours 5 minutes");
        assert_eq!(lasting(172_800_000).unwrap(), "2 days");
    }
}
