//! The cluster's and a node's kubelet options -> `kubelet.service`, by the operating system's kubelet-wrapper.

use super::{kubeconfig, origin};
use crate::cluster::{Cluster, NodeKubelet};
use crate::k8s::arguments::Arguments;
use crate::machine::{Builder, Unit};
use crate::text::unit::{environment, exec_argument};

/// The image that kubelet-wrapper runs when it is told none (coreos-overlay, app-admin/kubelet-wrapper).
const WRAPPER_REPOSITORY: &str = "quay.io/coreos/hyperkube";

pub fn add(machine: &mut Builder, cluster: &Cluster, kubelet: &NodeKubelet) {
    machine.unit(Unit {
        name: "kubelet.service".to_owned(),
        text: Some(text(cluster, kubelet)),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: origin("kubelet", "cluster.kubernetes.kubelet"),
    });
}

fn text(cluster: &Cluster, kubelet: &NodeKubelet) -> String {
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
    lines.push(format!("Environment=\"RKT_RUN_ARGS={}\"", rkt_arguments(cluster).join(" \\\n    ")));
    for directory in &options.directories {
        lines.push(format!("ExecStartPre=/usr/bin/mkdir -p {}", exec_argument(directory)));
    }
    lines.push(format!("ExecStartPre=-/usr/bin/rkt rm --uuid-file={uuid_file}"));
    let command: Vec<String> = ["/usr/lib/coreos/kubelet-wrapper".to_owned()]
        .into_iter()
        .chain(arguments(cluster, kubelet).words().map(|word| exec_argument(&word)))
        .collect();
    lines.push(format!("ExecStart={}", command.join(" \\\n    ")));
    lines.push(format!("ExecStop=-/usr/bin/rkt stop --uuid-file={uuid_file}"));
    lines.push("Restart=always".to_owned());
    lines.push(format!("RestartSec={}", options.restart_sec));
    lines.extend(["", "[Install]", "WantedBy=multi-user.target", ""].map(str::to_owned));
    lines.join("\n")
}

/// The words of `RKT_RUN_ARGS`. Their paths are plain characters, so they need no quotes inside the quotes.
fn rkt_arguments(cluster: &Cluster) -> Vec<String> {
    let options = &cluster.kubernetes.kubelet;
    let uuid = format!("--uuid-file-save={}", options.pod_uuid_file);
    let mounts = options.mounts.iter().flat_map(|mount| {
        [
            format!("--volume {},kind=host,source={}", mount.name, mount.source),
            format!("--mount volume={},target={}", mount.name, mount.target),
        ]
    });
    std::iter::once(uuid).chain(mounts).collect()
}

fn arguments(cluster: &Cluster, kubelet: &NodeKubelet) -> Arguments {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.kubelet;
    let mut arguments = Arguments::new();
    // Without --kubeconfig a kubelet of 1.9 is standalone: it asks no API server for pods.
    if let NodeKubelet::Cluster { hostname_override, register_schedulable } = kubelet {
        arguments = arguments.set("kubeconfig", kubeconfig::path(cluster));
        if let Some(name) = hostname_override {
            arguments = arguments.set("hostname-override", name);
        }
        arguments = arguments.set("register-schedulable", register_schedulable);
    }
    arguments
        .set("allow-privileged", options.allow_privileged)
        .set("pod-manifest-path", &kubernetes.paths.manifests)
        .feature_gates(&options.adjustments.feature_gates)
        .adjust(&options.adjustments.arguments)
}
