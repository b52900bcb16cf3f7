//! Which tokens are good, why the others are refused, and how keys change under way.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod forge;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auth::{KeySource, LEEWAY_S, Principal, Refusal, Role, Settings, Verifier};
use forge::{Hand, NOW_S, Signer, claims, jwks, with};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A verifier over a file in a folder that goes away.
struct Bench {
    clock: Arc<Hand>,
    folder: TempDir,
    verifier: Verifier,
}

impl Bench {
    async fn over(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("jwks.json"), text).unwrap();
        let clock = Hand::new();
        let settings = Settings {
            keys: KeySource::File(folder.path().join("jwks.json")),
            issuer: "issuer".to_owned(),
            audience: "fleet".to_owned(),
            refresh_every: Duration::from_secs(60),
        };
        let verifier = Verifier::open(settings, clock.clone()).await.unwrap();
        Self { clock, folder, verifier }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    async fn verify(&self, token: &str) -> Result<Principal, Refusal> {
        self.verifier.verify(token).await
    }
}

fn ann() -> Principal {
    Principal { subject: "ann".parse().unwrap(), role: Role::Student, on_behalf_of: None }
}

#[tokio::test]
async fn a_good_token_of_each_algorithm_is_its_principal_again_and_again() {
    let signers = [("a", Signer::ed25519()), ("b", Signer::p256()), ("c", Signer::rsa())];
    let keys: Vec<Value> = signers.iter().map(|(kid, signer)| signer.named(kid)).collect();
    let bench = Bench::over(&jwks(&keys)).await;
    for (kid, signer) in &signers {
        let token = signer.plain(kid, &claims());
        for _ in 0..3 {
            assert_eq!(bench.verify(&token).await, Ok(ann()), "{}", signer.alg);
        }
    }
    bench.verifier.ready().unwrap();
}

#[tokio::test]
async fn roles_audiences_and_whom_a_service_asks_for_are_read() {
    let signer = Signer::ed25519();
    let bench = Bench::over(&jwks(&[signer.named("a")])).await;
    for (word, role) in [("teacher", Role::Teacher), ("operator", Role::Operator), ("service", Role::Service)]
    {
        let token = signer.plain("a", &with(&claims(), json!({"role": word, "aud": ["other", "fleet"]})));
        assert_eq!(bench.verify(&token).await, Ok(Principal { role, ..ann() }));
    }
    let on_behalf = json!({"sub": "debug", "role": "service", "on_behalf_of": "bob"});
    let principal = bench.verify(&signer.plain("a", &with(&claims(), on_behalf))).await.unwrap();
    assert_eq!(principal.on_behalf_of.unwrap().as_str(), "bob");
}

#[tokio::test]
async fn a_bad_claim_is_refused_for_what_it_is() {
    let signer = Signer::ed25519();
    let bench = Bench::over(&jwks(&[signer.named("a")])).await;
    let leeway_s = i64::from(LEEWAY_S);
    let cases = [
        (json!({"exp": NOW_S - leeway_s}), Err(Refusal::Expired)),
        (json!({"exp": NOW_S - leeway_s + 1}), Ok(ann())),
        (json!({"exp": NOW_S as f64 + 0.5}), Ok(ann())),
        (json!({"nbf": NOW_S + leeway_s + 1}), Err(Refusal::NotYetValid)),
        (json!({"nbf": NOW_S + leeway_s}), Ok(ann())),
        (json!({"exp": null}), Err(Refusal::Claims)),
        (json!({"nbf": null}), Err(Refusal::Claims)),
        (json!({"exp": "tomorrow"}), Err(Refusal::Claims)),
        (json!({"aud": null}), Err(Refusal::Claims)),
        (json!({"aud": "others"}), Err(Refusal::Audience)),
        (json!({"aud": []}), Err(Refusal::Audience)),
        (json!({"aud": ["others", "fleets"]}), Err(Refusal::Audience)),
        (json!({"aud": 7}), Err(Refusal::Claims)),
        (json!({"iss": null}), Err(Refusal::Claims)),
        (json!({"iss": "somebody"}), Err(Refusal::Issuer)),
        (json!({"iss": ["issuer"]}), Err(Refusal::Claims)),
        (json!({"sub": null}), Err(Refusal::Claims)),
        (json!({"sub": ""}), Err(Refusal::Subject)),
        (json!({"sub": "a/b"}), Err(Refusal::Subject)),
        (json!({"sub": "../ann"}), Err(Refusal::Subject)),
        (json!({"sub": "classes"}), Err(Refusal::Subject)),
        (json!({"sub": 7}), Err(Refusal::Claims)),
        (json!({"role": null}), Err(Refusal::Claims)),
        (json!({"role": "admin"}), Err(Refusal::Role)),
        (json!({"role": "Teacher"}), Err(Refusal::Role)),
        (json!({"role": ["student", "teacher"]}), Err(Refusal::Claims)),
        (json!({"on_behalf_of": "bob"}), Err(Refusal::Role)),
        (json!({"role": "service", "on_behalf_of": "a/b"}), Err(Refusal::Subject)),
    ];
    for (changes, outcome) in cases {
        let token = signer.plain("a", &with(&claims(), changes.clone()));
        assert_eq!(bench.verify(&token).await, outcome, "{changes}");
    }
}

