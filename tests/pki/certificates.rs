//! The plan of a cluster's keys and the directory made of it -> what openssl finds in every certificate there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;

use der::DateTime;
use serde_json::Value;
use tinderbox::cluster::Cluster;
use tinderbox::pki::{self, Authority, Leaf, certificate_file};
use tinderbox::x509::{self, Name, Subject, Validity};

use crate::common::certificates::Referee;
use crate::common::tree;
use crate::place::{Place, descriptions, example, small};

const DAY: u64 = 86_400;
/// How much earlier than it is made a certificate is valid.
const EARLIER: u64 = 300;

fn leaves(cluster: &Cluster) -> Vec<Leaf> {
    let own = cluster.nodes.iter().flat_map(|node| pki::node_leaves(cluster, node));
    pki::shared_leaves(cluster).into_iter().chain(own).collect()
}

/// Certificates that openssl finds to be signed by the authority and fit for the purpose.
fn accepted(
    referee: &Referee,
    place: &Place,
    authority: Authority,
    purpose: &str,
    leaves: &[Leaf],
) -> BTreeSet<String> {
    let path = |stem: &str| place.key(&certificate_file(stem)).to_str().unwrap().to_owned();
    let (ca, files) = (path(authority.stem()), leaves.iter().map(|leaf| path(&leaf.stem)).collect::<Vec<_>>());
    let mut arguments = vec!["verify", "-x509_strict", "-purpose", purpose, "-CAfile", &ca];
    arguments.extend(files.iter().map(String::as_str));
    let output = referee.run(&arguments, "");
    let printed = String::from_utf8(output.stdout).unwrap();
    let is_ok = |leaf: &&Leaf| printed.lines().any(|line| line == format!("{}: OK", path(&leaf.stem)));
    leaves.iter().filter(is_ok).map(|leaf| leaf.stem.clone()).collect()
}

/// What `openssl x509` prints of a certificate.
struct Printed {
    subject: String,
    names: Vec<String>,
    serial: String,
    validity: (u64, u64),
}

fn printed(referee: &Referee, pem: &str) -> Printed {
    let arguments = ["x509", "-noout", "-nameopt", "RFC2253", "-dateopt", "iso_8601"];
    let wanted = ["-subject", "-serial", "-dates", "-ext", "subjectAltName"];
    let text = referee.printed(&[&arguments[..], &wanted].concat(), pem);
    let line = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
    let seconds = |key: &str| line(key).replace(' ', "T").parse::<DateTime>().unwrap().unix_duration().as_secs();
    let names = text.lines().find(|line| line.starts_with("    ")).unwrap_or_default().trim();
    let mut names: Vec<_> = names.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.sort();
    let validity = (seconds("notBefore="), seconds("notAfter="));
    Printed { subject: line("subject="), names, serial: line("serial="), validity }
}

fn subject(subject: &Subject) -> String {
    let group = subject.organization.iter().map(|group| format!(",O={group}"));
    format!("CN={}{}", subject.common_name, group.collect::<String>())
}

fn names(names: &[Name]) -> Vec<String> {
    let name = |name: &Name| match name {
        Name::Dns(name) => format!("DNS:{name}"),
        Name::Ip(address) => format!("IP Address:{address}"),
    };
    let mut names: Vec<_> = names.iter().map(name).collect();
    names.sort();
    names
}

