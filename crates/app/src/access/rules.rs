//! The rules of `policies/access`, and what they say.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};

use super::{Action, Person, Principal, Resource, StreamFacts};

const SCHEMA: &str = include_str!("../../../../policies/access/access.cedarschema");
const POLICIES: &str = include_str!("../../../../policies/access/access.cedar");

/// Why the rules of access cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the rules of access in `policies/access` cannot be used: {0}")]
pub struct RulesError(String);

/// Whether something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why it may, in words of the rule that permits it; none where it may not.
    pub why: Option<String>,
}

impl Verdict {
    /// Whether it may.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.why.is_some()
    }
}

struct Rules {
    schema: Schema,
    policies: PolicySet,
}

static RULES: LazyLock<Result<Rules, RulesError>> = LazyLock::new(Rules::read);

/// Whether the rules can be used: they are read, and checked against their schema.
///
/// # Errors
/// What is wrong with them.
pub fn check() -> Result<(), RulesError> {
    RULES.as_ref().map(drop).map_err(Clone::clone)
}

/// Whether somebody may do something. What cannot be decided is refused.
#[must_use]
pub fn decide(who: Principal<'_>, action: Action, on: &Resource<'_>) -> Verdict {
    let decided = RULES.as_ref().map_err(Clone::clone).and_then(|rules| rules.decide(who, action, on));
    decided.unwrap_or_else(|error| {
        tracing::error!(%error, action = action.word(), "access cannot be decided, and is refused");
        Verdict { why: None }
    })
}

impl Rules {
    fn read() -> Result<Self, RulesError> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(failed)?;
        let policies: PolicySet = POLICIES.parse().map_err(failed)?;
        let policies = named(&policies)?;
        let checked = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let problems: Vec<String> = checked.validation_errors().map(ToString::to_string).collect();
        match problems.is_empty() {
            true => Ok(Self { schema, policies }),
            false => Err(RulesError(problems.join("; "))),
        }
    }

    fn decide(&self, who: Principal<'_>, action: Action, on: &Resource<'_>) -> Result<Verdict, RulesError> {
        let (principal, resource) = (who.entity()?, on.entity()?);
        let action = uid("Action", action.word())?;
        let request =
            Request::new(principal.uid(), action, resource.uid(), Context::empty(), Some(&self.schema))
                .map_err(failed)?;
        let stream = on.stream().map(StreamFacts::entity).transpose()?;
        let all = [principal, resource].into_iter().chain(stream);
        let unique: HashMap<EntityUid, Entity> = all.map(|entity| (entity.uid(), entity)).collect();
        let entities = Entities::from_entities(unique.into_values(), Some(&self.schema)).map_err(failed)?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(failed(error));
        }
        let permits = response.diagnostics().reason();
        let why = permits.filter_map(|id| self.policies.annotation(id, "why")).min().unwrap_or("permitted");
        Ok(Verdict { why: (response.decision() == Decision::Allow).then(|| why.to_owned()) })
    }
}

/// The same policies, each under the name that its `@id` gives it.
fn named(policies: &PolicySet) -> Result<PolicySet, RulesError> {
    let name = |policy: &cedar_policy::Policy| {
        let id =
            policy.annotation("id").ok_or_else(|| RulesError(format!("a rule has no `@id`: {policy}")))?;
        Ok(policy.new_id(cedar_policy::PolicyId::new(id)))
    };
    let named = policies.policies().map(name).collect::<Result<Vec<_>, RulesError>>()?;
    PolicySet::from_policies(named).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> RulesError {
    RulesError(error.to_string())
}

fn uid(sort: &str, id: &str) -> Result<EntityUid, RulesError> {
    let sort: EntityTypeName = sort.parse().map_err(failed)?;
    Ok(EntityUid::from_type_name_and_id(sort, EntityId::new(id)))
}

fn text(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn set<'a>(texts: impl IntoIterator<Item = &'a String>) -> RestrictedExpression {
    RestrictedExpression::new_set(texts.into_iter().map(|one| text(one)))
}

fn entity<const N: usize>(
    uid: EntityUid,
    attributes: [(&str, Option<RestrictedExpression>); N],
) -> Result<Entity, RulesError> {
    let given = attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Entity::new(uid, given.collect(), HashSet::new()).map_err(failed)
}

impl Principal<'_> {
    fn entity(self) -> Result<Entity, RulesError> {
        match self {
            Self::Person(person) => person.entity(),
            Self::Program(token) => {
                entity(uid("Program", &token.name)?, [("scopes", Some(set(&token.scopes)))])
            }
        }
    }
}

impl Person {
    fn entity(&self) -> Result<Entity, RulesError> {
        let grants: BTreeSet<String> = self.grants.iter().map(|grant| grant.word().to_owned()).collect();
        let attributes = [
            ("officer", Some(text(&self.officer))),
            ("circle", Some(set(&self.circle()))),
            ("roles", Some(set(&self.roles))),
            ("grants", Some(set(&grants))),
            ("agency", self.partner_of.as_deref().map(text)),
        ];
        entity(uid("Person", &self.account)?, attributes)
    }
}

impl StreamFacts {
    fn entity(&self) -> Result<Entity, RulesError> {
        let attributes = [
            ("name", Some(text(&self.name))),
            ("isCase", Some(RestrictedExpression::new_bool(self.name.starts_with("case:")))),
            ("people", Some(set(&self.people))),
            ("insiders", Some(set(&self.insiders))),
            ("glass", Some(set(&self.glass))),
        ];
        entity(uid("Stream", &self.name)?, attributes)
    }
}

impl Resource<'_> {
    fn stream(&self) -> Option<&StreamFacts> {
        match self {
            Self::Duty(_, stream, _) | Self::Stream(stream) => Some(stream),
            Self::Application | Self::Team(_) => None,
        }
    }

    fn entity(&self) -> Result<Entity, RulesError> {
        match self {
            Self::Application => entity(uid("Application", "wakeful")?, []),
            Self::Team(name) => entity(uid("Team", name)?, [("name", Some(text(name)))]),
            Self::Stream(stream) => stream.entity(),
            Self::Duty(duty, stream, written_to) => {
                let called = duty.climb.iter().flat_map(|climb| &climb.called);
                let stream = RestrictedExpression::new_entity_uid(uid("Stream", &stream.name)?);
                let attributes = [
                    ("stream", Some(stream)),
                    ("holders", Some(set(&duty.holders))),
                    ("called", Some(set(called))),
                    ("writtenTo", Some(set(written_to))),
                    ("agency", duty.agency.as_deref().map(text)),
                ];
                entity(uid("Duty", &duty.id)?, attributes)
            }
        }
    }
}
