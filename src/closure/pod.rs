//! The YAML of a static pod -> what it runs, what it sees of its node and where it listens (Kubernetes API, core/v1).

use serde_yaml::Value;
use std::net::{IpAddr, Ipv6Addr};

/// A pod.
#[derive(Debug)]
pub struct Pod {
    /// Its namespace; `default` where it names none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it is on the node's own network.
    pub host_network: bool,
    /// Its volumes.
    pub volumes: Vec<Volume>,
    /// Init containers, then the others.
    pub containers: Vec<Container>,
}

/// A volume of a pod.
#[derive(Debug)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// The path on the node and the type of a `hostPath`; `None` for the kinds that Kubernetes fills.
    pub host: Option<(String, String)>,
}

/// A container of a pod.
#[derive(Debug)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Whether it has to end before the others start.
    pub is_init: bool,
    /// `command` and `args`.
    pub words: Vec<String>,
    /// What it sees of the volumes.
    pub mounts: Vec<Mount>,
    /// User id.
    pub user: u32,
    /// Group ids.
    pub groups: Vec<u32>,
    /// Its TCP ports.
    pub ports: Vec<Port>,
}

/// A volume in a container.
#[derive(Debug)]
pub struct Mount {
    /// The volume.
    pub volume: String,
    /// Where the container sees it.
    pub path: String,
    /// The part of the volume that it sees; empty for all of it.
    pub sub_path: String,
    /// Whether it cannot write there.
    pub read_only: bool,
}

/// A port of a container.
#[derive(Debug)]
pub struct Port {
    /// The port in the container's network.
    pub container: Option<u16>,
    /// The node's port that leads to it.
    pub host: Option<u16>,
    /// The node's address that it is on.
    pub address: IpAddr,
}

impl Pod {
    /// Reads a pod; `None` for anything else.
    pub fn of(value: &Value) -> Option<Self> {
        if text(value, "kind") != "Pod" || text(value, "apiVersion") != "v1" {
            return None;
        }
        let (metadata, spec) = (value.get("metadata")?, value.get("spec")?);
        let containers = |key, is_init| list(spec, key).map(move |c| Container::of(c, spec, is_init));
        Some(Self {
            namespace: Some(text(metadata, "namespace")).filter(|n| !n.is_empty()).unwrap_or_else(|| "default".into()),
            name: text(metadata, "name"),
            host_network: flag(spec, "hostNetwork"),
            volumes: list(spec, "volumes").map(Volume::of).collect(),
            containers: containers("initContainers", true).chain(containers("containers", false)).collect(),
        })
    }
}

impl Volume {
    fn of(value: &Value) -> Self {
        let host = value.get("hostPath").map(|host| (clean(&text(host, "path")), text(host, "type")));
        Self { name: text(value, "name"), host }
    }
}

impl Container {
    fn of(value: &Value, spec: &Value, is_init: bool) -> Self {
        let contexts: Vec<_> = [value, spec].into_iter().filter_map(|holder| holder.get("securityContext")).collect();
        let id = |key: &str| contexts.iter().find_map(|context| number(context.get(key)?));
        // "If this field is omitted, the primary group ID of the containers will be root(0)" (Kubernetes documentation,
        // "Configure a Security Context for a Pod or Container").
        let mut groups = vec![id("runAsGroup").unwrap_or(0)];
        groups.extend(id("fsGroup"));
        groups.extend(contexts.iter().flat_map(|context| list(context, "supplementalGroups")).filter_map(number));
        let strings = |key| list(value, key).filter_map(Value::as_str).map(str::to_owned);
        Self {
            name: text(value, "name"),
            image: text(value, "image"),
            is_init,
            words: strings("command").chain(strings("args")).collect(),
            mounts: list(value, "volumeMounts").map(Mount::of).collect(),
            user: id("runAsUser").unwrap_or(0),
            groups,
            ports: list(value, "ports")
                .filter(|port| ["", "TCP"].contains(&&*text(port, "protocol")))
                .map(Port::of)
                .collect(),
        }
    }
}

impl Mount {
    fn of(value: &Value) -> Self {
        Self {
            volume: text(value, "name"),
            path: clean(&text(value, "mountPath")),
            sub_path: text(value, "subPath"),
            read_only: flag(value, "readOnly"),
        }
    }
}

impl Port {
    fn of(value: &Value) -> Self {
        let port = |key| value.get(key).and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok()).filter(|n| *n > 0);
        Self {
            container: port("containerPort"),
            host: port("hostPort"),
            address: text(value, "hostIP").parse().unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        }
    }
}

/// A path without a last `/`.
fn clean(path: &str) -> String {
    let kept = path.trim_end_matches('/');
    if kept.is_empty() { path.chars().take(1).collect() } else { kept.to_owned() }
}

/// The string at `key`; empty without one.
pub fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Whether `key` is true.
pub fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// The elements of the list at `key`.
pub fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(key).and_then(Value::as_sequence).into_iter().flatten()
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|n| u32::try_from(n).ok())
}
