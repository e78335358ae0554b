//! The cluster's and a node's kubelet options -> the kubelet on a machine, as a unit.

mod config;
mod host;
mod service;
mod wrapper;

pub use service::program;

use super::certificates;
use super::{kubeconfig, origin};
use crate::cluster::net::Family;
use crate::cluster::{Cluster, KubeletFrom, Node, NodeKubelet};
use crate::machine::{Builder, Unit};
use crate::pki::{self, Keys};
use std::net::Ipv6Addr;

/// Where the kubelet keeps the certificate that it was given, and the kubeconfig that it writes for it.
const STATE: &str = "/var/lib/kubelet";
/// Where the configuration of CNI is left by whoever networks pods.
const CNI_DIRECTORY: &str = "/etc/cni/net.d";
/// Where plugins of CNI keep which address is whose.
const CNI_STATE: &str = "/var/lib/cni";

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, kubelet: &NodeKubelet, keys: &Keys) {
    if pki::bootstraps(cluster, node) {
        let text = certificates::text(machine, keys, pki::BOOTSTRAP_TOKEN).unwrap_or_default();
        kubeconfig::add_bootstrap(machine, cluster, node, text.lines().next().unwrap_or_default());
    } else {
        kubeconfig::add_own(machine, cluster, node, "kubelet", "kubelet-client");
    }
    let text = match &cluster.kubernetes.kubelet.from {
        KubeletFrom::Wrapper => wrapper::add(machine, cluster, node, kubelet),
        from => {
            host::add(machine, cluster);
            service::add(machine, cluster, node, kubelet, from)
        }
    };
    machine.unit(Unit {
        name: "kubelet.service".to_owned(),
        text: Some(text),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: origin("kubelet", "cluster.kubernetes.kubelet"),
    });
}

/// One address of each family that the cluster has, the first family first; of a node whose addresses come from leases,
/// that it looks for one of IPv6, where it would prefer IPv4 (kubelet, `--node-ip`).
fn node_ip(cluster: &Cluster, node: &Node) -> Option<String> {
    let own = [node.network.address, node.network.second_address].into_iter().flatten().map(|net| net.addr());
    let own: Vec<String> = own.filter(|own| cluster.has(Family::of(*own))).map(|own| own.to_string()).collect();
    match cluster.families().next() {
        _ if !own.is_empty() => Some(own.join(",")),
        Some(Family::V6) => Some(Ipv6Addr::UNSPECIFIED.to_string()),
        _ => None,
    }
}
