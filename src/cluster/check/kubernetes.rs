//! Rules for versions, feature gates, admission plugins and configuration files.

use super::super::facts::Facts;
use super::Findings;
use crate::k8s::release::{ConfigKind, Release};
use crate::report::OptionPath;
use crate::spec::{Os, ProxyMode, Role};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn version(facts: &Facts, findings: &mut Findings) {
    if let Err(problem) = Release::of(&facts.spec.kubernetes.version) {
        findings.error(
            OptionPath::of("cluster.kubernetes.version"),
            problem.to_string(),
            format!("choose a version of {}, with all its three numbers and no v", Release::known().join(", ")),
        );
    }
}

pub fn etcd_version(facts: &Facts, findings: &mut Findings) {
    let Some(version) = &facts.spec.etcd.version else { return };
    // Without leading zeros, which ct drops.
    let number = |text: &str| text.parse().ok().filter(|n: &u32| n.to_string() == text);
    let numbers: Vec<Option<u32>> = version.split('.').map(number).collect();
    // ct 0.9.4 knows the options of 2.3 and of 3.0 to 3.5; Kubernetes keeps its state in etcd 3.
    let (most, example) = match facts.spec.platform.os {
        Os::ContainerLinux => (5, "3.2.15"),
        Os::Flatcar | Os::FedoraCoreOs => (u32::MAX, "3.6.8"),
    };
    if !matches!(numbers.as_slice(), [Some(3), Some(minor), Some(_)] if *minor <= most) {
        let known = if most == 5 { "from 3.0.0 to 3.5.x" } else { "3.x.y" };
        findings.error(
            OptionPath::of("cluster.etcd.version"),
            format!("{version:?} is not a version {known}"),
            format!("write it as \"{example}\", or leave it null for the default"),
        );
    }
}

pub fn etcd_token(facts: &Facts, findings: &mut Findings) {
    let token = &facts.spec.etcd.cluster_token;
    let at = OptionPath::of("cluster.etcd.clusterToken");
    if token.contains(['{', '}']) {
        findings.error(
            at,
            format!("{token:?}: a brace makes ct take the whole section for a template"),
            "use letters, digits, `.`, `_` and `-`",
        );
    } else if token.is_empty() || !token.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@+=,-".contains(&b)) {
        findings.error(
            at,
            format!("{token:?} is empty or has characters that ct or systemd would read otherwise"),
            "use letters, digits, `.`, `_` and `-`",
        );
    }
}

pub fn feature_gates(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release else { return };
    let kubernetes = &facts.spec.kubernetes;
    let root = OptionPath::of("cluster.kubernetes");
    let sets: [(&str, &BTreeMap<String, bool>); 6] = [
        ("featureGates", &kubernetes.feature_gates),
        ("apiServer.featureGates", &kubernetes.api_server.feature_gates),
        ("controllerManager.featureGates", &kubernetes.controller_manager.feature_gates),
        ("scheduler.featureGates", &kubernetes.scheduler.feature_gates),
        ("proxy.featureGates", &kubernetes.proxy.feature_gates),
        ("kubelet.featureGates", &kubernetes.kubelet.feature_gates),
    ];
    // Only what kube-proxy is given counts for its mode, and its own gates before the cluster's.
    let of_proxy = |gate: &str| match kubernetes.proxy.feature_gates.get(gate) {
        Some(on) => Some(("proxy.featureGates", *on)),
        None => kubernetes.feature_gates.get(gate).map(|on| ("featureGates", *on)),
    };
    let runs_ipvs = kubernetes.proxy.mode == ProxyMode::Ipvs && facts.with(Role::Worker).next().is_some();
    let ipvs_gate = release.ipvs_feature_gate().filter(|_| runs_ipvs);
    for (option, gates) in sets {
        for (gate, on) in gates {
            let path = root.clone().dot(option).attr(gate);
            if release.feature_gate(gate, facts.patch).is_none() {
                let later = release.feature_gate(gate, u32::MAX);
                let help = match (later, release.nearest_feature_gate(gate)) {
                    (Some(patch), _) => {
                        format!("its first patch version is .{patch}: choose a later version, or remove it")
                    }
                    (None, Some(nearest)) => format!("did you mean {nearest}?"),
                    (None, None) => "remove it; a component does not start with a gate it does not know".to_owned(),
                };
                let version = &kubernetes.version;
                findings.error(path, format!("{gate} is not a feature gate of Kubernetes {version}"), help);
            } else if let Some(locked) = release.locked_feature_gate(gate).filter(|locked| locked != on) {
                let what = format!("{}: this gate is locked to {locked} in {}", !locked, kubernetes.version);
                findings.error(path, what, "remove it; a component does not start with it");
            } else if ipvs_gate == Some(gate) && of_proxy(gate) == Some((option, false)) {
                findings.error(
                    path,
                    "false: without this gate kube-proxy silently runs iptables, and cluster.kubernetes.proxy.mode is \"ipvs\"",
                    "remove it, or set the mode to \"iptables\"",
                );
            }
        }
    }
}

