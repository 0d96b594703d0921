//! Dates as the filters of the MOJ design system write them, which take them from the library `moment`.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZoneDatabase;

/// Where the people are who read the pages.
const ZONE: &str = "Europe/London";

/// What `moment` says of a text that is no date.
const NO_DATE: &str = "Invalid date";

/// The date of the filter `mojDate`: `date`, `shortdate`, `time`, `datetime` or `shortdatetime`; of any other form, none.
pub(crate) fn moj_date(timestamp: &str, form: &str) -> Option<String> {
    let at = local(timestamp);
    let time = if at.is_some_and(|at| at.minute() > 0) { "h:mma" } else { "ha" };
    let format = |format: &str| at.map_or_else(|| NO_DATE.to_owned(), |at| written(at, format));
    match form {
        "date" => Some(format("D MMMM YYYY")),
        "shortdate" => Some(format("D MMM YYYY")),
        "time" => Some(format(time)),
        "datetime" => Some(format!("{} at {}", format("D MMMM YYYY"), format(time))),
        "shortdatetime" => Some(format!("{} at {}", format("D MMM YYYY"), format(time))),
        _ => None,
    }
}

/// The date in a format of `moment`.
pub(crate) fn formatted(timestamp: &str, format: &str) -> String {
    local(timestamp).map_or_else(|| NO_DATE.to_owned(), |at| written(at, format))
}

/// An instant, a local time or a date, in ISO 8601, as local time.
fn local(text: &str) -> Option<DateTime> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(TimeZoneDatabase::bundled().get(ZONE).ok()?.to_datetime(instant));
    }
    text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))
}

/// What stands in a format, and what it is for `strftime`; the longest first.
const FORMATS: [(&str, &str); 22] = [
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("M", "%-m"),
    ("DD", "%d"),
    ("D", "%-d"),
    ("dddd", "%A"),
    ("ddd", "%a"),
    ("HH", "%H"),
    ("H", "%-H"),
    ("hh", "%I"),
    ("h", "%-I"),
    ("mm", "%M"),
    ("m", "%-M"),
    ("ss", "%S"),
    ("s", "%-S"),
    ("A", "%p"),
    ("a", "%P"),
    ("%", "%%"),
    ("X", "%s"),
];

fn written(at: DateTime, format: &str) -> String {
    let mut pattern = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if let Some((literal, after)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            pattern.push_str(&literal.replace('%', "%%"));
            rest = after;
        } else if let Some((token, directive)) = FORMATS.iter().find(|(token, _)| rest.starts_with(token)) {
            pattern.push_str(directive);
            rest = &rest[token.len()..];
        } else {
            pattern.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    jiff::fmt::strtime::format(&pattern, at).unwrap_or_else(|_| NO_DATE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{formatted, moj_date};

    #[test]
    fn dates_are_local_and_read_well() {
        assert_eq!(moj_date("2019-06-14T14:01:00.000Z", "datetime").unwrap(), "14 June 2019 at 3:01pm");
        assert_eq!(moj_date("2019-01-14T09:00:00Z", "shortdatetime").unwrap(), "14 Jan 2019 at 9am");
        assert_eq!(moj_date("2019-01-14", "date").unwrap(), "14 January 2019");
        assert_eq!(moj_date("yesterday", "date").unwrap(), "Invalid date");
        assert_eq!(moj_date("2019-01-14", "century"), None);
    }

    #[test]
    fn formats_are_those_of_moment() {
        assert_eq!(
            formatted("2026-03-06T19:05:09", "dddd D MMM YY [at 100%] HH:mm:ss"),
            "Friday 6 Mar 26 at 100% 19:05:09"
        );
    }
}
