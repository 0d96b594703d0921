//! What tells a form of ours from one that another site had a browser send.
//!
//! It is derived from what the browser is known by, so there is nothing to keep, and a new sign-in has new ones. It is masked anew on
//! each page, so that the length of a compressed page tells nothing of it.

use app::token;

use super::PageError;

const MASK: usize = 64;

/// A random text for a browser to be known by.
pub(crate) fn secret() -> Result<String, PageError> {
    let random = token::random().map_err(|error| {
        tracing::error!(%error, "there are no random numbers");
        PageError::Fault
    })?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The token of one page.
pub(crate) fn token(secret: &str) -> Result<String, PageError> {
    let mask = self::secret()?;
    Ok(format!("{mask}{}", masked(secret, &mask)))
}

/// Whether a token was made for a secret.
pub(crate) fn is_of(token: &str, secret: &str) -> bool {
    let Some((mask, rest)) = token.split_at_checked(MASK) else { return false };
    // Compared by their hashes, so that the time that it takes tells nothing.
    app::token::hash(rest) == app::token::hash(&masked(secret, mask))
}

fn masked(secret: &str, mask: &str) -> String {
    token::hash(&format!("form\n{mask}\n{secret}"))
}
