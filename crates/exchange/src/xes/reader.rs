//! XES in: a streamed walk over the elements.

use std::borrow::Cow;

use engine::time::Instant;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesStart, Event};

use super::trace::{Names, Stored, Trace, WAKEFUL, hand_over_in_order};
use crate::error::{Fault, ReadError, shown};
use crate::input::{Failure, Feed};
use crate::intake::Intake;
use crate::jsonl::of_time;
use engine::suggest::did_you_mean;

/// How deep attributes may nest.
const MOST_DEPTH: usize = 64;

const TYPES: [&str; 8] = ["string", "date", "int", "float", "boolean", "id", "list", "container"];

/// Reads the events of a feed.
pub(crate) fn read(mut feed: Feed, intake: &mut Intake<'_>) -> Result<(), ReadError> {
    if let Err(fault) = as_declared(&mut feed) {
        return Err(intake.fatal(None, fault));
    }
    let mut xml = Reader::from_reader(feed);
    xml.config_mut().check_end_names = true;
    let mut walk = Walk::new(intake);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        xml.get_mut().renew_budget();
        let line = if walk.wants_line() { xml.get_mut().line() } else { 0 };
        let step = match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(event) => walk.step(&event, line).and_then(|()| walk.check_size()),
            Err(error) => {
                let fault = fault_of_xml(&error, xml.get_mut());
                return Err(walk.intake.fatal(Some(xml.get_mut().line()), fault));
            }
        };
        match step {
            Ok(()) => {}
            Err(Stop::Read(error)) => return Err(error),
            Err(Stop::Fatal(fault)) => return Err(walk.intake.fatal(Some(xml.get_mut().line()), fault)),
        }
    }
    walk.end().map_err(|fault| walk.intake.fatal(Some(xml.get_mut().line()), fault))?;
    hand_over_in_order(&walk.waiting, walk.intake)
}

/// Reads the feed in the encoding that its XML declaration names.
fn as_declared(feed: &mut Feed) -> Result<(), Fault> {
    use std::io::BufRead as _;

    let failed =
        |feed: &Feed| feed.failure().map_or_else(|| Fault::new("the file cannot be read"), Failure::fault);
    let Ok(beginning) = feed.fill_buf() else { return Err(failed(feed)) };
    let declaration = &beginning[..beginning.len().min(256)];
    let declaration = declaration.split(|&byte| byte == b'>').next().unwrap_or_default();
    let declaration = String::from_utf8_lossy(declaration);
    let label = declaration.starts_with("<?xml").then(|| declaration.split_once("encoding")).flatten();
    let label = label.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1)).unwrap_or("utf-8");
    let Some(encoding) = encoding_rs::Encoding::for_label(label.as_bytes()) else {
        return Err(
            Fault::new(format!("`{}` is an unknown encoding", shown(label))).help("save the file as UTF-8")
        );
    };
    // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
    let encoding = if encoding.is_ascii_compatible() { encoding } else { encoding_rs::UTF_8 };
    if feed.decode(encoding).is_err() {
        return Err(failed(feed));
    }
    Ok(())
}

fn fault_of_xml(error: &quick_xml::Error, feed: &Feed) -> Fault {
    if let Some(failure) = feed.failure() {
        return failure.fault();
    }
    match error {
        quick_xml::Error::Encoding(_) => Failure::NotText("UTF-8").fault(),
        quick_xml::Error::Syntax(_) => {
            not_xml(error).help("is the file cut short? copy or download it again")
        }
        _ => not_xml(error).help("the file is damaged, or no XML; export it again"),
    }
}

fn not_xml(error: impl std::fmt::Display) -> Fault {
    Fault::new(format!("invalid XML: {}", shown_prose(&error.to_string())))
}

/// Another crate's prose as ours: lower case.
fn shown_prose(prose: &str) -> String {
    let prose = prose
        .strip_prefix("syntax error: ")
        .or_else(|| prose.strip_prefix("ill-formed document: "))
        .unwrap_or(prose);
    let prose: String =
        prose.chars().take(300).map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect();
    prose.trim_end_matches('.').to_owned()
}

