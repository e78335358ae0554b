//! A described cluster -> one that is valid: types that can only be made out of a description without errors.
//!
//! Everything behind this border takes a [`Cluster`] and needs no checks of its own: whatever a user could get wrong is
//! in [`check`], all of it reported at once.

mod build;
pub mod check;
mod facts;
pub mod net;

pub use crate::spec::{EtcdListen, EtcdState, FlannelBackend, IgnitionVersion, Os, ProxyMode, Role, SecretsSource};

use crate::k8s::release::Release;
use crate::report::{Diagnostic, Report};
use crate::spec;
use ipnet::Ipv4Net;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// A whole cluster, valid.
#[derive(Debug)]
pub struct Cluster {
    /// `cluster.name`, an RFC 1123 label.
    pub name: String,
    /// `cluster.platform`: the operating system, and the Ignition spec of its media.
    pub platform: (Os, IgnitionVersion),
    /// Where the API server is reached from other machines; `None` when no node is a control plane.
    pub api: Option<Endpoint>,
    /// `cluster.network.serviceCIDR`.
    pub service_cidr: Ipv4Net,
    /// `cluster.etcd`.
    pub etcd: Etcd,
    /// `cluster.flannel`, when it is on.
    pub flannel: Option<Flannel>,
    /// `cluster.kubernetes`.
    pub kubernetes: Kubernetes,
    /// `cluster.secrets`.
    pub secrets: Secrets,
    /// `cluster.extra`, for every node.
    pub extra: Extra,
    /// `cluster.nodes`, in the order of their names.
    pub nodes: Vec<Node>,
}

/// A host and a TCP port.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// An IPv4 address or a DNS name.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// The etcd cluster.
#[derive(Debug)]
pub struct Etcd {
    /// x.y.z, or what the operating system comes with.
    pub version: Option<String>,
    /// `initial_cluster_token`.
    pub token: String,
    /// `initial_cluster_state`.
    pub state: EtcdState,
    /// Who may reach the client port.
    pub listen: EtcdListen,
    /// TCP port for clients.
    pub client_port: u16,
    /// TCP port for members.
    pub peer_port: u16,
    /// Every member, in the order of their nodes' names.
    pub members: Vec<Member>,
}

/// One member of the etcd cluster.
#[derive(Clone, Debug)]
pub struct Member {
    /// The member's name.
    pub name: String,
    /// The address its node is reached under.
    pub address: Ipv4Addr,
}

/// flannel's configuration.
#[derive(Debug)]
pub struct Flannel {
    /// The range it cuts subnets from.
    pub network: Ipv4Net,
    /// How it moves packets; flannel's own choice if `None`.
    pub backend: Option<FlannelBackend>,
    /// The directory in etcd.
    pub etcd_prefix: String,
    /// Name of the drop-in that writes the configuration.
    pub drop_in: String,
}

/// Kubernetes, cluster-wide.
#[derive(Debug)]
pub struct Kubernetes {
    /// What is known of the version.
    pub release: &'static Release,
    /// Repository of the hyperkube image.
    pub repository: String,
    /// Tag of the hyperkube image.
    pub tag: String,
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
    pub insecure_bind_address: Ipv4Addr,
    pub insecure_port: u16,
    pub allow_privileged: bool,
    pub admission_control: Vec<String>,
    pub anonymous_auth: bool,
    pub probe: ProbeTiming,
    pub adjustments: Adjustments,
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
    pub bind_address: Ipv4Addr,
    pub cluster_cidr: Ipv4Net,
    pub extra_config: BTreeMap<String, serde_json::Value>,
    pub adjustments: Adjustments,
}

/// The kubelet, cluster-wide.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Kubelet {
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

/// Where the service account key pair comes from.
#[derive(Debug)]
pub struct Secrets {
    /// Which way.
    pub source: SecretsSource,
    /// For [`SecretsSource::Store`]: file name -> content.
    pub store: BTreeMap<String, spec::SecretText>,
}

