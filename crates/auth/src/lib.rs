//! Who is asking, and which student they may see.
//!
//! A token is a JWT signed by a key of a JWKS (a file or an address), EdDSA, ES256 or RS256. [`Verifier`] turns it into
//! a [`Principal`]; [`Access`] says what a principal may do with a student's things. [`DevKeys`] signs tokens for a
//! fleet on one machine.
//!
//! Not here: rosters themselves (room `progress`), limits (crate `rate-limit`), and what an operator's action does.

mod access;
mod bearer;
mod cache;
mod claims;
mod dev;
mod keys;
mod principal;
mod refusal;
mod source;
mod verifier;

pub use access::{Access, Rosters, RostersError, subject_student};
pub use bearer::{TOKEN_MAX_BYTES, bearer_token};
pub use dev::{DEV_AUDIENCE, DEV_ISSUER, DevKeys, DevKeysError};
pub use keys::KeysError;
pub use principal::{Principal, Role};
pub use refusal::Refusal;
pub use source::{KeySource, SourceError};
pub use verifier::{LEEWAY_S, Settings, Verifier};
