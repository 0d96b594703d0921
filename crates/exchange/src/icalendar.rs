//! Calendars out: open duties as events of an iCalendar feed (RFC 5545, RFC 7986).
//!
//! A feed is read by calendars that show it to whoever looks over a shoulder. So each event has the same title, and says
//! no more than a time and a link. It is an event, not a to-do: calendars that subscribe to a feed show no to-dos. It
//! ends when the duty is due, and takes no time from the day (`TRANSP:TRANSPARENT`).

use std::io::{self, Write};

use engine::time::Instant;

/// A line has at most so many octets before it is folded.
const LINE_OCTETS: usize = 75;

/// How long the event is that ends with the due.
const LENGTH_MS: i64 = 15 * 60_000;

/// A feed of dues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// When it was made: the `DTSTAMP` of each event.
    pub made: Instant,
    /// What calendars call it.
    pub name: String,
    /// After how many minutes a calendar should ask again.
    pub refresh_minutes: u32,
    /// What is due, in the order in which it is written.
    pub dues: Vec<Due>,
}

/// A duty that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The duty's id.
    pub id: String,
    /// When it is due. It is written to the second, cut, so never later than it is.
    pub at: Instant,
    /// Where its page is.
    pub link: String,
}

/// Writes a feed as `text/calendar`. The same feed gives the same bytes.
pub fn write(feed: &Feed, out: &mut impl Write) -> io::Result<()> {
    let refresh = format!("PT{}M", feed.refresh_minutes.max(1));
    line(out, "BEGIN", "VCALENDAR")?;
    line(out, "VERSION", "2.0")?;
    line(out, "PRODID", "-//Wakeful//Wakeful//EN")?;
    line(out, "CALSCALE", "GREGORIAN")?;
    line(out, "METHOD", "PUBLISH")?;
    line(out, "NAME", &text(&feed.name))?;
    line(out, "X-WR-CALNAME", &text(&feed.name))?;
    line(out, "REFRESH-INTERVAL;VALUE=DURATION", &refresh)?;
    line(out, "X-PUBLISHED-TTL", &refresh)?;
    for due in &feed.dues {
        event(due, feed.made, out)?;
    }
    line(out, "END", "VCALENDAR")
}

fn event(due: &Due, made: Instant, out: &mut impl Write) -> io::Result<()> {
    let link = uri(&due.link);
    line(out, "BEGIN", "VEVENT")?;
    line(out, "UID", &text(&format!("{}@wakeful", due.id)))?;
    line(out, "DTSTAMP", &utc(made))?;
    line(out, "DTSTART", &utc(Instant::saturating(due.at.ms() - LENGTH_MS)))?;
    line(out, "DTEND", &utc(due.at))?;
    line(out, "SUMMARY", "Duty due")?;
    line(out, "DESCRIPTION", &text(&link))?;
    line(out, "URL", &link)?;
    line(out, "TRANSP", "TRANSPARENT")?;
    line(out, "CLASS", "PRIVATE")?;
    line(out, "END", "VEVENT")
}

/// An instant as `20260309T190000Z`.
fn utc(at: Instant) -> String {
    let written = at.to_string();
    let to_the_second = written.split('.').next().unwrap_or_default();
    let mut text: String = to_the_second.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    text.push('Z');
    text
}

