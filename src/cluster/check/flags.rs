//! Rules for `extraArgs`.

use super::super::facts::Facts;
use super::Findings;
use crate::k8s::release::{Component, Release};
use crate::report::OptionPath;
use crate::spec::{ArgValue, ExtraArgs};
use std::collections::BTreeMap;

/// Every component with the name of its options.
fn components<'a>(facts: &Facts<'a>) -> [(Component, &'static str, &'a ExtraArgs); 5] {
    let kubernetes = &facts.spec.kubernetes;
    [
        (Component::ApiServer, "apiServer", &kubernetes.api_server.extra_args),
        (Component::ControllerManager, "controllerManager", &kubernetes.controller_manager.extra_args),
        (Component::Scheduler, "scheduler", &kubernetes.scheduler.extra_args),
        (Component::Proxy, "proxy", &kubernetes.proxy.extra_args),
        (Component::Kubelet, "kubelet", &kubernetes.kubelet.extra_args),
    ]
}

/// What is known of a component's version, and that version.
fn release<'f>(facts: &'f Facts, component: Component) -> Option<(&'static Release, &'f str)> {
    let kubernetes = &facts.spec.kubernetes;
    Some(match component {
        Component::Kubelet => (facts.kubelet_release?, &kubernetes.kubelet.version),
        _ => (facts.release?, &kubernetes.version),
    })
}

fn at(option: &str, flag: &str) -> OptionPath {
    OptionPath::of("cluster.kubernetes").attr(option).attr("extraArgs").attr(flag)
}

/// A flag as the components compare it: `_` and `-` are one (WordSepNormalizeFunc).
pub fn normal(flag: &str) -> String {
    flag.replace('_', "-")
}

/// The text after `--flag=`.
pub fn text(value: &ArgValue) -> String {
    match value {
        ArgValue::Bool(value) => value.to_string(),
        ArgValue::Int(value) => value.to_string(),
        ArgValue::Text(value) => value.clone(),
    }
}

pub fn known(facts: &Facts, findings: &mut Findings) {
    for (component, option, flags) in components(facts) {
        let Some((release, version)) = release(facts, component) else { continue };
        for (name, value) in flags {
            if name.starts_with('-') {
                let bare = name.trim_start_matches('-');
                findings.error(at(option, name), format!("{name:?} starts with dashes"), format!("write {bare}"));
                continue;
            }
            match release.flag(component, name) {
                None => {
                    let help = match release.nearest_flag(component, name) {
                        Some(nearest) => match owner_path(option, nearest) {
                            Some(path) => format!("did you mean {nearest}? set {path}"),
                            None => format!("did you mean {nearest}?"),
                        },
                        None => format!("{component} does not start with a flag it does not know; remove it"),
                    };
                    findings.error(at(option, name), format!("{name:?} is not a flag of {component} {version}"), help);
                }
                // Of one that has an option of its own the rule for those tells.
                Some(flag) if flag.deprecated && value.is_some() && owner(option, &normal(name)).is_none() => {
                    let (why, help) = deprecation(flag.note);
                    findings.warning(
                        at(option, name),
                        format!("{name} is deprecated in {component} {version}{why}"),
                        help,
                    );
                }
                Some(_) => {}
            }
        }
    }
}

/// Why a flag is deprecated, to stand behind the sentence that says so, and what to do, from the table's note.
fn deprecation(note: &'static str) -> (String, &'static str) {
    let known = ["global", "deprecated", "new in", "not in", "was "];
    let told = note.split("; ").filter(|part| !part.is_empty() && !known.iter().any(|start| part.starts_with(start)));
    let (instead, why): (Vec<_>, Vec<_>) = told.partition(|part| part.starts_with("use ") || part.starts_with("see "));
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
    (why, instead.first().copied().unwrap_or("leave it out; later versions do not start with it"))
}

pub fn values(facts: &Facts, findings: &mut Findings) {
    for (component, option, flags) in components(facts) {
        let Some((release, _)) = release(facts, component) else { continue };
        for (name, value) in flags {
            let (Some(flag), Some(value)) = (release.flag(component, name), value) else { continue };
            let value = text(value);
            if value.contains(['\0', '\n', '\r']) {
                findings.error(
                    at(option, name),
                    format!("{value:?} has a line break or a NUL"),
                    "write it on one line",
                );
            } else if let Err(expected) = flag.accepts(&value) {
                findings.error(
                    at(option, name),
                    format!("{value:?} is not {expected}"),
                    "give the flag a value of its type",
                );
            }
        }
    }
}

pub fn ignored(facts: &Facts, findings: &mut Findings) {
    for (component, option, flags) in components(facts) {
        let Some((release, _)) = release(facts, component) else { continue };
        for name in flags.keys() {
            if release.flag(component, name).is_some()
                && owner(option, &normal(name)).is_none()
                && !release.counts_beside_config(component, name)
            {
                findings.error(
                    at(option, name),
                    format!("{component} ignores --{name}, because it reads a configuration file"),
                    format!("set the field in cluster.kubernetes.{option}.extraConfig"),
                );
            }
        }
    }
}

