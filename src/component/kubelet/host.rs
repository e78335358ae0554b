//! What a kubelet and the pods of a node need of the operating system -> kernel modules, sysctls, the container runtime's
//! configuration, and time to end before a shutdown.

use super::super::{origin, public_file};
use crate::cluster::{Cluster, Platform};
use crate::machine::{Builder, Unit};

pub fn add(machine: &mut Builder, cluster: &Cluster) {
    let from = || origin("kubelet", "cluster.kubernetes.kubelet");
    machine.file(public_file("/etc/modules-load.d/kubernetes.conf".to_owned(), MODULES.to_owned(), from()));
    machine.file(public_file("/etc/sysctl.d/80-kubernetes.conf".to_owned(), SYSCTLS.to_owned(), from()));
    let (grace, _) = cluster.kubernetes.kubelet.shutdown;
    if grace > 0 {
        // The kubelet delays the shutdown by logind's inhibitor lock, which lasts as long as logind allows.
        machine.file(public_file(
            "/etc/systemd/logind.conf.d/50-kubelet.conf".to_owned(),
            format!("[Login]\nInhibitDelayMaxSec={grace}\n"),
            origin("kubelet", "cluster.kubernetes.kubelet.shutdownGracePeriod"),
        ));
    }
    if matches!(cluster.platform, Platform::FedoraCoreOs(_)) {
        machine.file(public_file("/etc/containerd/config.toml".to_owned(), CONTAINERD.to_owned(), from()));
        machine.unit(Unit {
            name: "containerd.service".to_owned(),
            text: None,
            enabled: Some(true),
            mask: false,
            drop_ins: Vec::new(),
            origin: from(),
        });
    }
}

/// Bridges whose packets go through packet filters, and the file system of containers (Kubernetes documentation,
/// "Container Runtimes").
const MODULES: &str = "br_netfilter\noverlay\n";

/// The same page; and what the kubelet wants of the kernel (pkg/kubelet/cm/container_manager_linux.go,
/// `setupKernelTunables`), so that it needs not change it; and enough watches for the pods of a node.
const SYSCTLS: &str = "\
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288
kernel.keys.root_maxbytes = 25000000
kernel.keys.root_maxkeys = 1000000
kernel.panic = 10
kernel.panic_on_oops = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.bridge.bridge-nf-call-iptables = 1
net.ipv4.ip_forward = 1
vm.overcommit_memory = 1
vm.panic_on_oom = 0
";

/// Fedora's containerd has no plugin for Kubernetes turned on, and groups processes by another tree than the kubelet.
/// Flatcar's own configuration is right.
const CONTAINERD: &str = "\
version = 2

[plugins.\"io.containerd.grpc.v1.cri\"]
enable_selinux = true

[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]
runtime_type = \"io.containerd.runc.v2\"

[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]
SystemdCgroup = true
";