/// A value of type TEXT: what would end it is escaped, other control characters are left out.
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push(c),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A value of type URI: without what may not stand in one.
fn uri(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

/// Writes a line, folded so that none is longer than 75 octets and no character is cut.
fn line(out: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    let whole = format!("{name}:{value}");
    let mut rest = whole.as_str();
    let mut room = LINE_OCTETS;
    while rest.len() > room {
        let (now, later) = rest.split_at(rest.floor_char_boundary(room));
        write!(out, "{now}\r\n ")?;
        rest = later;
        room = LINE_OCTETS - 1;
    }
    write!(out, "{rest}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "f6db15bfacb694ba7d3166ccc8f521ae";

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn due(at: &str) -> Due {
        Due { id: ID.to_owned(), at: instant(at), link: format!("https://wakeful.force.example/duties/{ID}") }
    }

    fn feed(dues: Vec<Due>) -> Feed {
        Feed { made: instant("2026-03-06T19:00:00Z"), name: "Duties".to_owned(), refresh_minutes: 60, dues }
    }

    fn written(feed: &Feed) -> String {
        let mut out = Vec::new();
        write(feed, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn folded(name: &str, value: &str) -> String {
        let mut out = Vec::new();
        line(&mut out, name, value).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// As a reader that is not ours understands it: property values of the events, unfolded and unescaped.
    fn events(text: &str) -> Vec<icalendar::Event> {
        use icalendar::CalendarComponent::Event;
        let calendar: icalendar::Calendar = text.parse().unwrap();
        let events = calendar.components.into_iter();
        events.map(|part| if let Event(event) = part { event } else { panic!("{part:?}") }).collect()
    }

    #[test]
    fn a_feed() {
        insta::assert_snapshot!(written(&feed(vec![due("2026-03-09T23:59:59.999Z")])).replace("\r\n", "\n"), @r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Wakeful//Wakeful//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        NAME:Duties
        X-WR-CALNAME:Duties
        REFRESH-INTERVAL;VALUE=DURATION:PT60M
        X-PUBLISHED-TTL:PT60M
        BEGIN:VEVENT
        UID:f6db15bfacb694ba7d3166ccc8f521ae@wakeful
        DTSTAMP:20260306T190000Z
        DTSTART:20260309T234459Z
        DTEND:20260309T235959Z
        SUMMARY:Duty due
        DESCRIPTION:https://wakeful.force.example/duties/f6db15bfacb694ba7d3166ccc8
         f521ae
        URL:https://wakeful.force.example/duties/f6db15bfacb694ba7d3166ccc8f521ae
        TRANSP:TRANSPARENT
        CLASS:PRIVATE
        END:VEVENT
        END:VCALENDAR
        ");
    }

    #[test]
    fn another_reader_understands_it() {
        use icalendar::Component;
        let read =
            events(&written(&feed(vec![due("2026-03-09T23:59:59.999Z"), due("2026-03-10T14:00:00Z")])));
        assert_eq!(read.len(), 2);
        let event = &read[0];
        assert_eq!(event.get_uid(), Some(format!("{ID}@wakeful").as_str()));
        assert_eq!(event.get_summary(), Some("Duty due"));
        assert_eq!(event.get_url(), Some(format!("https://wakeful.force.example/duties/{ID}").as_str()));
        assert_eq!(event.property_value("DTSTAMP"), Some("20260306T190000Z"));
        assert_eq!(event.property_value("TRANSP"), Some("TRANSPARENT"));
        assert_eq!(read[1].property_value("DTEND"), Some("20260310T140000Z"));
    }

    #[test]
    fn dues_across_a_change_of_clocks_and_on_a_leap_day() {
        use icalendar::{Component, DatePerhapsTime};
        // Midnight in London before and after clocks go forward on 29 March 2026; the end of a leap day; the end of time.
        for (at, start, end, end_s) in [
            ("2026-03-28T23:59:59.999+00:00", "20260328T234459Z", "20260328T235959Z", 1_774_742_399),
            ("2026-03-29T23:59:59.999+01:00", "20260329T224459Z", "20260329T225959Z", 1_774_825_199),
            ("2026-10-25T23:59:59.999+00:00", "20261025T234459Z", "20261025T235959Z", 1_792_972_799),
            ("2028-02-29T23:59:59.999Z", "20280229T234459Z", "20280229T235959Z", 1_835_481_599),
            ("9999-12-31T23:59:59.999Z", "99991231T234459Z", "99991231T235959Z", 253_402_300_799),
        ] {
            let event = events(&written(&feed(vec![due(at)]))).remove(0);
            assert_eq!(event.property_value("DTSTART"), Some(start));
            assert_eq!(event.property_value("DTEND"), Some(end));
            match event.get_end() {
                Some(DatePerhapsTime::DateTime(icalendar::CalendarDateTime::Utc(time))) => {
                    assert_eq!(time.timestamp(), end_s, "{at}");
                    assert_eq!(instant(at).ms().div_euclid(1_000), end_s, "{at}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn lines_are_folded_at_75_octets_between_characters() {
        for value in ["ż".repeat(200), "a".repeat(300), format!("a{}", "🕯".repeat(90)), " x".repeat(80)] {
            let text = folded("SUMMARY", &value);
            let lines: Vec<&str> = text.split_terminator("\r\n").collect();
            assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= 75), "{text}");
            assert!(
                lines[..lines.len() - 1].iter().all(|line| line.len() >= 72),
                "no shorter than it must: {text}"
            );
            assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
            assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        }
        assert_eq!(folded("X", &"a".repeat(73)), format!("X:{}\r\n", "a".repeat(73)), "75 fit");
        assert_eq!(folded("X", &"a".repeat(74)), format!("X:{}\r\n a\r\n", "a".repeat(73)));
    }

    #[test]
    fn a_name_cannot_end_its_line() {
        let name = "Dues; of A, B \\ C\r\nEND:VCALENDAR\n\u{1b}Zoë".to_owned();
        let text = written(&Feed { name, ..feed(vec![]) });
        assert!(text.contains("\r\nNAME:Dues\\; of A\\, B \\\\ C\\nEND:VCALENDAR\\nZoë\r\n"), "{text}");
        assert_eq!(text.matches("END:VCALENDAR\r\n").count(), 1);
    }

    #[test]
    fn a_link_cannot_end_its_line() {
        let link = "https://x.example/a\r\nATTENDEE:b c".to_owned();
        let text = written(&feed(vec![Due { link, ..due("2026-03-09T12:00:00Z") }]));
        assert!(text.contains("\r\nURL:https://x.example/aATTENDEE:bc\r\n"), "{text}");
    }

    #[test]
    fn the_same_feed_gives_the_same_bytes_and_an_empty_one_is_whole() {
        let feed = feed(vec![due("2026-03-09T12:00:00Z"), due("2026-03-10T12:00:00Z")]);
        assert_eq!(written(&feed), written(&feed.clone()));
        let empty = written(&Feed { dues: Vec::new(), ..feed });
        assert!(
            empty.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && empty.ends_with("END:VCALENDAR\r\n")
        );
        assert_eq!(events(&empty).len(), 0);
    }
}
