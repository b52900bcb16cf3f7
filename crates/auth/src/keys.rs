//! A JWKS, read strictly: the public keys that may have signed a token, each for exactly one algorithm.
//!
//! What a foreign set may well hold beside our keys (encryption keys, other curves) is passed over. What would make it
//! unclear or unsafe whose signature we accept (two keys of one name, a key without a name among several, an algorithm
//! that does not fit the key, a private part) makes the whole set unusable. Not here: where it comes from (`source`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use crate::Refusal;

/// Why a JWKS is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// It is not JSON of the form `{"keys": [...]}`.
    #[error("it is not a JSON Web Key Set: {0}")]
    Malformed(String),
    /// Nothing in it is for EdDSA, ES256 or RS256.
    #[error("it has no key for EdDSA, ES256 or RS256")]
    Empty,
    /// More keys than anybody needs.
    #[error("it has more than {KEYS_MAX} keys")]
    TooMany,
    /// A key is not what it says, or says what it must not.
    #[error("key {kid}: {what}")]
    Key {
        /// Its name, or its place.
        kid: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// The most keys of a set.
const KEYS_MAX: usize = 64;

/// The shortest RSA modulus: 2048 bits.
const RSA_MODULUS_MIN_BYTES: usize = 256;

#[derive(Deserialize)]
struct Document {
    keys: Vec<Jwk>,
}

/// What we read of a key; what else it says does not matter.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    kid: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

/// A key and the one algorithm it is for.
pub(crate) struct Key {
    kid: Option<String>,
    pub(crate) algorithm: Algorithm,
    pub(crate) decoding: DecodingKey,
}

/// The keys of a set; at least one.
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// Reads a set.
    pub(crate) fn parse(text: &str) -> Result<Self, KeysError> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| KeysError::Malformed(error.to_string()))?;
        if document.keys.len() > KEYS_MAX {
            return Err(KeysError::TooMany);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (place, jwk) in document.keys.into_iter().enumerate() {
            let name = jwk.kid.clone().unwrap_or_else(|| format!("number {}", place + 1));
            let wrong = |what| KeysError::Key { kid: name.clone(), what };
            let Some(key) = jwk.key().map_err(wrong)? else {
                continue;
            };
            if keys.iter().any(|other| other.kid == key.kid) {
                return Err(wrong("two keys have the same kid, or none"));
            }
            keys.push(key);
        }
        if keys.len() > 1 && keys.iter().any(|key| key.kid.is_none()) {
            return Err(KeysError::Key {
                kid: "without a name".to_owned(),
                what: "several keys need a kid each",
            });
        }
        if keys.is_empty() { Err(KeysError::Empty) } else { Ok(Self { keys }) }
    }

    /// The key that a token names; without a name, the only one.
    pub(crate) fn find(&self, kid: Option<&str>) -> Result<&Key, Refusal> {
        match (kid, &self.keys[..]) {
            (None, [only]) => Ok(only),
            (kid @ Some(_), keys) => {
                keys.iter().find(|key| key.kid.as_deref() == kid).ok_or(Refusal::UnknownKey)
            }
            (None, _) => Err(Refusal::UnknownKey),
        }
    }
}

impl Jwk {
    /// The key; `None` where it is for something else than signatures of ours.
    fn key(self) -> Result<Option<Key>, &'static str> {
        if self.d.is_some() {
            return Err("it has a private part, which must never be here");
        }
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Ok(None);
        }
        let (algorithm, name, decoding) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => {
                let x = coordinate(self.x.as_deref(), 32)?;
                (Algorithm::EdDSA, "EdDSA", DecodingKey::from_ed_components(x))
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (coordinate(self.x.as_deref(), 32)?, coordinate(self.y.as_deref(), 32)?);
                (Algorithm::ES256, "ES256", DecodingKey::from_ec_components(x, y))
            }
            ("RSA", None) => {
                let n = self.n.as_deref().ok_or("n is missing")?;
                let e = self.e.as_deref().ok_or("e is missing")?;
                if decode(n)?.len() < RSA_MODULUS_MIN_BYTES {
                    return Err("RSA keys need 2048 bits at least");
                }
                (Algorithm::RS256, "RS256", DecodingKey::from_rsa_components(n, e))
            }
            _ => return Ok(None),
        };
        if self.alg.as_deref().is_some_and(|alg| alg != name) {
            return Err("its alg is not the one of its kind: EdDSA, ES256 or RS256");
        }
        let decoding = decoding.map_err(|_| "its numbers cannot be read")?;
        Ok(Some(Key { kid: self.kid, algorithm, decoding }))
    }
}

/// A number of a curve: exactly so many bytes.
fn coordinate(text: Option<&str>, size_bytes: usize) -> Result<&str, &'static str> {
    let text = text.ok_or("a coordinate is missing")?;
    if decode(text)?.len() == size_bytes { Ok(text) } else { Err("a coordinate has the wrong length") }
}

fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "a number is not base64url")
}
