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
    let servers: Vec<_> = nodes
        .iter()
        .filter(|node| node.is(Role::ControlPlane))
        .map(|node| Some((node.name.clone(), node.address?)))
        .collect::<Option<_>>()?;
    let endpoint = spec.control_plane.endpoint.as_deref().map(net::host);
    let api = match servers.first() {
        None => None,
        Some((_, first)) => Some(Api {
            host: endpoint.clone().unwrap_or_else(|| first.to_string()),
            port: match spec.tls.enable {
                true => spec.kubernetes.api_server.secure_port,
                false => spec.kubernetes.api_server.insecure_port?,
            },
            proxy: (endpoint.is_none() && servers.len() > 1).then(|| ApiProxy {
                port: spec.control_plane.proxy.port,
                image: spec.control_plane.proxy.image.clone(),
            }),
            endpoint,
            servers,
        }),
    };
    let dns = &spec.addons.dns;
    Some(Cluster {
        name: spec.name.clone(),
        platform: Platform::of(spec.platform.os, spec.platform.ignition)?,
        architecture: spec.platform.architecture,
        kernel_arguments: spec.platform.kernel_arguments.clone(),
        media: Media { targets: spec.media.targets.clone(), url: spec.media.url.clone() },
        tls: spec.tls.enable,
        api,
        service_cidr: facts.services?,
        etcd: Etcd {
            version: spec.etcd.version.clone(),
            token: spec.etcd.cluster_token.clone(),
            image: spec.etcd.image.clone(),
            listen: spec.etcd.listen,
            client_port: spec.etcd.client_port,
            peer_port: spec.etcd.peer_port,
            members: nodes.iter().filter_map(|n| n.member.clone()).collect(),
            external: facts.etcd_urls.iter().cloned().collect::<Option<_>>()?,
        },
        flannel: match spec.flannel.enable {
            false => None,
            true => Some(Flannel {
                network: facts.flannel?,
                datastore: spec.flannel.datastore,
                image: spec.flannel.image.clone(),
                cni_plugin_image: spec.flannel.cni_plugin_image.clone(),
                backend: spec.flannel.backend,
                etcd_prefix: spec.flannel.etcd_prefix.clone(),
                drop_in: spec.flannel.drop_in.clone(),
            }),
        },
        kubernetes: kubernetes(facts)?,
        dns: match dns.enable {
            false => None,
            true => Some(Dns { image: dns.image.clone(), replicas: dns.replicas, address: facts.dns? }),
        },
        bootstrap_rbac: spec.addons.rbac.enable,
        secrets: Secrets {
            source: spec.secrets.source,
            store: spec.secrets.store.clone(),
            key_type: spec.secrets.key_type,
            authority_days: spec.secrets.authority_days,
            certificate_days: spec.secrets.certificate_days,
            token_hours: spec.secrets.token_hours,
        },
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
        true => Some(Member { name: spec.etcd.name.clone(), address: facts.reachable?, state: spec.etcd.state }),
    };
    let kubelet = if spec.kubelet.standalone {
        Some(NodeKubelet::Standalone)
    } else if facts.joins() {
        Some(NodeKubelet::Cluster {
            hostname_override: spec.kubelet.hostname_override.clone(),
            register_schedulable: spec.kubelet.register_schedulable,
            taints: spec.kubelet.taints.clone(),
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
            second_address: facts.second,
            gateway: facts.gateway,
            second_gateway: facts.second_gateway,
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
        install: spec.install.disk.clone().map(|disk| Install {
            disk,
            reboot: spec.install.reboot,
            overwrite: spec.install.overwrite,
        }),
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
        images: Images {
            api_server: spec.images.api_server.clone(),
            controller_manager: spec.images.controller_manager.clone(),
            scheduler: spec.images.scheduler.clone(),
            proxy: spec.images.proxy.clone(),
        },
        dns_domain: facts.spec.network.dns_domain.clone(),
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
            secure_port: api_server.secure_port,
            extra_names: api_server.extra_names.clone(),
            allow_privileged: api_server.allow_privileged,
            admission_control: api_server.admission_control.clone(),
            anonymous_auth: api_server.anonymous_auth,
            audit: api_server.audit.enable.then_some(Audit {
                max_age: api_server.audit.max_age,
                max_backups: api_server.audit.max_backups,
                max_size: api_server.audit.max_size,
            }),
            encrypt_secrets: api_server.encrypt_secrets,
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
            cluster_cidr: net::ranges(&proxy.cluster_cidr).ok()?,
            extra_config: proxy.extra_config.clone(),
            adjustments: adjustments(&proxy.extra_args, &proxy.feature_gates),
        },
        kubelet: Kubelet {
            certificates: kubelet.certificates,
            release: facts.kubelet_release?,
            from: kubelet_from(spec)?,
            shutdown: (kubelet.shutdown_grace_period, kubelet.shutdown_grace_period_critical_pods),
            extra_config: kubelet.extra_config.clone(),
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

fn kubelet_from(spec: &spec::Kubernetes) -> Option<KubeletFrom> {
    let download = |it: &spec::Download| Some(Download { url: it.url.clone(), hash: it.hash.clone()? });
    let downloads = &spec.downloads;
    Some(match spec.kubelet.source {
        spec::KubeletSource::Wrapper => KubeletFrom::Wrapper,
        spec::KubeletSource::Release => KubeletFrom::Release {
            kubelet: download(&downloads.kubelet)?,
            kubectl: download(&downloads.kubectl)?,
            cni_plugins: download(&downloads.cni_plugins)?,
        },
        spec::KubeletSource::Sysext => KubeletFrom::Sysext(download(&downloads.sysext)?),
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
