//! Keys and tokens of a fleet on one machine: an Ed25519 key in the data folder, made on first start.
//!
//! Not for a fleet that others depend on: there an identity provider signs, and this file has no part in it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clock::Clock;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use crate::Principal;
use crate::claims::{Audience, Claims};

/// The claim `iss` of development tokens.
pub const DEV_ISSUER: &str = "agent-bus-dev";

/// The claim `aud` of development tokens.
pub const DEV_AUDIENCE: &str = "agent-bus";

/// The private key: PKCS#8, readable by its owner alone.
const KEY_FILE: &str = "signing-key.pk8";

/// The public one, for the verifier.
const JWKS_FILE: &str = "jwks.json";

/// Why there are no development keys.
#[derive(Debug, thiserror::Error)]
pub enum DevKeysError {
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// Others could have read the key.
    #[error("{0} can be read by others (mode {1:03o}): `chmod 600` it, or delete it for a new one")]
    Open(PathBuf, u32),
    /// The file holds something else, or the key cannot be used.
    #[error("{0} holds no Ed25519 key: delete it for a new one")]
    NoKey(PathBuf),
    /// A token could not be signed.
    #[error("the token cannot be signed: {0}")]
    Sign(String),
}

/// Signs development tokens.
pub struct DevKeys {
    key: EncodingKey,
    kid: String,
    jwks: PathBuf,
    clock: Arc<dyn Clock>,
}

impl DevKeys {
    /// The keys of this data folder; the first time they are made. The folder must exist.
    ///
    /// # Errors
    /// When a file cannot be read or written, holds no key, or is open to others.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, DevKeysError> {
        let path = folder.join(KEY_FILE);
        if !path.exists() {
            make_key(folder, &path)?;
        }
        let mode =
            fs::metadata(&path).map_err(|error| DevKeysError::Io(path.clone(), error))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(DevKeysError::Open(path, mode & 0o777));
        }
        let pkcs8 = fs::read(&path).map_err(|error| DevKeysError::Io(path.clone(), error))?;
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| DevKeysError::NoKey(path))?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let kid = thumbprint(&x);
        let jwks = folder.join(JWKS_FILE);
        let set = json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x}
        ]});
        replace(folder, &jwks, format!("{set:#}\n").as_bytes())?;
        Ok(Self { key: EncodingKey::from_ed_der(&pkcs8), kid, jwks, clock })
    }

    /// The JWKS beside the key, for [`crate::Settings::keys`].
    #[must_use]
    pub fn jwks(&self) -> &Path {
        &self.jwks
    }

    /// A token for `principal`, valid from now for `ttl_s` seconds.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn issue(&self, principal: &Principal, ttl_s: u32) -> Result<String, DevKeysError> {
        let now_s = self.clock.now().as_duration().as_secs_f64().floor();
        let claims = Claims {
            iss: DEV_ISSUER.to_owned(),
            sub: principal.subject.to_string(),
            aud: Audience::One(DEV_AUDIENCE.to_owned()),
            exp: now_s + f64::from(ttl_s),
            nbf: now_s,
            role: principal.role.as_str().to_owned(),
            on_behalf_of: principal.on_behalf_of.as_ref().map(ToString::to_string),
        };
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.key)
            .map_err(|error| DevKeysError::Sign(error.to_string()))
    }
}

/// A new key under `path`, whole or not at all. If another process was faster, its key stays.
fn make_key(folder: &Path, path: &Path) -> Result<(), DevKeysError> {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
        .map_err(|_| DevKeysError::NoKey(path.to_owned()))?;
    let draft = write_draft(folder, KEY_FILE, pkcs8.as_ref())?;
    // A link, unlike a rename, never replaces a key that tokens were signed with.
    let linked = fs::hard_link(&draft, path);
    let removed = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => removed,
    }
    .map_err(|error| DevKeysError::Io(path.to_owned(), error))
}

/// Puts `bytes` in the place of what `path` holds, at once for every reader.
fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), DevKeysError> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let draft = write_draft(folder, JWKS_FILE, bytes)?;
    fs::rename(&draft, path).map_err(|error| DevKeysError::Io(path.to_owned(), error))
}

/// A new file of mode 0600 with these bytes, on disk.
fn write_draft(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, DevKeysError> {
    let draft = folder.join(format!(".{name}.{}.{:?}", std::process::id(), thread::current().id()));
    let written = (|| {
        // One of the same name can only be left over from a process that died.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()
    })();
    written.map(|()| draft.clone()).map_err(|error| DevKeysError::Io(draft, error))
}

/// The key's name: its RFC 7638 thumbprint.
fn thumbprint(x: &str) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
}
