//! Where the API server is -> the kubeconfig of a node's components, and the one for kubectl from outside.

use super::{origin, public_file};
use crate::cluster::{Cluster, Node, Role};
use crate::k8s::kubeconfig::kubeconfig;
use crate::machine::Builder;

/// The path of the kubeconfig on a node.
pub fn path(cluster: &Cluster) -> String {
    let kubernetes = &cluster.kubernetes;
    format!("{}/{}", kubernetes.paths.kubeconfig, kubernetes.kubeconfig.file)
}

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let Some(api) = &cluster.api else { return };
    let host = if node.is(Role::ControlPlane) { "127.0.0.1" } else { &api.host };
    let names = &cluster.kubernetes.kubeconfig;
    machine.file(public_file(
        path(cluster),
        kubeconfig(&format!("http://{host}:{}", api.port), &names.cluster, &names.context),
        origin("kubeconfig", "cluster.kubernetes.kubeconfig"),
    ));
}

/// The kubeconfig for kubectl on any machine that reaches the API server; `None` without one, or when it listens on the
/// loopback address alone.
pub fn outside(cluster: &Cluster) -> Option<String> {
    let is_closed = cluster.kubernetes.api_server.insecure_bind_address.is_loopback();
    let api = cluster.api.as_ref().filter(|_| !is_closed)?;
    let server = format!("http://{}:{}", api.host, api.port);
    Some(kubeconfig(&server, &cluster.name, &cluster.name))
}
