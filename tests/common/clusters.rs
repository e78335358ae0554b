//! Random choices become descriptions of clusters, nearly all of them valid, with texts that trip writers up.

mod extra;
mod kubernetes;
mod texts;

use extra::extra;
use kubernetes::kubernetes;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use texts::{path, pattern};

/// The roles of a node, and whether its kubelet is standalone.
const KINDS: [(&[&str], bool); 9] = [
    (&["etcd"], false),
    (&["control-plane"], false),
    (&["worker"], false),
    (&["worker"], false),
    (&["etcd", "control-plane"], false),
    (&["control-plane", "worker"], false),
    (&["worker", "control-plane", "etcd"], false),
    (&["etcd"], true),
    (&[], true),
];

const KEYS: [&str; 4] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA",
    "restrict,command=\"/bin/echo \\\"a: b\\\" # <&>\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA é: #'",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7kH7R+1iWHG9OXCfg/27z2mMuAp8F/hukHdIGX9iD2LyqD2DcPvrU9gLJkLtuII+HxJH59oxh3uu66BidAn2EzXfvsLLy5UbySD4UbvReWSe0VF+dyfG0eFMjs9NDhQnXiTjiISot1usJP7brjrz7gegRkaGNJOejuzj/k7Kcxkcl9zcnBHkW2n8VrYm0+aWxZrPp4EdPrBu5JREOUTl3Xn37B7+TlvN+s35eeX6MrLOiGcIEPuSOHn4dIx/bhxZplo5RxleoXv19UA62vq8lZ9rTdpmAYWIFLk5UbuYshpHsdQJyt+7NyYSiCEVcsdV9QY+EmrpHe/5ELXXcHy8f ops@example.com",
];

/// One node; what must differ from node to node, or needs to know the others, is set by [`joined`].
fn node() -> impl Strategy<Value = Value> {
    let network = (any::<bool>(), any::<bool>(), 0..3usize, 0..3usize, any::<bool>()).prop_map(
        |(dhcp, gateway, dns, routes, advertised)| {
            let gateway = (gateway && !dhcp).then_some("192.168.1.1");
            let routes = ["172.20.0.0/16", "198.51.100.0/24"].into_iter().take(routes);
            let routes: Vec<_> =
                routes.map(|range| json!({ "destination": range, "gateway": "192.168.1.254" })).collect();
            json!({
                "dhcp": dhcp, "address": (!dhcp).then_some(""), "gateway": gateway, "routes": routes,
                "secondAddress": null, "secondGateway": null,
                "dns": (["127.0.0.53", "192.0.2.53"][..dns]), "advertiseAddress": advertised.then_some(""),
            })
        },
    );
    let names =
        (select(vec!["eth0", "en*", "!lo eth?", "ens3.10", "[ab]*"]), pattern("[0-9]{2}[a-z._-]{0,4}x\\.network"));
    let hash = prop_oneof![
        2 => Just(None),
        1 => Just(Some(format!("$6$rounds=5000$salt.${}", "a/.B".repeat(22)[..86].to_owned()))),
    ];
    let user = (select(vec!["core", "_a-b", "null", "y"]), subsequence(&KEYS[..], 0..=KEYS.len()), hash);
    (select(&KINDS[..]), network, names, user, (any::<bool>(), any::<bool>(), taints()), extra("node")).prop_map(
        |((roles, standalone), mut network, (interface, unit), (name, keys, hash), (renamed, schedulable, taints), extra)| {
            network["interface"] = json!(interface);
            network["unit"] = json!(unit);
            json!({
                "roles": roles, "hostname": "", "network": network, "etcd": { "name": "", "state": "new" }, "extra": extra,
                "user": { "name": name, "sshAuthorizedKeys": keys, "passwordHash": hash },
                "kubelet": {
                    "hostnameOverride": renamed.then_some(""), "registerSchedulable": schedulable, "standalone": standalone,
                    "taints": taints,
                },
                "install": { "disk": null, "overwrite": false, "reboot": true },
            })
        },
    )
}

