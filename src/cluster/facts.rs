//! The wire structs -> the same with every text read that could be read, for the rules to reason with.
//!
//! What could not be read is `None` here and reported by the rule for its syntax; every other rule passes over it, so
//! that one mistake makes one message.

use super::{EtcdUrl, net};
use crate::k8s::release::Release;
use crate::report::OptionPath;
use crate::spec::{self, FlannelDatastore, Role};
use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

/// The description, half understood.
pub struct Facts<'a> {
    pub spec: &'a spec::Cluster,
    pub pods: Option<Ipv4Net>,
    pub services: Option<Ipv4Net>,
    pub docker: Option<Ipv4Net>,
    pub flannel: Option<Ipv4Net>,
    /// Service address of the cluster's DNS.
    pub dns: Option<Ipv4Addr>,
    /// `cluster.etcd.endpoints`, each of which can be read or not.
    pub etcd_urls: Vec<Option<EtcdUrl>>,
    pub release: Option<&'static Release>,
    /// The last part of the Kubernetes version.
    pub patch: u32,
    pub nodes: Vec<NodeFacts<'a>>,
}

/// One node, half understood.
pub struct NodeFacts<'a> {
    pub name: &'a str,
    pub spec: &'a spec::Node,
    /// Static address with its prefix.
    pub interface: Option<Ipv4Net>,
    pub gateway: Option<Ipv4Addr>,
    pub routes: Vec<(Option<Ipv4Net>, Option<Ipv4Addr>)>,
    /// The address that other nodes use.
    pub reachable: Option<Ipv4Addr>,
}

impl<'a> Facts<'a> {
    /// Reads what can be read; never fails.
    pub fn of(spec: &'a spec::Cluster) -> Self {
        let docker = spec.network.docker_cidr.as_deref();
        let services = net::range(&spec.network.service_cidr).ok();
        Self {
            spec,
            pods: net::range(&spec.network.pod_cidr).ok(),
            services,
            docker: docker.and_then(|text| net::range(text).ok()),
            flannel: net::range(&spec.flannel.network).ok(),
            dns: match &spec.network.dns_address {
                Some(text) => net::address(text).ok(),
                None => services.and_then(|range| net::nth(&range, 10)),
            },
            etcd_urls: spec.etcd.endpoints.iter().map(|text| etcd_url(text)).collect(),
            release: Release::of(&spec.kubernetes.version).ok(),
            patch: patch(&spec.kubernetes.version),
            nodes: spec.nodes.iter().map(|(name, node)| NodeFacts::of(name, node)).collect(),
        }
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
        let interface = network.address.as_deref().and_then(|t| net::interface(t).ok());
        Self {
            name,
            spec,
            interface,
            gateway: read(&network.gateway),
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

    /// `cluster.nodes.<name>`
    pub fn path(&self) -> OptionPath {
        OptionPath::of("cluster.nodes").attr(self.name)
    }

    /// The path of one of the node's options.
    pub fn option(&self, dotted: &str) -> OptionPath {
        self.path().dot(dotted)
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
    let (host, port) = rest.split_once(':').unwrap_or((rest, "2379"));
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    let is_host = net::address(host).is_ok_and(|address| net::unusable(address).is_none()) || net::is_dns_name(host);
    is_host.then(|| EtcdUrl { tls, host: host.to_owned(), port })
}

fn patch(version: &str) -> u32 {
    version.rsplit('.').next().and_then(|patch| patch.parse().ok()).unwrap_or_default()
}
