//! Every state that a killed run can leave -> a whole and right directory after the next run.

use std::fs;

use tinderbox::secrets::{Maker, make};

use crate::common::tree;
use crate::place::{Place, code, small, stderr, stdout};

#[test]
fn whenever_a_run_is_killed_the_next_one_completes_what_is_there() {
    let whole = Place::new("small", &small());
    let made = make(&whole.keys(), &whole.cluster(), &Maker::Embedded, None);
    assert!(made.report.is_empty());
    let mut sorted = made.files.clone();
    sorted.sort();
    assert_eq!(sorted, whole.names(), "each is made once");
    for count in 0..=made.files.len() {
        let place = Place::new("small", &small());
        for name in &made.files[..count] {
            fs::create_dir_all(place.key(name).parent().unwrap()).unwrap();
            fs::copy(whole.key(name), place.key(name)).unwrap();
        }
        fs::create_dir_all(place.key("nodes/cp-1")).unwrap();
        // A key that was half written, in each of the directories.
        for rubbish in [".unfinished-abc", "nodes/cp-1/.unfinished-xyz"] {
            fs::write(place.key(rubbish), "-----BEGIN EC PRIV").unwrap();
        }
        let before = tree(&place.keys());
        let output = place.make(&[]);
        assert_eq!(code(&output), 0, "{count}: {}", stderr(&output));
        assert_eq!(place.names(), whole.names(), "{count}: complete, and no rubbish");
        let after = tree(&place.keys());
        for (path, trace) in before.iter().filter(|(path, _)| !path.to_str().unwrap().contains(".unfinished-")) {
            // Not `assert_eq`, which would show the keys.
            assert!(&after[path] == trace, "{count}: what was there stays");
        }
        let output = place.make(&["--status"]);
        assert_eq!(code(&output), 0, "{count}: {}", stdout(&output));
    }
}

#[test]
fn rubbish_of_somebody_else_is_left_alone() {
    let place = Place::new("small", &small());
    fs::create_dir_all(place.key("nodes")).unwrap();
    fs::write(place.key("notes"), "mine").unwrap();
    fs::create_dir(place.key(".unfinished-directory")).unwrap();
    assert_eq!(code(&place.make(&[])), 0);
    assert_eq!(place.text("notes"), "mine");
    assert!(place.key(".unfinished-directory").is_dir());
    assert_eq!(code(&place.build()), 0);
}
