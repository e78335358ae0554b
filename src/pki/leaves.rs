//! A cluster or one of its nodes -> the certificates that it holds, with all that they say.

use super::{Authority, Leaf, bootstraps, has_addons, has_flannel_in_etcd, has_foreign_etcd, node_stem};
use crate::cluster::{Cluster, Node, Role, net};
use crate::x509::{Name, Profile, Subject};
use std::net::{IpAddr, Ipv4Addr};

/// The group that may do everything (Kubernetes, bootstrappolicy: `cluster-admin`).
const MASTERS: &str = "system:masters";

/// Certificates that are no single node's: the administrator's, and those that the administrator of a foreign etcd gave.
pub fn shared_leaves(cluster: &Cluster) -> Vec<Leaf> {
    if !cluster.tls || cluster.api.is_none() {
        return Vec::new();
    }
    let purpose = "kubectl of the cluster's administrator";
    let mut leaves = vec![client("admin".to_owned(), Authority::Cluster, "kubernetes-admin", Some(MASTERS), purpose)];
    if has_foreign_etcd(&cluster.etcd) && cluster.etcd.external.iter().any(|url| url.tls) {
        leaves.push(Leaf { is_foreign: true, ..etcd_client(API_SERVER_ETCD_CLIENT.to_owned()) });
        if has_flannel_in_etcd(cluster) {
            leaves.push(Leaf { is_foreign: true, ..flannel_client(FLANNEL_ETCD_CLIENT.to_owned()) });
        }
    }
    leaves
}

/// The API server's certificate as a client of etcd.
pub const API_SERVER_ETCD_CLIENT: &str = "apiserver-etcd-client";
/// flannel's certificate as a client of etcd.
pub const FLANNEL_ETCD_CLIENT: &str = "flannel-etcd-client";

/// The certificates that are on the media of `node` alone.
pub fn node_leaves(cluster: &Cluster, node: &Node) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    if !cluster.tls {
        return leaves;
    }
    let stem = |leaf: &str| node_stem(&node.name, leaf);
    let own_etcd = !has_foreign_etcd(&cluster.etcd);
    if node.member.is_some() {
        // etcd's gateway from HTTP to gRPC presents the server's certificate to the server itself, and members present
        // theirs to one another, so both are for clients too.
        let names = || etcd_names(node);
        for (leaf, purpose) in
            [("etcd-server", "etcd, towards clients"), ("etcd-peer", "etcd, towards the other members")]
        {
            leaves.push(Leaf {
                stem: stem(leaf),
                authority: Authority::Etcd,
                profile: Profile { subject: subject(&node.hostname, None), names: names(), server: true, client: true },
                purpose,
                is_foreign: false,
            });
        }
    }
    if node.is(Role::ControlPlane) {
        leaves.push(Leaf {
            stem: stem("apiserver"),
            authority: Authority::Cluster,
            profile: Profile {
                subject: subject("kube-apiserver", None),
                names: api_server_names(cluster, node),
                server: true,
                client: false,
            },
            purpose: "the API server",
            is_foreign: false,
        });
        if own_etcd {
            leaves.push(etcd_client(stem(API_SERVER_ETCD_CLIENT)));
        }
        let cluster_client = |leaf: &str, name: &str, group: Option<&str>, purpose| {
            client(stem(leaf), Authority::Cluster, name, group, purpose)
        };
        leaves.push(cluster_client(
            "apiserver-kubelet-client",
            API_SERVER_USER,
            None,
            "the API server, towards kubelets",
        ));
        leaves.push(client(
            stem("front-proxy-client"),
            Authority::FrontProxy,
            "front-proxy-client",
            None,
            "the API server, towards extension API servers",
        ));
        for (leaf, name, purpose) in [
            ("controller-manager", "system:kube-controller-manager", "the controller manager"),
            ("scheduler", "system:kube-scheduler", "the scheduler"),
        ] {
            leaves.push(cluster_client(leaf, name, None, purpose));
        }
        if has_addons(cluster) {
            leaves.push(cluster_client("addons", "tinderbox-addons", Some(MASTERS), "what applies the add-ons"));
        }
    }
    if node.joins() {
        leaves.push(Leaf {
            stem: stem("kubelet"),
            authority: Authority::Cluster,
            profile: Profile {
                subject: subject(node.known_as(), None),
                names: kubelet_names(node),
                server: true,
                client: false,
            },
            purpose: "the kubelet, towards the API servers",
            is_foreign: false,
        });
        if !bootstraps(cluster, node) {
            let name = format!("system:node:{}", node.known_as());
            let purpose = "the kubelet, as a node";
            leaves.push(client(stem("kubelet-client"), Authority::Cluster, &name, Some("system:nodes"), purpose));
        }
        leaves.push(client(stem("kube-proxy"), Authority::Cluster, "system:kube-proxy", None, "kube-proxy"));
        if has_flannel_in_etcd(cluster) && own_etcd {
            leaves.push(flannel_client(stem(FLANNEL_ETCD_CLIENT)));
        }
    }
    leaves
}

