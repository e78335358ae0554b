//! The source tree -> every place where a room of the house knows one that it may not (docs/architecture.md, "Who may
//! know whom").

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room -> the rooms it may know.
const MAY_KNOW: [(&str, &[&str]); 19] = [
    ("report", &[]),
    ("text", &[]),
    ("iso", &[]),
    ("cpio", &[]),
    ("keypair", &[]),
    ("x509", &["keypair"]),
    ("machine", &["report"]),
    ("k8s", &["text"]),
    ("spec", &["report"]),
    ("cluster", &["spec", "report", "k8s", "text", "keypair"]),
    ("pki", &["cluster", "keypair", "report", "x509"]),
    ("component", &["cluster", "machine", "k8s", "pki", "text", "report"]),
    ("closure", &["machine", "report"]),
    ("encode", &["machine", "report", "text"]),
    ("toolchain", &["encode", "machine", "keypair", "x509"]),
    ("secrets", &["cluster", "k8s", "keypair", "pki", "report", "toolchain", "x509"]),
    ("output", &["cluster", "closure", "component", "cpio", "encode", "iso", "machine", "pki", "report", "toolchain"]),
    ("derivation", &["output", "toolchain"]),
    ("cli", &["cluster", "derivation", "output", "pki", "report", "secrets", "toolchain"]),
];

/// The rooms that touch the file system, the environment or the clock.
const OUTWARD: [&str; 4] = ["cli", "output", "secrets", "toolchain"];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect();
    files.sort();
    files.retain(|path| path.extension().is_some_and(|e| e == "rs"));
    files
}

/// Each room with its files: name, and text without the unit tests.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in sources(&root) {
        let inside = file.strip_prefix(&root).unwrap().to_owned();
        let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
        rooms.entry(first.trim_end_matches(".rs").to_owned()).or_default().push((inside, code));
    }
    rooms
}

/// The rooms that a text names: `crate::x`, or `crate::{x::…, y}`.
fn known_in(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(list.split('}').next().unwrap().split(',').map(|item| word(item.trim()))),
            None => {
                found.insert(word(rest));
            }
        }
    }
    found.remove("");
    found
}

#[test]
fn a_room_knows_only_the_rooms_it_may() {
    let allowed: BTreeMap<_, _> = MAY_KNOW.into_iter().collect();
    let mut wrong = Vec::new();
    for (room, files) in rooms() {
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let Some(allowed) = allowed.get(room.as_str()) else {
            wrong.push(format!("{room} is not in the table"));
            continue;
        };
        for (file, code) in files {
            for known in known_in(&code).iter().filter(|known| **known != room && !allowed.contains(&known.as_str())) {
                wrong.push(format!("{}: {room} may not know {known}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_names_no_room_that_is_gone() {
    let rooms = rooms();
    for (room, known) in MAY_KNOW {
        for name in known.iter().chain([&room]) {
            assert!(rooms.contains_key(*name), "{name}");
        }
    }
}

#[test]
fn only_the_outward_rooms_touch_the_world() {
    let outward: BTreeSet<_> = OUTWARD.into_iter().chain(["lib", "main"]).collect();
    let mut wrong = Vec::new();
    for (room, files) in rooms().into_iter().filter(|(room, _)| !outward.contains(room.as_str())) {
        for (file, code) in files {
            for word in
                ["std::fs", "std::env", "std::time", "std::process", "Instant::", "SystemTime", "HashMap", "HashSet"]
            {
                if code.contains(word) {
                    wrong.push(format!("{}: {room} has {word}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_says_what_becomes_what_and_is_short() {
    for (file, code) in rooms().into_values().flatten() {
        assert!(code.starts_with("//! "), "{} does not start with //!", file.display());
        assert!(code.lines().count() <= 400, "{} has more than 400 lines", file.display());
    }
}
