//! The cluster -> kube-controller-manager, a static pod of a control-plane node.

use super::certificates::{self, authority_path};
use super::{
    host_certificates_volume, hyperkube, image, kubeconfig, kubeconfig_volume, listen, listens_by, manifest_path,
    origin, probe, public_file, service_account, ssl_volume,
};
use crate::cluster::{Cluster, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::{Check, Pod};
use crate::machine::Builder;
use crate::pki::{self, Authority};
use std::net::Ipv4Addr;

/// `--address` and `--port` of 1.9, where it serves `/healthz`.
const HEALTH: (Ipv4Addr, u16) = (Ipv4Addr::UNSPECIFIED, 10252);

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let options = &cluster.kubernetes.controller_manager;
    let mut arguments = Arguments::new();
    let mut volumes = vec![ssl_volume(cluster), host_certificates_volume(cluster)];
    if let (false, Some(port)) = (cluster.tls, cluster.kubernetes.api_server.insecure_port) {
        arguments = arguments.set("master", format!("http://127.0.0.1:{port}"));
    } else {
        kubeconfig::add_own(machine, cluster, node, "controller-manager", "controller-manager");
        arguments = arguments.set("kubeconfig", kubeconfig::path(cluster, "controller-manager"));
        volumes.push(kubeconfig_volume(cluster));
    }
    arguments = arguments
        .set("leader-elect", options.leader_elect)
        .set("service-account-private-key-file", service_account::private_path(cluster));
    if cluster.tls {
        arguments = with_tls(arguments, cluster);
    }
    let arguments = arguments.feature_gates(&options.adjustments.feature_gates).adjust(&options.adjustments.arguments);
    let health = listens_by(&arguments, "address", "port", HEALTH);
    listen(machine, health, origin("kube-controller-manager", "cluster.kubernetes.controllerManager"));
    let pod = Pod {
        name: "kube-controller-manager",
        image: image(cluster),
        command: hyperkube("controller-manager", &arguments),
        probe: probe(Check::Http("/healthz"), health, options.probe),
        volumes,
        ..Pod::default()
    };
    machine.file(public_file(
        manifest_path(cluster, "kube-controller-manager.yaml"),
        pod.manifest(),
        origin("kube-controller-manager", "cluster.kubernetes.controllerManager"),
    ));
}

/// Each controller as a service account of its own, what pods trust, what signs kubelets' certificates, and which part
/// of the pods' range each node gets.
fn with_tls(arguments: Arguments, cluster: &Cluster) -> Arguments {
    let mut arguments = arguments
        .set("use-service-account-credentials", true)
        .set("root-ca-file", authority_path(cluster, Authority::Cluster))
        .set("address", "127.0.0.1")
        .set("profiling", false);
    if pki::needs_token(cluster) {
        let key = pki::key_file(Authority::Cluster.stem());
        arguments = arguments
            .set("controllers", "*,tokencleaner")
            .set("cluster-signing-cert-file", authority_path(cluster, Authority::Cluster))
            .set("cluster-signing-key-file", certificates::path(cluster, &key));
    }
    if let Some(flannel) = cluster.flannel.as_ref().filter(|_| !pki::has_flannel_in_etcd(cluster)) {
        arguments = arguments
            .set("allocate-node-cidrs", true)
            .set("cluster-cidr", flannel.network)
            .set("service-cluster-ip-range", cluster.service_cidr);
    }
    arguments
}