fn taints() -> impl Strategy<Value = Vec<&'static str>> {
    let taints = ["node-role.kubernetes.io/master=:NoSchedule", "a.b/c_d=E.f-g:NoExecute", "x=1:PreferNoSchedule"];
    subsequence(taints.to_vec(), 0..=3)
}

fn etcd() -> impl Strategy<Value = Value> {
    let versions = vec![None, Some("3.0.0"), Some("3.2.15"), Some("3.5.21"), Some("3.1.4294967295")];
    let ports = select(vec![(2379, 2380), (2380, 2379), (1, 65535), (4001, 7001)]);
    let state = (select(vec!["new", "existing"]), select(vec!["all", "loopback-and-flannel"]));
    (select(versions), pattern("[a-zA-Z0-9._:/@+=,-]{1,20}"), state, ports).prop_map(
        |(version, token, (state, listen), (client, peer))| {
            json!({ "version": version, "clusterToken": token, "state": state, "endpoints": [], "listen": listen, "image": "y/etcd:1", "clientPort": client, "peerPort": peer })
        },
    )
}

fn flannel() -> impl Strategy<Value = Value> {
    let backend = select(vec![None, Some("udp"), Some("vxlan"), Some("host-gw")]);
    let prefix = prop_oneof![Just("/coreos.com/network".to_owned()), path()];
    (any::<bool>(), any::<bool>(), backend, prefix, pattern("[0-9]{2}-[a-z]{1,5}\\.conf")).prop_map(
        |(enable, part, backend, prefix, drop_in)| {
            let network = if part { "10.254.128.0/17" } else { "10.254.0.0/16" };
            json!({ "enable": enable, "network": network, "backend": backend, "datastore": "etcd", "image": "y/flannel:1", "cniPluginImage": "y/plugin:1", "etcdPrefix": prefix, "dropIn": drop_in })
        },
    )
}

/// A `cluster.json` with one to six nodes.
pub fn cluster() -> impl Strategy<Value = Value> {
    let endpoint = select(vec![None, Some("192.168.1.5"), Some("kube.example.com"), Some("yes")]);
    let whole = (select(vec!["lab", "null", "0-1e3"]), endpoint, of(Just("172.17.0.0/16")), any::<bool>());
    let parts = (etcd(), flannel(), kubernetes(), extra("cluster"), secure());
    (whole, prop::collection::vec(node(), 1..7), parts).prop_map(
        |((name, endpoint, docker, given), nodes, (etcd, flannel, kubernetes, extra, secure))| {
            let network = json!({
                "podCIDR": "10.254.0.0/16", "serviceCIDR": "10.253.0.0/16", "dockerCIDR": docker,
                "dnsDomain": "cluster.local", "dnsAddress": null,
            });
            let proxy = json!({ "port": 7443, "image": "localhost:5000/haproxy:1.8-alpine" });
            joined(
                json!({
                    "name": name, "controlPlane": { "endpoint": endpoint, "proxy": proxy }, "network": network,
                    "nodes": {}, "tls": { "enable": false },
                    "addons": {
                        "dns": { "enable": false, "image": "y:1", "replicas": 2 }, "rbac": { "enable": false },
                    },
                    "platform": {
                        "os": "container-linux", "ignition": "2.3.0", "architecture": "amd64", "kernelArguments": [],
                    },
                    "media": { "targets": ["iso"], "url": null },
                    "etcd": etcd, "flannel": flannel,
                    "kubernetes": kubernetes, "extra": extra,
                    "secrets": { "source": if given { "directory" } else { "first-boot" }, "store": {},
                        "keyType": "ecdsa-p256", "authorityDays": 3650, "certificateDays": 365, "tokenHours": 72 },
                }),
                nodes,
                secure,
            )
        },
    )
}

