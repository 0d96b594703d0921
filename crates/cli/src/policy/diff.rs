//! `wakeful policy diff`

use std::io::{self, Write};

use engine::policy::{self, Difference, FieldChange, How, InForce, Part, Policy, Side};
use serde::Serialize;

use super::compared::Compared;
use super::name_and_version;
use crate::Outcome;
use crate::args::{DiffFormat, PolicyDiffArgs};
use crate::error::CliError;
use crate::input::Inputs;
use crate::judging::{self, Judge};
use crate::output::{Output, refuse_one_file_for_two};
use crate::policy_files;
use crate::terminal::write_wrapped;
use crate::words::counted;

/// Runs `wakeful policy diff`.
///
/// # Errors
/// A policy that cannot be read or has problems, a record that cannot be read or judged, an output that cannot be written.
pub fn run(args: &PolicyDiffArgs) -> Result<Outcome, CliError> {
    refuse_one_file_for_two(&args.file_uses())?;
    let both = policy_files::read_all(&[args.old.clone(), args.new.clone()])?;
    let [old, new] = both.as_slice() else {
        return Err(CliError::Fault(String::from("two paths are not two policies")));
    };
    let found = Found { old, new, differences: policy::diff(old, new) };
    if args.log.is_empty() {
        let out = Output::open(args.out.as_deref())?;
        out.write_with(|out| found.write(args.format, None, out))?;
    } else {
        with_log(args, &found)?;
    }
    Ok(Outcome::Done)
}

/// Judges the record by each policy as if it alone had always been in force: it is asked what the texts say, not when.
fn with_log(args: &PolicyDiffArgs, found: &Found<'_>) -> Result<(), CliError> {
    let always = |policy: &Policy| {
        policy_files::program_of(vec![Policy { in_force: InForce::default(), ..policy.clone() }])
    };
    let (old, new) = (always(found.old)?, always(found.new)?);
    let clock = judging::clock(&new)?;
    let cut = judging::cut(&args.cut(), &clock)?;
    let out = Output::open(args.out.as_deref())?;
    let inputs = Inputs {
        paths: &args.log,
        mapping: args.mapping.as_deref(),
        rejects: args.rejects.as_deref(),
        source: args.source.as_deref(),
    };
    let (log, _) = inputs.read()?;
    let (before, after) = (Judge { program: &old, cut }, Judge { program: &new, cut });
    judging::compared(before, after, &log, |comparison| {
        let compared = Compared { comparison, clock, known_by: cut.known_by, everything: "`--format json`" };
        out.write_with(|out| found.write(args.format, Some(&compared), out))
    })?
}

/// Two policies, and what differs between them.
struct Found<'p> {
    old: &'p Policy,
    new: &'p Policy,
    differences: Vec<Difference>,
}

/// A policy as a document names it.
#[derive(Serialize)]
struct Named<'p> {
    name: &'p str,
    version: Option<&'p str>,
}

impl<'p> Named<'p> {
    fn of(policy: &'p Policy) -> Self {
        Self { name: &policy.name, version: policy.version.as_deref() }
    }
}

/// The parts in order, each with its title and what one is called.
const PARTS: [(Part, &str, &str); 8] = [
    (Part::Policy, "The policy itself", "header"),
    (Part::Role, "Roles", "role"),
    (Part::Ranks, "Ranks", "order of ranks"),
    (Part::Kind, "Kinds", "kind"),
    (Part::Setting, "Settings", "setting"),
    (Part::Ladder, "Ladders", "ladder"),
    (Part::Duty, "Duties", "duty"),
    (Part::Signal, "Signals", "signal"),
];

const HOWS: [(How, &str); 3] = [(How::Added, "added"), (How::Removed, "removed"), (How::Changed, "changed")];