/// Why the walk stops.
enum Stop {
    Read(ReadError),
    Fatal(Fault),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// An element that is open.
enum Open {
    Log,
    Trace,
    Event,
    /// An attribute, or a list's `values`; the path was so long before it.
    Attr {
        path_before: usize,
        items: Option<u32>,
    },
    /// What the walk does not look into.
    Other,
}

struct Walk<'w, 'i> {
    intake: &'w mut Intake<'i>,
    trace: Trace,
    /// Traces whose events say their place in the record.
    waiting: Vec<Trace>,
    names: Names,
    open: Vec<Open>,
    /// The names of the open attributes, joined.
    path: String,
    in_event: bool,
    had_root: bool,
    raw: String,
}

impl<'w, 'i> Walk<'w, 'i> {
    fn new(intake: &'w mut Intake<'i>) -> Self {
        Self {
            intake,
            trace: Trace::default(),
            waiting: Vec::new(),
            names: Names::new(),
            open: Vec::new(),
            path: String::new(),
            in_event: false,
            had_root: false,
            raw: String::new(),
        }
    }

    /// Whether the next element may be one whose line is kept.
    fn wants_line(&self) -> bool {
        matches!(self.open.last(), Some(Open::Log | Open::Trace))
    }

    fn step(&mut self, event: &Event<'_>, line: u64) -> Result<(), Stop> {
        match event {
            Event::Empty(element) => {
                self.keep_raw("<", element, "/>");
                self.begin(element, line)?;
                self.finish()
            }
            Event::Start(element) => {
                self.keep_raw("<", element, ">");
                self.begin(element, line)
            }
            Event::End(element) => {
                self.keep_raw("</", element, ">");
                self.finish()
            }
            Event::Text(text) => {
                self.keep_raw("", text, "");
                self.outside(text.trim_ascii().is_empty())
            }
            Event::CData(_) | Event::GeneralRef(_) => self.outside(false),
            Event::DocType(_) => Err(Stop::Fatal(
                Fault::new("the file declares a document type, which is refused: it could define entities that never end")
                    .help("take the `<!DOCTYPE …>` out; no XES log needs one"),
            )),
            Event::Decl(declaration) => check_version(declaration).map_err(Stop::Fatal),
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn check_size(&self) -> Result<(), Stop> {
        if self.trace.is_too_large(self.raw.len()) {
            let fault = Fault::new("one trace has more than a gigabyte of text");
            return Err(Stop::Fatal(
                fault.help("split it into several cases, or convert the log to CSV first"),
            ));
        }
        Ok(())
    }

    /// Text is allowed in the log, where it means nothing, but not around it.
    fn outside(&self, blank: bool) -> Result<(), Stop> {
        if blank || !self.open.is_empty() {
            return Ok(());
        }
        let fault = not_xml("there is text outside the root element");
        Err(Stop::Fatal(fault.help("is this an XES log? its text begins `<log`")))
    }

    fn keep_raw(&mut self, before: &str, text: &str, after: &str) {
        if self.in_event && self.intake.keeps_rejects() {
            self.raw.push_str(before);
            self.raw.push_str(text);
            self.raw.push_str(after);
        }
    }

    fn begin(&mut self, element: &BytesStart<'_>, line: u64) -> Result<(), Stop> {
        if self.open.len() == MOST_DEPTH {
            let fault = Fault::new(format!("elements nest deeper than {MOST_DEPTH}"));
            return Err(Stop::Fatal(fault.help("no XES log does; was the file made by a person?")));
        }
        let qualified = element.name();
        let local = qualified.local_name();
        let name = local.as_ref();
        let next = match self.open.last() {
            None => self.begin_root(name)?,
            Some(Open::Log) => match name {
                "trace" => {
                    self.trace.begin(line);
                    Open::Trace
                }
                "event" => {
                    let fault = Fault::new("the event stands outside a trace, so it belongs to no case");
                    self.intake.bad(line, fault.help("put it into a trace"), || {
                        Cow::Owned(format!("<{}>", &**element))
                    })?;
                    Open::Other
                }
                _ => Open::Other,
            },
            Some(Open::Trace) if name == "event" => {
                self.trace.begin_event(line);
                self.in_event = true;
                self.raw.clear();
                self.keep_raw("<", element, ">");
                Open::Event
            }
            Some(Open::Trace | Open::Event) => self.attribute(name, element)?,
            Some(Open::Attr { .. }) if name == "values" => {
                Open::Attr { path_before: self.path.len(), items: Some(0) }
            }
            Some(Open::Attr { .. }) => self.attribute(name, element)?,
            Some(Open::Other) => Open::Other,
        };
        self.open.push(next);
        Ok(())
    }

    fn begin_root(&mut self, name: &str) -> Result<Open, Stop> {
        if self.had_root {
            return Err(Stop::Fatal(not_xml("there is a second root element")));
        }
        self.had_root = true;
        if name == "log" {
            return Ok(Open::Log);
        }
        let fault = Fault::new(format!("the root element is `{}`, so this is no XES log", shown(name)));
        Err(Stop::Fatal(fault.help("an XES log begins `<log`; convert the file first")))
    }

    fn finish(&mut self) -> Result<(), Stop> {
        match self.open.pop() {
            Some(Open::Trace) => self.trace.finish(&mut self.names, &mut self.waiting, self.intake)?,
            Some(Open::Event) => {
                self.in_event = false;
                self.trace.end_event(&self.raw);
                self.raw.clear();
            }
            Some(Open::Attr { path_before, .. }) => self.path.truncate(path_before),
            Some(Open::Log | Open::Other) | None => {}
        }
        Ok(())
    }

    /// Whether everything that was opened was closed.
    fn end(&self) -> Result<(), Fault> {
        if !self.had_root {
            return Err(Fault::new("the file has no root element")
                .help("an XES log begins `<log`; is the file empty?"));
        }
        if !self.open.is_empty() {
            return Err(not_xml("the file ends before its elements are closed")
                .help("is the file cut short? copy or download it again"));
        }
        Ok(())
    }

    /// Takes an attribute in, and opens it for those nested in it.
    fn attribute(&mut self, kind: &str, element: &BytesStart<'_>) -> Result<Open, Stop> {
        let path_before = self.path.len();
        let (key, value) = key_and_value(element).map_err(Stop::Fatal)?;
        let is_list = kind == "list";
        let Some(key) = key else {
            self.spoil(Fault::new(format!("a `{}` attribute has no `key`", shown(kind))));
            return Ok(Open::Other);
        };
        if self.path.len() + key.len() > MOST_NAME {
            self.spoil(Fault::at(&*key, format!("the attribute's name is longer than {MOST_NAME} bytes")));
            return Ok(Open::Other);
        }
        let key = self.item_name(key);
        match value {
            Some(value) => self.take(kind, &key, &value),
            None if is_list || kind == "container" => {}
            None if !TYPES.contains(&kind) => self.spoil(unknown_type(kind, &key)),
            None => self.spoil(Fault::at(&*key, format!("the `{}` attribute has no `value`", shown(kind)))),
        }
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&key);
        Ok(Open::Attr { path_before, items: is_list.then_some(0) })
    }

    /// An item of a list is named by its key, and where that is empty or taken by its number too.
    fn item_name<'k>(&mut self, key: Cow<'k, str>) -> Cow<'k, str> {
        let Some(Open::Attr { items: Some(items), .. }) = self.open.last_mut() else { return key };
        *items += 1;
        let number = *items;
        if key.is_empty() {
            Cow::Owned(number.to_string())
        } else if self.trace.has(self.in_event, &self.path, &key) {
            Cow::Owned(format!("{key}.{number}"))
        } else {
            key
        }
    }

