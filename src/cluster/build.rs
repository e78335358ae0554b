//! A description without errors -> the [`Cluster`].
//!
//! Every `?` here stands for something that a rule has already refused; `None` means that a rule is missing.

use super::check::{extra::mode, flags};
use super::facts::{Facts, NodeFacts};
use super::*;
use crate::spec::Role;
use std::collections::BTreeMap;

/// Builds the cluster; `None` if the description has an error that no rule has found.
pub(super) fn build(facts: &Facts) -> Option<Cluster> {
    let spec = facts.spec;
    let nodes: Vec<Node> = facts.nodes.iter().map(node).collect::<Option<_>>()?;
    let first = nodes.iter().find(|n| n.is(Role::ControlPlane));
    let api = match first {
        None => None,
        Some(first) => Some(Endpoint {
            host: match &spec.control_plane.endpoint {
                Some(host) => host.clone(),
                None => first.address?.to_string(),
            },
            port: spec.kubernetes.api_server.insecure_port,
        }),
    };
    Some(Cluster {
        name: spec.name.clone(),
        platform: (spec.platform.os, spec.platform.ignition),
        api,
        service_cidr: facts.services?,
        etcd: Etcd {
            version: spec.etcd.version.clone(),
            token: spec.etcd.cluster_token.clone(),
            state: spec.etcd.state,
            listen: spec.etcd.listen,
            client_port: spec.etcd.client_port,
            peer_port: spec.etcd.peer_port,
            members: nodes.iter().filter_map(|n| n.member.clone()).collect(),
        },
        flannel: match spec.flannel.enable {
            false => None,
            true => Some(Flannel {
                network: facts.flannel?,
                backend: spec.flannel.backend,
                etcd_prefix: spec.flannel.etcd_prefix.clone(),
                drop_in: spec.flannel.drop_in.clone(),
            }),
        },
        kubernetes: kubernetes(facts)?,
        secrets: Secrets { source: spec.secrets.source, store: spec.secrets.store.clone() },
        extra: extra(&spec.extra)?,
        nodes,
    })
}

fn node(facts: &NodeFacts) -> Option<Node> {
    let spec = facts.spec;
    let network = &spec.network;
    let user = &spec.user;
    let member = match facts.is(Role::Etcd) {
        false => None,
        true => Some(Member { name: spec.etcd.name.clone(), address: facts.reachable? }),
    };
    let kubelet = if spec.kubelet.standalone {
        Some(NodeKubelet::Standalone)
    } else if facts.joins() {
        Some(NodeKubelet::Cluster {
            hostname_override: spec.kubelet.hostname_override.clone(),
            register_schedulable: spec.kubelet.register_schedulable,
        })
    } else {
        None
    };
    Some(Node {
        name: facts.name.to_owned(),
        roles: spec.roles.iter().copied().collect(),
        hostname: spec.hostname.clone(),
        network: NodeNetwork {
            unit: network.unit.clone(),
            interface: network.interface.clone(),
            address: facts.interface,
            gateway: facts.gateway,
            dns: network.dns.iter().map(|text| net::address(text).ok()).collect::<Option<_>>()?,
            routes: facts
                .routes
                .iter()
                .map(|(destination, gateway)| Some(((*destination)?, (*gateway)?)))
                .collect::<Option<_>>()?,
        },
        user: (!user.ssh_authorized_keys.is_empty() || user.password_hash.is_some()).then(|| User {
            name: user.name.clone(),
            ssh_authorized_keys: user.ssh_authorized_keys.clone(),
            password_hash: user.password_hash.clone(),
        }),
        member,
        kubelet,
        address: facts.reachable,
        extra: extra(&spec.extra)?,
    })
}