#[tokio::test]
async fn a_signature_counts_only_under_its_own_key_and_algorithm() {
    let (ed, rsa, stranger) = (Signer::ed25519(), Signer::rsa(), Signer::ed25519());
    let bench = Bench::over(&jwks(&[ed.named("ed"), rsa.named("rsa")])).await;
    let good = claims();
    let head = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid});
    let ed_public = ed.jwk["x"].as_str().unwrap().as_bytes().to_vec();
    let rsa_public = rsa.jwk.to_string().into_bytes();
    let cases = [
        ("none", Signer::none().token(&head("none", "ed"), &good), Refusal::Malformed),
        ("none, as EdDSA", Signer::none().token(&head("EdDSA", "ed"), &good), Refusal::Signature),
        (
            "public key as secret",
            Signer::hmac_with(&ed_public).token(&head("HS256", "ed"), &good),
            Refusal::Algorithm,
        ),
        (
            "RSA key as secret",
            Signer::hmac_with(&rsa_public).token(&head("HS256", "rsa"), &good),
            Refusal::Algorithm,
        ),
        ("as another algorithm", rsa.token(&head("EdDSA", "rsa"), &good), Refusal::Algorithm),
        ("a longer hash", rsa.token(&head("RS512", "rsa"), &good), Refusal::Algorithm),
        ("padding of another kind", rsa.token(&head("PS256", "rsa"), &good), Refusal::Algorithm),
        ("under another's name", rsa.token(&head("RS256", "ed"), &good), Refusal::Algorithm),
        ("a stranger's", stranger.plain("ed", &good), Refusal::Signature),
        ("an unknown name", ed.plain("nobody", &good), Refusal::UnknownKey),
        ("no name among two keys", ed.token(&json!({"alg": "EdDSA"}), &good), Refusal::UnknownKey),
        (
            "a critical extension",
            ed.token(&json!({"alg": "EdDSA", "kid": "ed", "crit": ["b64"], "b64": false}), &good),
            Refusal::Malformed,
        ),
        (
            "a key of its own",
            stranger.token(&json!({"alg": "EdDSA", "kid": "x", "jwk": stranger.jwk}), &good),
            Refusal::UnknownKey,
        ),
        ("no algorithm", ed.token(&json!({"kid": "ed"}), &good), Refusal::Malformed),
        ("not a token", "garbage".to_owned(), Refusal::Malformed),
        ("nothing but dots", "..".to_owned(), Refusal::Malformed),
        ("five parts", "a.b.c.d.e".to_owned(), Refusal::Malformed),
    ];
    for (what, token, refusal) in cases {
        assert_eq!(bench.verify(&token).await, Err(refusal), "{what}");
    }
    bench.verify(&ed.plain("ed", &good)).await.unwrap();
}

#[tokio::test]
async fn a_changed_token_is_refused_even_after_the_true_one_was_seen() {
    let signer = Signer::ed25519();
    let bench = Bench::over(&jwks(&[signer.named("a")])).await;
    let token = signer.plain("a", &claims());
    bench.verify(&token).await.unwrap();
    let teacher = signer.plain("a", &with(&claims(), json!({"role": "teacher"})));
    let (signature, message) = (token.rsplit('.').next().unwrap(), teacher.rsplit_once('.').unwrap().0);
    assert_eq!(bench.verify(&format!("{message}.{signature}")).await, Err(Refusal::Signature));
    assert_eq!(bench.verify(&format!("{token}A")).await.unwrap_err(), Refusal::Signature);
}

#[tokio::test]
async fn a_token_that_was_good_expires() {
    let signer = Signer::ed25519();
    let bench = Bench::over(&jwks(&[signer.named("a")])).await;
    let token = signer.plain("a", &claims());
    bench.verify(&token).await.unwrap();
    bench.clock.advance_s(3600 + i64::from(LEEWAY_S));
    assert_eq!(bench.verify(&token).await, Err(Refusal::Expired));
}

