//! Where the API servers are -> the kubeconfigs of a node's components, and those for kubectl from outside.

use super::certificates::{self, authority_path};
use super::{origin, public_file};
use crate::cluster::{Api, Cluster, Node, Role};
use crate::k8s::kubeconfig::{Authority, Credentials, Kubeconfig};
use crate::machine::{Builder, File};
use crate::pki::{self, Keys, certificate_file, key_file};
use zeroize::Zeroizing;

/// The kubeconfig that all components of a node share, without TLS.
fn shared_path(cluster: &Cluster) -> String {
    format!("{}/{}", cluster.kubernetes.paths.kubeconfig, cluster.kubernetes.kubeconfig.file)
}

/// The kubeconfig of a component. With TLS each has its own, as each is somebody else.
pub fn path(cluster: &Cluster, component: &str) -> String {
    match cluster.tls {
        false => shared_path(cluster),
        true => format!("{}/{component}.yaml", cluster.kubernetes.paths.kubeconfig),
    }
}

/// Where the components of a node reach the API: on a control-plane node its own API server, so that they are never
/// newer than that; elsewhere the endpoint, the node's proxy, or the only control-plane node.
fn server(cluster: &Cluster, api: &Api, node: &Node) -> String {
    let (host, port) = match &api.proxy {
        _ if node.is(Role::ControlPlane) => ("127.0.0.1", api.port),
        Some(proxy) => ("127.0.0.1", proxy.port),
        None => (api.host.as_str(), api.port),
    };
    super::etcd::url(cluster.tls, host, port)
}

/// Without TLS: the one kubeconfig of the node.
pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    let Some(api) = cluster.api.as_ref().filter(|_| !cluster.tls) else { return };
    let names = &cluster.kubernetes.kubeconfig;
    let kubeconfig = Kubeconfig {
        server: &server(cluster, api, node),
        authority: None,
        user: None,
        cluster: &names.cluster,
        context: &names.context,
    };
    machine.file(public_file(
        shared_path(cluster),
        kubeconfig.text().to_string(),
        origin("kubeconfig", "cluster.kubernetes.kubeconfig"),
    ));
}

/// With TLS: the kubeconfig of a component that has the certificate `leaf`.
pub fn add_own(machine: &mut Builder, cluster: &Cluster, node: &Node, component: &'static str, leaf: &str) {
    let [certificate, key] = [certificate_file(leaf), key_file(leaf)].map(|file| certificates::path(cluster, &file));
    add_with(machine, cluster, node, component, Credentials::Files { certificate: &certificate, key: &key });
}

/// With TLS: the kubeconfig with which a kubelet asks for its certificate.
pub fn add_bootstrap(machine: &mut Builder, cluster: &Cluster, node: &Node, token: &str) {
    add_with(machine, cluster, node, BOOTSTRAP, Credentials::Token(token));
}

/// Name of the kubeconfig that holds the bootstrap token.
pub const BOOTSTRAP: &str = "bootstrap";

fn add_with(
    machine: &mut Builder,
    cluster: &Cluster,
    node: &Node,
    component: &'static str,
    credentials: Credentials<'_>,
) {
    let Some(api) = cluster.api.as_ref().filter(|_| cluster.tls) else { return };
    let secret = matches!(credentials, Credentials::Token(_));
    let kubeconfig = Kubeconfig {
        server: &server(cluster, api, node),
        authority: Some(Authority::File(&authority_path(cluster, pki::Authority::Cluster))),
        user: Some((component, credentials)),
        cluster: &cluster.name,
        context: &cluster.name,
    };
    machine.file(File {
        path: path(cluster, component),
        mode: if secret { 0o600 } else { 0o644 },
        owner: 0,
        content: kubeconfig.text().as_bytes().to_vec(),
        secret,
        origin: origin(component, "cluster.kubernetes.paths.kubeconfig"),
    });
}

/// The kubeconfig for kubectl on any machine that reaches the API server, without credentials; `None` without one, or
/// when it listens on the loopback address alone.
pub fn outside(cluster: &Cluster, keys: &Keys) -> Option<String> {
    let is_closed = !cluster.tls && cluster.kubernetes.api_server.insecure_bind_address.is_loopback();
    cluster.api.as_ref().filter(|_| !is_closed)?;
    Some(from_outside(cluster, keys, None)?.to_string())
}

/// The same with the administrator's key in it; `None` without TLS, where everybody is administrator.
pub fn admin(cluster: &Cluster, keys: &Keys) -> Option<Zeroizing<String>> {
    if !cluster.tls {
        return None;
    }
    let text = |file: String| keys.text(&file).map(|text| text.into_owned());
    let certificate = text(certificate_file("admin"))?;
    let key = Zeroizing::new(text(key_file("admin"))?);
    from_outside(cluster, keys, Some(("admin", Credentials::Pem { certificate: &certificate, key: &key })))
}

fn from_outside(cluster: &Cluster, keys: &Keys, user: Option<(&str, Credentials<'_>)>) -> Option<Zeroizing<String>> {
    let api = cluster.api.as_ref()?;
    let authority = match cluster.tls {
        false => None,
        true => Some(keys.text(&certificate_file(pki::Authority::Cluster.stem()))?),
    };
    let kubeconfig = Kubeconfig {
        server: &super::etcd::url(cluster.tls, &api.host, api.port),
        authority: authority.as_deref().map(Authority::Pem),
        user,
        cluster: &cluster.name,
        context: &cluster.name,
    };
    Some(kubeconfig.text())
}
