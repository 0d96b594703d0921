//! `policies/access/endpoints.toml`: each row, each role.

use std::collections::{BTreeMap, BTreeSet};

use app::access::{Action, Grant, Person, Principal, Resource, StreamFacts, decide};
use engine::time::Instant;
use store::{Climb, DutyEntry, Token};
use toml_edit::{DocumentMut, Table};

const CASE: &str = "case:c1";
const TEAM: &str = "team:cse";

fn texts(table: &Table, name: &str) -> Vec<String> {
    let list = table.get(name).and_then(|value| value.as_array());
    list.into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn stream() -> StreamFacts {
    StreamFacts {
        name: CASE.to_owned(),
        people: vec!["officer:insider".to_owned(), TEAM.to_owned()],
        insiders: vec!["officer:insider".to_owned(), "officer:supervisor".to_owned()],
        glass: Vec::new(),
    }
}

/// A duty that the insider owes, and whose first step reached the supervisor.
fn duty() -> DutyEntry {
    let climb = Climb {
        step: 1,
        to: "supervisor".to_owned(),
        opens: Instant::MIN,
        due: None,
        lapsed: 0,
        is_answered: false,
        called: vec!["officer:supervisor".to_owned()],
        asked: Vec::new(),
    };
    DutyEntry {
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        rule: "crime-record".to_owned(),
        key: CASE.to_owned(),
        due: None,
        state: "overdue".to_owned(),
        wakes_at: None,
        holders: vec!["officer:insider".to_owned()],
        stream: CASE.to_owned(),
        agency: None,
        climb: Some(climb),
        row: "{}".to_owned(),
    }
}

fn resource<'a>(on: &str, duty: &'a DutyEntry) -> Resource<'a> {
    match on {
        "application" => Resource::Application,
        "team" => Resource::Team(TEAM),
        "case" => Resource::Stream(stream()),
        "duty" => Resource::Duty(duty, stream(), Vec::new()),
        other => panic!("`on` cannot be `{other}`"),
    }
}

fn one(text: &str) -> BTreeSet<String> {
    [text.to_owned()].into()
}

/// Somebody in a role of the table.
fn person(role: &str) -> Person {
    let plain = Person { account: role.to_owned(), officer: format!("officer:{role}"), ..Person::default() };
    let police = |role: &str, team: &str| Person {
        roles: one(role),
        teams: one(team),
        agency: Some("police".to_owned()),
        ..plain.clone()
    };
    match role {
        "insider" => police("officer", TEAM),
        "stranger" => police("officer", "team:other"),
        "supervisor" => Person { leads: one(TEAM), ..police("supervisor", "team:office") },
        "superintendent" => police("superintendent", "team:office"),
        "partner" => Person {
            roles: one("social-worker"),
            teams: one("team:council"),
            agency: Some("children-services".to_owned()),
            partner_of: Some("children-services".to_owned()),
            ..plain
        },
        grant => Person { grants: [Grant::of(grant).unwrap()].into(), ..plain },
    }
}

fn may(role: &str, action: Action, on: &Resource<'_>) -> bool {
    match role.strip_prefix("token:") {
        Some(scope) => {
            let token = Token {
                name: "crm".to_owned(),
                hash: String::new(),
                scopes: vec![scope.to_owned()],
                records_as: "system:crm".to_owned(),
                created_at: Instant::MIN,
                proposed_by: None,
                ends_at: None,
            };
            is_of_programs(action) && decide(Principal::Program(&token), action, on).is_allowed()
        }
        None => !is_of_programs(action) && decide(Principal::Person(&person(role)), action, on).is_allowed(),
    }
}

/// Whether the schema lets only programs ask for it: anybody else is refused before any rule is asked.
fn is_of_programs(action: Action) -> bool {
    action.word().starts_with("api-")
}

#[test]
fn every_endpoint_is_open_to_the_roles_of_its_row_and_to_no_other() {
    let document: DocumentMut = include_str!("../../../../policies/access/endpoints.toml").parse().unwrap();
    let roles: Vec<String> =
        document["roles"].as_table().unwrap().iter().map(|(role, _)| role.to_owned()).collect();
    let duty = duty();
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    for row in document["endpoint"].as_array_of_tables().unwrap() {
        let (at, word) = (texts(row, "at"), row["action"].as_str().unwrap());
        assert!(!at.is_empty(), "a row has no address");
        if ["public", "sign-in"].contains(&word) {
            continue;
        }
        let action = Action::ALL.into_iter().find(|action| action.word() == word).expect(word);
        let on = resource(row["on"].as_str().unwrap(), &duty);
        let allowed = texts(row, "allowed");
        assert!(allowed.iter().all(|role| roles.contains(role)), "{at:?} names a role that is none");
        for role in &roles {
            assert_eq!(may(role, action, &on), allowed.contains(role), "{at:?} for {role}");
        }
        *asked.entry(action.word()).or_default() += 1;
    }
    let unasked = Action::ALL.into_iter().filter(|action| !asked.contains_key(action.word()));
    assert_eq!(
        unasked.map(Action::word).collect::<Vec<_>>(),
        ["record-in"],
        "of these no page has its address"
    );
}

#[test]
fn who_owes_a_duty_does_not_answer_for_themselves() {
    let mut duty = duty();
    duty.holders.push("officer:supervisor".to_owned());
    let on = Resource::Duty(&duty, stream(), Vec::new());
    assert!(!may("supervisor", Action::AnswerStep, &on));
    assert!(may("supervisor", Action::SeeDuty, &on));
}

#[test]
fn a_partner_sees_what_their_agency_owes_and_no_more_of_the_case() {
    let duty = DutyEntry { agency: Some("children-services".to_owned()), ..duty() };
    assert!(may("partner", Action::SeeDuty, &Resource::Duty(&duty, stream(), Vec::new())));
    assert!(!may("partner", Action::SeeCase, &Resource::Stream(stream())));
    let others = DutyEntry { agency: Some("health".to_owned()), ..duty };
    assert!(!may("partner", Action::SeeDuty, &Resource::Duty(&others, stream(), Vec::new())));
}

#[test]
fn what_permits_something_says_why() {
    let said = decide(Principal::Person(&person("reviewer")), Action::SeeCase, &Resource::Stream(stream()));
    assert_eq!(said.why.as_deref(), Some("reviews the record"));
}
