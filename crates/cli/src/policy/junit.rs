//! The results of tests as JUnit XML, which build servers read.

use std::io::{self, Write};

use engine::policy::Policy;
use engine::policy_test::TestResult;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::test::Tested;

/// Writes the results, a suite for each policy.
///
/// # Errors
/// What the writer says.
pub fn write(tested: &[Tested], out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (tests, failures) = tested.iter().fold((0, 0), |(tests, failures), suite| {
        (tests + suite.results.len(), failures + failed(&suite.results))
    });
    let mut suites = BytesStart::new("testsuites");
    counts(&mut suites, tests, failures);
    xml.write_event(Event::Start(suites))?;
    for Tested { policy, results } in tested {
        let mut suite = BytesStart::new("testsuite");
        suite.push_attribute(("name", printable(&super::name_and_version(policy)).as_str()));
        counts(&mut suite, results.len(), failed(results));
        xml.write_event(Event::Start(suite))?;
        results.iter().try_for_each(|result| write_case(policy, result, &mut xml))?;
        xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    xml.into_inner().write_all(b"\n")
}

fn failed(results: &[TestResult]) -> usize {
    results.iter().filter(|result| !result.failures.is_empty()).count()
}

fn counts(element: &mut BytesStart<'_>, tests: usize, failures: usize) {
    element.push_attribute(("tests", tests.to_string().as_str()));
    element.push_attribute(("failures", failures.to_string().as_str()));
    element.push_attribute(("errors", "0"));
}

fn write_case(policy: &Policy, result: &TestResult, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let file = policy.files.get(result.place.file);
    let mut case = BytesStart::new("testcase");
    case.push_attribute(("name", printable(&result.name).as_str()));
    case.push_attribute(("classname", printable(&policy.name).as_str()));
    if let Some(file) = file {
        case.push_attribute(("file", printable(&file.name).as_str()));
        let (line, _) = result.place.line_and_column(&file.text);
        case.push_attribute(("line", line.to_string().as_str()));
    }
    if result.failures.is_empty() {
        return xml.write_event(Event::Empty(case));
    }
    xml.write_event(Event::Start(case))?;
    for failure in &result.failures {
        let mut element = BytesStart::new("failure");
        let place = failure.place.show(&policy.files);
        element.push_attribute(("message", printable(&format!("not as expected at {place}")).as_str()));
        xml.write_event(Event::Start(element))?;
        xml.write_event(Event::Text(BytesText::new(&printable(&failure.diff.join("\n")))))?;
        xml.write_event(Event::End(BytesEnd::new("failure")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

/// The text without what XML cannot hold.
fn printable(text: &str) -> String {
    let holds = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|char| if holds(char) { char } else { '\u{fffd}' }).collect()
}
