//! Signatures of webhooks, as Standard Webhooks 1.0 says (<https://www.standardwebhooks.com>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes that a key has, says the specification.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Why a secret cannot sign. The secret is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// There is none.
    #[error("there is no secret; write `whsec_` and 24 to 64 random bytes in base64")]
    Missing,
    /// It is not written as secrets are.
    #[error("a secret is not base64; write `whsec_` and 24 to 64 random bytes in base64")]
    NotBase64,
    /// It is too short or too long.
    #[error("a secret has {0} bytes; 24 to 64 are allowed")]
    Length(usize),
}

/// Signs messages to one webhook.
pub struct Signer {
    keys: Vec<Hmac<Sha256>>,
}

impl Signer {
    /// Reads a secret, `whsec_` and base64, or two of them with a space between while one takes the place of the other:
    /// then a message has a signature by each, and a receiver that knows either accepts it.
    pub fn new(secrets: &str) -> Result<Signer, BadSecret> {
        let keys = secrets.split_whitespace().map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(BadSecret::Missing) } else { Ok(Signer { keys }) }
    }

    /// The value of the header `webhook-signature` for a message of this id, at so many seconds since 1970.
    #[must_use]
    pub fn sign(&self, id: &str, at_s: i64, body: &str) -> String {
        let signatures = self.keys.iter().map(|key| {
            let mac = key.clone().chain_update(format!("{id}.{at_s}.")).chain_update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        });
        signatures.collect::<Vec<_>>().join(" ")
    }
}

fn key(secret: &str) -> Result<Hmac<Sha256>, BadSecret> {
    let text = secret.strip_prefix("whsec_").unwrap_or(secret);
    let bytes = STANDARD.decode(text).map_err(|_| BadSecret::NotBase64)?;
    if !KEY_BYTES.contains(&bytes.len()) {
        return Err(BadSecret::Length(bytes.len()));
    }
    Hmac::new_from_slice(&bytes).map_err(|_| BadSecret::Length(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    fn sign(secrets: &str) -> Result<String, BadSecret> {
        let signer = Signer::new(secrets)?;
        Ok(signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#))
    }

    #[test]
    fn the_published_example() {
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(SECRET).unwrap(), expected);
        assert_eq!(sign(&format!("whsec_{SECRET}")).unwrap(), expected);
    }

    /// The vector of the specification's own library in Rust.
    #[test]
    fn another_published_example() {
        let body = r#"{"email":"test@example.com","username":"test_user"}"#;
        let signature =
            Signer::new(OTHER).unwrap().sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body);
        assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn two_secrets_sign_twice() {
        let (first, second) = (sign(SECRET).unwrap(), sign(OTHER).unwrap());
        assert_eq!(sign(&format!("whsec_{SECRET} {OTHER}")).unwrap(), format!("{first} {second}"));
        assert_ne!(first, second);
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        assert_eq!(sign("  "), Err(BadSecret::Missing));
        assert_eq!(sign("whsec_not base64!"), Err(BadSecret::NotBase64));
        assert_eq!(sign("whsec_"), Err(BadSecret::Length(0)));
        assert_eq!(sign("whsec_c2hvcnQ="), Err(BadSecret::Length(5)));
        assert_eq!(sign(&STANDARD.encode([7; 65])), Err(BadSecret::Length(65)));
        assert!(sign(&STANDARD.encode([7; 64])).is_ok());
    }
}
