//! The cluster -> kube-apiserver, a static pod of a control-plane node.

use super::{
    host_certificates_volume, hyperkube, image, manifest_path, origin, probe, public_file, service_account, ssl_volume,
};
use crate::cluster::{Cluster, EtcdListen, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::Pod;
use crate::machine::Builder;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let options = &cluster.kubernetes.api_server;
    let mut arguments = Arguments::new()
        .set("insecure-bind-address", options.insecure_bind_address)
        .set("insecure-port", options.insecure_port)
        .set("etcd-servers", etcd_servers(cluster))
        .set("allow-privileged", options.allow_privileged)
        .set("service-cluster-ip-range", cluster.service_cidr);
    if let Some(address) = node.address {
        arguments = arguments.set("advertise-address", address);
    }
    if !options.admission_control.is_empty() {
        arguments = arguments.set("admission-control", options.admission_control.join(","));
    }
    let arguments = arguments
        .set("anonymous-auth", options.anonymous_auth)
        .set("service-account-key-file", service_account::public_path(cluster))
        .feature_gates(&options.adjustments.feature_gates)
        .adjust(&options.adjustments.arguments);
    let pod = Pod {
        name: "kube-apiserver",
        image: image(cluster),
        command: hyperkube("apiserver", &arguments),
        privileged: false,
        probe: Some(probe(options.insecure_port, options.probe)),
        ports: vec![("http", options.insecure_port)],
        volumes: vec![ssl_volume(cluster), host_certificates_volume(cluster)],
    };
    machine.file(public_file(
        manifest_path(cluster, "kube-apiserver.yaml"),
        pod.manifest(),
        origin("kube-apiserver", "cluster.kubernetes.apiServer"),
    ));
}

/// Every member; the node's own alone where no other can be reached.
fn etcd_servers(cluster: &Cluster) -> String {
    let port = cluster.etcd.client_port;
    match cluster.etcd.listen {
        EtcdListen::LoopbackAndFlannel => format!("http://127.0.0.1:{port}"),
        EtcdListen::All => {
            let members = cluster.etcd.members.iter();
            let urls: Vec<_> = members.map(|m| format!("http://{}:{port}", m.address)).collect();
            urls.join(",")
        }
    }
}
