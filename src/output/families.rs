//! A description of two families, or of IPv6 alone -> what is on its machines, and that they reach one another. Tests
//! alone. What 1.9 on Container Linux writes is looked at too, past the rule `families`, which refuses that.

use super::rehearse;
use crate::cluster::{self, Cluster};
use crate::component::{compose, outside_kubeconfig};
use crate::machine::Setting;
use crate::pki::{Keys, Server, server_names};
use serde_json::{Value, json};

const PODS: [&str; 2] = ["10.254.0.0/16", "fd00:10:254::/56"];
const SERVICES: [&str; 2] = ["10.253.0.0/16", "fd00:10:253::/112"];

/// The cluster of tests/cases/ha.json, past the rules.
fn cluster(families: &[u8]) -> Cluster {
    cluster::unchecked(&described(include_str!("../../tests/cases/ha.json"), families)).unwrap()
}

/// The cluster of tests/cases/flatcar-ha.json, to which no rule objects.
fn modern(families: &[u8]) -> Cluster {
    let (cluster, report) = cluster::read(&described(include_str!("../../tests/cases/flatcar-ha.json"), families));
    assert!(report.is_empty(), "{families:?}: {:?}", report.diagnostics());
    cluster.unwrap()
}

/// A case with ranges and addresses of these families, 4 or 6, in this order.
fn described(case: &str, families: &[u8]) -> Vec<u8> {
    let mut document: Value = serde_json::from_str(case).unwrap();
    let of = |both: [&str; 2]| families.iter().map(|f| both[usize::from(*f == 6)].to_owned()).collect::<Vec<_>>();
    let cluster = &mut document["cluster"];
    let (pods, services) = (json!(of(PODS).join(",")), json!(of(SERVICES).join(",")));
    for pointer in ["/network/podCIDR", "/flannel/network", "/kubernetes/proxy/clusterCIDR"] {
        *cluster.pointer_mut(pointer).unwrap() = pods.clone();
    }
    cluster["network"]["serviceCIDR"] = services;
    cluster["kubernetes"]["proxy"]["bindAddress"] = json!("::");
    cluster["etcd"]["listen"] = json!("all");
    for (n, node) in cluster["nodes"].as_object_mut().unwrap().values_mut().enumerate() {
        let network = &mut node["network"];
        let (four, six) = (format!("192.168.10.{}/24", 11 + n), format!("fd00:192:168:10::{}/64", 11 + n));
        let own = of([&four, &six]);
        let gateways = of(["192.168.10.1", "fe80::1"]);
        (network["address"], network["secondAddress"]) = (json!(own.first()), json!(own.get(1)));
        (network["gateway"], network["secondGateway"]) = (json!(gateways.first()), json!(gateways.get(1)));
        network["dns"] = json!(of(["192.168.10.1", "fd00:192:168:10::53"]));
    }
    document.to_string().into_bytes()
}

/// Everything on the machine of a node, as one text.
fn text(cluster: &Cluster, node: &str) -> String {
    let node = cluster.nodes.iter().find(|it| it.name == node).unwrap();
    let machine = compose(cluster, node, &Keys::placeholders()).unwrap();
    let mut text = String::new();
    for file in &machine.files {
        text.push_str(&format!("== {}\n{}\n", file.path, String::from_utf8_lossy(&file.content)));
    }
    for unit in &machine.units {
        text.extend(unit.text.iter().cloned().chain(unit.drop_ins.iter().map(|it| it.text.clone())));
    }
    text.extend(machine.networks.iter().map(|network| network.text.clone()));
    for (name, value) in machine.etcd.iter().flat_map(|etcd| &etcd.options) {
        if let Setting::Text(value) = value {
            text.push_str(&format!("{name}={value}\n"));
        }
    }
    text
}

#[track_caller]
fn has(text: &str, wanted: &[&str]) {
    let missing: Vec<_> = wanted.iter().filter(|it| !text.contains(**it)).collect();
    assert!(missing.is_empty(), "{missing:#?} not in\n{text}");
}

#[test]
fn machines_of_any_families_are_closed_and_reach_one_another() {
    for families in [&[4_u8][..], &[6], &[4, 6], &[6, 4]] {
        for cluster in [cluster(families), modern(families)] {
            let report = rehearse(&cluster);
            assert!(report.is_empty(), "{families:?}: {:?}", report.diagnostics());
        }
    }
}

