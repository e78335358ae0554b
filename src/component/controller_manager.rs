//! The cluster -> kube-controller-manager, a static pod of a control-plane node.

use super::{
    host_certificates_volume, hyperkube, image, manifest_path, origin, probe, public_file, service_account, ssl_volume,
};
use crate::cluster::Cluster;
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::Pod;
use crate::machine::Builder;

/// `--port` of 1.9, where it serves `/healthz`.
const PORT: u16 = 10252;

pub fn add(machine: &mut Builder, cluster: &Cluster) {
    let options = &cluster.kubernetes.controller_manager;
    let port = cluster.kubernetes.api_server.insecure_port;
    let arguments = Arguments::new()
        .set("master", format!("http://127.0.0.1:{port}"))
        .set("leader-elect", options.leader_elect)
        .set("service-account-private-key-file", service_account::private_path(cluster))
        .feature_gates(&options.adjustments.feature_gates)
        .adjust(&options.adjustments.arguments);
    let pod = Pod {
        name: "kube-controller-manager",
        image: image(cluster),
        command: hyperkube("controller-manager", &arguments),
        privileged: false,
        probe: Some(probe(PORT, options.probe)),
        ports: Vec::new(),
        volumes: vec![ssl_volume(cluster), host_certificates_volume(cluster)],
    };
    machine.file(public_file(
        manifest_path(cluster, "kube-controller-manager.yaml"),
        pod.manifest(),
        origin("kube-controller-manager", "cluster.kubernetes.controllerManager"),
    ));
}
