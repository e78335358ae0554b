//! A valid cluster and one of its nodes -> the machine: every component adds what it wants on it.
//!
//! A component never sees an encoder. The order of the components is the order of what is written.

mod api_server;
mod controller_manager;
mod etcd;
mod extra;
mod flannel;
mod host;
mod kubeconfig;
mod kubelet;
mod proxy;
mod scheduler;
mod service_account;

pub use kubeconfig::outside as outside_kubeconfig;
pub use service_account::needs_given_keys;

use crate::cluster::{Cluster, Node, ProbeTiming, Role};
use crate::k8s::pod::{HostVolume, Probe};
use crate::keypair::KeyPair;
use crate::machine::{Builder, File, Machine, Origin};
use crate::report::{OptionPath, Report};

/// Composes the machine of `node`. `keys` is the service account key pair, where the cluster is given one
/// ([`needs_given_keys`]); without it the machine lacks the files.
///
/// # Errors
/// Every path that two wanted to write, naming both.
pub fn compose(cluster: &Cluster, node: &Node, keys: Option<&KeyPair>) -> Result<Machine, Report> {
    let mut machine = Builder::new(&node.name);
    host::add(&mut machine, node);
    if let Some(member) = &node.member {
        etcd::add(&mut machine, &cluster.etcd, member);
    }
    if node.kubelet.as_ref().is_some_and(joins) {
        flannel::add(&mut machine, cluster, node);
        kubeconfig::add(&mut machine, cluster, node);
    }
    if node.is(Role::ControlPlane) {
        api_server::add(&mut machine, cluster, node);
        controller_manager::add(&mut machine, cluster);
        scheduler::add(&mut machine, cluster);
    }
    if node.is(Role::Worker) {
        proxy::add(&mut machine, cluster, node);
    }
    if node.is(Role::ControlPlane) {
        service_account::add(&mut machine, cluster, keys);
    }
    if let Some(kubelet) = &node.kubelet {
        kubelet::add(&mut machine, cluster, kubelet);
    }
    extra::add(&mut machine, cluster, node);
    machine.finish()
}

fn joins(kubelet: &crate::cluster::NodeKubelet) -> bool {
    matches!(kubelet, crate::cluster::NodeKubelet::Cluster { .. })
}

fn origin(writer: &'static str, option: &str) -> Origin {
    Origin { writer, option: OptionPath::of(option) }
}

/// A file that everybody may read.
fn public_file(path: String, content: String, origin: Origin) -> File {
    File { path, mode: 0o644, owner: 0, content: content.into_bytes(), secret: false, origin }
}

/// `/hyperkube <server> --flag=value …`
fn hyperkube(server: &str, arguments: &crate::k8s::arguments::Arguments) -> Vec<String> {
    ["/hyperkube".to_owned(), server.to_owned()].into_iter().chain(arguments.words()).collect()
}

fn image(cluster: &Cluster) -> String {
    format!("{}:{}", cluster.kubernetes.repository, cluster.kubernetes.tag)
}

/// A probe of a component's health on the loopback address.
fn probe(port: u16, timing: ProbeTiming) -> Probe {
    Probe { port, path: "/healthz", initial_delay: timing.initial_delay, timeout: timing.timeout }
}

/// The cluster's keys, at the same path in the container.
fn ssl_volume(cluster: &Cluster) -> HostVolume {
    let path = &cluster.kubernetes.paths.ssl;
    HostVolume { name: "ssl-certs-kubernetes", host_path: path.clone(), mount_path: path.clone() }
}

/// The host's public certificate authorities, where Go looks for them.
fn host_certificates_volume(cluster: &Cluster) -> HostVolume {
    HostVolume {
        name: "ssl-certs-host",
        host_path: cluster.kubernetes.paths.host_certificates.clone(),
        mount_path: "/etc/ssl/certs".to_owned(),
    }
}

/// kubeconfig and configuration files, at the same path in the container.
fn kubeconfig_volume(cluster: &Cluster) -> HostVolume {
    let path = &cluster.kubernetes.paths.kubeconfig;
    HostVolume { name: "kubeconfig", host_path: path.clone(), mount_path: path.clone() }
}

/// The path of a manifest on the node.
fn manifest_path(cluster: &Cluster, name: &str) -> String {
    format!("{}/{name}", cluster.kubernetes.paths.manifests)
}