/// Everything openssl can say of a directory of keys is as planned.
fn hold_against_openssl(what: &str, referee: &Referee, place: &Place) {
    let cluster = place.cluster();
    let (leaves, authorities) = (leaves(&cluster), pki::authorities(&cluster));
    for &authority in &authorities {
        for (purpose, is_for) in [
            ("sslserver", (|leaf| leaf.profile.server) as fn(&Leaf) -> bool),
            ("sslclient", |leaf: &Leaf| leaf.profile.client),
        ] {
            let is_planned = |leaf: &&Leaf| leaf.authority == authority && is_for(leaf);
            let planned: BTreeSet<_> = leaves.iter().filter(is_planned).map(|leaf| leaf.stem.clone()).collect();
            assert_eq!(
                accepted(referee, place, authority, purpose, &leaves),
                planned,
                "{what} {authority:?} {purpose}"
            );
        }
    }
    let mut serials = BTreeMap::new();
    let mut ends = BTreeMap::new();
    for &authority in &authorities {
        let file = certificate_file(authority.stem());
        let pem = place.text(&file);
        let found = printed(referee, &pem);
        ends.insert(authority, found.validity.1);
        assert!(referee.verifies(&pem, &pem, "any"), "{what} {file} signs itself");
        let is_given = place.document["cluster"]["etcd"]["endpoints"].as_array().is_some_and(|list| !list.is_empty());
        if authority != Authority::Etcd || !is_given {
            assert_eq!(found.subject, subject(&authority.subject(&cluster)), "{what} {file}");
            assert_eq!(found.validity.1 - found.validity.0, 3650 * DAY + EARLIER, "{what} {file}");
        }
        assert_eq!(serials.insert(found.serial, file), None, "{what}: serial numbers differ");
    }
    for leaf in &leaves {
        let file = certificate_file(&leaf.stem);
        let found = printed(referee, &place.text(&file));
        assert_eq!(found.subject, subject(&leaf.profile.subject), "{what} {file}");
        assert_eq!(found.names, names(&leaf.profile.names), "{what} {file}");
        assert_eq!(found.validity.1 - found.validity.0, 365 * DAY + EARLIER, "{what} {file}");
        assert!(found.validity.1 <= ends[&leaf.authority], "{what} {file}");
        assert_eq!(serials.insert(found.serial, file), None, "{what}: serial numbers differ");
    }
}

#[test]
fn openssl_finds_every_certificate_signed_named_and_fit_as_planned_and_for_nothing_else() {
    let Some(referee) = Referee::find() else { return };
    for (what, document) in descriptions() {
        hold_against_openssl(what, &referee, &Place::with_keys(what, &document, &[]));
    }
}

#[test]
fn openssl_makes_the_same_set_of_files_and_the_same_certificates() {
    let Some(referee) = Referee::find() else { return };
    for (what, document) in descriptions().into_iter().filter(|(what, _)| ["external-etcd", "ipvs"].contains(what)) {
        let own = Place::with_keys(what, &document, &[]);
        let theirs = Place::with_keys(what, &document, &["--maker", "toolchain"]);
        hold_against_openssl(what, &referee, &theirs);
        let modes = |place: &Place| -> Vec<_> {
            let mode = |name: &String| fs::metadata(place.key(name)).unwrap().permissions().mode();
            place.names().into_iter().map(|name| (mode(&name), name)).collect()
        };
        assert_eq!(modes(&own), modes(&theirs), "{what}");
    }
}

/// All names of a certificate in a directory of keys.
fn names_of(referee: &Referee, place: &Place, file: &str) -> Vec<String> {
    printed(referee, &place.text(file)).names
}

#[test]
fn an_api_server_answers_to_every_name_that_somebody_calls_it_by() {
    let Some(referee) = Referee::find() else { return };
    let inside = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
    let every = |more_names: &[&str], more_addresses: &[&str]| {
        let names = inside.iter().chain(&["localhost"]).chain(more_names).map(|name| format!("DNS:{name}"));
        let addresses = ["127.0.0.1", "10.253.0.1"];
        let addresses = addresses.iter().chain(more_addresses).map(|address| format!("IP Address:{address}"));
        let mut all: Vec<_> = names.chain(addresses).collect();
        all.sort();
        all
    };
    let ha = Place::with_keys("ha", &example("ha"), &[]);
    for n in 1..=3 {
        let wanted = every(&[&format!("cp-{n}")], &[&format!("192.168.10.1{n}")]);
        assert_eq!(names_of(&referee, &ha, &format!("nodes/cp-{n}/apiserver.crt")), wanted);
    }
    let external = Place::with_keys("external-etcd", &example("external-etcd"), &[]);
    let wanted = every(&["cp-2", "kube.example.com"], &["192.168.30.12", "192.168.30.5"]);
    assert_eq!(names_of(&referee, &external, "nodes/cp-2/apiserver.crt"), wanted);
    let mut other = small();
    other["cluster"]["network"]["serviceCIDR"] = "10.96.0.0/12".into();
    other["cluster"]["network"]["dnsDomain"] = "lab.test".into();
    let other = Place::with_keys("other", &other, &[]);
    let found = names_of(&referee, &other, "nodes/cp-1/apiserver.crt");
    for name in ["IP Address:10.96.0.1", "DNS:kubernetes.default.svc.lab.test"] {
        assert!(found.iter().any(|found| found == name), "{found:?}");
    }
}