/// One machine of the cluster.
#[derive(Debug)]
pub struct Node {
    /// The attribute name, an RFC 1123 label: the directory of its media.
    pub name: String,
    /// What it does.
    pub roles: BTreeSet<Role>,
    /// Content of `/etc/hostname`.
    pub hostname: String,
    /// Its network.
    pub network: NodeNetwork,
    /// Who may log in, if anyone.
    pub user: Option<User>,
    /// Its own member of the etcd cluster.
    pub member: Option<Member>,
    /// How its kubelet runs; `None` without one.
    pub kubelet: Option<NodeKubelet>,
    /// The address other nodes use, where it is known.
    pub address: Option<Ipv4Addr>,
    /// `cluster.nodes.<name>.extra`.
    pub extra: Extra,
}

impl Node {
    /// Whether the node has `role`.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// The network of one interface.
#[derive(Debug)]
pub struct NodeNetwork {
    /// Name of the `.network` unit.
    pub unit: String,
    /// Interface name or pattern.
    pub interface: String,
    /// Static address with its network, or DHCP if `None`.
    pub address: Option<Ipv4Net>,
    /// Default gateway.
    pub gateway: Option<Ipv4Addr>,
    /// Name servers.
    pub dns: Vec<Ipv4Addr>,
    /// Destination and gateway of each static route.
    pub routes: Vec<(Ipv4Net, Ipv4Addr)>,
}

/// Who may log in.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct User {
    pub name: String,
    pub ssh_authorized_keys: Vec<String>,
    pub password_hash: Option<String>,
}

/// How the kubelet of a node joins.
#[derive(Debug)]
pub enum NodeKubelet {
    /// Alone: static pods only.
    Standalone,
    /// As a node of the cluster.
    Cluster {
        /// Name it registers under, in place of the host name.
        hostname_override: Option<String>,
        /// Whether pods may be scheduled on it.
        register_schedulable: bool,
    },
}

/// Files, units and manifests of the user's own.
#[derive(Debug, Default)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Extra {
    pub files: BTreeMap<String, ExtraFile>,
    pub units: BTreeMap<String, ExtraUnit>,
    pub manifests: BTreeMap<String, ExtraManifest>,
}

/// A file of the user's own.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct ExtraFile {
    pub text: String,
    pub mode: u32,
    pub replace: bool,
}

/// A unit of the user's own, or a change to another.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct ExtraUnit {
    pub text: Option<String>,
    pub enable: Option<bool>,
    pub mask: bool,
    pub drop_ins: BTreeMap<String, String>,
    pub replace: bool,
}

/// A static pod of the user's own.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct ExtraManifest {
    pub content: Manifest,
    pub replace: bool,
}

/// The two ways to write a manifest.
#[derive(Debug)]
pub enum Manifest {
    /// As it is.
    Text(String),
    /// To be written as YAML.
    Value(serde_json::Value),
}

/// Reads the bytes of a `cluster.json` and checks the whole cluster.
///
/// The report holds every problem, each with the file its option was set in. There is a cluster exactly when there is
/// no error in it; warnings may stand beside a cluster.
pub fn read(bytes: &[u8]) -> (Option<Cluster>, Report) {
    let document = match spec::read::read(bytes) {
        Ok(document) => document,
        Err(problem) => return (None, Report::from(*problem)),
    };
    let facts = facts::Facts::of(&document.cluster);
    let mut report = check::check(&facts);
    let cluster = if report.has_errors() { None } else { build::build(&facts) };
    if cluster.is_none() && !report.has_errors() {
        report.push(Diagnostic::error(
            "internal",
            crate::report::OptionPath::of("cluster"),
            "no check objects to this cluster, yet it cannot be built; this is a bug in tinderbox",
        ));
    }
    report.locate(&document.origins);
    (cluster, report)
}
