//! Suspects: found, heard, bailed, put to the prosecutor, decided on, and what the child is told at each step.

use engine::time::Instant;

use super::cases::Case;
use super::state::{Made, Told, Year};

/// A person who is investigated in a case.
pub struct Suspect<'a> {
    /// The case.
    pub case: &'a Case,
    /// `person:1-009`.
    pub person: String,
}

impl Suspect<'_> {
    fn tell<'y>(&self, year: &'y mut Year, at: Instant, kind: &str) -> Told<'y> {
        year.tell(at, &self.case.stream, kind).link("suspect", &self.person).link("child", &self.case.child)
    }

    fn police<'y>(&self, year: &'y mut Year, at: Instant, kind: &str) -> Told<'y> {
        self.tell(year, at, kind).link("officer", &self.case.officer).agency("police")
    }

    /// The child names the person.
    pub fn named(&self, year: &mut Year, at: Instant) {
        self.tell(year, at, "suspect.named").text("how", "named");
    }

    /// The person is picked out.
    pub fn identified(&self, year: &mut Year, at: Instant, how: &str) {
        self.tell(year, at, "suspect.identified").text("how", how);
    }

    /// The person is arrested within a span, and interviewed within hours. When the interview was.
    pub fn arrested(&self, year: &mut Year, from: Instant, span: &str) -> Made<Instant> {
        let at = year.within(from, span)?;
        self.police(year, at, "suspect.arrested");
        let heard = year.within(at, "10h")?;
        self.police(year, heard, "suspect.interviewed");
        if year.once_in(2) {
            self.told_of(year, at, "arrest", "1wd")?;
            self.told_of(year, heard, "interview", "1wd")?;
        } else {
            // One message that names the last step tells of both.
            let told = year.between(heard, year.due(at, "1wd")?);
            self.police(year, told, "victim.informed").text("of", "interview");
        }
        Ok(heard)
    }

    /// The child is told of something, once, in time.
    fn told_of(&self, year: &mut Year, from: Instant, of: &str, span: &str) -> Made {
        let at = year.worked(from, span)?;
        self.police(year, at, "victim.informed").text("of", of);
        Ok(())
    }

    /// The person is released while the investigation goes on.
    pub fn released(&self, year: &mut Year, heard: Instant) -> Made<Instant> {
        let at = year.within(heard, "10h")?;
        self.police(year, at, "suspect.released");
        self.told_of(year, at, "release", "1wd")?;
        Ok(at)
    }

    /// The child's views are sought and the person is bailed, on a condition that protects the child. When.
    pub fn bailed(&self, year: &mut Year, from: Instant, until: Instant) -> Made<Instant> {
        let asked = year.within(from, "4h")?;
        self.police(year, asked, "victim-views.sought");
        let bailed = year.within(asked, "4h")?;
        self.police(year, bailed, "suspect.bailed").time("until", until);
        self.told_of(year, bailed, "bail", "1wd")?;
        let at = year.within(bailed, "2h")?;
        self.tell(year, at, "protective-measure.made").text("measure", "bail-condition");
        Ok(bailed)
    }

    /// An inspector extends bail.
    pub fn bail_extended(&self, year: &mut Year, at: Instant, until: Instant) -> Made {
        let cast = year.cast();
        self.tell(year, at, "bail.extended").link("officer", &cast.inspector).time("until", until);
        self.told_of(year, at, "bail", "1wd")
    }

    /// A file goes to the prosecutor, who decides within a span. When the decision came.
    pub fn file(
        &self,
        year: &mut Year,
        at: Instant,
        sort: &str,
        within: &str,
        decision: &str,
    ) -> Made<Instant> {
        self.tell(year, at, "file.submitted").text("type", sort).agency("police");
        let decided = year.within(at, within)?;
        self.decided(year, decided, decision)?;
        Ok(decided)
    }

    /// A decision of the prosecutor; of one not to charge the child is told, and of the right to have it looked at again.
    fn decided(&self, year: &mut Year, at: Instant, decision: &str) -> Made {
        self.tell(year, at, "charging-decision.received")
            .text("decision", decision)
            .text("by_agency", "prosecutor")
            .agency("prosecutor");
        if decision == "no-charge" {
            self.told_of(year, at, "no-charge", "1wd")?;
            self.right_explained(year, at, "no-charge")?;
        }
        Ok(())
    }

    fn right_explained(&self, year: &mut Year, from: Instant, of: &str) -> Made {
        let at = year.worked(from, "5wd")?;
        self.police(year, at, "review-right.explained").text("of", of);
        Ok(())
    }

    /// An inspector challenges a decision not to charge, and the prosecutor decides anew.
    pub fn challenged(&self, year: &mut Year, decided: Instant) -> Made<Instant> {
        let cast = year.cast();
        let at = year.worked(decided, "5wd")?;
        self.tell(year, at, "challenge.made")
            .link("officer", &cast.inspector)
            .text("reason", "the first account and the telephone records agree");
        let anew = year.worked(at, "15wd")?;
        self.decided(year, anew, "charge")?;
        Ok(anew)
    }

    /// An inspector approves the reason not to challenge it.
    pub fn not_challenged(&self, year: &mut Year, decided: Instant) -> Made<Instant> {
        let cast = year.cast();
        let at = year.worked(decided, "5wd")?;
        self.police(year, at, "challenge.not-made")
            .link("approver", &cast.inspector)
            .text("reason", "no further evidence can be had now");
        Ok(at)
    }

    /// The matter ends with an outcome, within two days. When.
    pub fn outcome(&self, year: &mut Year, from: Instant, outcome: &str) -> Made<Instant> {
        let at = year.within(from, "2d")?;
        let told = self.police(year, at, "suspect.outcome").text("outcome", outcome);
        match outcome {
            "no-further-action" => {
                told.text("ground", "evidential");
                self.told_of(year, at, outcome, "5wd")?;
                self.right_explained(year, at, outcome)?;
            }
            "eliminated" => _ = told.text("ground", "eliminated"),
            _ => {}
        }
        Ok(at)
    }

    /// The person is put on the indictment.
    fn indicted(&self, year: &mut Year, at: Instant) {
        let case = self.case;
        year.tell(at, &case.stream, "person.added-to-indictment")
            .link("suspect", &self.person)
            .link("officer", &case.officer);
    }

    /// The child, with help, asks an agency to look at a decision again, which it does in time.
    pub fn review_asked(&self, year: &mut Year, from: Instant, agency: &str, stage: &str) -> Made<Instant> {
        let asked = year.worked(from, "10wd")?;
        let acknowledged = year.worked(asked, "9wd")?;
        let decided = year.worked(acknowledged, if stage == "local" { "1wd" } else { "20wd" })?;
        for (at, kind) in [
            (asked, "victim-review.requested"),
            (acknowledged, "victim-review.acknowledged"),
            (decided, "victim-review.decided"),
        ] {
            self.tell(year, at, kind).text("to_agency", agency).text("stage", stage);
        }
        Ok(decided)
    }

    /// The child meets the person again, and a warning notice is served.
    pub fn met_again(&self, year: &mut Year, at: Instant) -> Made {
        let place = year.name("place");
        self.tell(year, at, "encounter.reported").link("place", &place);
        let at = year.within(at, "3d")?;
        self.tell(year, at, "protective-measure.made").text("measure", "warning-notice");
        Ok(())
    }
}