/// A part of a node that serves with a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Server {
    /// etcd, towards clients and members alike.
    Etcd,
    /// The API server.
    ApiServer,
    /// The kubelet.
    Kubelet,
}

/// The names in the certificate by which a part of a node serves; `None` where it has none.
pub fn server_names(cluster: &Cluster, node: &Node, server: Server) -> Option<Vec<Name>> {
    let names = match server {
        Server::Etcd if node.member.is_some() => etcd_names(node),
        Server::ApiServer if node.is(Role::ControlPlane) => api_server_names(cluster, node),
        Server::Kubelet if node.joins() => kubelet_names(node),
        _ => return None,
    };
    cluster.tls.then_some(names)
}

/// As whom the API server reaches kubelets.
pub const API_SERVER_USER: &str = "kube-apiserver-kubelet-client";

fn subject(common_name: &str, organization: Option<&str>) -> Subject {
    Subject { common_name: common_name.to_owned(), organization: organization.map(str::to_owned) }
}

fn client(stem: String, authority: Authority, name: &str, group: Option<&str>, purpose: &'static str) -> Leaf {
    let profile = Profile { subject: subject(name, group), names: Vec::new(), server: false, client: true };
    Leaf { stem, authority, profile, purpose, is_foreign: false }
}

fn etcd_client(stem: String) -> Leaf {
    client(stem, Authority::Etcd, "kube-apiserver-etcd-client", None, "the API server, towards etcd")
}

fn flannel_client(stem: String) -> Leaf {
    client(stem, Authority::Etcd, "flannel-etcd-client", None, "flannel, towards etcd")
}

/// A text as the kind of name that it is.
fn name(text: &str) -> Name {
    match text.parse() {
        Ok(address) => Name::Ip(address),
        Err(_) => Name::Dns(text.to_owned()),
    }
}

fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for name in texts.into_iter().map(|text| name(&text)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn etcd_names(node: &Node) -> Vec<Name> {
    let address = node.addresses().map(|address| address.to_string());
    distinct(
        [node.hostname.clone(), "localhost".to_owned()]
            .into_iter()
            .chain(address)
            .chain([Ipv4Addr::LOCALHOST.to_string()]),
    )
}

fn kubelet_names(node: &Node) -> Vec<Name> {
    // It registers with its own address, though others may reach the node by another one.
    let own = node.network.address.map(|own| own.addr());
    let addresses = own.into_iter().chain(node.addresses()).map(|address| address.to_string());
    distinct([node.known_as().to_owned(), node.hostname.clone()].into_iter().chain(addresses))
}

/// What the API server of `node` is called: inside the cluster, on its node, from other nodes, from outside.
fn api_server_names(cluster: &Cluster, node: &Node) -> Vec<Name> {
    let domain = &cluster.kubernetes.dns_domain;
    let inside = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"].map(str::to_owned);
    let full = [format!("kubernetes.default.svc.{domain}"), node.hostname.clone(), "localhost".to_owned()];
    let endpoint = cluster.api.iter().filter_map(|api| api.endpoint.clone());
    let service = net::nth(&cluster.service_cidr.primary, 1);
    let addresses = [Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), service].into_iter().flatten().chain(node.addresses());
    distinct(
        inside
            .into_iter()
            .chain(full)
            .chain(endpoint)
            .chain(addresses.map(|address| address.to_string()))
            .chain(cluster.kubernetes.api_server.extra_names.iter().cloned()),
    )
}
