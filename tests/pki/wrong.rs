//! A directory with one thing wrong -> that it is told which and what to do, by everything that reads the directory, and
//! that nothing is overwritten and nothing half built.

use std::fs;

use serde_json::json;
use tinderbox::pki::node_leaves;
use tinderbox::x509::{self, Validity};

use crate::common::tree;
use crate::place::{Place, code, small, stderr, stdout};

/// `file` is told to be wrong with these words by `keys`, `build` and `keys --status`, with help, and stays as it is.
fn told(place: &Place, file: &str, words: &str) {
    let before = tree(&place.keys());
    for (what, output) in [("keys", place.make(&[])), ("build", place.build())] {
        let said = stderr(&output);
        assert_eq!(code(&output), 1, "{what} {file}: {said}");
        let about = format!("{file}]: ");
        let at = said.find(&about).unwrap_or_else(|| panic!("{what} names {file}: {said}"));
        let message = said[at..].split("\nerror").next().unwrap();
        assert!(message.contains(words), "{what} {file} {words}: {said}");
        assert!(message.contains("help: "), "{what} {file}: {said}");
        assert!(!said.contains("PRIVATE KEY"), "{what} {file}");
    }
    let output = place.make(&["--status"]);
    // Of what does not expire, the status says nothing.
    let is_listed = !["sa.", "encryption."].iter().any(|start| file.starts_with(start));
    if is_listed {
        assert_eq!(code(&output), 1, "status {file}: {}", stdout(&output));
        assert!(stdout(&output).contains(words), "status {file} {words}: {}", stdout(&output));
    }
    assert!(!place.out().exists(), "{file}: nothing is half built");
    // Not `assert_eq`, which would show the keys.
    assert!(tree(&place.keys()) == before, "{file}: nothing is overwritten");
}

fn complete() -> Place {
    Place::with_keys("small", &small(), &[])
}

#[test]
fn a_key_in_the_place_of_another_is_told() {
    let place = complete();
    let key = "nodes/worker-1/kubelet.key";
    fs::copy(place.key("nodes/worker-1/kube-proxy.key"), place.key(key)).unwrap();
    told(&place, key, "is not the key of the certificate beside it");

    let place = complete();
    fs::copy(place.key("etcd-ca.key"), place.key("ca.key")).unwrap();
    told(&place, "ca.key", "is not the key of the certificate beside it");
}

#[test]
fn a_certificate_of_another_authority_is_told() {
    let (place, other) = (complete(), complete());
    for ending in ["crt", "key"] {
        let name = format!("nodes/cp-1/etcd-server.{ending}");
        fs::copy(other.key(&name), place.key(&name)).unwrap();
    }
    told(&place, "nodes/cp-1/etcd-server.crt", "sign");
}

#[test]
fn a_certificate_of_somebody_else_is_told() {
    let place = complete();
    for ending in ["crt", "key"] {
        fs::copy(place.key(&format!("admin.{ending}")), place.key(&format!("nodes/cp-1/scheduler.{ending}"))).unwrap();
    }
    told(&place, "nodes/cp-1/scheduler.crt", "should be of system:kube-scheduler");
}

#[test]
fn a_certificate_that_lacks_a_name_is_told() {
    let mut place = complete();
    place.document["cluster"]["nodes"]["cp-1"]["network"]["address"] = json!("192.168.10.99/24");
    for leaf in ["apiserver", "etcd-server", "etcd-peer", "kubelet"] {
        told(&place, &format!("nodes/cp-1/{leaf}.crt"), "is not for 192.168.10.99, by which it is reached");
    }
    assert_eq!(code(&place.make(&["--renew", "leaf"])), 0);
    assert_eq!(code(&place.build()), 0, "and what is told to do helps");
}

#[test]
fn a_certificate_that_has_expired_or_is_not_valid_yet_is_told() {
    let place = complete();
    let cluster = place.cluster();
    let leaf = node_leaves(&cluster, &cluster.nodes[0]).into_iter().find(|leaf| leaf.stem.ends_with("/apiserver"));
    let leaf = leaf.unwrap();
    let file = format!("{}.crt", leaf.stem);
    // 2001 to 2002, and 2090 to 2099; the authority does not matter.
    for (from, to, words) in [
        (1_000_000_000, 1_031_536_000, "has expired on 2002-09-09"),
        (3_786_912_000, 4_102_444_799, "is valid from 2090-01-01T00:00:00Z on only"),
    ] {
        let key = place.text(&format!("{}.key", leaf.stem));
        let validity = Validity { not_before: from, not_after: to };
        let text = x509::leaf(&place.text("ca.crt"), &place.text("ca.key"), &key, &leaf.profile, validity).unwrap();
        fs::write(place.key(&file), text).unwrap();
        told(&place, &file, words);
    }
    assert_eq!(code(&place.make(&["--renew", "leaf"])), 0);
    assert_eq!(code(&place.build()), 0, "and what is told to do helps");
}

#[test]
fn garbage_and_nothing_at_all_are_told_in_every_file() {
    let place = complete();
    for name in place.names() {
        let right = place.text(&name);
        for wrong in ["", "garbage\n"] {
            fs::write(place.key(&name), wrong).unwrap();
            // The key of an authority that is on no machine, build does not ask for.
            if ["etcd-ca.key", "front-proxy-ca.key"].contains(&name.as_str()) {
                let before = tree(&place.keys());
                let output = place.make(&[]);
                assert_eq!(code(&output), 1, "{name}");
                assert!(stderr(&output).contains(&format!("{name}]: ")), "{}", stderr(&output));
                assert!(tree(&place.keys()) == before, "{name}: nothing is overwritten");
                continue;
            }
            let told_at = if name == "sa.pub" { "sa.key" } else { &name };
            told(&place, told_at, "");
        }
        fs::write(place.key(&name), right).unwrap();
    }
    assert_eq!(code(&place.build()), 0);
}

#[test]
fn a_missing_file_is_told_by_a_build_and_a_status() {
    let place = complete();
    for name in place.names() {
        if ["etcd-ca.key", "front-proxy-ca.key"].contains(&name.as_str()) {
            continue;
        }
        let right = fs::read(place.key(&name)).unwrap();
        fs::remove_file(place.key(&name)).unwrap();
        let output = place.build();
        assert_eq!(code(&output), 1, "{name}");
        assert!(stderr(&output).contains(&format!("{name}]: is not there")), "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains("help: "), "{name}: {}", stderr(&output));
        if !name.starts_with("sa.") && name != "encryption.keys" {
            assert_eq!(code(&place.make(&["--status"])), 1, "{name}");
        }
        assert!(!place.out().exists());
        fs::write(place.key(&name), right).unwrap();
    }
    assert_eq!(code(&place.build()), 0);
}
