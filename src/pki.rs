//! A cluster -> the keys and certificates that it needs: the file of each, what it is for, what it says, who holds it.
//!
//! Nothing is made or read here. `secrets` makes the files, `component` puts them on the machines that need them.

mod keys;
mod leaves;

pub use keys::{KeySource, Keys, Placeholders};
pub use leaves::{
    API_SERVER_ETCD_CLIENT, API_SERVER_USER, FLANNEL_ETCD_CLIENT, Server, node_leaves, server_names, shared_leaves,
};

use crate::cluster::{Cluster, Etcd, FlannelDatastore, KubeletCertificates, Node, NodeKubelet, Role, SecretsSource};
pub use crate::x509::Name;
use crate::x509::{Profile, Subject};

/// The service account key pair: who has the private key can be any service account; with the public half tokens are
/// checked.
pub use crate::keypair::{PRIVATE_FILE as SERVICE_ACCOUNT_KEY, PUBLIC_FILE as SERVICE_ACCOUNT_PUBLIC};
/// Keys that Kubernetes' Secrets are encrypted with in etcd, 32 bytes in base64 a line. The first one encrypts, all
/// decrypt.
pub const ENCRYPTION_KEYS: &str = "encryption.keys";
/// The token that lets a kubelet ask for a certificate, and on a second line the time it expires (RFC 3339).
pub const BOOTSTRAP_TOKEN: &str = "bootstrap-token";

/// A certificate authority of the cluster. They are apart, so that a client of one is none of another.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Authority {
    /// Signs for the API servers, for kubelets and for all clients of the API.
    Cluster,
    /// Signs for etcd's members, and for their clients.
    Etcd,
    /// Signs for the API servers as they forward requests to extension API servers.
    FrontProxy,
}

impl Authority {
    /// Name of its files, without the ending: `ca` of `ca.crt` and `ca.key`.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Cluster => "ca",
            Self::Etcd => "etcd-ca",
            Self::FrontProxy => "front-proxy-ca",
        }
    }

    /// What it is for.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Cluster => "signs for API servers, kubelets and clients of the API",
            Self::Etcd => "signs for etcd's members and their clients",
            Self::FrontProxy => "signs for API servers towards extension API servers",
        }
    }

    /// What its certificate says of it. The cluster's name is the organization, which may be as long as that.
    pub fn subject(self, cluster: &Cluster) -> Subject {
        let common_name = match self {
            Self::Cluster => "kubernetes-ca",
            Self::Etcd => "etcd-ca",
            Self::FrontProxy => "front-proxy-ca",
        };
        Subject { common_name: common_name.to_owned(), organization: Some(cluster.name.clone()) }
    }
}

/// A certificate that is no authority's, and its key.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Name of its files below the directory of keys, without the ending: `nodes/cp-1/apiserver`.
    pub stem: String,
    /// Who signs it.
    pub authority: Authority,
    /// What it says.
    pub profile: Profile,
    /// What it is for.
    pub purpose: &'static str,
    /// Whether an authority that is not ours may have named it otherwise.
    pub is_foreign: bool,
}

/// `DIRECTORY/STEM.crt`.
pub fn certificate_file(stem: &str) -> String {
    format!("{stem}.crt")
}

/// `DIRECTORY/STEM.key`.
pub fn key_file(stem: &str) -> String {
    format!("{stem}.key")
}

/// A leaf of one node.
pub fn node_stem(node: &str, leaf: &str) -> String {
    format!("nodes/{node}/{leaf}")
}

/// The authorities that the cluster needs.
pub fn authorities(cluster: &Cluster) -> Vec<Authority> {
    let mut needed = Vec::new();
    if cluster.tls && cluster.nodes.iter().any(Node::joins) {
        needed.push(Authority::Cluster);
    }
    if has_etcd(cluster) {
        needed.push(Authority::Etcd);
    }
    if cluster.tls && cluster.api.is_some() {
        needed.push(Authority::FrontProxy);
    }
    needed
}

/// Whether there is an etcd that takes certificates.
fn has_etcd(cluster: &Cluster) -> bool {
    cluster.tls && (!cluster.etcd.members.is_empty() || cluster.etcd.external.iter().any(|url| url.tls))
}

/// Whether etcd is run by somebody else, who signs for its clients.
pub fn has_foreign_etcd(etcd: &Etcd) -> bool {
    !etcd.external.is_empty()
}

/// Whether the machines need a service account key pair that is given to them.
pub fn needs_service_account(cluster: &Cluster) -> bool {
    cluster.secrets.source != SecretsSource::FirstBoot && cluster.api.is_some()
}

/// Whether the API servers need keys to encrypt Secrets with.
pub fn needs_encryption(cluster: &Cluster) -> bool {
    cluster.api.is_some() && cluster.kubernetes.api_server.encrypt_secrets
}

/// Whether the kubelet of a node asks for its client certificate with the token. One of a control-plane node does not:
/// it starts the API server that it would have to ask, and up to Kubernetes 1.10 does nothing else before it has an
/// answer (cmd/kubelet/app/server.go, `bootstrap.LoadClientCert`).
pub fn bootstraps(cluster: &Cluster, node: &Node) -> bool {
    cluster.tls
        && cluster.kubernetes.kubelet.certificates == KubeletCertificates::Bootstrap
        && matches!(node.kubelet, Some(NodeKubelet::Cluster { .. }))
        && !node.is(Role::ControlPlane)
}

/// Whether there is a bootstrap token. It is there without workers too, as they may be added.
pub fn needs_token(cluster: &Cluster) -> bool {
    cluster.tls && cluster.api.is_some() && cluster.kubernetes.kubelet.certificates == KubeletCertificates::Bootstrap
}

/// Whether every node that joins is a client of etcd.
pub fn has_flannel_in_etcd(cluster: &Cluster) -> bool {
    cluster.flannel.as_ref().is_some_and(|flannel| flannel.datastore == FlannelDatastore::Etcd)
}

/// Whether the control plane applies manifests.
pub fn has_addons(cluster: &Cluster) -> bool {
    let flannel = cluster.flannel.is_some() && !has_flannel_in_etcd(cluster);
    cluster.tls && cluster.api.is_some() && (cluster.dns.is_some() || cluster.bootstrap_rbac || flannel)
}

/// Every file that has to be in the directory of keys to build the media of all nodes, but for the keys of authorities,
/// most of which no machine needs.
pub fn needed_files(cluster: &Cluster) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    if needs_service_account(cluster) {
        files.extend([SERVICE_ACCOUNT_KEY, SERVICE_ACCOUNT_PUBLIC].map(str::to_owned));
    }
    files.extend(authorities(cluster).into_iter().map(|authority| certificate_file(authority.stem())));
    if needs_token(cluster) {
        files.extend([key_file(Authority::Cluster.stem()), BOOTSTRAP_TOKEN.to_owned()]);
    }
    if needs_encryption(cluster) {
        files.push(ENCRYPTION_KEYS.to_owned());
    }
    let leaves = cluster.nodes.iter().flat_map(|node| node_leaves(cluster, node));
    for leaf in shared_leaves(cluster).into_iter().chain(leaves) {
        files.extend([certificate_file(&leaf.stem), key_file(&leaf.stem)]);
    }
    files
}