    fn take(&mut self, kind: &str, key: &str, value: &str) {
        let top = self.path.is_empty();
        match (self.in_event, top) {
            (true, true) if key == "concept:name" => return self.trace.set_kind(value),
            (true, true) if key == "time:timestamp" => {
                return match Instant::parse(value) {
                    Ok(at) => self.trace.set_at(at),
                    Err(error) => self.trace.spoil_event(of_time(key, value, &error)),
                };
            }
            (false, true) if key == "concept:name" => return self.trace.set_name(value),
            (false, true) if key.starts_with(WAKEFUL) => {
                let fault = Fault::at(key, "a trace has no such attribute");
                return self.trace.spoil(fault.help("names that begin `wakeful:` belong on events"));
            }
            _ => {}
        }
        let stored = match kind {
            "string" | "id" => Ok(Stored::Text(self.trace.keep(value))),
            "list" | "container" => return,
            _ => typed(kind, key, value),
        };
        match stored {
            Ok(stored) if self.in_event => self.trace.add(&self.path, key, stored),
            Ok(stored) => self.trace.add_own(&self.path, key, stored),
            Err(fault) => self.spoil(fault),
        }
    }

    fn spoil(&mut self, fault: Fault) {
        if self.in_event { self.trace.spoil_event(fault) } else { self.trace.spoil(fault) }
    }
}

