//! `cluster.kubernetes`, valid: the version with what is known of it, and the components' options.

use super::net::Ranges;
use crate::k8s::release::Release;
use crate::spec::{KubeletCertificates, ProxyMode};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Kubernetes, cluster-wide.
#[derive(Debug)]
pub struct Kubernetes {
    /// What is known of the version.
    pub release: &'static Release,
    /// Repository of the hyperkube image.
    pub repository: String,
    /// Tag of the hyperkube image.
    pub tag: String,
    /// The image of each component.
    pub images: Images,
    /// `cluster.network.dnsDomain`.
    pub dns_domain: String,
    /// Directories on the node.
    pub paths: Paths,
    /// The kubeconfig that the components of a node share.
    pub kubeconfig: Kubeconfig,
    /// kube-apiserver.
    pub api_server: ApiServer,
    /// kube-controller-manager.
    pub controller_manager: ControllerManager,
    /// kube-scheduler.
    pub scheduler: Scheduler,
    /// kube-proxy.
    pub proxy: Proxy,
    /// The kubelet.
    pub kubelet: Kubelet,
}

/// The image of each component that runs as a pod.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Images {
    pub api_server: String,
    pub controller_manager: String,
    pub scheduler: String,
    pub proxy: String,
}

/// Something that a machine downloads at first boot.
#[derive(Clone, Debug)]
pub struct Download {
    /// Where from.
    pub url: String,
    /// What it must hash to: `sha256-` or `sha512-`, and hexadecimal digits.
    pub hash: String,
}

/// Where the kubelet comes from.
#[derive(Debug)]
pub enum KubeletFrom {
    /// The operating system's kubelet-wrapper.
    Wrapper,
    /// The programs as they are released.
    Release {
        /// The kubelet.
        kubelet: Download,
        /// kubectl.
        kubectl: Download,
        /// The archive of the CNI plugins.
        cni_plugins: Download,
    },
    /// A system extension that holds them all.
    Sysext(Download),
}

/// Directories on the node, absolute and clean.
#[derive(Debug)]
pub struct Paths {
    /// Static pod manifests.
    pub manifests: String,
    /// kubeconfig and component configuration files.
    pub kubeconfig: String,
    /// The cluster's keys.
    pub ssl: String,
    /// The public certificate authorities that come with the node.
    pub host_certificates: String,
}

/// The names in the kubeconfig of a node.
#[derive(Debug)]
pub struct Kubeconfig {
    /// File name.
    pub file: String,
    /// Name of the cluster.
    pub cluster: String,
    /// Name of the context.
    pub context: String,
}

/// Timing of a liveness probe, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct ProbeTiming {
    /// Before the first probe.
    pub initial_delay: u32,
    /// After which a probe has failed.
    pub timeout: u32,
}

/// What every component can be given besides its own options.
#[derive(Debug)]
pub struct Adjustments {
    /// Flag without dashes, words joined by `-` -> its value, or `None` to leave the flag out.
    pub arguments: BTreeMap<String, Option<String>>,
    /// The component's feature gates, the cluster's included.
    pub feature_gates: BTreeMap<String, bool>,
}

/// kube-apiserver.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct ApiServer {
    pub insecure_bind_address: IpAddr,
    pub insecure_port: Option<u16>,
    pub secure_port: u16,
    pub extra_names: Vec<String>,
    pub allow_privileged: bool,
    pub admission_control: Vec<String>,
    pub anonymous_auth: bool,
    pub audit: Option<Audit>,
    pub encrypt_secrets: bool,
    pub probe: ProbeTiming,
    pub adjustments: Adjustments,
}

/// What is kept of the audit log.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Audit {
    pub max_age: u32,
    pub max_backups: u32,
    pub max_size: u32,
}

/// kube-controller-manager.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct ControllerManager {
    pub leader_elect: bool,
    pub probe: ProbeTiming,
    pub adjustments: Adjustments,
}

/// kube-scheduler.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Scheduler {
    pub leader_elect: bool,
    pub probe: ProbeTiming,
    pub extra_config: BTreeMap<String, serde_json::Value>,
    pub adjustments: Adjustments,
}

/// kube-proxy.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Proxy {
    pub mode: ProxyMode,
    pub bind_address: IpAddr,
    pub cluster_cidr: Ranges,
    pub extra_config: BTreeMap<String, serde_json::Value>,
    pub adjustments: Adjustments,
}

/// The kubelet, cluster-wide.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Kubelet {
    pub certificates: KubeletCertificates,
    /// What is known of its version.
    pub release: &'static Release,
    pub from: KubeletFrom,
    /// Seconds that pods have to end when the node shuts down, and how many of them are for critical ones alone.
    pub shutdown: (u32, u32),
    pub extra_config: BTreeMap<String, serde_json::Value>,
    pub allow_privileged: bool,
    pub mounts: Vec<Mount>,
    pub directories: Vec<String>,
    pub pod_uuid_file: String,
    pub restart_sec: u32,
    pub adjustments: Adjustments,
}

/// A directory or file of the node that the kubelet's container sees.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Mount {
    pub name: String,
    pub source: String,
    pub target: String,
}
