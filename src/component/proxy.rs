//! The cluster -> kube-proxy, a static pod of a node, its configuration file, and the kernel module of IPVS.

use super::{
    configured_volumes, host_certificates_volume, hyperkube, image, kubeconfig, listen, listens_by_field,
    manifest_path, origin, public_file,
};
use crate::cluster::{Cluster, Node, NodeKubelet, ProxyMode};
use crate::k8s::arguments::{Arguments, join_gates};
use crate::k8s::pod::Pod;
use crate::k8s::release::GatesForm;
use crate::machine::Builder;
use crate::text::yaml::{Yaml, write};
use std::net::Ipv4Addr;

/// `healthzBindAddress` and `metricsBindAddress` of 1.9.
const LISTENS: [(&str, (Ipv4Addr, u16)); 2] =
    [("healthzBindAddress", (Ipv4Addr::UNSPECIFIED, 10256)), ("metricsBindAddress", (Ipv4Addr::LOCALHOST, 10249))];

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.proxy;
    let config_path = format!("{}/kube-proxy-config.yaml", kubernetes.paths.kubeconfig);
    let from = || origin("kube-proxy", "cluster.kubernetes.proxy");
    kubeconfig::add_own(machine, cluster, node, "kube-proxy", "kube-proxy");
    machine.file(public_file(config_path.clone(), write(&configuration(cluster, node)), from()));

    let arguments = Arguments::new().set("config", &config_path).adjust(&options.adjustments.arguments);
    let mut volumes = vec![host_certificates_volume(cluster)];
    volumes.extend(configured_volumes(cluster, "kube-proxy", &config_path));
    for (field, default) in LISTENS {
        listen(machine, listens_by_field(&options.extra_config, field, default), from());
    }
    let pod = Pod {
        name: "kube-proxy",
        image: image(cluster),
        command: hyperkube("proxy", &arguments),
        privileged: true,
        volumes,
        ..Pod::default()
    };
    machine.file(public_file(manifest_path(cluster, "kube-proxy.yaml"), pod.manifest(), from()));
    if options.mode == ProxyMode::Ipvs {
        machine.file(public_file(
            "/etc/modules-load.d/ip_vs.conf".to_owned(),
            "ip_vs".to_owned(),
            origin("kube-proxy", "cluster.kubernetes.proxy.mode"),
        ));
    }
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
    let mode = match options.mode {
        ProxyMode::Iptables => "iptables",
        ProxyMode::Ipvs => "ipvs",
    };
    fields.push(("mode", mode.into()));
    Yaml::map(fields).overlaid(&options.extra_config)
}
