//! A described cluster -> one that is valid: types that can only be made out of a description without errors.
//!
//! Everything behind this border takes a [`Cluster`] and needs no checks of its own: whatever a user could get wrong is
//! in [`check`], all of it reported at once.

mod build;
pub mod check;
mod facts;
mod kubernetes;
pub mod net;
mod platform;

pub use crate::spec::{
    EtcdListen, EtcdState, FlannelBackend, FlannelDatastore, KeyType, KubeletCertificates, ProxyMode, Role, SecretText,
    SecretsSource,
};
pub use kubernetes::*;
pub use platform::{Architecture, Ignition3, IgnitionVersion, Os, Platform};

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
    pub platform: Platform,
    /// `cluster.platform.architecture`: the machines' processors.
    pub architecture: Architecture,
    /// `cluster.platform.kernelArguments`, each one word.
    pub kernel_arguments: Vec<String>,
    /// Whether everything talks TLS.
    pub tls: bool,
    /// How the API servers are reached; `None` when no node is a control plane.
    pub api: Option<Api>,
    /// `cluster.network.serviceCIDR`.
    pub service_cidr: Ipv4Net,
    /// `cluster.etcd`.
    pub etcd: Etcd,
    /// `cluster.flannel`, when it is on.
    pub flannel: Option<Flannel>,
    /// `cluster.kubernetes`.
    pub kubernetes: Kubernetes,
    /// `cluster.addons.dns`, when it is on.
    pub dns: Option<Dns>,
    /// `cluster.addons.rbac.enable`.
    pub bootstrap_rbac: bool,
    /// `cluster.secrets`.
    pub secrets: Secrets,
    /// `cluster.extra`, for every node.
    pub extra: Extra,
    /// `cluster.nodes`, in the order of their names.
    pub nodes: Vec<Node>,
}

/// How the API servers are reached.
#[derive(Debug)]
pub struct Api {
    /// `cluster.controlPlane.endpoint`, or the address of the first control-plane node by name: for those outside.
    pub host: String,
    /// The TCP port: the secure one with TLS, else the insecure one.
    pub port: u16,
    /// Addresses of the control-plane nodes with their names, in the order of these.
    pub servers: Vec<(String, Ipv4Addr)>,
    /// `cluster.controlPlane.endpoint`.
    pub endpoint: Option<String>,
    /// Whether nodes without an API server reach them through a proxy of their own.
    pub proxy: Option<ApiProxy>,
}

/// A proxy on each node that balances over the API servers.
#[derive(Debug)]
pub struct ApiProxy {
    /// TCP port on the loopback address.
    pub port: u16,
    /// Image of HAProxy.
    pub image: String,
}

/// The cluster's DNS.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Dns {
    pub image: String,
    pub replicas: u32,
    pub address: Ipv4Addr,
}

/// The etcd cluster.
#[derive(Debug)]
pub struct Etcd {
    /// x.y.z, or what the operating system comes with.
    pub version: Option<String>,
    /// `initial_cluster_token`.
    pub token: String,
    /// Who may reach the client port.
    pub listen: EtcdListen,
    /// TCP port for clients.
    pub client_port: u16,
    /// TCP port for members.
    pub peer_port: u16,
    /// Every member, in the order of their nodes' names.
    pub members: Vec<Member>,
    /// The URLs of an etcd that is not described here, in place of members.
    pub external: Vec<EtcdUrl>,
}

/// The URL of a member of an etcd that is not described here.
#[derive(Clone, Debug)]
pub struct EtcdUrl {
    /// Whether it is https.
    pub tls: bool,
    /// An IPv4 address or a DNS name.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// One member of the etcd cluster.
#[derive(Clone, Debug)]
pub struct Member {
    /// The member's name.
    pub name: String,
    /// The address its node is reached under.
    pub address: Ipv4Addr,
    /// `initial_cluster_state`.
    pub state: EtcdState,
}

/// flannel's configuration.
#[derive(Debug)]
pub struct Flannel {
    /// The range it cuts subnets from.
    pub network: Ipv4Net,
    /// Where it keeps its leases.
    pub datastore: FlannelDatastore,
    /// Image, for the datastore in the API.
    pub image: String,
    /// How it moves packets; flannel's own choice if `None`.
    pub backend: Option<FlannelBackend>,
    /// The directory in etcd.
    pub etcd_prefix: String,
    /// Name of the drop-in that writes the configuration.
    pub drop_in: String,
}

/// Where keys come from, and how they are made.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Secrets {
    pub source: SecretsSource,
    /// For [`SecretsSource::Store`]: file name -> content.
    pub store: BTreeMap<String, spec::SecretText>,
    pub key_type: KeyType,
    pub authority_days: u32,
    pub certificate_days: u32,
    pub token_hours: u32,
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

    /// Whether it has a kubelet that joins the cluster.
    pub fn joins(&self) -> bool {
        matches!(self.kubelet, Some(NodeKubelet::Cluster { .. }))
    }

    /// Its name as Kubernetes knows it.
    pub fn known_as(&self) -> &str {
        match &self.kubelet {
            Some(NodeKubelet::Cluster { hostname_override: Some(name), .. }) => name,
            _ => &self.hostname,
        }
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
        /// Taints it registers with.
        taints: Vec<String>,
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
