//! Where the kubelet comes from, and a node's options -> what is downloaded, its configuration file, and the text of
//! `kubelet.service`.

use super::super::{kubeconfig, listen, listen_as, origin, public_file};
use super::{CNI_DIRECTORY, CNI_STATE, STATE, config};
use crate::cluster::{self, Cluster, KubeletFrom, Node, NodeKubelet, Platform};
use crate::k8s::arguments::Arguments;
use crate::machine::{Builder, Directory, Download, DropIn, Link, Unit};
use crate::pki::{self, Server, server_names};
use crate::text::unit::exec_argument;
use serde_json::Value;

/// Where the plugins of CNI are, as containerd looks for them.
const PLUGINS: &str = "/opt/cni/bin";
/// The archive that they come in.
const PLUGINS_ARCHIVE: &str = "/opt/tinderbox/cni-plugins.tgz";
/// Where Flatcar's system extension has them (flatcar/sysext-bakery, kubernetes.sysext/create.sh).
const PLUGINS_OF_EXTENSION: &str = "/usr/local/bin/cni";
const EXTENSION: &str = "/opt/extensions/kubernetes/kubernetes.raw";

/// The directory for programs of one's own, which systemd looks for and SELinux lets run.
fn programs(cluster: &Cluster) -> &'static str {
    match cluster.platform {
        Platform::ContainerLinux | Platform::Flatcar(_) => "/opt/bin",
        Platform::FedoraCoreOs(_) => "/usr/local/bin",
    }
}

/// Where a program of Kubernetes is on the node.
pub fn program(cluster: &Cluster, name: &str) -> String {
    match &cluster.kubernetes.kubelet.from {
        KubeletFrom::Sysext(_) => format!("/usr/bin/{name}"),
        KubeletFrom::Wrapper | KubeletFrom::Release { .. } => format!("{}/{name}", programs(cluster)),
    }
}

/// Puts all that it needs on the machine, and says what it listens on; gives the text of its unit.
pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, kubelet: &NodeKubelet, from: &KubeletFrom) -> String {
    let kubernetes = &cluster.kubernetes;
    let option = || origin("kubelet", "cluster.kubernetes.kubelet");
    let config_path = format!("{}/kubelet-config.yaml", kubernetes.paths.kubeconfig);
    machine.file(public_file(config_path.clone(), config::text(cluster, node, kubelet), option()));
    for path in [&kubernetes.paths.manifests, CNI_DIRECTORY, PLUGINS, CNI_STATE] {
        machine.directory(Directory { path: path.to_owned(), mode: 0o755, owner: 0, origin: option() });
    }
    let plugins = match from {
        KubeletFrom::Wrapper => Vec::new(),
        KubeletFrom::Release { kubelet, kubectl, cni_plugins } => {
            download(machine, program(cluster, "kubelet"), 0o755, kubelet, "kubelet");
            download(machine, program(cluster, "kubectl"), 0o755, kubectl, "kubectl");
            download(machine, PLUGINS_ARCHIVE.to_owned(), 0o644, cni_plugins, "cniPlugins");
            vec![format!("/usr/bin/tar --extract --gzip --file {PLUGINS_ARCHIVE} --directory {PLUGINS}")]
        }
        KubeletFrom::Sysext(extension) => {
            add_extension(machine, extension);
            vec![format!("/usr/bin/cp --recursive {PLUGINS_OF_EXTENSION}/. {PLUGINS}/")]
        }
    };
    // The defaults are those of KubeletConfiguration. Without a certificate that is given to it, it makes one that nobody
    // can check.
    let names = server_names(cluster, node, Server::Kubelet).unwrap_or_default();
    let port = |field: &str, default| field_of(cluster, field).and_then(Value::as_u64).map_or(default, port_of);
    let address = |field: &str, default| {
        field_of(cluster, field).and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    listen_as(machine, (address("address", cluster.everywhere()), port("port", 10250)), Some(names), option());
    listen(machine, (address("healthzBindAddress", super::super::LOOPBACK), port("healthzPort", 10248)), option());
    text(cluster, node, kubelet, &config_path, &plugins)
}

fn field_of<'c>(cluster: &'c Cluster, field: &str) -> Option<&'c Value> {
    cluster.kubernetes.kubelet.extra_config.get(field)
}

