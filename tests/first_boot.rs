//! The script that makes the service account key pair on the node, run for real -> the pair, whatever was there before.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tinderbox::keypair;

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/component/service_account/make-service-account-key.sh")
}

/// Runs the script with a loose umask; whether it succeeded.
fn run(directory: &Path) -> bool {
    let mut command = Command::new("sh");
    command.arg("-c").arg("umask 000; exec sh \"$0\"").arg(script()).env("SSL_DIRECTORY", directory);
    command.status().unwrap().success()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn pair(directory: &Path) -> (String, String) {
    let read = |name| fs::read_to_string(directory.join(name)).unwrap();
    (read("sa.key"), read("sa.pub"))
}

#[test]
fn makes_a_pair_and_keeps_the_private_key_private() {
    if common::referee("openssl").is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let ssl = dir.path().join("etc/kubernetes/ssl");
    assert!(run(&ssl));
    let (private, public) = pair(&ssl);
    assert_eq!(keypair::matching(&private, &public), Ok(()));
    assert!(private.starts_with("-----BEGIN EC "));
    assert_eq!((mode(&ssl.join("sa.key")), mode(&ssl.join("sa.pub"))), (0o600, 0o644));
    assert_eq!(fs::read_dir(&ssl).unwrap().count(), 2, "nothing is left beside");
}

#[test]
fn completes_a_run_that_was_cut_short_and_keeps_the_private_key() {
    if common::referee("openssl").is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path()));
    let (private, public) = pair(dir.path());
    fs::remove_file(dir.path().join("sa.pub")).unwrap();
    fs::write(dir.path().join("sa.pub.new"), "half").unwrap();
    assert!(run(dir.path()));
    assert_eq!(pair(dir.path()), (private.clone(), public.clone()));

    // A private key that never got its content counts as none.
    fs::write(dir.path().join("sa.key"), "").unwrap();
    assert!(run(dir.path()));
    let (new_private, new_public) = pair(dir.path());
    assert_ne!(new_private, private);
    assert_eq!(keypair::matching(&new_private, &new_public), Ok(()));
}

#[test]
fn fails_rather_than_leave_a_broken_pair() {
    if common::referee("openssl").is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("sa.key"), "not a key").unwrap();
    assert!(!run(dir.path()));
    assert!(!dir.path().join("sa.pub").exists(), "so the node tries again, and the kubelet does not start without");
}