fn kubernetes(facts: &Facts) -> Option<Kubernetes> {
    let spec = &facts.spec.kubernetes;
    let adjustments = |args: &spec::ExtraArgs, gates: &BTreeMap<String, bool>| {
        let mut feature_gates = spec.feature_gates.clone();
        feature_gates.extend(gates.iter().map(|(gate, on)| (gate.clone(), *on)));
        Adjustments {
            arguments: args
                .iter()
                .map(|(flag, value)| (flags::normal(flag), value.as_ref().map(flags::text)))
                .collect(),
            feature_gates,
        }
    };
    let probe = |probe: &spec::LivenessProbe| ProbeTiming {
        initial_delay: probe.initial_delay_seconds,
        timeout: probe.timeout_seconds,
    };
    let (api_server, manager) = (&spec.api_server, &spec.controller_manager);
    let (scheduler, proxy, kubelet) = (&spec.scheduler, &spec.proxy, &spec.kubelet);
    Some(Kubernetes {
        release: facts.release?,
        repository: spec.image.repository.clone(),
        tag: spec.image.tag.clone(),
        paths: Paths {
            manifests: spec.paths.manifests.clone(),
            kubeconfig: spec.paths.kubeconfig.clone(),
            ssl: spec.paths.ssl.clone(),
            host_certificates: spec.paths.host_certificates.clone(),
        },
        kubeconfig: Kubeconfig {
            file: spec.kubeconfig.file.clone(),
            cluster: spec.kubeconfig.cluster.clone(),
            context: spec.kubeconfig.context.clone(),
        },
        api_server: ApiServer {
            insecure_bind_address: net::address(&api_server.insecure_bind_address).ok()?,
            insecure_port: api_server.insecure_port,
            allow_privileged: api_server.allow_privileged,
            admission_control: api_server.admission_control.clone(),
            anonymous_auth: api_server.anonymous_auth,
            probe: probe(&api_server.liveness_probe),
            adjustments: adjustments(&api_server.extra_args, &api_server.feature_gates),
        },
        controller_manager: ControllerManager {
            leader_elect: manager.leader_elect,
            probe: probe(&manager.liveness_probe),
            adjustments: adjustments(&manager.extra_args, &manager.feature_gates),
        },
        scheduler: Scheduler {
            leader_elect: scheduler.leader_elect,
            probe: probe(&scheduler.liveness_probe),
            extra_config: scheduler.extra_config.clone(),
            adjustments: adjustments(&scheduler.extra_args, &scheduler.feature_gates),
        },
        proxy: Proxy {
            mode: proxy.mode,
            bind_address: net::address(&proxy.bind_address).ok()?,
            cluster_cidr: net::range(&proxy.cluster_cidr).ok()?,
            extra_config: proxy.extra_config.clone(),
            adjustments: adjustments(&proxy.extra_args, &proxy.feature_gates),
        },
        kubelet: Kubelet {
            allow_privileged: kubelet.allow_privileged,
            mounts: kubelet
                .mounts
                .iter()
                .map(|mount| Mount {
                    name: mount.name.clone(),
                    source: mount.source.clone(),
                    target: mount.target.clone(),
                })
                .collect(),
            directories: kubelet.directories.clone(),
            pod_uuid_file: kubelet.pod_uuid_file.clone(),
            restart_sec: kubelet.restart_sec,
            adjustments: adjustments(&kubelet.extra_args, &kubelet.feature_gates),
        },
    })
}

fn extra(spec: &spec::Extra) -> Option<Extra> {
    let file = |file: &spec::ExtraFile| {
        Some(ExtraFile { text: file.text.clone(), mode: mode(&file.mode)?, replace: file.replace })
    };
    let unit = |unit: &spec::ExtraUnit| ExtraUnit {
        text: unit.text.clone(),
        enable: unit.enable,
        mask: unit.mask,
        drop_ins: unit.drop_ins.clone(),
        replace: unit.replace,
    };
    let manifest = |manifest: &spec::ExtraManifest| {
        let content = match (&manifest.text, &manifest.value) {
            (Some(text), None) => Manifest::Text(text.clone()),
            (None, Some(value)) => Manifest::Value(value.clone().into_iter().collect()),
            _ => return None,
        };
        Some(ExtraManifest { content, replace: manifest.replace })
    };
    Some(Extra {
        files: keyed(&spec.files, file)?,
        units: keyed(&spec.units, |u| Some(unit(u)))?,
        manifests: keyed(&spec.manifests, manifest)?,
    })
}

fn keyed<A, B>(map: &BTreeMap<String, A>, f: impl Fn(&A) -> Option<B>) -> Option<BTreeMap<String, B>> {
    map.iter().map(|(key, value)| Some((key.clone(), f(value)?))).collect()
}
