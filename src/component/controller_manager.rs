//! The cluster -> kube-controller-manager, a static pod of a control-plane node.

use super::certificates::{self, authority_path};
use super::{
    command, host_certificates_volume, kubeconfig, kubeconfig_volume, listen, listen_securely, listens_by,
    manifest_path, origin, probe, public_file, restricted, service_account, ssl_volume, with_secure_port,
};
use crate::cluster::net::{Family, NODE_PREFIX_V6, pods_of_a_node};
use crate::cluster::{Cluster, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::{Check, Pod};
use crate::k8s::release::Serving;
use crate::machine::Builder;
use crate::pki::{self, Authority};

/// `--port` of 1.9, where it serves `/healthz`; its `--address` is everywhere.
const HEALTH_PORT: u16 = 10252;
/// `--secure-port`, where it serves since.
const SECURE_PORT: u16 = 10257;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let options = &cluster.kubernetes.controller_manager;
    let release = cluster.kubernetes.release;
    let mut arguments = Arguments::new();
    let mut volumes = vec![ssl_volume(cluster)];
    volumes.extend(host_certificates_volume(cluster));
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
    let from = || origin("kube-controller-manager", "cluster.kubernetes.controllerManager");
    let (check, health) = match release.serving() {
        Serving::Insecure => {
            let health = listens_by(&arguments, "address", "port", (cluster.everywhere(), HEALTH_PORT));
            listen(machine, health, from());
            (Check::Http("/healthz"), health)
        }
        Serving::Secure => (Check::Https("/healthz"), listen_securely(machine, &arguments, SECURE_PORT, from())),
    };
    let pod = Pod {
        name: "kube-controller-manager",
        image: cluster.kubernetes.images.controller_manager.clone(),
        command: command(cluster, "controller-manager", &arguments),
        probe: probe(check, health, options.probe),
        volumes,
        ..Pod::default()
    };
    let pod = restricted(cluster, &[], "200m", pod);
    machine.file(public_file(manifest_path(cluster, "kube-controller-manager.yaml"), pod.manifest(), from()));
}

/// Each controller as a service account of its own, what pods trust, what signs kubelets' certificates, and which part
/// of the pods' range each node gets.
fn with_tls(arguments: Arguments, cluster: &Cluster) -> Arguments {
    let mut arguments = arguments
        .set("use-service-account-credentials", true)
        .set("root-ca-file", authority_path(cluster, Authority::Cluster));
    arguments = match cluster.kubernetes.release.serving() {
        Serving::Insecure => arguments.set("address", "127.0.0.1").set("profiling", false),
        Serving::Secure => with_secure_port(arguments, &kubeconfig::path(cluster, "controller-manager"))
            .set("requestheader-client-ca-file", authority_path(cluster, Authority::FrontProxy)),
    };
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
        // Only where it is not the default, which the parts of IPv4 always have.
        let part = flannel.network.of(Family::V6).map(|net| pods_of_a_node(&net));
        if let Some(length) = part.filter(|length| *length != NODE_PREFIX_V6) {
            arguments = arguments.set("node-cidr-mask-size-ipv6", length);
        }
    }
    arguments
}
