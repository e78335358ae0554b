//! The same keys in a directory and in the description -> the same media; and what is wrong with the latter, at the
//! option.

use serde_json::{Value, json};
use tinderbox::pki::needed_files;

use crate::common::tree;
use crate::place::{Place, code, descriptions, small, stderr};

/// The description of a place with all its keys in it.
fn in_description(place: &Place) -> Value {
    let mut document = place.document.clone();
    document["cluster"]["secrets"]["source"] = json!("store");
    for name in needed_files(&place.cluster()) {
        document["cluster"]["secrets"]["store"][&name] = json!(place.text(&name));
    }
    document
}

#[test]
fn keys_in_the_description_make_the_same_media_as_keys_in_a_directory() {
    for (what, document) in descriptions() {
        let place = Place::with_keys(what, &document, &[]);
        let output = place.build();
        assert_eq!(code(&output), 0, "{what}: {}", stderr(&output));
        let store = Place::new(what, &in_description(&place));
        let output = store.build();
        assert_eq!(code(&output), 0, "{what}: {}", stderr(&output));
        assert!(stderr(&output).contains("warning[cluster.secrets.source]"), "{what}: {}", stderr(&output));
        let files = |place: &Place| {
            let out = place.out();
            let relative =
                |(path, trace): (std::path::PathBuf, _)| (path.strip_prefix(&out).unwrap().to_owned(), trace);
            tree(&out).into_iter().map(relative).collect::<Vec<_>>()
        };
        assert!(files(&place) == files(&store), "{what}: every file and its mode");
    }
}

#[test]
fn an_extra_a_missing_and_a_wrong_text_are_told_at_their_option() {
    let place = Place::with_keys("small", &small(), &[]);
    let right = in_description(&place);
    let names: Vec<_> = right["cluster"]["secrets"]["store"].as_object().unwrap().keys().cloned().collect();
    let mut tried: Vec<(Value, String, &str)> = Vec::new();
    for extra in ["nodes/nobody/kubelet.crt", "etcd-ca.key", "nonsense"] {
        let mut document = right.clone();
        document["cluster"]["secrets"]["store"][extra] = json!("x");
        tried.push((document, extra.to_owned(), "is no file that the cluster needs"));
    }
    for name in &names {
        let mut document = right.clone();
        document["cluster"]["secrets"]["store"].as_object_mut().unwrap().remove(name);
        tried.push((document, name.clone(), "is not there"));
        let mut document = right.clone();
        document["cluster"]["secrets"]["store"][name] = json!("garbage\n");
        let told_at = if name == "sa.pub" { "sa.key" } else { name };
        tried.push((document, told_at.to_owned(), ""));
    }
    for (document, name, words) in tried {
        let store = Place::new("small", &document);
        let output = store.build();
        let said = stderr(&output);
        assert_eq!(code(&output), 1, "{name} {words}: {said}");
        // A name with nothing special stands without quotes.
        let said_of = |path: String| said.contains(&format!("error[cluster.secrets.store.{path}]: {words}"));
        assert!(said_of(format!("\"{name}\"")) || said_of(name.clone()), "{name} {words}: {said}");
        assert!(said.contains("help: ") && !said.contains("PRIVATE KEY"), "{name} {words}: {said}");
        assert!(!store.out().exists());
    }
}
