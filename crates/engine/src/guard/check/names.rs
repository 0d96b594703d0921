//! Names in a guard: its events and their fields, its variables.

use super::{Checker, Fields};
use crate::guard::parse::Flaw;
use crate::guard::scope::{EventField, Record};
use crate::guard::suggest;
use crate::guard::tree::Op;
use crate::guard::types::Type;
use crate::guard::{Expr, Node};

/// What an event holds under names of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Attrs,
    Links,
}

impl<'g> Checker<'g> {
    pub(super) fn name(&mut self, node: &'g Node, name: &'g str) -> Option<(Op, Type)> {
        let variable = self.variables.iter().rposition(|(variable, _)| *variable == name);
        if let Some(place) = variable {
            return Some((Op::Variable(place), self.variables[place].1.clone()));
        }
        match name {
            "key" => Some((Op::Key, Type::Text)),
            "subject" if self.scope.subject => Some((Op::Subject, Type::Text)),
            "subject" => {
                let flaw = Flaw::new(node.span.clone(), "there is no `subject` here");
                self.refuse(flaw.help("it is the officer of whom `holds` asks".to_owned()))
            }
            _ => match record(name) {
                Some(record) => {
                    self.fields(node, record)?;
                    let flaw = Flaw::new(node.span.clone(), format!("`{name}` is a whole event"));
                    self.refuse(flaw.help(format!("name a field of it, such as `{name}.id`")))
                }
                None => self.unknown_name(node, name),
            },
        }
    }

    fn unknown_name<T>(&mut self, node: &'g Node, name: &str) -> Option<T> {
        let mut names = vec!["event", "key"];
        names.extend(self.scope.trigger.as_ref().map(|_| "trigger"));
        names.extend(self.scope.given.as_ref().map(|_| "given"));
        names.extend(self.scope.subject.then_some("subject"));
        names.extend(self.variables.iter().map(|(variable, _)| *variable));
        let help = if self.scope.event.attrs.contains_key(name) {
            Some(format!("write `event.attrs.{name}`"))
        } else if self.scope.event.links.contains(name) {
            Some(format!("write `event.links.{name}`"))
        } else if EventField::ALL.iter().any(|field| field.name() == name) {
            Some(format!("write `event.{name}`"))
        } else {
            suggest::help(name, &names)
        };
        self.refuse(Flaw::new(node.span.clone(), format!("there is no `{name}`")).help(help))
    }

    pub(super) fn field(&mut self, node: &'g Node, of: &'g Node, name: &'g str) -> Option<(Op, Type)> {
        if let Some((record, part, record_node)) = self.part(of) {
            let fields = self.fields(record_node, record)?;
            return match part {
                Part::Attrs => {
                    let ty = self.attr(node, record, fields, name)?;
                    let slot = slot(&mut self.attrs, name);
                    Some((Op::Attr { record, slot, decimal: ty == Type::Decimal }, ty))
                }
                Part::Links => {
                    self.link(node, record, fields, name)?;
                    Some((Op::Links(record, slot(&mut self.roles, name)), Type::texts()))
                }
            };
        }
        if let Some(record) = self.record(of) {
            let fields = self.fields(of, record)?;
            return self.event_field(node, record, fields, name);
        }
        self.node(of)?;
        let flaw = Flaw::new(node.span.clone(), format!("`{}` has no `{name}`", self.text(of)));
        let dotted =
            self.dotted(of, name).map(|written| format!("a name with a point in it is written `{written}`"));
        self.refuse(flaw.help(dotted))
    }

    pub(super) fn has(&mut self, node: &'g Node, of: &'g Node, name: &'g str) -> Option<(Op, Type)> {
        if let Some((record, part, record_node)) = self.part(of) {
            let fields = self.fields(record_node, record)?;
            let op = match part {
                Part::Attrs => {
                    self.attr(node, record, fields, name)?;
                    Op::HasAttr(record, slot(&mut self.attrs, name))
                }
                Part::Links => {
                    self.link(node, record, fields, name)?;
                    Op::HasLinks(record, slot(&mut self.roles, name))
                }
            };
            return Some((op, Type::Boolean));
        }
        let help = match self.record(of) {
            Some(record) => {
                let fields = self.fields(of, record)?;
                self.event_field(node, record, fields, name)?;
                match name {
                    "stream" => format!("write `{}.stream != ''`", record.name()),
                    _ => format!("`{}.{name}` is always there", record.name()),
                }
            }
            None => {
                self.node(of)?;
                match self.dotted(of, name) {
                    Some(_) => {
                        let (base, first) = self.text(of).rsplit_once('.').unwrap_or((self.text(of), ""));
                        format!("a name with a point in it is tested with `'{first}.{name}' in {base}`")
                    }
                    None => "write `has(event.attrs.age)`".to_owned(),
                }
            }
        };
        self.refuse(Flaw::new(node.span.clone(), "only an attribute or a link can be missing").help(help))
    }

