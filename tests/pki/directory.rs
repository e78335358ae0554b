//! `tinderbox keys` run again, with options, umasks and links in its way -> what becomes of the directory.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::common::certificates::Referee;
use crate::common::{given_keys, skip, tree};
use crate::place::{Place, code, descriptions, small, stderr, stdout};

/// Everything of a file that a second run could change: inode, mode, times, bytes.
type Traces = BTreeMap<PathBuf, (u64, u32, i64, i64, Vec<u8>)>;

fn traces(place: &Place) -> Traces {
    let trace = |(path, (_, text)): (PathBuf, (u32, Vec<u8>))| {
        let meta = fs::metadata(&path).unwrap();
        (path, (meta.ino(), meta.mode(), meta.mtime(), meta.mtime_nsec(), text))
    };
    tree(&place.keys()).into_iter().map(trace).collect()
}

fn files_that_differ(place: &Place, a: &Traces, b: &Traces) -> Vec<String> {
    assert!(a.keys().eq(b.keys()));
    let name = |path: &PathBuf| path.strip_prefix(place.keys()).unwrap().to_str().unwrap().to_owned();
    a.iter().filter(|(path, trace)| b[*path] != **trace).map(|(path, _)| name(path)).collect()
}

#[test]
fn a_second_run_touches_nothing() {
    for (what, document) in descriptions() {
        let place = Place::with_keys(what, &document, &[]);
        let before = traces(&place);
        assert!(place.make(&[]).status.success());
        assert_eq!(files_that_differ(&place, &before, &traces(&place)), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn missing_pieces_are_made_again_and_the_rest_stays() {
    let place = Place::with_keys("small", &small(), &[]);
    for missing in [
        &["nodes/cp-1/apiserver.crt"][..],
        &["nodes/worker-1/kubelet.crt", "nodes/worker-1/kubelet.key"],
        &["encryption.keys"],
        &["bootstrap-token"],
        &["sa.pub"],
        &["sa.key", "sa.pub"],
    ] {
        let before = traces(&place);
        missing.iter().for_each(|name| fs::remove_file(place.key(name)).unwrap());
        let output = place.make(&[]);
        assert_eq!(code(&output), 0, "{missing:?}: {}", stderr(&output));
        assert_eq!(files_that_differ(&place, &before, &traces(&place)), missing);
        assert_eq!(code(&place.make(&["--status"])), 0);
    }
}

#[test]
fn renewed_certificates_are_new_ones_for_the_same_keys_by_the_same_authority() {
    let Some(referee) = Referee::find() else { return };
    let place = Place::with_keys("small", &small(), &[]);
    let before = traces(&place);
    let serial = |file: &str| referee.printed(&["x509", "-noout", "-serial"], &place.text(file));
    let key = |file: &str| referee.printed(&["x509", "-noout", "-pubkey"], &place.text(file));
    let is_authority = |name: &String| ["ca.crt", "etcd-ca.crt", "front-proxy-ca.crt"].contains(&name.as_str());
    let leaves: Vec<_> =
        place.names().into_iter().filter(|name| name.ends_with(".crt") && !is_authority(name)).collect();
    let old: Vec<_> = leaves.iter().map(|file| (serial(file), key(file))).collect();
    let output = place.make(&["--renew", "leaf"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(files_that_differ(&place, &before, &traces(&place)), leaves);
    for (file, (old_serial, old_key)) in leaves.iter().zip(old) {
        assert_ne!(serial(file), old_serial, "{file}");
        assert_eq!(key(file), old_key, "{file}");
    }
    assert_eq!(code(&place.make(&["--status"])), 0);
    assert_eq!(code(&place.build()), 0);
}

#[test]
fn a_renewed_token_is_another_and_nothing_else_changes() {
    let place = Place::with_keys("small", &small(), &[]);
    let before = traces(&place);
    let token = || place.text("bootstrap-token").lines().next().unwrap().to_owned();
    let old = token();
    assert_eq!(code(&place.make(&["--renew", "token"])), 0);
    assert!(token() != old);
    assert_eq!(files_that_differ(&place, &before, &traces(&place)), ["bootstrap-token"]);
}

/// Nothing of a key or token is in what is printed.
fn tells_no_secret(place: &Place, output: &Output) {
    let printed = stdout(output) + &stderr(output);
    for name in place.names().into_iter().filter(|name| !name.ends_with(".crt") && name != "sa.pub") {
        let text = place.text(&name);
        for line in text.lines().filter(|line| line.len() > 20 && !line.starts_with("-----")) {
            // A token stands with the time of its end.
            assert!(line.ends_with('Z') || !printed.contains(line), "{name} is told");
        }
    }
}

#[test]
fn the_status_names_every_certificate_and_the_exit_code_says_whether_something_is_due() {
    for (what, document) in descriptions().into_iter().filter(|(what, _)| *what != "plain") {
        let place = Place::with_keys(what, &document, &[]);
        let before = traces(&place);
        let text = place.make(&["--status"]);
        let json = place.make(&["--status", "--format", "json"]);
        let value: Value = serde_json::from_str(&stdout(&json)).unwrap();
        for output in [&text, &json] {
            assert_eq!(code(output), 0, "{what}: {}{}", stdout(output), stderr(output));
            tells_no_secret(&place, output);
        }
        for name in place.names().into_iter().filter(|name| name.ends_with(".crt") || name == "bootstrap-token") {
            assert!(stdout(&text).contains(&name), "{what}: {name} is listed");
            assert!(value.to_string().contains(&format!("\"{name}\"")), "{what}: {name} is listed");
        }
        assert_eq!(code(&place.make(&["--status", "--within", "364"])), 0, "{what}");
        assert_eq!(code(&place.make(&["--status", "--within", "400"])), 1, "{what}");
        assert_eq!(code(&place.make(&["--status", "--within", "400", "--format", "json"])), 1, "{what}");
        assert_eq!(files_that_differ(&place, &before, &traces(&place)), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn the_status_of_nothing_and_of_another_cluster_is_a_problem() {
    let place = Place::new("small", &small());
    assert_eq!(code(&place.make(&["--status"])), 1);
    assert!(!place.keys().exists(), "to look is not to make");
    assert_eq!(code(&place.make(&[])), 0);
    let (_, other) = descriptions().remove(0);
    let other = Place { dir: place.dir, document: other };
    let output = other.make(&["--status"]);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("nodes/cp-2/apiserver.crt"), "{}", stdout(&output));
    tells_no_secret(&other, &output);
}

/// Runs a command with this umask.
fn under(umask: &str, command: &Command) -> Output {
    let script = format!("umask {umask}; exec \"$@\"");
    Command::new("sh").args(["-c", &script, "sh"]).arg(command.get_program()).args(command.get_args()).output().unwrap()
}

#[test]
fn directories_and_keys_are_for_their_owner_alone_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let place = Place::new("small", &small());
        let output = under(umask, &place.command("keys", &place.keys()));
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        for dir in ["", "nodes", "nodes/cp-1", "nodes/worker-1"] {
            assert_eq!(mode(&place.key(dir)), 0o700, "umask {umask}: {dir}");
        }
        for name in place.names() {
            let is_public = name.ends_with(".crt") || name == "sa.pub";
            assert_eq!(mode(&place.key(&name)), if is_public { 0o644 } else { 0o600 }, "umask {umask}: {name}");
        }
    }
}

#[test]
fn a_link_that_leads_elsewhere_is_not_written_through() {
    let elsewhere = tempfile::tempdir().unwrap();
    let place = Place::new("small", &small());
    fs::create_dir_all(place.key("nodes")).unwrap();
    symlink(elsewhere.path(), place.key("nodes/cp-1")).unwrap();
    let output = place.make(&[]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("nodes/cp-1 is no directory"), "{}", stderr(&output));
    assert_eq!(tree(elsewhere.path()).len(), 0);

    let place = Place::new("small", &small());
    fs::create_dir_all(place.key("nodes/cp-1")).unwrap();
    let links = ["sa.key", "nodes/cp-1/apiserver.key", "nodes/cp-1/kubelet.crt", "bootstrap-token"];
    for (n, link) in links.iter().enumerate() {
        symlink(elsewhere.path().join(n.to_string()), place.key(link)).unwrap();
    }
    let output = place.make(&[]);
    assert_eq!(code(&output), 1);
    for link in links {
        assert!(stderr(&output).contains(&format!("{link}]: is there and leads nowhere")), "{}", stderr(&output));
        assert!(fs::symlink_metadata(place.key(link)).unwrap().is_symlink());
    }
    assert_eq!(tree(elsewhere.path()).len(), 0);
}

#[test]
fn a_renewed_certificate_takes_the_place_of_a_link_and_what_it_led_to_stays() {
    let elsewhere = tempfile::tempdir().unwrap();
    let place = Place::with_keys("small", &small(), &[]);
    let (real, link) = (elsewhere.path().join("admin.crt"), place.key("admin.crt"));
    fs::rename(&link, &real).unwrap();
    symlink(&real, &link).unwrap();
    let before = fs::read(&real).unwrap();
    assert_eq!(code(&place.make(&["--renew", "leaf"])), 0);
    assert_eq!(fs::read(&real).unwrap(), before);
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
}

#[test]
fn a_directory_that_is_a_link_to_nowhere_is_told_in_words() {
    let place = Place::new("small", &small());
    symlink("nowhere", place.keys()).unwrap();
    let output = place.make(&[]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("is a link that leads nowhere"), "{}", stderr(&output));
    assert!(!place.dir.path().join("nowhere").exists());
    assert!(fs::symlink_metadata(place.keys()).unwrap().is_symlink());
}

/// A directory in the Nix store, which goes away with this, and so do the directories above it that were not there.
struct InStore(Vec<PathBuf>);

impl InStore {
    fn make() -> Option<Self> {
        let dir = PathBuf::from(format!("/nix/store/{}-tinderbox-test", std::process::id()));
        let new: Vec<_> = dir.ancestors().filter(|path| !path.exists()).map(Path::to_owned).collect();
        let made = Self(new);
        fs::create_dir_all(&dir).ok().map(|()| made)
    }
}

impl Drop for InStore {
    fn drop(&mut self) {
        // Only what is empty goes.
        self.0.iter().for_each(|dir| drop(fs::remove_dir(dir)));
    }
}

#[test]
fn keys_are_neither_made_in_nor_read_from_the_nix_store() {
    let Some(store) = InStore::make() else { return skip("a Nix store to write to") };
    let dir = store.0.first().unwrap();
    let place = Place::new("small", &small());
    symlink(dir, place.keys()).unwrap();
    for directory in [dir.clone(), place.keys()] {
        let output = place.command("keys", &directory).output().unwrap();
        assert_eq!(code(&output), 1);
        assert!(stderr(&output).contains("is in the Nix store"), "{}", stderr(&output));
        assert_eq!(fs::read_dir(dir).unwrap().count(), 0);
    }
    given_keys("external-etcd", dir);
    let output = place.build();
    dir.read_dir().unwrap().for_each(|entry| fs::remove_file(entry.unwrap().path()).unwrap());
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("is in the Nix store"), "{}", stderr(&output));
    assert!(!place.out().exists());
}