pub fn admission_plugins(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release else { return };
    let mut seen = BTreeSet::new();
    for (n, plugin) in facts.spec.kubernetes.api_server.admission_control.iter().enumerate() {
        let path = OptionPath::of("cluster.kubernetes.apiServer.admissionControl").index(n);
        if !release.admission_plugin(plugin) {
            let help = match release.nearest_admission_plugin(plugin) {
                Some(nearest) => format!("did you mean {nearest}?"),
                None => "remove it; the API server does not start with a plugin it does not know".to_owned(),
            };
            let version = &facts.spec.kubernetes.version;
            findings.error(path, format!("{plugin:?} is not an admission plugin of Kubernetes {version}"), help);
        } else if !seen.insert(plugin) {
            findings.error(path, format!("{plugin} is named twice"), "name each plugin once");
        }
    }
    let has_nodes = facts.spec.tls.enable && facts.with(Role::ControlPlane).next().is_some();
    if has_nodes && !facts.spec.kubernetes.api_server.admission_control.iter().any(|it| it == "NodeRestriction") {
        findings.warning(
            OptionPath::of("cluster.kubernetes.apiServer.admissionControl"),
            "NodeRestriction is not among them, so every kubelet may change every other node and its pods",
            "add it",
        );
    }
}

pub fn config_fields(facts: &Facts, findings: &mut Findings) {
    let kubernetes = &facts.spec.kubernetes;
    for (option, kind, fields, release) in [
        ("scheduler", ConfigKind::Scheduler, &kubernetes.scheduler.extra_config, facts.release),
        ("proxy", ConfigKind::Proxy, &kubernetes.proxy.extra_config, facts.release),
        ("kubelet", ConfigKind::Kubelet, &kubernetes.kubelet.extra_config, facts.kubelet_release),
    ] {
        let Some(release) = release else { continue };
        // That a version has no such file is another rule's.
        if kind == ConfigKind::Kubelet && release.kubelet_config_api_version().is_none() {
            continue;
        }
        let root = OptionPath::of("cluster.kubernetes").attr(option).attr("extraConfig");
        let reader = Reader { release, kind, option };
        for (name, value) in fields {
            reader.field(&root, "", name, value, findings);
        }
    }
}

/// Holds the fields of one configuration file against what its component reads.
struct Reader<'a> {
    release: &'static Release,
    kind: ConfigKind,
    option: &'a str,
}

impl Reader<'_> {
    /// The field `key` of the section `section`, whose names are joined by dots.
    fn field(&self, section_at: &OptionPath, section: &str, key: &str, value: &Value, findings: &mut Findings) {
        let at = section_at.clone().attr(key);
        if key.contains('.') {
            findings.error(
                at,
                format!("{key:?} is one name with dots in it, which no field has"),
                "leave out the quotes, so that Nix takes it for a field in a section",
            );
            return;
        }
        let name = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
        if let Some(option) = self.owner(&name) {
            findings.error(at, format!("{name} has an option of its own"), format!("set {option}"));
        } else if let Some(field) = self.release.config_field(self.kind, &name) {
            if let Err(expected) = field.accepts(value) {
                findings.error(at, format!("{value} is not {expected}"), "give the field a value of its type");
            }
        } else if self.release.has_config_section(self.kind, &name) {
            match value {
                Value::Object(inner) => {
                    inner.iter().for_each(|(key, value)| self.field(&at, &name, key, value, findings));
                }
                _ => findings.error(at, format!("{value} is not a section"), format!("set the fields of {name}")),
            }
        } else {
            let help = match self.release.nearest_config_field(self.kind, &name) {
                Some(nearest) => format!("did you mean {nearest}?"),
                None => "remove it; unknown fields are ignored without a word".to_owned(),
            };
            findings.error(at, format!("{name} is not a field of {}", self.kind), help);
        }
    }

    /// The option that writes this field.
    fn owner(&self, name: &str) -> Option<String> {
        let own = match (self.kind, name) {
            (_, "clientConnection.kubeconfig") => return Some("cluster.kubernetes.kubeconfig".to_owned()),
            (_, "apiVersion" | "kind") => return Some("cluster.kubernetes.version".to_owned()),
            (ConfigKind::Proxy, "hostnameOverride") => {
                return Some("cluster.nodes.<name>.kubelet.hostnameOverride".to_owned());
            }
            (ConfigKind::Proxy, "mode" | "bindAddress" | "clusterCIDR" | "featureGates") => name,
            (ConfigKind::Scheduler, "leaderElection.leaderElect") => "leaderElect",
            (ConfigKind::Kubelet, "featureGates" | "shutdownGracePeriod" | "shutdownGracePeriodCriticalPods") => name,
            (ConfigKind::Kubelet, "staticPodPath") => return Some("cluster.kubernetes.paths.manifests".to_owned()),
            (ConfigKind::Kubelet, "clusterDNS") => return Some("cluster.network.dnsAddress".to_owned()),
            (ConfigKind::Kubelet, "clusterDomain") => return Some("cluster.network.dnsDomain".to_owned()),
            (ConfigKind::Kubelet, "registerWithTaints") => {
                return Some("cluster.nodes.<name>.kubelet.taints".to_owned());
            }
            _ => return None,
        };
        Some(format!("cluster.kubernetes.{}.{own}", self.option))
    }
}
