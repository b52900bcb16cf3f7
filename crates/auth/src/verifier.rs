//! Token in, principal out.
//!
//! Keys are read again every [`Settings::refresh_every`], and at once when a token names a key that is not known (at
//! most every [`UNKNOWN_KEY_PAUSE_MS`]). A JWKS that cannot be read or used changes nothing: the old keys go on, the
//! log says so, and [`Verifier::ready`] tells.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation};

use crate::cache::{Cache, Known, fingerprint};
use crate::claims::Claims;
use crate::keys::{Key, KeySet, KeysError};
use crate::source::Reader;
use crate::{KeySource, Principal, Refusal, SourceError};

/// How far clocks may be apart, in seconds: `exp` and `nbf` are read with this much patience.
pub const LEEWAY_S: u32 = 5;

/// How long after a look at the source an unknown key does not cause another one: strangers may send any name.
const UNKNOWN_KEY_PAUSE_MS: i64 = 10_000;

/// What tokens must say, and where the keys are.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The JWKS.
    pub keys: KeySource,
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud`, or one of it.
    pub audience: String,
    /// How often [`Verifier::keep_fresh`] reads the keys again.
    pub refresh_every: Duration,
}

/// Checks tokens.
pub struct Verifier {
    settings: Settings,
    clock: Arc<dyn Clock>,
    reader: Reader,
    keys: RwLock<Keys>,
    cache: Mutex<Cache>,
    /// Held while the source is read, so that one look serves all who wait; when the last one began.
    looked_at: tokio::sync::Mutex<Option<Timestamp>>,
}

/// The keys in use.
#[derive(Default)]
struct Keys {
    set: Option<Arc<KeySet>>,
    /// The text they were read from.
    text: String,
    /// Rises with every change.
    generation: u64,
    /// Why the last look at the source failed.
    trouble: Option<String>,
}

/// Why the keys are not to be had, or not usable.
#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl Verifier {
    /// A verifier with the keys as they are now. Keys that are not to be had yet are no error: it refuses every token
    /// with [`Refusal::NoKeys`], is not ready, and looks again.
    ///
    /// # Errors
    /// When the source cannot be asked at all.
    pub async fn open(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, SourceError> {
        let reader = Reader::new(settings.keys.clone())?;
        let verifier = Self {
            settings,
            clock,
            reader,
            keys: RwLock::default(),
            cache: Mutex::default(),
            looked_at: tokio::sync::Mutex::new(None),
        };
        verifier.refresh().await;
        Ok(verifier)
    }

    /// Who the token speaks for.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn verify(&self, token: &str) -> Result<Principal, Refusal> {
        match self.verify_now(token) {
            Err(Refusal::UnknownKey | Refusal::NoKeys) if self.look_for_new_keys().await => {
                self.verify_now(token)
            }
            outcome => outcome,
        }
    }

    /// Reads the keys again and again. For a task of its own; it never returns.
    pub async fn keep_fresh(&self) {
        let mut ticks = tokio::time::interval(self.settings.refresh_every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // The first tick is at once, and the keys have just been read.
        ticks.tick().await;
        loop {
            ticks.tick().await;
            self.refresh().await;
        }
    }

    /// Whether there are keys and the last look at their source went well.
    ///
    /// # Errors
    /// What was wrong with it.
    pub fn ready(&self) -> Result<(), String> {
        self.keys().trouble.clone().map_or(Ok(()), Err)
    }

    /// With the keys at hand.
    fn verify_now(&self, token: &str) -> Result<Principal, Refusal> {
        let (set, generation) = {
            let keys = self.keys();
            (keys.set.clone().ok_or(Refusal::NoKeys)?, keys.generation)
        };
        let now = self.clock.now();
        let print = fingerprint(token);
        let cached = self.cache().get(generation, &print);
        let known = match cached {
            Some(known) => {
                known.span.check(now, LEEWAY_S)?;
                known
            }
            None => {
                let known = self.read(&set, token)?;
                known.span.check(now, LEEWAY_S)?;
                self.cache().put(generation, print, known.clone());
                known
            }
        };
        Ok(known.principal)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks everything but the time.
    fn read(&self, set: &KeySet, token: &str) -> Result<Known, Refusal> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Malformed)?;
        // A critical extension is one that must be understood, and we understand none.
        if header.crit.is_some() {
            return Err(Refusal::Malformed);
        }
        let key = set.find(header.kid.as_deref())?;
        if header.alg != key.algorithm {
            return Err(Refusal::Algorithm);
        }
        let claims = signed_claims(token, key)?;
        let span = claims.span();
        let principal = claims.principal(&self.settings.issuer, &self.settings.audience)?;
        Ok(Known { principal, span })
    }

    /// Looks at the source unless somebody just has. Whether it is worth trying again.
    async fn look_for_new_keys(&self) -> bool {
        let before = self.keys().generation;
        let mut looked_at = self.looked_at.lock().await;
        let now = self.clock.now();
        let is_recent =
            looked_at.is_some_and(|then| now.as_millisecond() - then.as_millisecond() < UNKNOWN_KEY_PAUSE_MS);
        if !is_recent {
            *looked_at = Some(now);
            self.read_source().await;
        }
        self.keys().generation != before
    }

    /// Reads the keys again, now.
    async fn refresh(&self) {
        let mut looked_at = self.looked_at.lock().await;
        *looked_at = Some(self.clock.now());
        self.read_source().await;
    }

    async fn read_source(&self) {
        let outcome = self.read_keys().await;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(Some((set, text))) => {
                tracing::info!(source = ?self.settings.keys, "the keys for tokens are new");
                *keys = Keys { set: Some(set), text, generation: keys.generation + 1, trouble: None };
            }
            Ok(None) => keys.trouble = None,
            Err(error) => {
                tracing::warn!(source = ?self.settings.keys, "the keys for tokens stay as they are: {error}");
                keys.trouble = Some(error.to_string());
            }
        }
    }

    /// The keys of the source; `None` where they are the ones in use.
    async fn read_keys(&self) -> Result<Option<(Arc<KeySet>, String)>, RefreshError> {
        let text = self.reader.read().await?;
        if text == self.keys().text {
            return Ok(None);
        }
        Ok(Some((Arc::new(KeySet::parse(&text)?), text)))
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The claims, if the key signed them.
fn signed_claims(token: &str, key: &Key) -> Result<Claims, Refusal> {
    use jsonwebtoken::errors::ErrorKind;
    jsonwebtoken::decode::<Claims>(token, &key.decoding, &signature_only(key.algorithm))
        .map(|token| token.claims)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => Refusal::Signature,
            ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
            ErrorKind::Json(_) => Refusal::Claims,
            _ => Refusal::Malformed,
        })
}

/// The library checks the signature under this algorithm alone; the claims are checked in `claims`.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}
