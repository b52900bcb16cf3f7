//! Signs tokens, good and bad, without the library that checks them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use clock::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Now, in seconds since 1970, until a test moves it.
pub(crate) const NOW_S: i64 = 1_800_000_000;

/// A clock that a test moves.
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW_S)))
    }

    pub(crate) fn advance_s(&self, by_s: i64) {
        self.0.fetch_add(by_s, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

type Sign = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

/// A key of one kind, with its public half as a JWK without a name.
pub(crate) struct Signer {
    pub(crate) alg: &'static str,
    pub(crate) jwk: Value,
    sign: Box<Sign>,
}

impl Signer {
    pub(crate) fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = BASE64URL.encode(pair.public_key());
        Self {
            alg: "EdDSA",
            jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": x}),
            sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()),
        }
    }

    pub(crate) fn p256() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref().to_vec();
        let (x, y) = (BASE64URL.encode(&point[1..33]), BASE64URL.encode(&point[33..65]));
        Self {
            alg: "ES256",
            jwk: json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}),
            sign: Box::new(move |message| {
                pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
            }),
        }
    }

    pub(crate) fn rsa() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key();
        let n = BASE64URL.encode(public.modulus().big_endian_without_leading_zero());
        let e = BASE64URL.encode(public.exponent().big_endian_without_leading_zero());
        Self {
            alg: "RS256",
            jwk: json!({"kty": "RSA", "n": n, "e": e}),
            sign: Box::new(move |message| {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }),
        }
    }

    /// What an attacker tries who takes a public key for a shared secret.
    pub(crate) fn hmac_with(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self {
            alg: "HS256",
            jwk: Value::Null,
            sign: Box::new(move |message| hmac::sign(&key, message).as_ref().to_vec()),
        }
    }

    /// No signature at all.
    pub(crate) fn none() -> Self {
        Self { alg: "none", jwk: Value::Null, sign: Box::new(|_| Vec::new()) }
    }

    /// The JWK under a name.
    pub(crate) fn named(&self, kid: &str) -> Value {
        with(&self.jwk, json!({"kid": kid}))
    }

    /// A token with this header and these claims.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let message =
            format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
        let signature = BASE64URL.encode((self.sign)(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token with the usual header.
    pub(crate) fn plain(&self, kid: &str, claims: &Value) -> String {
        self.token(&json!({"alg": self.alg, "typ": "JWT", "kid": kid}), claims)
    }
}

/// Claims that are good now, for an hour.
pub(crate) fn claims() -> Value {
    json!({
        "iss": "issuer", "aud": "fleet", "sub": "ann", "role": "student",
        "nbf": NOW_S - 60, "exp": NOW_S + 3600, "iat": NOW_S - 60, "jti": "whatever",
    })
}

/// `base` with what `changes` says; null takes away.
pub(crate) fn with(base: &Value, changes: Value) -> Value {
    let mut changed = base.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            changed.remove(name);
        } else {
            changed.insert(name.clone(), value.clone());
        }
    }
    changed.into()
}

pub(crate) fn jwks(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}
