//! The wire structs -> the same with every text read that could be read, for the rules to reason with.
//!
//! What could not be read is `None` here and reported by the rule for its syntax; every other rule passes over it, so
//! that one mistake makes one message.

use super::EtcdUrl;
use super::net::{self, Ranges};
use crate::k8s::release::Release;
use crate::report::OptionPath;
use crate::spec::{self, FlannelDatastore, Role};
use ipnet::IpNet;
use std::net::IpAddr;

/// The description, half understood.
pub struct Facts<'a> {
    pub spec: &'a spec::Cluster,
    pub pods: Option<Ranges>,
    pub services: Option<Ranges>,
    pub docker: Option<IpNet>,
    pub flannel: Option<Ranges>,
    /// Service address of the cluster's DNS.
    pub dns: Option<IpAddr>,
    /// `cluster.etcd.endpoints`, each of which can be read or not.
    pub etcd_urls: Vec<Option<EtcdUrl>>,
    pub release: Option<&'static Release>,
    /// The kubelet's, which may be older.
    pub kubelet_release: Option<&'static Release>,
    /// The first two parts of the Kubernetes version.
    pub minor: Option<(u32, u32)>,
    /// The last part of the Kubernetes version.
    pub patch: u32,
    pub nodes: Vec<NodeFacts<'a>>,
}

/// One node, half understood.
pub struct NodeFacts<'a> {
    pub name: &'a str,
    pub spec: &'a spec::Node,
    /// Static address with its prefix.
    pub interface: Option<IpNet>,
    /// Static address of the other family with its prefix.
    pub second: Option<IpNet>,
    pub gateway: Option<IpAddr>,
    pub second_gateway: Option<IpAddr>,
    pub routes: Vec<(Option<IpNet>, Option<IpAddr>)>,
    /// The address that other nodes use.
    pub reachable: Option<IpAddr>,
}

impl<'a> Facts<'a> {
    /// Reads what can be read; never fails.
    pub fn of(spec: &'a spec::Cluster) -> Self {
        let docker = spec.network.docker_cidr.as_deref();
        let services = net::ranges(&spec.network.service_cidr).ok();
        Self {
            spec,
            pods: net::ranges(&spec.network.pod_cidr).ok(),
            services,
            docker: docker.and_then(|text| net::range(text).ok()),
            flannel: net::ranges(&spec.flannel.network).ok(),
            dns: match &spec.network.dns_address {
                Some(text) => net::address(text).ok(),
                None => services.and_then(|range| net::nth(&range.primary, 10)),
            },
            etcd_urls: spec.etcd.endpoints.iter().map(|text| etcd_url(text)).collect(),
            release: Release::of(&spec.kubernetes.version).ok(),
            kubelet_release: Release::of(&spec.kubernetes.kubelet.version).ok(),
            minor: minor(&spec.kubernetes.version),
            patch: patch(&spec.kubernetes.version),
            nodes: spec.nodes.iter().map(|(name, node)| NodeFacts::of(name, node)).collect(),
        }
    }

    /// Every range that is the cluster's on all nodes, of every family, with the option below `cluster.network`.
    pub fn ranges(&self) -> impl Iterator<Item = (&'static str, IpNet)> {
        let both = [("podCIDR", self.pods), ("serviceCIDR", self.services)].into_iter();
        let both =
            both.flat_map(|(name, ranges)| ranges.into_iter().flat_map(move |it| it.all().map(move |net| (name, net))));
        both.chain(self.docker.map(|net| ("dockerCIDR", net)))
    }

    /// Whether there is an etcd, in the cluster or outside of it.
    pub fn has_etcd(&self) -> bool {
        !self.etcd_urls.is_empty() || self.with(Role::Etcd).next().is_some()
    }

    /// Whether flannel keeps its leases in etcd, so that every node that joins is a client of it.
    pub fn has_flannel_in_etcd(&self) -> bool {
        self.spec.flannel.enable && self.spec.flannel.datastore == FlannelDatastore::Etcd
    }

    /// The nodes with `role`.
    pub fn with(&self, role: Role) -> impl Iterator<Item = &NodeFacts<'a>> {
        self.nodes.iter().filter(move |node| node.is(role))
    }
}

impl<'a> NodeFacts<'a> {
    fn of(name: &'a str, spec: &'a spec::Node) -> Self {
        let network = &spec.network;
        let read = |text: &Option<String>| text.as_deref().and_then(|t| net::address(t).ok());
        let interface = |text: &Option<String>| text.as_deref().and_then(|t| net::interface(t).ok());
        let (interface, second) = (interface(&network.address), interface(&network.second_address));
        Self {
            name,
            spec,
            interface,
            second,
            gateway: read(&network.gateway),
            second_gateway: read(&network.second_gateway),
            routes: network
                .routes
                .iter()
                .map(|r| (net::range(&r.destination).ok(), net::address(&r.gateway).ok()))
                .collect(),
            reachable: match network.advertise_address {
                Some(_) => read(&network.advertise_address),
                None => interface.map(|i| i.addr()),
            },
        }
    }

    /// The default gateways, each with its option below `network`.
    pub fn gateways(&self) -> impl Iterator<Item = (&'static str, IpAddr)> {
        let both = [("gateway", self.gateway), ("secondGateway", self.second_gateway)];
        both.into_iter().filter_map(|(name, gateway)| Some((name, gateway?)))
    }

    /// `cluster.nodes.<name>`
    pub fn path(&self) -> OptionPath {
        OptionPath::of("cluster.nodes").attr(self.name)
    }

    /// The path of one of the node's options.
    pub fn option(&self, dotted: &str) -> OptionPath {
        self.path().dot(dotted)
    }

    /// The static addresses with their prefixes, each with its option below `network`.
    pub fn interfaces(&self) -> impl Iterator<Item = (&'static str, IpNet)> {
        [("address", self.interface), ("secondAddress", self.second)]
            .into_iter()
            .filter_map(|(name, net)| Some((name, net?)))
    }

    pub fn is(&self, role: Role) -> bool {
        self.spec.roles.contains(&role)
    }

    /// Whether the node has a kubelet that joins the cluster, and so flannel too.
    pub fn joins(&self) -> bool {
        !self.spec.kubelet.standalone && (self.is(Role::ControlPlane) || self.is(Role::Worker))
    }

    /// Whether the node has any kubelet.
    pub fn has_kubelet(&self) -> bool {
        self.spec.kubelet.standalone || self.joins()
    }
}

/// `https://etcd-1.example.com:2379`: scheme, host, and perhaps a port.
fn etcd_url(text: &str) -> Option<EtcdUrl> {
    let (scheme, rest) = text.split_once("://")?;
    let tls = match scheme {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    // An IPv6 address stands in brackets (RFC 3986 section 3.2.2), and nothing else does.
    let (host, port, in_brackets) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, "2379", true),
        Some((host, rest)) => (host, rest.strip_prefix(':')?, true),
        None => {
            let (host, port) = rest.split_once(':').unwrap_or((rest, "2379"));
            (host, port, false)
        }
    };
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    let is_host = match net::address(host) {
        Ok(address) => address.is_ipv6() == in_brackets && net::unusable(address).is_none(),
        Err(_) => !in_brackets && net::is_dns_name(host),
    };
    is_host.then(|| EtcdUrl { tls, host: net::host(host), port })
}

fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

fn patch(version: &str) -> u32 {
    version.rsplit('.').next().and_then(|patch| patch.parse().ok()).unwrap_or_default()
}
