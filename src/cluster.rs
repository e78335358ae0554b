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
    EtcdListen, EtcdState, FlannelBackend, FlannelDatastore, KeyType, KubeletCertificates, KubeletSource, MediaTarget,
    ProxyMode, Role, SecretText, SecretsSource,
};
pub use kubernetes::*;
pub use platform::{Architecture, Ignition3, IgnitionVersion, Os, Platform};

use crate::report::{Diagnostic, Report};
use crate::spec;
use ipnet::IpNet;
use net::{Family, Ranges};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    /// `cluster.media`.
    pub media: Media,
    /// Whether everything talks TLS.
    pub tls: bool,
    /// How the API servers are reached; `None` when no node is a control plane.
    pub api: Option<Api>,
    /// `cluster.network.serviceCIDR`.
    pub service_cidr: Ranges,
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

impl Cluster {
    /// The families of its addresses, the primary one first.
    pub fn families(&self) -> impl Iterator<Item = Family> + use<> {
        self.service_cidr.families()
    }

    /// Whether it has addresses of that family.
    pub fn has(&self, family: Family) -> bool {
        self.families().any(|own| own == family)
    }

    /// Where a program listens that is for all who reach the node, by any family.
    pub fn everywhere(&self) -> IpAddr {
        match self.has(Family::V6) {
            true => Ipv6Addr::UNSPECIFIED.into(),
            false => Ipv4Addr::UNSPECIFIED.into(),
        }
    }
}

/// How nodes get their configs.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Media {
    pub targets: Vec<MediaTarget>,
    pub url: Option<String>,
}

/// How the API servers are reached.
#[derive(Debug)]
pub struct Api {
    /// `cluster.controlPlane.endpoint`, or the address of the first control-plane node by name: for those outside.
    pub host: String,
    /// The TCP port: the secure one with TLS, else the insecure one.
    pub port: u16,
    /// Addresses of the control-plane nodes with their names, in the order of these.
    pub servers: Vec<(String, IpAddr)>,
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
    pub address: IpAddr,
}

/// The etcd cluster.
#[derive(Debug)]
pub struct Etcd {
    /// x.y.z, or what the operating system comes with.
    pub version: Option<String>,
    /// `initial_cluster_token`.
    pub token: String,
    /// Its image, where the operating system has no etcd of its own.
    pub image: String,
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
    /// An address, without brackets, or a DNS name.
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
    pub address: IpAddr,
    /// `initial_cluster_state`.
    pub state: EtcdState,
}

/// flannel's configuration.
#[derive(Debug)]
pub struct Flannel {
    /// The range it cuts subnets from.
    pub network: Ranges,
    /// Where it keeps its leases.
    pub datastore: FlannelDatastore,
    /// Image, for the datastore in the API.
    pub image: String,
    /// Image with its CNI plugin.
    pub cni_plugin_image: String,
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
    pub address: Option<IpAddr>,
    /// How a live system installs it, if one is to.
    pub install: Option<Install>,
    /// `cluster.nodes.<name>.extra`.
    pub extra: Extra,
}

impl Node {
    /// The addresses that others reach it under, that of the cluster's first family first.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + use<> {
        self.address.into_iter().chain(self.network.second_address.map(|own| own.addr()))
    }

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

/// How a live system installs a node.
#[derive(Debug)]
#[allow(missing_docs)] // described at the options of the same names
pub struct Install {
    pub disk: String,
    pub reboot: bool,
    pub overwrite: bool,
}

/// The network of one interface.
#[derive(Debug)]
pub struct NodeNetwork {
    /// Name of the `.network` unit.
    pub unit: String,
    /// Interface name or pattern.
    pub interface: String,
    /// Static address with its network, or DHCP if `None`.
    pub address: Option<IpNet>,
    /// Static address of the other family.
    pub second_address: Option<IpNet>,
    /// Default gateway.
    pub gateway: Option<IpAddr>,
    /// Default gateway of the other family.
    pub second_gateway: Option<IpAddr>,
    /// Name servers, of either family.
    pub dns: Vec<IpAddr>,
    /// Destination and gateway of each static route.
    pub routes: Vec<(IpNet, IpAddr)>,
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

/// A cluster that a rule may object to: for tests of what is written for platforms that are not described yet.
#[cfg(test)]
pub(crate) fn unchecked(bytes: &[u8]) -> Option<Cluster> {
    build::build(&facts::Facts::of(&spec::read::read(bytes).ok()?.cluster))
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