#[test]
fn kubernetes_takes_each_client_for_who_it_is() {
    let Some(referee) = Referee::find() else { return };
    let document: Value = descriptions().into_iter().find(|(what, _)| *what == "pre-issued").unwrap().1;
    let place = Place::with_keys("pre-issued", &document, &[]);
    for (stem, subject) in [
        ("admin", "CN=kubernetes-admin,O=system:masters"),
        ("nodes/cp-1/addons", "CN=tinderbox-addons,O=system:masters"),
        ("nodes/cp-1/apiserver", "CN=kube-apiserver"),
        ("nodes/cp-1/apiserver-kubelet-client", "CN=kube-apiserver-kubelet-client"),
        ("nodes/cp-1/apiserver-etcd-client", "CN=kube-apiserver-etcd-client"),
        ("nodes/cp-1/front-proxy-client", "CN=front-proxy-client"),
        ("nodes/cp-1/controller-manager", "CN=system:kube-controller-manager"),
        ("nodes/cp-1/scheduler", "CN=system:kube-scheduler"),
        ("nodes/cp-1/kubelet-client", "CN=system:node:cp-1,O=system:nodes"),
        ("nodes/worker-1/kubelet-client", "CN=system:node:worker-1,O=system:nodes"),
        ("nodes/worker-1/kube-proxy", "CN=system:kube-proxy"),
        ("nodes/worker-1/kubelet", "CN=worker-1"),
        ("nodes/cp-1/etcd-server", "CN=cp-1"),
        ("nodes/cp-1/etcd-peer", "CN=cp-1"),
    ] {
        assert_eq!(printed(&referee, &place.text(&certificate_file(stem))).subject, subject, "{stem}");
    }
}

#[test]
fn no_certificate_outlives_its_authority() {
    let Some(referee) = Referee::find() else { return };
    for maker in ["embedded", "toolchain"] {
        let place = Place::new("small", &small());
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let key = x509::private_key(x509::KeyType::EcdsaP256).unwrap();
        let validity = Validity { not_before: now - DAY, not_after: now + 100 * DAY };
        let subject = Authority::Cluster.subject(&place.cluster());
        fs::create_dir(place.keys()).unwrap();
        fs::write(place.key("ca.crt"), x509::authority(&key, &subject, validity).unwrap()).unwrap();
        fs::write(place.key("ca.key"), key.as_bytes()).unwrap();
        assert!(place.make(&["--maker", maker]).status.success());
        let end = |file: &str| printed(&referee, &place.text(file)).validity.1;
        assert_eq!(end("ca.crt"), now + 100 * DAY);
        assert_eq!(end("admin.crt"), end("ca.crt"), "{maker}");
        assert_eq!(end("nodes/worker-1/kubelet.crt"), end("ca.crt"), "{maker}");
        assert!(end("nodes/cp-1/etcd-server.crt") > end("ca.crt"), "{maker}: that has another authority");
    }
}

#[test]
fn certificates_and_authorities_last_as_long_as_the_description_says() {
    let Some(referee) = Referee::find() else { return };
    let mut document = small();
    document["cluster"]["secrets"]["authorityDays"] = 1000.into();
    document["cluster"]["secrets"]["certificateDays"] = 90.into();
    let place = Place::with_keys("small", &document, &[]);
    let days = |file: &str| {
        let (begin, end) = printed(&referee, &place.text(file)).validity;
        (end - begin - EARLIER) / DAY
    };
    assert_eq!((days("ca.crt"), days("etcd-ca.crt"), days("admin.crt")), (1000, 1000, 90));
    assert_eq!(days("nodes/cp-1/etcd-peer.crt"), 90);
    assert!(tree(&place.keys()).len() > 30, "all of it was made");
}
