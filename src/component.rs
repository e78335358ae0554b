//! A valid cluster and one of its nodes -> the machine: every component adds what it wants on it.
//!
//! A component never sees an encoder. The order of the components is the order of what is written.

mod addons;
mod api_proxy;
mod api_server;
mod certificates;
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

pub use addons::bootstrap_token;
pub use kubeconfig::{admin as admin_kubeconfig, outside as outside_kubeconfig};

use crate::cluster::{Cluster, Node, ProbeTiming, Role};
use crate::k8s::pod::{Check, HostVolume, Probe};
use crate::machine::{Builder, File, Machine, Origin};
use crate::pki::{self, Keys};
use crate::report::{OptionPath, Report};

/// Composes the machine of `node`, with the keys and certificates that it needs ([`crate::pki`]).
///
/// # Errors
/// Every path that two wanted to write, naming both.
pub fn compose(cluster: &Cluster, node: &Node, keys: &Keys) -> Result<Machine, Report> {
    let mut machine = Builder::new(&node.name);
    host::add(&mut machine, cluster, node);
    if let Some(member) = &node.member {
        etcd::add(&mut machine, cluster, node, member);
    }
    if node.joins() {
        flannel::add(&mut machine, cluster, node);
        kubeconfig::add(&mut machine, cluster, node);
        api_proxy::add(&mut machine, cluster, node);
    }
    if node.is(Role::ControlPlane) {
        api_server::add(&mut machine, cluster, node, keys);
        controller_manager::add(&mut machine, cluster, node);
        scheduler::add(&mut machine, cluster, node);
        addons::add(&mut machine, cluster, node, keys);
    }
    // With TLS everywhere: API servers and flannel reach services too.
    if node.is(Role::Worker) || (cluster.tls && node.joins()) {
        proxy::add(&mut machine, cluster, node);
    }
    if node.is(Role::ControlPlane) {
        service_account::add(&mut machine, cluster, keys);
    }
    certificates::add(&mut machine, cluster, node, keys);
    if let Some(kubelet) = &node.kubelet {
        kubelet::add(&mut machine, cluster, node, kubelet, keys);
    }
    extra::add(&mut machine, cluster, node);
    machine.finish()
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
fn probe(check: Check, port: u16, timing: ProbeTiming) -> Probe {
    let ProbeTiming { initial_delay, timeout } = timing;
    Probe { check, loopback: true, port, initial_delay, timeout, failures: None }
}

/// The cluster's keys, at the same path in the container.
fn ssl_volume(cluster: &Cluster) -> HostVolume {
    let path = &cluster.kubernetes.paths.ssl;
    same("ssl-certs-kubernetes", path)
}

/// The host's public certificate authorities, where Go looks for them.
fn host_certificates_volume(cluster: &Cluster) -> HostVolume {
    shown("ssl-certs-host", &cluster.kubernetes.paths.host_certificates, "/etc/ssl/certs")
}

/// kubeconfig and configuration files, at the same path in the container.
fn kubeconfig_volume(cluster: &Cluster) -> HostVolume {
    let path = &cluster.kubernetes.paths.kubeconfig;
    same("kubeconfig", path)
}

/// What a component reads as itself: with TLS its kubeconfig, its certificate with the key, and whom it trusts, and no
/// key of another; without TLS the directory of the kubeconfig that all share.
fn identity_volumes(cluster: &Cluster, component: &str) -> Vec<HostVolume> {
    if !cluster.tls {
        return vec![kubeconfig_volume(cluster)];
    }
    let certificates = [
        ("ca", pki::certificate_file(pki::Authority::Cluster.stem())),
        ("certificate", pki::certificate_file(component)),
        ("key", pki::key_file(component)),
    ];
    let certificates = certificates.map(|(name, file)| same(name, &certificates::path(cluster, &file)));
    std::iter::once(same("kubeconfig", &kubeconfig::path(cluster, component))).chain(certificates).collect()
}

/// The same with the component's configuration file, which without TLS lies beside the kubeconfig.
fn configured_volumes(cluster: &Cluster, component: &str, config: &str) -> Vec<HostVolume> {
    let config = cluster.tls.then(|| same("config", config));
    identity_volumes(cluster, component).into_iter().chain(config).collect()
}

/// A file or directory of the node that a container may read at the same path.
fn same(name: &'static str, path: &str) -> HostVolume {
    shown(name, path, path)
}

/// A directory of the node that a container may read.
fn shown(name: &'static str, host_path: &str, mount_path: &str) -> HostVolume {
    let (host_path, mount_path) = (host_path.to_owned(), mount_path.to_owned());
    HostVolume { name, host_path, mount_path, read_only: true, kind: None }
}

/// The path of a manifest on the node.
fn manifest_path(cluster: &Cluster, name: &str) -> String {
    format!("{}/{name}", cluster.kubernetes.paths.manifests)
}