fn port_of(number: u64) -> u16 {
    u16::try_from(number).unwrap_or_default()
}

fn download(machine: &mut Builder, path: String, mode: u32, from: &cluster::Download, option: &str) {
    let origin = origin("kubelet", &format!("cluster.kubernetes.downloads.{option}"));
    machine.download(Download { path, mode, url: from.url.clone(), hash: from.hash.clone(), origin });
}

/// The system extension. It comes with a drop-in for kubeadm, which one of the same name in /etc takes the place of
/// (systemd.unit(5)).
fn add_extension(machine: &mut Builder, extension: &cluster::Download) {
    download(machine, EXTENSION.to_owned(), 0o644, extension, "sysext");
    let from = || origin("kubelet", "cluster.kubernetes.kubelet.source");
    machine.link(Link {
        path: "/etc/extensions/kubernetes.raw".to_owned(),
        target: EXTENSION.to_owned(),
        origin: from(),
    });
    machine.unit(Unit {
        name: "kubelet.service".to_owned(),
        text: None,
        enabled: None,
        mask: false,
        drop_ins: vec![DropIn {
            name: "10-kubeadm.conf".to_owned(),
            text: "# In place of the extension's own, which is for kubeadm.\n".to_owned(),
            origin: from(),
        }],
        origin: from(),
    });
}

fn text(cluster: &Cluster, node: &Node, kubelet: &NodeKubelet, config: &str, plugins: &[String]) -> String {
    let options = &cluster.kubernetes.kubelet;
    let mut lines: Vec<String> = [
        "[Unit]",
        "Description=Kubernetes Kubelet",
        "Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/",
        "Wants=network-online.target containerd.service",
        "After=network-online.target containerd.service",
        "",
        "[Service]",
    ]
    .map(str::to_owned)
    .to_vec();
    for directory in &options.directories {
        lines.push(format!("ExecStartPre=/usr/bin/mkdir -p {}", exec_argument(directory)));
    }
    lines.extend(plugins.iter().map(|command| format!("ExecStartPre={command}")));
    let words = arguments(cluster, node, kubelet, config);
    let words = words.words().map(|word| exec_argument(&word));
    let command: Vec<_> = std::iter::once(program(cluster, "kubelet")).chain(words).collect();
    lines.push(format!("ExecStart={}", command.join(" \\\n    ")));
    lines.push("Restart=always".to_owned());
    lines.push(format!("RestartSec={}", options.restart_sec));
    lines.extend(["", "[Install]", "WantedBy=multi-user.target", ""].map(str::to_owned));
    lines.join("\n")
}

/// What its configuration file has no field for.
fn arguments(cluster: &Cluster, node: &Node, kubelet: &NodeKubelet, config: &str) -> Arguments {
    let mut arguments = Arguments::new().set("config", config);
    // Without --kubeconfig it is standalone: it asks no API server for pods.
    if let NodeKubelet::Cluster { hostname_override, .. } = kubelet {
        arguments = match pki::bootstraps(cluster, node) {
            false => arguments.set("kubeconfig", kubeconfig::path(cluster, "kubelet")),
            true => arguments
                .set("bootstrap-kubeconfig", kubeconfig::path(cluster, kubeconfig::BOOTSTRAP))
                .set("kubeconfig", format!("{STATE}/kubeconfig"))
                .set("cert-dir", format!("{STATE}/pki")),
        };
        if let Some(name) = hostname_override {
            arguments = arguments.set("hostname-override", name);
        }
        // Otherwise it asks DNS for its host name, and its certificate may be for another address than it finds there.
        if let Some(own) = super::node_ip(cluster, node) {
            arguments = arguments.set("node-ip", own);
        }
    }
    arguments.adjust(&cluster.kubernetes.kubelet.adjustments.arguments)
}