/// Named by the child, bailed, extended by an inspector, charged and put on the indictment.
pub fn charged_on_bail(year: &mut Year, suspect: &Suspect) -> Made {
    let named = year.within(suspect.case.start, "24h")?;
    suspect.named(year, named);
    let heard = suspect.arrested(year, named, "13d")?;
    let first = year.between(year.due(heard, "27d")?, year.due(heard, "60d")?);
    let bailed = suspect.bailed(year, heard, first)?;
    let extended = year.between(year.due(bailed, "20d")?, first);
    let until = year.between(year.due(first, "27d")?, year.due(first, "50d")?);
    suspect.bail_extended(year, extended, until)?;
    let submitted = year.between(extended, year.before(until, "24d")?);
    let decided = suspect.file(year, submitted, "bail", "20d", "charge")?;
    let charged = suspect.outcome(year, decided, "charged")?;
    let at = year.worked(charged, "20wd")?;
    suspect.indicted(year, at);
    Ok(())
}

/// Bailed for long while the file is with the prosecutor, whose decision not to charge is challenged, and turned.
pub fn charged_after_challenge(year: &mut Year, suspect: &Suspect) -> Made {
    let named = year.within(suspect.case.start, "24h")?;
    suspect.named(year, named);
    let heard = suspect.arrested(year, named, "13d")?;
    let submitted = year.within(heard, "4h")?;
    let decided = suspect.file(year, submitted, "bail", "20d", "no-charge")?;
    let until = year.due(submitted, "4mo")?;
    suspect.bailed(year, submitted, until)?;
    let anew = suspect.challenged(year, decided)?;
    suspect.outcome(year, anew, "charged")?;
    Ok(())
}

