//! What the targets of reading share: whatever is read comes back from every format.

use std::collections::BTreeSet;

use engine::log::Log;
use exchange::{Format, Input, Mapping, Options, read_log, write};

/// Reads the bytes, once stopping at the first bad row and once writing bad rows down; what is read must come back.
pub fn read(name: &str, bytes: &[u8], mapping: Option<&Mapping>) {
    let inputs = [Input::Bytes(name.to_owned(), bytes.to_vec())];
    let strict = read_log(&inputs, Options { mapping, ..Options::default() });
    let mut rejects = Vec::new();
    let lenient = read_log(&inputs, Options { mapping, rejects: Some(&mut rejects), ..Options::default() });
    if let Ok((log, summary)) = &lenient {
        assert_eq!(summary.rejected == 0, strict.is_ok(), "rejects are written exactly where reading would stop");
        assert_eq!(rejects.iter().filter(|&&byte| byte == b'\n').count() as u64, summary.rejected);
        for format in [Format::JsonLines, Format::Csv, Format::Xes] {
            comes_back(log, format);
        }
    }
    if let Err(error) = strict {
        assert!(!error.to_string().contains('\n'), "an error is one line");
    }
}

fn comes_back(log: &Log, format: Format) {
    let mut bytes = Vec::new();
    write(log, format, false, &mut bytes).expect("a vector can be written to");
    let name = match format {
        Format::JsonLines => "x.jsonl",
        Format::Csv => "x.csv",
        Format::Xes => "x.xes",
    };
    let back = read_log(&[Input::Bytes(name.to_owned(), bytes)], Options::default());
    let (back, _) = back.unwrap_or_else(|error| panic!("what was written is not read: {error}"));
    assert_eq!(lines(&back), lines(log));
}

fn lines(log: &Log) -> BTreeSet<String> {
    (0..log.len()).map(|row| log.event(row as u32).canonical_line()).collect()
}