/// The option that writes `flag` of a component, or would if it could be set otherwise.
fn owner(option: &str, flag: &str) -> Option<&'static str> {
    match (option, flag) {
        (_, "feature-gates") => Some("featureGates"),
        ("scheduler" | "proxy" | "kubelet", "config") => Some("extraConfig"),
        // Other flags, probes and checks count on these.
        ("apiServer", "admission-control" | "enable-admission-plugins") => Some("admissionControl"),
        ("apiServer", "authentication-config") => Some("anonymousAuth"),
        ("apiServer", "insecure-port" | "port") => Some("insecurePort"),
        ("apiServer", "insecure-bind-address" | "address") => Some("insecureBindAddress"),
        ("apiServer", "secure-port") => Some("securePort"),
        ("apiServer", "service-cluster-ip-range") => Some("cluster.network.serviceCIDR"),
        ("apiServer", "advertise-address") => Some("cluster.nodes.<name>.network.advertiseAddress"),
        ("apiServer", "service-account-key-file" | "service-account-signing-key-file") => {
            Some("cluster.secrets.source")
        }
        ("controllerManager", "service-account-private-key-file") => Some("cluster.secrets.source"),
        ("controllerManager", "master") => Some("cluster.kubernetes.apiServer.insecurePort"),
        ("apiServer" | "kubelet", "allow-privileged") => Some("allowPrivileged"),
        ("controllerManager" | "scheduler", "leader-elect") => Some("leaderElect"),
        ("kubelet", "kubeconfig") => Some("standalone"),
        ("kubelet", "bootstrap-kubeconfig" | "rotate-certificates") => Some("certificates"),
        ("kubelet", "register-with-taints") => Some("cluster.nodes.<name>.kubelet.taints"),
        ("kubelet", "hostname-override") => Some("cluster.nodes.<name>.kubelet.hostnameOverride"),
        ("kubelet", "pod-manifest-path") => Some("cluster.kubernetes.paths.manifests"),
        _ => None,
    }
}

/// The same with its whole path.
fn owner_path(option: &str, flag: &str) -> Option<String> {
    let owner = owner(option, flag)?;
    Some(if owner.starts_with("cluster.") { owner.to_owned() } else { format!("cluster.kubernetes.{option}.{owner}") })
}

pub fn owned(facts: &Facts, findings: &mut Findings) {
    for (_, option, flags) in components(facts) {
        let mut spellings: BTreeMap<String, &str> = BTreeMap::new();
        for name in flags.keys() {
            let flag = normal(name);
            if let Some(owner) = owner_path(option, &flag) {
                findings.error(at(option, name), format!("--{flag} has an option of its own"), format!("set {owner}"));
            }
            if (option, flag.as_str()) == ("apiServer", "etcd-servers") && flags.get(name).is_some_and(Option::is_none)
            {
                findings.error(at(option, name), "null: the API server does not start without etcd", "leave it out");
            }
            if let Some(first) = spellings.insert(flag, name) {
                findings.error(
                    at(option, name),
                    format!("{name} and {first} are one flag"),
                    "write it once; `_` and `-` are equal",
                );
            }
        }
    }
}

/// Flags that open with TLS what is closed without them: component, flag, and whether a value does so.
type Door = (&'static str, &'static str, fn(&str) -> bool);
const DOORS: [Door; 9] = [
    ("apiServer", "anonymous-auth", |value| value == "true"),
    ("apiServer", "authorization-mode", |value| value.split(',').any(|mode| mode == "AlwaysAllow")),
    ("controllerManager", "address", |value| !value.starts_with("127.")),
    ("controllerManager", "bind-address", |value| !value.starts_with("127.")),
    ("scheduler", "bind-address", |value| !value.starts_with("127.")),
    ("kubelet", "anonymous-auth", |value| value == "true"),
    ("kubelet", "authorization-mode", |value| value == "AlwaysAllow"),
    ("kubelet", "read-only-port", |value| value != "0"),
    ("kubelet", "cadvisor-port", |value| value != "0"),
];

pub fn doors(facts: &Facts, findings: &mut Findings) {
    const HELP: &str = "leave it out, unless whoever reaches the node over the network may do and read that";
    if !facts.spec.tls.enable {
        return;
    }
    let has_api = facts.with(crate::spec::Role::ControlPlane).next().is_some();
    if has_api && facts.spec.kubernetes.api_server.anonymous_auth {
        let path = OptionPath::of("cluster.kubernetes.apiServer.anonymousAuth");
        findings.warning(path, "true: requests without credentials are let in", HELP);
    }
    for (component, option, flags) in components(facts) {
        for (name, value) in flags {
            let Some(value) = value.as_ref().map(text) else { continue };
            let flag = normal(name);
            if DOORS.iter().any(|(of, door, opens)| *of == option && *door == flag && opens(&value)) {
                let message = format!("{value}: {component} is open to whoever reaches it");
                findings.warning(at(option, name), message, HELP);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::deprecation;

    #[test]
    fn a_note_becomes_a_reason_and_advice() {
        let leave = "leave it out; later versions do not start with it";
        for (note, why, help) in [
            ("use --insecure-port", "", "use --insecure-port"),
            ("no-op; see --node-monitor-period", " (no-op)", "see --node-monitor-period"),
            ("global: cAdvisor; deprecated by its help text only", "", leave),
            ("default true since 1.9; deprecated since 1.9", " (default true since 1.9)", leave),
            ("", "", leave),
        ] {
            assert_eq!(deprecation(note), (why.to_owned(), help), "{note}");
        }
    }
}
