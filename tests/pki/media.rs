//! The media of every node -> the secrets that lie on them, by a table of who may have which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::common::{referee, run, tree};
use crate::place::{Place, descriptions, stderr};

/// On every machine that is a member of etcd.
const ETCD: [&str; 2] = ["nodes/NODE/etcd-server.key", "nodes/NODE/etcd-peer.key"];
/// On every machine of the control plane.
const CONTROL_PLANE: [&str; 10] = [
    "sa.key",
    "nodes/NODE/addons.key",
    "nodes/NODE/apiserver.key",
    "nodes/NODE/apiserver-kubelet-client.key",
    "nodes/NODE/controller-manager.key",
    "nodes/NODE/front-proxy-client.key",
    "nodes/NODE/kube-proxy.key",
    "nodes/NODE/kubelet.key",
    "nodes/NODE/kubelet-client.key",
    "nodes/NODE/scheduler.key",
];
/// On every other machine that joins.
const WORKER: [&str; 2] = ["nodes/NODE/kube-proxy.key", "nodes/NODE/kubelet.key"];

/// The secrets that a node of these roles needs, and no other.
fn table(what: &str, node: &str, roles: &[&str]) -> BTreeSet<String> {
    let is = |role: &str| roles.contains(&role);
    let mut all: Vec<&str> = Vec::new();
    if what == "plain" {
        all.extend(is("control-plane").then_some("sa.key"));
        return all.into_iter().map(str::to_owned).collect();
    }
    let is_pre_issued = what == "pre-issued" || what == "external-etcd";
    if is("etcd") {
        all.extend(ETCD);
    }
    if is("control-plane") {
        all.extend(CONTROL_PLANE);
        all.push("encryption.keys");
        all.push(if what == "external-etcd" {
            "apiserver-etcd-client.key"
        } else {
            "nodes/NODE/apiserver-etcd-client.key"
        });
        if !is_pre_issued {
            all.extend(["ca.key", "bootstrap-token"]);
        }
    } else if is("worker") {
        all.extend(WORKER);
        all.push(if is_pre_issued { "nodes/NODE/kubelet-client.key" } else { "bootstrap-token" });
    }
    if what == "ipvs" {
        all.push("nodes/NODE/flannel-etcd-client.key");
    }
    all.into_iter().map(|name| name.replace("NODE", node)).collect()
}

/// Texts that give a secret away: of each private key a line that is nothing but private, the key as kubeconfigs have
/// it, the secret half of the token, the keys for encryption.
fn needles(place: &Place) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for name in place.names() {
        let text = || place.text(&name);
        if name.ends_with(".key") {
            let text = text();
            let body: Vec<_> = text.lines().filter(|line| line.len() == 64).collect();
            // Of an elliptic key the first line has the number, of an RSA key the last ones have the primes.
            let line = if text.contains(" EC ") { body.first() } else { body.last() };
            all.push((name.clone(), (*line.unwrap()).to_owned()));
            all.push((name, base64(&text)));
        } else if name == "bootstrap-token" {
            let token = text().lines().next().unwrap().to_owned();
            all.push((name, token.split_once('.').unwrap().1.to_owned()));
        } else if name == "encryption.keys" {
            all.extend(text().lines().map(|line| (name.clone(), line.to_owned())));
        } else {
            assert!(name.ends_with(".crt") || name == "sa.pub", "{name} is known here");
        }
    }
    all
}

fn base64(text: &str) -> String {
    use base64ct::{Base64, Encoding};
    Base64::encode_string(text.as_bytes())
}

/// What the data URLs of a config hold that are compressed.
fn inflated(config: &str) -> String {
    use base64ct::{Base64, Encoding};
    let mut all = String::new();
    for url in config.split("data:;base64,").skip(1) {
        let end = url.find(|c: char| !c.is_ascii_alphanumeric() && !"+/=".contains(c)).unwrap_or(url.len());
        let packed = Base64::decode_vec(&url[..end]).unwrap();
        GzDecoder::new(&packed[..]).read_to_string(&mut all).unwrap();
    }
    all
}

/// The secrets that a file gives away, as it is or in a data URL.
fn secrets_in(content: &[u8], needles: &[(String, String)]) -> BTreeSet<String> {
    let decoded: Vec<u8> = percent_decode(content).collect();
    let plain = String::from_utf8_lossy(content);
    let texts = [inflated(&plain).into(), plain, String::from_utf8_lossy(&decoded)];
    let is_there = |needle: &str| texts.iter().any(|text| text.contains(needle));
    needles.iter().filter(|(_, needle)| is_there(needle)).map(|(name, _)| name.clone()).collect()
}