#[tokio::test]
async fn a_single_key_needs_no_name_and_takes_no_other() {
    let signer = Signer::ed25519();
    let bench = Bench::over(&jwks(std::slice::from_ref(&signer.jwk))).await;
    bench.verify(&signer.token(&json!({"alg": "EdDSA"}), &claims())).await.unwrap();
    assert_eq!(bench.verify(&signer.plain("a", &claims())).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn keys_change_without_a_restart_and_the_old_ones_are_out_at_once() {
    let (old, new) = (Signer::ed25519(), Signer::p256());
    let bench = Bench::over(&jwks(&[old.named("old")])).await;
    let (old_token, new_token) = (old.plain("old", &claims()), new.plain("new", &claims()));
    bench.verify(&old_token).await.unwrap();

    fs::write(bench.file(), jwks(&[new.named("new")])).unwrap();
    // The source was looked at a moment ago: an unknown name does not cause another look yet.
    assert_eq!(bench.verify(&new_token).await, Err(Refusal::UnknownKey));
    bench.clock.advance_s(11);
    bench.verify(&new_token).await.unwrap();
    assert_eq!(bench.verify(&old_token).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn keys_that_nobody_asked_for_yet_are_found_by_looking_now_and_then() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    fs::write(&file, jwks(&[old.named("same")])).unwrap();
    let settings = Settings {
        keys: KeySource::File(file.clone()),
        issuer: "issuer".to_owned(),
        audience: "fleet".to_owned(),
        refresh_every: Duration::from_millis(1),
    };
    let verifier = Arc::new(Verifier::open(settings, Hand::new()).await.unwrap());
    let looking = tokio::spawn({
        let verifier = Arc::clone(&verifier);
        async move { verifier.keep_fresh().await }
    });
    fs::write(&file, jwks(&[new.named("same")])).unwrap();
    let token = new.plain("same", &claims());
    // The clock stands still and the name is known: only looking now and then finds the new key.
    while verifier.verify(&token).await.is_err() {
        tokio::task::yield_now().await;
    }
    looking.abort();
}

#[tokio::test]
async fn a_broken_jwks_keeps_the_old_keys_and_tells() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let bench = Bench::over(&jwks(&[old.named("old")])).await;
    let broken = [
        ("{".to_owned(), "Key Set"),
        (jwks(&[]), "no key"),
        (jwks(&[json!({"kty": "oct", "k": "c2VjcmV0", "kid": "s"})]), "no key"),
        (jwks(&[new.named("a"), Signer::p256().named("a")]), "same kid"),
        (jwks(&[new.named("a"), old.jwk.clone()]), "need a kid"),
        (jwks(&[with(&new.named("a"), json!({"alg": "RS256"}))]), "its alg"),
        (jwks(&[with(&new.named("a"), json!({"d": "AAAA"}))]), "private part"),
        (jwks(&[with(&new.named("a"), json!({"x": "AAAA"}))]), "wrong length"),
        (jwks(&[with(&new.named("a"), json!({"x": "!"}))]), "base64url"),
        (jwks(&[json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"})]), "2048 bits"),
        (jwks(&vec![json!({"kty": "other"}); 65]), "more than"),
        (" ".repeat((1 << 20) + 1), "larger than"),
    ];
    for (text, words) in broken {
        fs::write(bench.file(), text).unwrap();
        bench.clock.advance_s(11);
        assert_eq!(bench.verify(&new.plain("a", &claims())).await, Err(Refusal::UnknownKey), "{words}");
        let told = bench.verifier.ready().unwrap_err();
        assert!(told.contains(words), "{told}");
        bench.verify(&old.plain("old", &claims())).await.unwrap();
    }
    fs::write(bench.file(), jwks(&[old.named("old")])).unwrap();
    bench.clock.advance_s(11);
    bench.verify(&new.plain("a", &claims())).await.unwrap_err();
    bench.verifier.ready().unwrap();
}

#[tokio::test]
async fn foreign_keys_beside_ours_do_no_harm() {
    let signer = Signer::ed25519();
    let keys = [
        signer.named("ours"),
        json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "curve"}),
        with(&Signer::rsa().named("enc"), json!({"use": "enc"})),
        json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
    ];
    let bench = Bench::over(&jwks(&keys)).await;
    bench.verify(&signer.plain("ours", &claims())).await.unwrap();
    assert_eq!(bench.verify(&signer.plain("enc", &claims())).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn without_keys_from_the_start_nothing_is_believed_until_they_come() {
    let signer = Signer::ed25519();
    let bench = Bench::over("not there yet").await;
    let token = signer.plain("a", &claims());
    assert_eq!(bench.verify(&token).await, Err(Refusal::NoKeys));
    bench.verifier.ready().unwrap_err();
    fs::write(bench.file(), jwks(&[signer.named("a")])).unwrap();
    bench.clock.advance_s(11);
    bench.verify(&token).await.unwrap();
    bench.verifier.ready().unwrap();
}

#[tokio::test]
async fn keys_come_from_an_address_too_and_strangers_names_do_not_flood_it() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let signer = Signer::ed25519();
    let asked = Arc::new(AtomicUsize::new(0));
    let (text, counter) = (jwks(&[signer.named("a")]), asked.clone());
    let router = axum::Router::new().route(
        "/jwks.json",
        axum::routing::get(async move || {
            counter.fetch_add(1, Ordering::SeqCst);
            text
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let clock = Hand::new();
    let settings = Settings {
        keys: KeySource::parse(&address).unwrap(),
        issuer: "issuer".to_owned(),
        audience: "fleet".to_owned(),
        refresh_every: Duration::from_secs(60),
    };
    let verifier = Verifier::open(settings, clock.clone()).await.unwrap();
    verifier.verify(&signer.plain("a", &claims())).await.unwrap();
    for number in 0..50 {
        clock.advance_s(1);
        verifier.verify(&signer.plain(&format!("x{number}"), &claims())).await.unwrap_err();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1 + 5);
    server.abort();
}