#[test]
fn two_families_are_everywhere_in_one_order() {
    let cluster = cluster(&[4, 6]);
    let plane = text(&cluster, "cp-1");
    has(
        &plane,
        &[
            "--service-cluster-ip-range=10.253.0.0/16,fd00:10:253::/112",
            "--cluster-cidr=10.254.0.0/16,fd00:10:254::/56",
            "--advertise-address=192.168.10.11",
            "--etcd-servers=https://192.168.10.11:2379,",
            "--node-ip=192.168.10.11,fd00:192:168:10::11",
            "clusterCIDR: \"10.254.0.0/16,fd00:10:254::/56\"",
            "bindAddress: \"::\"",
            "healthzBindAddress: \"127.0.0.1:10256\"",
            "listen_client_urls=https://[::]:2379",
            "listen_peer_urls=https://[::]:2380",
            "advertise_client_urls=https://192.168.10.11:2379",
            "Address=192.168.10.11/24\nAddress=fd00:192:168:10::11/64\nGateway=192.168.10.1\nGateway=fe80::1\nDNS=192.168.10.1\nDNS=fd00:192:168:10::53\n",
            "== /etc/sysctl.d/90-ipv6-forwarding.conf\nnet.ipv6.conf.all.forwarding = 1\n",
            "clusterIP: 10.253.0.10",
            "ipFamilyPolicy: PreferDualStack",
            "\"IPv6Network\": \"fd00:10:254::/56\"",
            "\"Network\": \"10.254.0.0/16\"",
        ],
    );
    assert!(!plane.contains("node-cidr-mask-size") && !plane.contains("EnableIPv4"));
    let node = cluster.nodes.first().unwrap();
    let names: Vec<_> =
        server_names(&cluster, node, Server::ApiServer).unwrap().iter().map(ToString::to_string).collect();
    for name in ["127.0.0.1", "10.253.0.1", "192.168.10.11", "fd00:192:168:10::11"] {
        assert!(names.iter().any(|it| it == name), "{name}: {names:?}");
    }
    assert!(!names.iter().any(|name| name == "fd00:10:253::1"), "the service kubernetes has one address");
}

#[test]
fn a_modern_cluster_has_two_families_everywhere_too() {
    let plane = text(&modern(&[6, 4]), "cp-2");
    has(
        &plane,
        &[
            "--service-cluster-ip-range=fd00:10:253::/112,10.253.0.0/16",
            "--cluster-cidr=fd00:10:254::/56,10.254.0.0/16",
            "--advertise-address=fd00:192:168:10::12",
            "--node-ip=fd00:192:168:10::12,192.168.10.12",
            "https://[::]:2379",
            "https://[::]:2380",
            "https://[fd00:192:168:10::12]:2380",
            "net.ipv6.conf.all.forwarding = 1",
            "ipFamilyPolicy: PreferDualStack",
            "\"IPv6Network\": \"fd00:10:254::/56\"",
        ],
    );
    assert!(!plane.contains("0.0.0.0"), "{plane}");
    let worker = text(&modern(&[6]), "worker-1");
    has(&worker, &["    server cp-1 [fd00:192:168:10::11]:6443\n", "--node-ip=fd00:192:168:10::14"]);
}

#[test]
fn ipv6_alone_stands_in_brackets_where_a_port_follows() {
    let cluster = cluster(&[6]);
    has(
        &text(&cluster, "cp-1"),
        &[
            "--advertise-address=fd00:192:168:10::11",
            "--etcd-servers=https://[fd00:192:168:10::11]:2379,https://[fd00:192:168:10::12]:2379,",
            "--service-cluster-ip-range=fd00:10:253::/112",
            "--cluster-cidr=fd00:10:254::/56",
            "--node-ip=fd00:192:168:10::11",
            "--cluster-dns=fd00:10:253::a",
            "initial_cluster=cp-1=https://[fd00:192:168:10::11]:2380,",
            "initial_advertise_peer_urls=https://[fd00:192:168:10::11]:2380",
            "Address=fd00:192:168:10::11/64\nGateway=fe80::1\n",
            "\"EnableIPv4\": false",
            "clusterIP: fd00:10:253::a",
        ],
    );
    let worker = text(&cluster, "worker-1");
    has(&worker, &["    server cp-1 [fd00:192:168:10::11]:6443\n", "    bind 127.0.0.1:7443\n"]);
    assert!(!worker.contains("ipFamil"));
    let kubeconfig = outside_kubeconfig(&cluster, &Keys::placeholders()).unwrap();
    has(&kubeconfig, &["https://[fd00:192:168:10::11]:6443"]);
}

#[test]
fn the_first_family_is_that_of_everything_that_has_one_address() {
    let plane = text(&cluster(&[6, 4]), "cp-2");
    has(
        &plane,
        &[
            "--node-ip=fd00:192:168:10::12,192.168.10.12",
            "--advertise-address=fd00:192:168:10::12",
            "--cluster-dns=fd00:10:253::a",
            "advertise_client_urls=https://[fd00:192:168:10::12]:2379",
        ],
    );
}

#[test]
fn a_cluster_of_ipv4_alone_has_no_word_of_ipv6() {
    let plane = text(&cluster(&[4]), "cp-1");
    for word in ["[::]", "ipFamil", "IPv6", "ip6tables", "ipv6", "node-cidr-mask"] {
        assert!(!plane.contains(word), "{word}");
    }
}