/// What there is with TLS alone; `None` without.
fn secure() -> impl Strategy<Value = Option<Value>> {
    let bools = prop::array::uniform6(any::<bool>());
    let choices = (bools, select(vec!["bootstrap", "pre-issued"]), select(vec!["kubernetes", "etcd"]));
    of(choices.prop_map(|([dns, rbac, insecure, audit, encrypt, all_etcd], certificates, datastore)| {
        json!({
            "/tls/enable": true, "/secrets/source": "directory", "/addons/dns/enable": dns,
            "/addons/rbac/enable": rbac, "/flannel/datastore": datastore,
            "/kubernetes/kubelet/certificates": certificates,
            "/kubernetes/apiServer/insecurePort": insecure.then_some(8080),
            "/kubernetes/apiServer/insecureBindAddress": "127.0.0.1",
            "/kubernetes/apiServer/extraNames": (["*.example.com", "192.0.2.7"][..usize::from(audit)]),
            "/kubernetes/apiServer/audit/enable": audit, "/kubernetes/apiServer/encryptSecrets": encrypt,
            "/network/dnsAddress": all_etcd.then_some("10.253.0.99"),
        })
    }))
}

fn is(node: &Value, role: &str) -> bool {
    node["roles"].as_array().is_some_and(|roles| roles.contains(&json!(role)))
}

fn joins(node: &Value) -> bool {
    is(node, "control-plane") || is(node, "worker")
}

/// The cluster with its nodes: names and addresses that differ, and whatever the roles of one ask of the others.
fn joined(mut cluster: Value, mut nodes: Vec<Value>, secure: Option<Value>) -> Value {
    let mut need = |role: &str| {
        if nodes.iter().any(joins)
            && !nodes.iter().any(|node| is(node, role))
            && let Some(Value::Array(roles)) = nodes.first_mut().map(|node| &mut node["roles"])
        {
            roles.push(json!(role));
        }
    };
    need("control-plane");
    need("etcd");
    for (n, node) in nodes.iter_mut().enumerate() {
        let standalone = node["kubelet"]["standalone"] == json!(true) && !joins(node);
        node["kubelet"]["standalone"] = json!(standalone);
        if !(standalone || joins(node)) {
            node["extra"]["manifests"] = json!({});
        }
        node["hostname"] = json!(format!("n{n}.example.com"));
        node["etcd"]["name"] = json!(["0", "1e3", "null", "yes", "a.b_c-d", "0x1f"][n]);
        if node["kubelet"]["hostnameOverride"].is_string() {
            node["kubelet"]["hostnameOverride"] = json!(format!("{n}"));
        }
        let served = is(node, "etcd") || is(node, "control-plane");
        let network = &mut node["network"];
        if network["address"].is_string() {
            network["address"] = json!(format!("192.168.1.{}/24", 10 + n));
        }
        if network["advertiseAddress"].is_string() || (served && network["address"].is_null()) {
            network["advertiseAddress"] = json!(format!("203.0.113.{}", 10 + n));
        }
    }
    let planes = nodes.iter().filter(|node| is(node, "control-plane")).count();
    if planes > 1 {
        cluster["secrets"]["source"] = json!("directory");
    }
    if nodes.iter().any(|node| joins(node) && !is(node, "etcd")) {
        cluster["etcd"]["listen"] = json!("all");
    }
    if nodes.iter().any(|node| is(node, "worker") && !is(node, "control-plane")) {
        cluster["kubernetes"]["apiServer"]["insecureBindAddress"] = json!("0.0.0.0");
    }
    if nodes.iter().all(|node| node["kubelet"]["standalone"] == json!(false) && !joins(node)) {
        cluster["extra"]["manifests"] = json!({});
    }
    for (pointer, value) in secure.iter().filter_map(Value::as_object).flatten() {
        *cluster.pointer_mut(pointer).unwrap() = value.clone();
    }
    for (n, node) in nodes.into_iter().enumerate() {
        cluster["nodes"][format!("n{n}")] = node;
    }
    json!({ "schema": 3, "cluster": cluster, "origins": { "cluster": "cluster.nix" } })
}