/// No attribute's name, the names that it is nested in included, is longer.
const MOST_NAME: usize = 1 << 16;

fn unknown_type(kind: &str, key: &str) -> Fault {
    let fault = Fault::at(key, format!("`{}` is no type of an XES attribute", shown(kind)));
    fault.help(did_you_mean(kind, TYPES).unwrap_or_else(|| format!("the types are `{}`", TYPES.join("`, `"))))
}

fn typed(kind: &str, key: &str, value: &str) -> Result<Stored, Fault> {
    let value = value.trim();
    let wrong = |what: &str| Fault::at(key, format!("`{}` is {what}", shown(value)));
    match kind {
        "int" => match value.parse() {
            Ok(number) => Ok(Stored::Integer(number)),
            Err(error)
                if matches!(
                    error.kind(),
                    std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow
                ) =>
            {
                Err(wrong("too large for an integer of 64 bits").help("write it as a string, or as a float"))
            }
            Err(_) => Err(wrong("no integer")),
        },
        "float" => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Stored::Decimal(number)),
            Ok(_) => Err(wrong("no finite number").help("leave the attribute out, or write it as a string")),
            Err(_) => Err(wrong("no number")),
        },
        "boolean" => match value {
            "true" | "1" => Ok(Stored::Boolean(true)),
            "false" | "0" => Ok(Stored::Boolean(false)),
            _ => Err(wrong("neither `true` nor `false`")),
        },
        "date" => Instant::parse(value).map(Stored::Instant).map_err(|error| of_time(key, value, &error)),
        _ => Err(unknown_type(kind, key)),
    }
}

type KeyAndValue<'e> = (Option<Cow<'e, str>>, Option<Cow<'e, str>>);

fn key_and_value<'e>(element: &'e BytesStart<'_>) -> Result<KeyAndValue<'e>, Fault> {
    let (mut key, mut value) = (None, None);
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(not_xml)?;
        let place = match attribute.key.as_ref() {
            "key" => &mut key,
            "value" => &mut value,
            other => match other.split_once(':') {
                Some((prefix, "key")) if prefix != "xmlns" => &mut key,
                Some((prefix, "value")) if prefix != "xmlns" => &mut value,
                _ => continue,
            },
        };
        let text = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| not_xml(error).help(ENTITIES))?;
        if place.replace(text).is_some() {
            return Err(not_xml("an element has an attribute twice"));
        }
    }
    Ok((key, value))
}

const ENTITIES: &str = "only `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and characters by number are known";

fn check_version(declaration: &BytesDecl<'_>) -> Result<(), Fault> {
    match declaration.version() {
        Ok(_) => Ok(()),
        Err(error) => Err(not_xml(error)),
    }
}
