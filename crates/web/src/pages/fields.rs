//! The fields of a form.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::PageError;
use crate::Served;

/// The fields of a form that was sent, in their order; checked to be one of ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Arc<Vec<(String, String)>>);

impl Fields {
    /// What a body in the format of forms says. Of line ends, and of what no record can hold, nothing is left but what people mean.
    pub(crate) fn read(body: &[u8]) -> Self {
        let clean = |text: &str| text.replace("\r\n", "\n").replace('\0', "");
        let fields = url::form_urlencoded::parse(body).map(|(name, value)| (clean(&name), clean(&value)));
        Self(Arc::new(fields.collect()))
    }

    /// What stands in a field, without white space around it; the empty text where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// What stands in a field as it was written, as a password is.
    pub(crate) fn raw(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value)
    }

    /// What stands in every field of a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }
}

impl FromRequestParts<Served> for Fields {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &Served) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::Bad)
    }
}
