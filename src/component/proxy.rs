//! The cluster -> kube-proxy, a static pod of a node, its configuration file, and the kernel module of IPVS.

use super::{
    LOOPBACK, command, configured_volumes, host_certificates_volume, kubeconfig, listen, listens_by_field,
    manifest_path, origin, public_file, same,
};
use crate::cluster::{Cluster, Node, NodeKubelet, Platform, ProxyMode};
use crate::k8s::arguments::{Arguments, join_gates};
use crate::k8s::pod::{HostVolume, Pod, Security};
use crate::k8s::release::{GatesForm, Packaging};
use crate::machine::Builder;
use crate::text::authority::authority;
use crate::text::yaml::{Yaml, write};
use std::net::IpAddr;

/// The ports of `healthzBindAddress` and of `metricsBindAddress` of 1.9.
const HEALTH_PORT: u16 = 10256;
const METRICS_PORT: u16 = 10249;

/// What kube-proxy 1.9 wants the kernel to have loaded, or it silently runs iptables (pkg/proxy/ipvs/proxier.go,
/// `ipvsModules`).
const IPVS_MODULES: [&str; 4] = ["ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh"];

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.proxy;
    let config_path = format!("{}/kube-proxy-config.yaml", kubernetes.paths.kubeconfig);
    let from = || origin("kube-proxy", "cluster.kubernetes.proxy");
    kubeconfig::add_own(machine, cluster, node, "kube-proxy", "kube-proxy");
    machine.file(public_file(config_path.clone(), write(&configuration(cluster, node)), from()));

    let arguments = Arguments::new().set("config", &config_path).adjust(&options.adjustments.arguments);
    let mut volumes: Vec<_> = host_certificates_volume(cluster).into_iter().collect();
    volumes.extend(configured_volumes(cluster, "kube-proxy", &config_path));
    if cluster.tls {
        // One lock for all who change packet filter rules: flannel and the kubelet take it too.
        let path = "/run/xtables.lock".to_owned();
        let kind = Some("FileOrCreate");
        volumes.push(HostVolume { name: "lock", host_path: path.clone(), mount_path: path, read_only: false, kind });
    }
    if options.mode == ProxyMode::Ipvs {
        volumes.push(same("modules", "/lib/modules"));
    }
    let listens = [
        ("healthzBindAddress", (health_address(cluster), HEALTH_PORT)),
        ("metricsBindAddress", (LOOPBACK, METRICS_PORT)),
    ];
    for (field, default) in listens {
        listen(machine, listens_by_field(&options.extra_config, field, default), from());
    }
    let pod = Pod {
        name: "kube-proxy",
        image: kubernetes.images.proxy.clone(),
        command: command(cluster, "proxy", &arguments),
        critical: kubernetes.release.packaging() == Packaging::Images,
        security: Security::Privileged,
        volumes,
        ..Pod::default()
    };
    machine.file(public_file(manifest_path(cluster, "kube-proxy.yaml"), pod.manifest(), from()));
    if options.mode == ProxyMode::Ipvs {
        machine.file(public_file(
            "/etc/modules-load.d/ip_vs.conf".to_owned(),
            modules(cluster),
            origin("kube-proxy", "cluster.kubernetes.proxy.mode"),
        ));
    }
}

/// The kernel modules of IPVS, one a line, with that of the scheduler that the user has chosen.
fn modules(cluster: &Cluster) -> String {
    let chosen = cluster.kubernetes.proxy.extra_config.get("ipvs").and_then(|ipvs| ipvs.get("scheduler"));
    let chosen = chosen.and_then(|name| name.as_str()).filter(|name| name.bytes().all(|b| b.is_ascii_lowercase()));
    let chosen = chosen.filter(|name| !name.is_empty()).map(|name| format!("ip_vs_{name}"));
    // Since Linux 4.19 there is one for both families.
    let conntrack = match cluster.platform {
        Platform::ContainerLinux => "nf_conntrack_ipv4",
        Platform::Flatcar(_) | Platform::FedoraCoreOs(_) => "nf_conntrack",
    };
    let all = IPVS_MODULES.into_iter().chain([conntrack]).map(str::to_owned);
    let chosen = chosen.filter(|name| !IPVS_MODULES.contains(&name.as_str()));
    all.chain(chosen).map(|name| name + "\n").collect()
}

/// Where it answers for its health: with TLS on the node alone, as it does so without.
fn health_address(cluster: &Cluster) -> IpAddr {
    if cluster.tls { LOOPBACK } else { cluster.everywhere() }
}

/// KubeProxyConfiguration. Feature gates stand here, as the flag would be one of those that count no more in later
/// versions.
fn configuration(cluster: &Cluster, node: &Node) -> Yaml {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.proxy;
    let mut gates = options.adjustments.feature_gates.clone();
    if let (ProxyMode::Ipvs, Some(gate)) = (options.mode, kubernetes.release.ipvs_feature_gate()) {
        gates.insert(gate.to_owned(), true);
    }
    let mut fields = vec![
        ("apiVersion", kubernetes.release.proxy_config_api_version().into()),
        ("kind", "KubeProxyConfiguration".into()),
    ];
    if !gates.is_empty() {
        fields.push((
            "featureGates",
            match kubernetes.release.proxy_feature_gates_form() {
                GatesForm::String => join_gates(&gates).into(),
                GatesForm::Map => Yaml::map(gates),
            },
        ));
    }
    fields.push(("bindAddress", options.bind_address.to_string().into()));
    fields.push(("clusterCIDR", options.cluster_cidr.to_string().into()));
    if let Some(NodeKubelet::Cluster { hostname_override: Some(name), .. }) = &node.kubelet {
        fields.push(("hostnameOverride", name.clone().into()));
    }
    fields.push(("clientConnection", Yaml::map([("kubeconfig", kubeconfig::path(cluster, "kube-proxy"))])));
    if cluster.tls {
        fields.push(("healthzBindAddress", authority(health_address(cluster), HEALTH_PORT).into()));
    }
    let mode = match options.mode {
        ProxyMode::Iptables => "iptables",
        ProxyMode::Ipvs => "ipvs",
        ProxyMode::Nftables => "nftables",
    };
    fields.push(("mode", mode.into()));
    Yaml::map(fields).overlaid(&options.extra_config)
}
