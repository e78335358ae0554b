//! The cluster's and a node's kubelet options -> the text of `kubelet.service` by the operating system's
//! kubelet-wrapper, which runs a kubelet of 1.9 out of the hyperkube image.

use super::super::certificates::{self, authority_path};
use super::super::{kubeconfig, listen, listen_as, listens_by, origin};
use super::{CNI_DIRECTORY, CNI_STATE, STATE};
use crate::cluster::{Cluster, Node, NodeKubelet};
use crate::k8s::arguments::Arguments;
use crate::machine::Builder;
use crate::pki::{self, Authority, Server, server_names};
use crate::text::unit::{environment, exec_argument};

/// The image that kubelet-wrapper runs when it is told none (coreos-overlay, app-admin/kubelet-wrapper).
const WRAPPER_REPOSITORY: &str = "quay.io/coreos/hyperkube";

/// Says what it listens on; gives the text of its unit.
pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, kubelet: &NodeKubelet) -> String {
    // The defaults are those of 1.9. Without a certificate that is given to it, it makes one that nobody can check.
    let arguments = arguments(cluster, node, kubelet);
    let names = server_names(cluster, node, Server::Kubelet).unwrap_or_default();
    let at = |address: &str, port: &str, default| listens_by(&arguments, address, port, default);
    let from = || origin("kubelet", "cluster.kubernetes.kubelet");
    listen_as(machine, at("address", "port", (cluster.everywhere(), 10250)), Some(names), from());
    listen(machine, at("address", "read-only-port", (cluster.everywhere(), 10255)), from());
    listen(machine, at("address", "cadvisor-port", (cluster.everywhere(), 4194)), from());
    listen(machine, at("healthz-bind-address", "healthz-port", (super::super::LOOPBACK, 10248)), from());
    text(cluster, node, kubelet)
}

fn text(cluster: &Cluster, node: &Node, kubelet: &NodeKubelet) -> String {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.kubelet;
    let uuid_file = &options.pod_uuid_file;

    let mut lines = vec![
        "[Unit]".to_owned(),
        "Description=Kubernetes Kubelet".to_owned(),
        "Documentation=https://github.com/kubernetes/kubernetes".to_owned(),
        String::new(),
        "[Service]".to_owned(),
    ];
    if kubernetes.repository != WRAPPER_REPOSITORY {
        let image = format!("docker://{}", kubernetes.repository);
        lines.push(format!("Environment={}", environment("KUBELET_IMAGE_URL", &image)));
    }
    lines.push(format!("Environment={}", environment("KUBELET_IMAGE_TAG", &kubernetes.tag)));
    lines.push(format!("Environment=\"RKT_RUN_ARGS={}\"", rkt_arguments(cluster, node).join(" \\\n    ")));
    let own = has_cni(cluster, node).then_some([CNI_DIRECTORY, CNI_STATE]).into_iter().flatten();
    for directory in options.directories.iter().map(String::as_str).chain(own) {
        lines.push(format!("ExecStartPre=/usr/bin/mkdir -p {}", exec_argument(directory)));
    }
    lines.push(format!("ExecStartPre=-/usr/bin/rkt rm --uuid-file={uuid_file}"));
    let command: Vec<String> = ["/usr/lib/coreos/kubelet-wrapper".to_owned()]
        .into_iter()
        .chain(arguments(cluster, node, kubelet).words().map(|word| exec_argument(&word)))
        .collect();
    lines.push(format!("ExecStart={}", command.join(" \\\n    ")));
    lines.push(format!("ExecStop=-/usr/bin/rkt stop --uuid-file={uuid_file}"));
    lines.push("Restart=always".to_owned());
    lines.push(format!("RestartSec={}", options.restart_sec));
    lines.extend(["", "[Install]", "WantedBy=multi-user.target", ""].map(str::to_owned));
    lines.join("\n")
}

