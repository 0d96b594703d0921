//! Policy versions in force.

use app::token::Scope;
use app::versions::{self, Texts};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use engine::policy::SourceFile;
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::StoredPolicy;
use utoipa::ToSchema;

use crate::Served;
use crate::auth::Caller;
use crate::body::{Whole, media_type};
use crate::problem::Problem;

/// A policy version that is in force, or will be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyVersion {
    /// The policy's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Of its texts: SHA-256 in hex.
    pub fingerprint: String,
    /// When it was put into force.
    #[schema(value_type = String)]
    pub activated_at: Instant,
    /// By whom.
    pub activated_by: String,
}

/// The versions in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyVersions {
    /// In the order in which they were put into force.
    pub items: Vec<PolicyVersion>,
}

impl PolicyVersion {
    fn of(stored: StoredPolicy) -> Self {
        let StoredPolicy { name, version, fingerprint, activated_at, activated_by, .. } = stored;
        Self { name, version, fingerprint, activated_at, activated_by }
    }
}

/// The policy versions in force.
#[utoipa::path(
    get, path = "/api/v1/policy-versions", tag = "policy", security(("token" = [])),
    responses(
        (status = 200, description = "The versions", body = PolicyVersions),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(served): State<Served>, caller: Caller) -> Result<Json<PolicyVersions>, Problem> {
    caller.needs(&[Scope::Read])?;
    let items = served.store.policies().await?.into_iter().map(PolicyVersion::of).collect();
    Ok(Json(PolicyVersions { items }))
}

/// A file of a policy.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PolicyFile {
    /// Its name, which messages show.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A policy version to put into force.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewVersion {
    /// The files of the packs that it builds on, the lowest first, and last its own.
    pub packs: Vec<Vec<PolicyFile>>,
}

/// Puts a policy version into force from the future date that it names. Running clocks keep theirs.
#[utoipa::path(
    post, path = "/api/v1/policy-versions", tag = "policy", security(("token" = [])), request_body = NewVersion,
    responses(
        (status = 201, description = "It will be in force", body = PolicyVersion),
        (status = 400, description = "No version", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too much at once", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Another format", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It fails its checks; what was in force stays", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn activate(
    State(served): State<Served>,
    caller: Caller,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<(StatusCode, Json<PolicyVersion>), Problem> {
    caller.needs(&[Scope::PolicyActivate])?;
    let kind = media_type(&headers);
    if kind != "application/json" {
        let detail = format!("`{kind}` is not read here; send `application/json`");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail));
    }
    let body: NewVersion = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad(format!("the body is no policy version: {error}")))?;
    let file = |file: PolicyFile| SourceFile { name: file.name, text: file.text.into() };
    let texts = Texts(body.packs.into_iter().map(|pack| pack.into_iter().map(file).collect()).collect());
    let now = served.clock.now();
    let stored =
        versions::activate(&*served.store, &served.history, &texts, now, &caller.token.records_as).await?;
    let stored =
        stored.map_err(|problem| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", problem))?;
    served.recorder.watch().await?;
    Ok((StatusCode::CREATED, Json(PolicyVersion::of(stored))))
}