/// A decision not to charge stands after the prosecutor and police looked again; months later another child names the same
/// person, who is arrested and charged.
pub fn charged_on_a_second_name(year: &mut Year, suspect: &Suspect, second: &Case) -> Made {
    let named = year.within(suspect.case.start, "24h")?;
    suspect.named(year, named);
    let heard = suspect.arrested(year, named, "13d")?;
    let released = suspect.released(year, heard)?;
    let submitted = year.worked(released, "10wd")?;
    let decided = suspect.file(year, submitted, "released", "28d", "no-charge")?;
    suspect.not_challenged(year, decided)?;
    let decided = suspect.review_asked(year, decided, "prosecutor", "local")?;
    let ended = suspect.outcome(year, decided, "no-further-action")?;
    let asked = suspect.review_asked(year, ended, "police", "local")?;
    suspect.review_asked(year, asked, "prosecutor", "independent")?;

    let again = Suspect { case: second, person: suspect.person.clone() };
    again.named(year, second.start);
    let heard = again.arrested(year, second.start, "13d")?;
    let decided = again.file(year, heard, "urgent", "20h", "charge")?;
    again.outcome(year, decided, "charged")?;
    Ok(())
}

/// Met again by the child, picked out in a procedure, arrested within days and charged from custody.
pub fn charged_from_custody(year: &mut Year, suspect: &Suspect) -> Made {
    let met = year.within(suspect.case.start, "24h")?;
    let place = year.name("place");
    let case = suspect.case;
    year.tell(met, &case.stream, "encounter.reported").link("child", &case.child).link("place", &place);
    let identified = year.within(met, "3d")?;
    suspect.identified(year, identified, "identification-procedure");
    suspect.met_again(year, identified)?;
    let heard = suspect.arrested(year, identified, "72h")?;
    let decided = suspect.file(year, heard, "urgent", "20h", "charge")?;
    suspect.outcome(year, decided, "charged")?;
    Ok(())
}

/// Known by intelligence, heard, and found to have been elsewhere.
pub fn eliminated(year: &mut Year, suspect: &Suspect, from: Instant) -> Made {
    let identified = year.worked(from, "5wd")?;
    suspect.identified(year, identified, "intelligence");
    let heard = suspect.arrested(year, identified, "13d")?;
    let released = suspect.released(year, heard)?;
    let at = year.worked(released, "20wd")?;
    suspect.outcome(year, at, "eliminated")?;
    Ok(())
}

/// A child who was exploited is named in another case. A superintendent who takes no part signs off, with reasons, that
/// the child is treated as a victim; the defence is considered and the matter ends.
pub fn victim_then_suspect(year: &mut Year, child: &str, other: &Case) -> Made {
    let named = other.start;
    year.tell(named, &other.stream, "suspect.named").link("suspect", child).text("how", "named");
    signed_off(year, &other.stream, child, named, "2wd")?;
    let considered = year.worked(named, "9d")?;
    defence_considered(year, other, child, considered);
    let at = year.worked(considered, "3d")?;
    year.tell(at, &other.stream, "suspect.outcome")
        .link("suspect", child)
        .text("outcome", "no-further-action")
        .text("ground", "public-interest")
        .text("reason", "whoever sent the child is looked for instead");
    Ok(())
}

/// A person on record as a suspect tells of what was done to them. Both are signed off, and the defence is considered,
/// before the person is charged with the one matter that is left.
pub fn suspect_then_victim(year: &mut Year, child: &str, record: &Case, tells: Instant) -> Made {
    year.tell(record.start, &record.stream, "suspect.named").link("suspect", child).text("how", "named");
    let heard = year.worked(record.start, "9d")?;
    year.tell(heard, &record.stream, "suspect.interviewed")
        .link("suspect", child)
        .link("officer", &record.officer);
    let signed = signed_off(year, &record.stream, child, tells, "2wd")?;
    let considered = year.worked(signed, "10wd")?;
    defence_considered(year, record, child, considered);
    let charged = year.worked(considered, "20wd")?;
    year.tell(charged, &record.stream, "suspect.outcome").link("suspect", child).text("outcome", "charged");
    Ok(())
}

fn signed_off(year: &mut Year, stream: &str, person: &str, from: Instant, within: &str) -> Made<Instant> {
    let cast = year.cast();
    let at = year.worked(from, within)?;
    year.tell(at, stream, "sign-off.given")
        .link("suspect", person)
        .link("officer", &cast.superintendent)
        .text("rank", "superintendent")
        .text("reason", "both records were read, and a victim is treated as one");
    Ok(at)
}

fn defence_considered(year: &mut Year, case: &Case, person: &str, at: Instant) {
    year.tell(at, &case.stream, "section-45.considered")
        .link("suspect", person)
        .link("officer", &case.officer)
        .text("reason", "considered with the prosecutor");
}