/// The words of `RKT_RUN_ARGS`. Their paths are plain characters, so they need no quotes inside the quotes.
fn rkt_arguments(cluster: &Cluster, node: &Node) -> Vec<String> {
    let options = &cluster.kubernetes.kubelet;
    let uuid = format!("--uuid-file-save={}", options.pod_uuid_file);
    let mount = |name: &str, source: &str, target: &str| {
        [format!("--volume {name},kind=host,source={source}"), format!("--mount volume={name},target={target}")]
    };
    let given = options.mounts.iter().flat_map(|it| mount(&it.name, &it.source, &it.target));
    let paths = &cluster.kubernetes.paths;
    // kubelet-wrapper itself shows the kubelet all of this one.
    let is_shown = |path: &str| path.starts_with("/etc/kubernetes/") || path == "/etc/kubernetes";
    let moved = [
        ("tinderbox-manifests", &paths.manifests),
        ("tinderbox-kubeconfig", &paths.kubeconfig),
        ("tinderbox-ssl", &paths.ssl),
    ];
    let moved = moved.into_iter().filter(|(_, path)| !is_shown(path)).map(|(name, path)| (name, path.as_str()));
    let cni = [("tinderbox-cni-config", CNI_DIRECTORY), ("tinderbox-cni-state", CNI_STATE)];
    let cni = cni.into_iter().filter(|_| has_cni(cluster, node));
    let own = moved.chain(cni).flat_map(|(name, path)| mount(name, path, path));
    std::iter::once(uuid).chain(given).chain(own).collect()
}

/// Whether flannel networks pods by CNI, and not by docker's own bridge.
fn has_cni(cluster: &Cluster, node: &Node) -> bool {
    cluster.tls && node.joins() && cluster.flannel.is_some() && !pki::has_flannel_in_etcd(cluster)
}

fn arguments(cluster: &Cluster, node: &Node, kubelet: &NodeKubelet) -> Arguments {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.kubelet;
    let mut arguments = Arguments::new();
    // Without --kubeconfig a kubelet of 1.9 is standalone: it asks no API server for pods.
    if let NodeKubelet::Cluster { hostname_override, register_schedulable, taints } = kubelet {
        arguments = match pki::bootstraps(cluster, node) {
            false => arguments.set("kubeconfig", kubeconfig::path(cluster, "kubelet")),
            true => arguments
                .set("bootstrap-kubeconfig", kubeconfig::path(cluster, kubeconfig::BOOTSTRAP))
                .set("kubeconfig", format!("{STATE}/kubeconfig"))
                .set("cert-dir", format!("{STATE}/pki"))
                .set("rotate-certificates", true),
        };
        if let Some(name) = hostname_override {
            arguments = arguments.set("hostname-override", name);
        }
        // Its default is true; without TLS it is written always, for who reads the article beside it.
        if !register_schedulable || !cluster.tls {
            arguments = arguments.set("register-schedulable", register_schedulable);
        }
        if !taints.is_empty() {
            arguments = arguments.set("register-with-taints", taints.join(","));
        }
    }
    arguments = arguments
        .set("allow-privileged", options.allow_privileged)
        .set("pod-manifest-path", &kubernetes.paths.manifests);
    if cluster.tls {
        arguments = with_tls(arguments, cluster, node);
    }
    arguments.feature_gates(&options.adjustments.feature_gates).adjust(&options.adjustments.arguments)
}

/// Who may ask the kubelet, and for what; how pods are networked, and whom they ask for names. A standalone one is
/// asked by nobody.
fn with_tls(mut arguments: Arguments, cluster: &Cluster, node: &Node) -> Arguments {
    arguments = arguments.set("anonymous-auth", false).set("read-only-port", 0).set("cadvisor-port", 0);
    if !node.joins() {
        return arguments;
    }
    // Otherwise it asks DNS for its host name, and its certificate may be for another address than what it finds there.
    if let Some(own) = super::node_ip(cluster, node) {
        arguments = arguments.set("node-ip", own);
    }
    arguments = arguments
        .set("client-ca-file", authority_path(cluster, Authority::Cluster))
        .set("authentication-token-webhook", true)
        .set("authorization-mode", "Webhook")
        .set("tls-cert-file", certificates::path(cluster, "kubelet.crt"))
        .set("tls-private-key-file", certificates::path(cluster, "kubelet.key"));
    if let Some(dns) = &cluster.dns {
        arguments = arguments.set("cluster-dns", dns.address).set("cluster-domain", &cluster.kubernetes.dns_domain);
    }
    if has_cni(cluster, node) {
        arguments = arguments
            .set("network-plugin", "cni")
            .set("cni-conf-dir", CNI_DIRECTORY)
            .set("cni-bin-dir", "/opt/cni/bin");
    }
    arguments
}
