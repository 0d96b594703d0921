//! Cookies: which there are, and how they are set.

use axum::http::header::{COOKIE, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};

/// What a browser keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Who is signed in.
    Session,
    /// That somebody signed in with this browser before.
    Device,
    /// What was begun at a provider of OpenID Connect.
    Elsewhere,
    /// What the forms of one who has not signed in are known by.
    Form,
    /// The key of a sentence about what was just done.
    Said,
}

impl Cookie {
    fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Device => "device",
            Self::Elsewhere => "elsewhere",
            Self::Form => "form",
            Self::Said => "said",
        }
    }

    /// Its name: over https one that browsers let nobody but this very host set.
    fn name(self, is_https: bool) -> String {
        if is_https { format!("__Host-{}", self.word()) } else { self.word().to_owned() }
    }

    /// What a browser sent.
    pub(crate) fn read(self, headers: &HeaderMap, is_https: bool) -> Option<String> {
        let name = self.name(is_https);
        let values = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut cookies =
            values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        cookies.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    }

    /// What has a browser keep it until it is closed; of that somebody signed in with it before, for half a year.
    pub(crate) fn set(self, value: &str, is_https: bool) -> Result<HeaderValue, InvalidHeaderValue> {
        let secure = if is_https { "; Secure" } else { "" };
        let age = if self == Self::Device { "; Max-Age=15552000" } else { "" };
        HeaderValue::from_str(&format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}",
            self.name(is_https)
        ))
    }

    /// What has a browser forget it.
    pub(crate) fn forget(self, is_https: bool) -> Result<HeaderValue, InvalidHeaderValue> {
        let secure = if is_https { "; Secure" } else { "" };
        let name = self.name(is_https);
        HeaderValue::from_str(&format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}"))
    }
}
