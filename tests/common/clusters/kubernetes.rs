//! Random choices become the options of Kubernetes and its components.

use super::texts::{line, path, pattern};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const GATES: [&str; 6] =
    ["AllAlpha", "CPUManager", "DevicePlugins", "PodPriority", "CustomPodDNS", "TaintBasedEvictions"];

const PLUGINS: [&str; 6] =
    ["NamespaceLifecycle", "LimitRanger", "ServiceAccount", "DefaultStorageClass", "ResourceQuota", "AlwaysAdmit"];

fn gates() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(select(&GATES[..]), any::<bool>(), 0..3).prop_map(|gates| json!(gates))
}

/// `extraArgs`: `flags` with values that are nasty, and numbers and booleans where they are asked for.
fn flags(flags: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let value = |flag: &'static str| match flag {
        "v" => of((0..11i64).prop_map(Value::from)).boxed(),
        "logtostderr" => of(any::<bool>().prop_map(Value::from)).boxed(),
        _ => of(line().prop_map(Value::from)).boxed(),
    };
    let pair = select(flags).prop_flat_map(move |flag| (Just(flag), value(flag)));
    prop::collection::vec(pair, 0..4).prop_map(|pairs| json!(pairs.into_iter().collect::<BTreeMap<_, _>>()))
}

fn component(own: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    (flags(own), gates(), 0..600u32, any::<u32>()).prop_map(|(arguments, gates, delay, timeout)| {
        let probe = json!({ "initialDelaySeconds": delay, "timeoutSeconds": timeout });
        fields(json!({ "extraArgs": arguments, "featureGates": gates, "livenessProbe": probe }))
    })
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

fn kubelet() -> impl Strategy<Value = Map<String, Value>> {
    let own = component(&["node-labels", "v", "cluster_domain", "cluster-dns", "root-dir", "docker"]);
    let mounts = prop::collection::vec((path(), path()), 0..4);
    (own, mounts, prop::collection::vec(path(), 0..3), path(), any::<u32>()).prop_map(
        |(mut own, mounts, directories, uuid, restart)| {
            own.remove("livenessProbe");
            let mounts = mounts.into_iter().enumerate();
            let mounts: Vec<_> = mounts
                .map(|(n, (source, target))| json!({ "name": format!("m{n}"), "source": source, "target": format!("{target}/{n}") }))
                .collect();
            own.extend(fields(json!({
                "standalone": false, "certificates": "bootstrap", "allowPrivileged": true, "mounts": mounts, "directories": directories,
                "podUuidFile": uuid, "restartSec": restart, "source": "wrapper", "extraConfig": {},
                "shutdownGracePeriod": 45, "shutdownGracePeriodCriticalPods": 30,
            })));
            own
        },
    )
}

fn api_server() -> impl Strategy<Value = Map<String, Value>> {
    let own =
        component(&["v", "logtostderr", "runtime-config", "cors_allowed_origins", "etcd-prefix", "oidc-groups-claim"]);
    let plugins = subsequence(&PLUGINS[..], 0..=PLUGINS.len()).prop_shuffle();
    (own, plugins, any::<bool>(), any::<bool>()).prop_map(|(mut own, plugins, anonymous, open)| {
        own.extend(fields(json!({
            "insecureBindAddress": if open { "0.0.0.0" } else { "127.0.0.1" }, "insecurePort": 8080,
            "securePort": 6443, "extraNames": [], "encryptSecrets": false,
            "audit": { "enable": false, "maxAge": 30, "maxBackups": 10, "maxSize": 100 },
            "allowPrivileged": true, "admissionControl": plugins, "anonymousAuth": anonymous,
        })));
        own
    })
}

/// `extraConfig` of the scheduler and of the proxy.
fn configurations() -> impl Strategy<Value = (Value, Value)> {
    let parts = (of(line()), of(any::<i32>()), of(any::<f64>()), of(any::<bool>()));
    (parts, select(vec!["20s", "-1.5h", "0"])).prop_map(|((text, int, float, bool), time)| {
        let client = json!({ "contentType": text.clone().unwrap_or_default(), "burst": int.unwrap_or(0), "qps": float.unwrap_or(1.0) });
        let mut scheduler = json!({ "clientConnection": client, "leaderElection": { "leaseDuration": time } });
        let mut proxy = json!({ "clientConnection": client, "conntrack": { "tcpCloseWaitTimeout": time } });
        if let Some(text) = text {
            scheduler["schedulerName"] = json!(text);
            proxy["ipvs"] = json!({ "scheduler": text });
        }
        if let Some(bool) = bool {
            scheduler["enableProfiling"] = json!(bool);
            proxy["iptables"] = json!({ "masqueradeAll": bool });
        }
        (scheduler, proxy)
    })
}

/// `cluster.kubernetes`
pub fn kubernetes() -> impl Strategy<Value = Value> {
    let image = select(vec![
        ("quay.io/coreos/hyperkube", "v1.9.6_coreos.0"),
        ("localhost:5000/a/b_c.d", "1.9"),
        ("k8s.gcr.io/hyperkube", "null"),
        ("y", "0644"),
    ]);
    let paths = [path().boxed(), path().boxed(), path().boxed(), path().boxed()];
    let names = (
        pattern("[a-zA-Z0-9_][a-z0-9._-]{0,5}"),
        pattern("[a-zA-Z0-9_][a-z0-9._-]{0,5}"),
        pattern("[a-z0-9][a-z0-9_-]{0,5}\\.ya?ml"),
    );
    let proxy = (flags(&["v", "logtostderr", "log-dir", "vmodule"]), gates(), any::<bool>());
    let scheduler = component(&["v", "logtostderr", "log-dir", "vmodule"]);
    let manager = component(&["v", "cluster_name", "controllers", "cloud-config", "leader-elect-resource-lock"]);
    let components = (api_server(), manager, scheduler, proxy, kubelet(), configurations());
    (select(vec!["1.9.0", "1.9.6", "1.9.11"]), image, gates(), paths, names, components).prop_map(
        |(version, (repository, tag), all, [manifests, config, ssl, certificates], (cluster, context, file), components)| {
            let (api_server, mut manager, mut scheduler, (arguments, gates, ipvs), mut kubelet, (own, proxy)) = components;
            kubelet.insert("version".to_owned(), json!(version));
            let image = format!("{repository}:{tag}");
            let images =
                json!({ "apiServer": image, "controllerManager": image, "scheduler": image, "proxy": image });
            let nothing = json!({ "url": "https://example.com/a", "hash": null });
            manager.insert("leaderElect".to_owned(), json!(true));
            scheduler.insert("leaderElect".to_owned(), json!(true));
            scheduler.insert("extraConfig".to_owned(), own);
            json!({
                "version": version, "image": { "repository": repository, "tag": tag }, "featureGates": all,
                "images": images,
                "downloads": { "kubelet": nothing, "kubectl": nothing, "cniPlugins": nothing, "sysext": nothing },
                "paths": { "manifests": manifests, "kubeconfig": config, "ssl": ssl, "hostCertificates": certificates },
                "kubeconfig": { "file": file, "cluster": cluster, "context": context },
                "apiServer": api_server, "controllerManager": manager, "scheduler": scheduler, "kubelet": kubelet,
                "proxy": {
                    "mode": if ipvs { "ipvs" } else { "iptables" }, "bindAddress": "0.0.0.0", "clusterCIDR": "10.254.0.0/16",
                    "extraArgs": arguments, "featureGates": gates, "extraConfig": proxy,
                },
            })
        },
    )
}