/// What xorriso finds in an image.
fn extracted(xorriso: &Path, image: &Path, into: &Path) -> Vec<Vec<u8>> {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (image, dir) = (text(image), text(into));
    let output = run(xorriso, &["-osirrox", "on", "-indev", &image, "-extract", "/", &dir], "");
    assert!(output.status.success(), "{}", stderr(&output));
    let files: Vec<_> = tree(into).into_values().map(|(_, content)| content).collect();
    assert!(!files.is_empty());
    files
}

fn hold_against_table(what: &str, xorriso: &Path, document: &Value) {
    let place = Place::with_keys(what, document, &[]);
    let output = place.build();
    assert!(output.status.success(), "{what}: {}", stderr(&output));
    let needles = needles(&place);
    // By node, or by name for a file of the whole cluster.
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, (mode, content)) in tree(&place.out()) {
        let path = path.strip_prefix(place.out()).unwrap().to_owned();
        let mut secrets = secrets_in(&content, &needles);
        let owner = path.iter().next().unwrap().to_str().unwrap().to_owned();
        if path.ends_with("config.iso") {
            let inside = tempfile::tempdir().unwrap();
            let files = extracted(xorriso, &place.out().join(&path), inside.path());
            let by_xorriso: BTreeSet<_> = files.iter().flat_map(|file| secrets_in(file, &needles)).collect();
            assert_eq!(by_xorriso, table(what, &owner, &roles(document, &owner)), "{what} {}", path.display());
            secrets.extend(by_xorriso);
        } else if path.ends_with("config.json") {
            assert_eq!(secrets, table(what, &owner, &roles(document, &owner)), "{what} {}", path.display());
        } else if path.ends_with("config.yaml") || path.ends_with("config.bu") {
            assert_eq!(secrets, BTreeSet::new(), "{what} {}", path.display());
        }
        if !secrets.is_empty() {
            assert_eq!(mode, 0o600, "{what} {} holds {secrets:?}", path.display());
        }
        found.entry(owner).or_default().extend(secrets);
    }
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in document["cluster"]["nodes"].as_object().unwrap().keys() {
        wanted.insert(node.clone(), table(what, node, &roles(document, node)));
    }
    for name in [".tinderbox", "SHA256SUMS", "kubeconfig"] {
        wanted.insert(name.to_owned(), BTreeSet::new());
    }
    if what != "plain" {
        wanted.insert("admin.kubeconfig".to_owned(), BTreeSet::from(["admin.key".to_owned()]));
    }
    if found.contains_key("bootstrap-token.yaml") {
        wanted.insert("bootstrap-token.yaml".to_owned(), BTreeSet::from(["bootstrap-token".to_owned()]));
    }
    assert_eq!(found, wanted, "{what}");
}

fn roles<'a>(document: &'a Value, node: &str) -> Vec<&'a str> {
    let roles = &document["cluster"]["nodes"][node]["roles"];
    roles.as_array().unwrap().iter().map(|role| role.as_str().unwrap()).collect()
}

#[test]
fn no_machine_gets_a_key_token_or_encryption_key_that_its_roles_do_not_need() {
    let Some(xorriso) = referee("xorriso") else { return };
    for (what, document) in descriptions() {
        hold_against_table(what, &xorriso, &document);
    }
}

#[test]
fn no_role_is_given_what_makes_it_another() {
    for (what, document) in descriptions() {
        for node in document["cluster"]["nodes"].as_object().unwrap().keys() {
            let roles = roles(&document, node);
            let has = table(what, node, &roles);
            let foreign = |name: &&String| name.starts_with("nodes/") && !name.starts_with(&format!("nodes/{node}/"));
            assert_eq!(has.iter().find(foreign), None, "{what} {node}");
            for never in ["admin.key", "etcd-ca.key", "front-proxy-ca.key"] {
                assert!(!has.contains(never), "{what} {node} {never}");
            }
            let is_server = roles.contains(&"control-plane");
            for name in ["ca.key", "sa.key", "encryption.keys"] {
                assert!(is_server || !has.contains(name), "{what} {node} {name}");
            }
        }
    }
}

#[test]
fn a_key_on_the_wrong_machine_would_be_found() {
    let Some(xorriso) = referee("xorriso") else { return };
    let (_, document) = descriptions().remove(2);
    let place = Place::with_keys("ipvs", &document, &[]);
    let needles = needles(&place);
    for name in place.names().into_iter().filter(|name| name.ends_with(".key")) {
        let text = place.text(&name);
        let url = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let only = BTreeSet::from([name]);
        for hidden in [text.clone(), format!("client-key-data: {}", base64(&text)), format!("data:,{url}")] {
            assert_eq!(secrets_in(hidden.as_bytes(), &needles), only);
        }
    }
    assert!(place.build().status.success());
    let image: PathBuf = place.out().join("master/config.iso");
    let inside = tempfile::tempdir().unwrap();
    let files = extracted(&xorriso, &image, inside.path());
    assert!(files.iter().any(|file| secrets_in(file, &needles).contains("sa.key")));
    assert!(fs::read(image).unwrap().len() > 10_000);
}
