//! The key of a data folder: made once, for its owner alone, and its tokens are good.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use auth::{DEV_AUDIENCE, DEV_ISSUER, DevKeys, DevKeysError, KeySource, Principal, Role, Settings, Verifier};
use clock::{Clock, SystemClock};

fn system() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn bob() -> Principal {
    Principal {
        subject: "progress".parse().unwrap(),
        role: Role::Service,
        on_behalf_of: Some("bob".parse().unwrap()),
    }
}

async fn verifier(keys: &DevKeys) -> Verifier {
    let settings = Settings {
        keys: KeySource::File(keys.jwks().to_owned()),
        issuer: DEV_ISSUER.to_owned(),
        audience: DEV_AUDIENCE.to_owned(),
        refresh_every: Duration::from_secs(60),
    };
    Verifier::open(settings, system()).await.unwrap()
}

#[tokio::test]
async fn the_key_is_made_once_and_its_tokens_are_good() {
    let folder = tempfile::tempdir().unwrap();
    let keys = DevKeys::open(folder.path(), system()).unwrap();
    let verifier = verifier(&keys).await;
    let token = keys.issue(&bob(), 3600).unwrap();
    assert_eq!(verifier.verify(&token).await, Ok(bob()));

    // The command `token` opens the same folder while the fleet runs.
    let again = DevKeys::open(folder.path(), system()).unwrap();
    assert_eq!(verifier.verify(&again.issue(&bob(), 60).unwrap()).await, Ok(bob()));

    let mode = fs::metadata(folder.path().join("signing-key.pk8")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["jwks.json", "signing-key.pk8"]);
    assert!(!fs::read_to_string(keys.jwks()).unwrap().contains("\"d\""));
}

#[test]
fn a_key_that_others_can_read_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    DevKeys::open(folder.path(), system()).unwrap();
    let path = folder.path().join("signing-key.pk8");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let Err(error) = DevKeys::open(folder.path(), system()) else { panic!("it must be refused") };
    assert!(matches!(error, DevKeysError::Open(_, 0o640)));
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_file_that_is_no_key_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signing-key.pk8");
    fs::write(&path, "no key").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let Err(error) = DevKeys::open(folder.path(), system()) else { panic!("it must be refused") };
    assert!(error.to_string().contains("signing-key.pk8 holds no Ed25519 key"), "{error}");
}

#[test]
fn two_that_start_at_once_end_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let start = Arc::new(std::sync::Barrier::new(4));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (path, start) = (path.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                DevKeys::open(&path, system()).unwrap();
                fs::read(path.join("jwks.json")).unwrap()
            })
        })
        .collect();
    let seen: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(seen.iter().all(|jwks| *jwks == seen[0]));
}
