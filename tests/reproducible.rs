//! One description, built under different circumstances, becomes the same tree: names, bytes and modes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything below `dir`, itself included: path -> mode, and the content of a file.
fn tree(root: &Path, dir: &Path, into: &mut BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>) {
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode();
    into.insert(dir.strip_prefix(root).unwrap().to_owned(), (mode(dir), None));
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tree(root, &path, into);
        } else {
            into.insert(path.strip_prefix(root).unwrap().to_owned(), (mode(&path), Some(fs::read(&path).unwrap())));
        }
    }
}

/// A shell that sets `umask` and becomes the program with `arguments`.
fn tinderbox(umask: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "umask \"$0\"; exec \"$@\"", umask, env!("CARGO_BIN_EXE_tinderbox")]).args(arguments);
    command
}

fn succeed(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn same_tree(case: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (case, keys) = (case.to_str().unwrap(), at("keys"));
    common::given_keys(case, Path::new(&keys));
    succeed(tinderbox("022", &["keys", case, "-o", &keys]));
    let secrets = if Path::new(&keys).exists() { vec!["--secrets", &keys] } else { Vec::new() };

    let one = at("one");
    succeed(tinderbox("000", &[vec!["build", case, "-o", &one], secrets.clone()].concat()));

    let elsewhere = at("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut other = tinderbox("077", &[vec!["build", case, "-o", "deep/er/two"], secrets].concat());
    other.current_dir(&elsewhere).env("TZ", "Asia/Tokyo").env("LC_ALL", "C").env("HOME", &elsewhere);
    succeed(other);

    let [mut first, mut second] = [BTreeMap::new(), BTreeMap::new()];
    tree(Path::new(&one), Path::new(&one), &mut first);
    let two = Path::new(&elsewhere).join("deep/er/two");
    tree(&two, &two, &mut second);
    assert!(first.keys().eq(second.keys()), "{:?}\n{:?}", first.keys(), second.keys());
    for (path, (mode, content)) in &first {
        let (other_mode, other_content) = &second[path];
        assert_eq!(format!("{mode:o}"), format!("{other_mode:o}"), "mode of {}", path.display());
        assert!(content == other_content, "content of {}", path.display());
    }
    assert!(first.keys().any(|path| path.ends_with("config.iso")));
}

#[test]
fn place_umask_zone_language_and_home_change_nothing_of_what_is_built() {
    for case in ["article", "external-etcd", "fcos-single", "flatcar-ha", "ha", "ipvs", "media", "standalone"] {
        same_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{case}.json")));
    }
}