    /// `event` and its kind, where no more stands there.
    fn record(&self, node: &Node) -> Option<Record> {
        match &node.expr {
            Expr::Name(name) => record(name),
            _ => None,
        }
    }

    /// `event.attrs` and its kind: of which event, what, and where the event is named.
    fn part(&self, node: &'g Node) -> Option<(Record, Part, &'g Node)> {
        let Expr::Field { of, name } = &node.expr else { return None };
        let part = match name.as_str() {
            "attrs" => Part::Attrs,
            "links" => Part::Links,
            _ => return None,
        };
        Some((self.record(of)?, part, of))
    }

    /// What an event may have, where a guard sees that event.
    fn fields(&mut self, node: &'g Node, record: Record) -> Option<&'g Fields> {
        let scope = self.scope;
        let (fields, help) = match record {
            Record::Event => (Some(&scope.event), ""),
            Record::Trigger => (scope.trigger.as_ref(), "`event` is the trigger itself"),
            Record::Given => (scope.given.as_ref(), "the rule has no `given`"),
        };
        match fields {
            Some(fields) => Some(fields),
            None => {
                let flaw = Flaw::new(node.span.clone(), format!("there is no `{}` here", record.name()));
                self.refuse(flaw.help(help.to_owned()))
            }
        }
    }

    fn event_field(
        &mut self,
        node: &'g Node,
        record: Record,
        fields: &Fields,
        name: &str,
    ) -> Option<(Op, Type)> {
        if let Some(field) = EventField::ALL.into_iter().find(|field| field.name() == name) {
            let ty = match field {
                EventField::Kind if !self.scope.open && !fields.kinds.is_empty() => {
                    Type::OneOf(fields.kinds.clone())
                }
                EventField::Id | EventField::Kind | EventField::Stream => Type::Text,
                EventField::At | EventField::RecordedAt => Type::Instant,
            };
            return Some((Op::Field(record, field), ty));
        }
        let event = record.name();
        let flaw = Flaw::new(node.span.clone(), format!("an event has no `{name}` that a condition sees"));
        let flaw = match name {
            "note" => {
                flaw.help("a note is free text about people, and sealed; record an attribute".to_owned())
            }
            "attrs" | "links" => flaw.help(format!("name one, such as `{event}.{name}.x`")),
            _ if fields.attrs.contains_key(name) => flaw.help(format!("write `{event}.attrs.{name}`")),
            _ if fields.links.contains(name) => flaw.help(format!("write `{event}.links.{name}`")),
            _ => flaw
                .help(suggest::help(name, &["id", "kind", "stream", "at", "recorded_at", "links", "attrs"])),
        };
        self.refuse(flaw)
    }

    fn attr(&mut self, node: &'g Node, record: Record, fields: &Fields, name: &str) -> Option<Type> {
        if let Some(ty) = fields.attr(name, self.scope.open) {
            return Some(ty);
        }
        let flaw = Flaw::new(node.span.clone(), undeclared(fields, Part::Attrs, name));
        if fields.links.contains(name) {
            return self.refuse(flaw.help(format!("it is a link: write `{}.links.{name}`", record.name())));
        }
        let names: Vec<&str> = fields.attrs.keys().map(String::as_str).collect();
        self.refuse(flaw.help(suggest::help(name, &names)))
    }

    fn link(&mut self, node: &'g Node, record: Record, fields: &Fields, name: &str) -> Option<()> {
        if self.scope.open || fields.links.contains(name) {
            return Some(());
        }
        let flaw = Flaw::new(node.span.clone(), undeclared(fields, Part::Links, name));
        if fields.attrs.contains_key(name) {
            return self
                .refuse(flaw.help(format!("it is an attribute: write `{}.attrs.{name}`", record.name())));
        }
        let names: Vec<&str> = fields.links.iter().map(String::as_str).collect();
        self.refuse(flaw.help(suggest::help(name, &names)))
    }

    /// How an attribute with a point in its name is written, where the guard has it as a part of another.
    fn dotted(&self, of: &'g Node, name: &str) -> Option<String> {
        let Expr::Field { of: whole, name: first } = &of.expr else { return None };
        let (record, part, _) = self.part(whole)?;
        let part = if part == Part::Attrs { "attrs" } else { "links" };
        Some(format!("{}.{part}['{first}.{name}']", record.name()))
    }
}

fn record(name: &str) -> Option<Record> {
    [Record::Event, Record::Trigger, Record::Given].into_iter().find(|record| record.name() == name)
}

fn undeclared(fields: &Fields, part: Part, name: &str) -> String {
    let (article, noun) = if part == Part::Attrs { ("an", "attribute") } else { ("a", "link") };
    match fields.kinds.as_slice() {
        [] => format!("no {noun} `{name}` is declared"),
        [kind] => format!("`{kind}` declares no {noun} `{name}`"),
        kinds => {
            let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
            format!("none of {} declares {article} {noun} `{name}`", suggest::listed(&kinds))
        }
    }
}

/// The place of a name among those named so far.
fn slot(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|other| other == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}