impl Found<'_> {
    fn write(
        &self,
        format: DiffFormat,
        compared: Option<&Compared<'_>>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match format {
            DiffFormat::Json => self.write_json(compared, out),
            DiffFormat::Table => {
                self.write_text(out)?;
                let Some(compared) = compared else { return Ok(()) };
                writeln!(out)?;
                compared.write_text("The record, judged by each as if it alone had been in force", out)
            }
        }
    }

    fn write_json(&self, compared: Option<&Compared<'_>>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"{\"before\":")?;
        serde_json::to_writer(&mut *out, &Named::of(self.old))?;
        out.write_all(b",\"after\":")?;
        serde_json::to_writer(&mut *out, &Named::of(self.new))?;
        out.write_all(b",\"differences\":")?;
        serde_json::to_writer(&mut *out, &self.differences)?;
        out.write_all(b",\"log\":")?;
        match compared {
            Some(compared) => compared.write_json(out)?,
            None => out.write_all(b"null")?,
        }
        out.write_all(b"}\n")
    }

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let heading = format!("{} → {}", name_and_version(self.old), name_and_version(self.new));
        write_wrapped(&format!("{heading}: {}", self.count()), 0, out)?;
        for (part, title, _) in PARTS {
            let of_part: Vec<&Difference> =
                self.differences.iter().filter(|difference| difference.part == part).collect();
            if !of_part.is_empty() {
                writeln!(out, "\n{title}")?;
                of_part.into_iter().try_for_each(|difference| write_difference(difference, out))?;
            }
        }
        Ok(())
    }

    /// `1 setting changed, 2 duties added`.
    fn count(&self) -> String {
        let mut counts = Vec::new();
        for (part, _, word) in PARTS {
            for (how, what) in HOWS {
                let is_it = |one: &&Difference| one.part == part && one.how == how;
                match self.differences.iter().filter(is_it).count() as u64 {
                    0 => {}
                    count => counts.push(format!("{} {what}", counted(count, word))),
                }
            }
        }
        if counts.is_empty() { String::from("nothing differs") } else { counts.join(", ") }
    }
}

fn write_difference(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    let Difference { name, how, before, after, .. } = difference;
    let how = HOWS.iter().find(|(one, _)| one == how).map_or("", |(_, word)| word);
    let shown = after.as_ref().or(before.as_ref());
    let title = shown.and_then(|side| side.title.as_ref()).map(|title| format!(": {title}"));
    let place = shown.and_then(|side| side.place.as_ref()).map(|place| format!(" ({place})"));
    writeln!(out)?;
    let heading = format!("{name}, {how}{}{}", title.unwrap_or_default(), place.unwrap_or_default());
    write_wrapped(&heading, 2, out)?;
    difference.fields.iter().try_for_each(|field| write_wrapped(&field_words(field), 4, out))?;
    write_sides(before.as_ref(), after.as_ref(), out)?;
    let details = [
        list("By the setting", &difference.settings),
        list("Concerns", &difference.rules),
        difference.reason.as_ref().map(|reason| format!("The rule is {reason}")),
    ];
    details.into_iter().flatten().try_for_each(|detail| write_wrapped(&detail, 4, out))
}

/// What a part says now, and where it says something else, what it said before.
fn write_sides(before: Option<&Side>, after: Option<&Side>, out: &mut dyn Write) -> io::Result<()> {
    let says = |side: Option<&Side>| side.and_then(|side| side.says.clone()).filter(|says| !says.is_empty());
    let is_rule = after.or(before).is_some_and(|side| side.source.is_some() || is_sentence(side));
    match (says(before), says(after)) {
        (Some(was), Some(is)) if is_rule && was != is => {
            write_wrapped(&format!("Before: {was}"), 4, out)?;
            write_wrapped(&format!("Now: {is}"), 4, out)?;
        }
        // What another part says stands in its fields.
        (Some(_), Some(_)) if !is_rule => {}
        (_, Some(says)) | (Some(says), None) => write_wrapped(&says, 4, out)?,
        (None, None) => {}
    }
    let source = after.or(before).and_then(|side| side.source.as_ref());
    source.map_or(Ok(()), |source| write_wrapped(&format!("Source: {source}"), 4, out))
}

fn is_sentence(side: &Side) -> bool {
    side.says.as_ref().is_some_and(|says| says.ends_with('.'))
}

fn field_words(field: &FieldChange) -> String {
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| String::from("none"));
    format!("{}: {} → {}", field.field, said(&field.before), said(&field.after))
}

fn list(what: &str, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
}
