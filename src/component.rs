//! A valid cluster and one of its nodes -> the machine: every component adds what it wants on it.
//!
//! A component never sees an encoder. The order of the components is the order of what is written.

mod addons;
mod api_proxy;
mod api_server;
mod certificates;
mod controller_manager;
mod engine;
mod etcd;
mod extra;
mod flannel;
mod host;
mod install;
mod kubeconfig;
mod kubelet;
mod proxy;
mod scheduler;
mod service_account;

pub use addons::bootstrap_token;
pub use install::compose_installer;
pub use kubeconfig::{admin as admin_kubeconfig, outside as outside_kubeconfig};

use crate::cluster::{Cluster, Node, ProbeTiming, Role};
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::{Check, HostVolume, Pod, Probe, Security};
use crate::k8s::release::Packaging;
use crate::machine::{Builder, File, Listener, Machine, Origin};
use crate::pki::{self, Keys, Name};
use crate::report::{OptionPath, Report};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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

/// `/hyperkube <server> --flag=value …`, or the program of that name with its prefix.
fn command(cluster: &Cluster, server: &str, arguments: &Arguments) -> Vec<String> {
    let program = match cluster.kubernetes.release.packaging() {
        Packaging::Hyperkube => vec!["/hyperkube".to_owned(), server.to_owned()],
        Packaging::Images => vec![format!("kube-{server}")],
    };
    program.into_iter().chain(arguments.words()).collect()
}

/// As whom the pods of the control plane run, who owns what they read; `None` for root. Hyperkube's image knows no other.
/// The number is one that neither people, packages nor systemd give out (systemd, "Users, Groups, UIDs and GIDs").
fn control_plane_user(cluster: &Cluster) -> Option<u32> {
    match cluster.kubernetes.release.packaging() {
        Packaging::Hyperkube => None,
        Packaging::Images => Some(60_600),
    }
}

/// A pod of the control plane: where it needs not be root, as somebody who may do nothing but what these capabilities
/// are for, and waited for while it starts.
fn restricted(cluster: &Cluster, capabilities: &'static [&'static str], cpu: &'static str, pod: Pod) -> Pod {
    let Some(user) = control_plane_user(cluster) else { return pod };
    let startup = pod.probe.clone().map(|probe| Probe { failures: Some(STARTUP_FAILURES), ..probe });
    let requests = vec![("cpu", cpu)];
    Pod { security: Security::Only(capabilities), user: Some(user), critical: true, startup, requests, ..pod }
}

/// How often a component may fail to answer while it starts: with the API's default of ten seconds between two probes,
/// for four minutes, as kubeadm has it.
const STARTUP_FAILURES: u32 = 24;

/// A probe of a component's health where it serves it, on the loopback address if that is one of many; none if it
/// serves nowhere.
fn probe(check: Check, (address, port): SocketAddress, timing: ProbeTiming) -> Option<Probe> {
    let host = if address.is_unspecified() { LOOPBACK } else { address };
    let ProbeTiming { initial_delay, timeout } = timing;
    (port != 0).then_some(Probe { check, host: Some(host), port, initial_delay, timeout, failures: None })
}

/// Where something listens. Port 0 turns it off.
type SocketAddress = (IpAddr, u16);

/// What does not leave the node: of IPv4 in every cluster, as every node has it.
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Where a component listens by two of its flags, which were read before; `default` where they are not given.
fn listens_by(arguments: &Arguments, address: &str, port: &str, default: SocketAddress) -> SocketAddress {
    fn parsed<T: std::str::FromStr>(arguments: &Arguments, flag: &str) -> Option<T> {
        arguments.get(flag)?.parse().ok()
    }
    (parsed(arguments, address).unwrap_or(default.0), parsed(arguments, port).unwrap_or(default.1))
}

/// Where a component listens by a field of its configuration file, `address:port`; `default` where it is not given.
fn listens_by_field(config: &BTreeMap<String, Value>, field: &str, default: SocketAddress) -> SocketAddress {
    let given = config.get(field).and_then(Value::as_str).and_then(|text| text.parse::<SocketAddr>().ok());
    given.map_or(default, |given| (given.ip(), given.port()))
}

/// Serves on the loopback address alone, with TLS, to whoever the API server says may ask; for its health to everybody
/// (`--authorization-always-allow-paths`). It is the API server's client for that as well, with the same kubeconfig.
fn with_secure_port(arguments: Arguments, kubeconfig: &str) -> Arguments {
    arguments
        .set("bind-address", LOOPBACK)
        .set("authentication-kubeconfig", kubeconfig)
        .set("authorization-kubeconfig", kubeconfig)
        .set("profiling", false)
}

/// Says that the origin's writer listens as [`with_secure_port`] has it, with a certificate that it made itself; gives
/// where.
fn listen_securely(machine: &mut Builder, arguments: &Arguments, port: u16, origin: Origin) -> SocketAddress {
    let at = listens_by(arguments, "bind-address", "secure-port", (LOOPBACK, port));
    listen_as(machine, at, Some(Vec::new()), origin);
    at
}

/// Says that the origin's writer listens, without TLS.
fn listen(machine: &mut Builder, at: SocketAddress, origin: Origin) {
    listen_as(machine, at, None, origin);
}

/// Says that the origin's writer listens, with a certificate for these names; without any, with one that nobody can
/// check.
fn listen_as(machine: &mut Builder, (address, port): SocketAddress, names: Option<Vec<Name>>, origin: Origin) {
    if port != 0 {
        let names = names.map(|names| names.iter().map(ToString::to_string).collect());
        machine.listen(Listener { who: origin.writer, address, port, names, origin });
    }
}

/// The cluster's keys, at the same path in the container.
fn ssl_volume(cluster: &Cluster) -> HostVolume {
    let path = &cluster.kubernetes.paths.ssl;
    same("ssl-certs-kubernetes", path)
}

/// The host's public certificate authorities, where Go looks for them. The images of the components have their own.
fn host_certificates_volume(cluster: &Cluster) -> Option<HostVolume> {
    let is_needed = cluster.kubernetes.release.packaging() == Packaging::Hyperkube;
    is_needed.then(|| shown("ssl-certs-host", &cluster.kubernetes.paths.host_certificates, "/etc/ssl/certs"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_asks_where_the_flags_say() {
        let timing = ProbeTiming { initial_delay: 1, timeout: 1 };
        let asked = |arguments: Arguments| {
            let at = listens_by(&arguments, "address", "port", (IpAddr::from(Ipv4Addr::UNSPECIFIED), 10252));
            probe(Check::Http("/healthz"), at, timing).map(|probe| (probe.host.unwrap().to_string(), probe.port))
        };
        assert_eq!(asked(Arguments::new()), Some(("127.0.0.1".to_owned(), 10252)));
        assert_eq!(asked(Arguments::new().set("port", 9)), Some(("127.0.0.1".to_owned(), 9)));
        assert_eq!(asked(Arguments::new().set("address", "192.0.2.1")), Some(("192.0.2.1".to_owned(), 10252)));
        assert_eq!(asked(Arguments::new().set("port", 0)), None);
        let config = BTreeMap::from([("healthzBindAddress".to_owned(), Value::from("127.0.0.1:9"))]);
        let default = (IpAddr::from(Ipv4Addr::UNSPECIFIED), 10251);
        assert_eq!(listens_by_field(&config, "healthzBindAddress", default), (LOOPBACK, 9));
        assert_eq!(listens_by_field(&config, "metricsBindAddress", default), default);
    }
}
