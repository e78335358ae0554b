//! The cluster and a node -> the flags of kube-apiserver, but for those of files that are written with it.

use super::super::certificates::{self, authority_path};
use super::super::{etcd, service_account};
use crate::cluster::{Cluster, EtcdListen, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::release::Packaging;
use crate::pki::{self, Authority};

/// The flags.
pub fn arguments(cluster: &Cluster, node: &Node) -> Arguments {
    let options = &cluster.kubernetes.api_server;
    let mut arguments = Arguments::new();
    let is_old = is_old(cluster);
    if is_old && (!cluster.tls || options.insecure_port.is_some()) {
        arguments = arguments.set("insecure-bind-address", options.insecure_bind_address);
    }
    if is_old {
        arguments = arguments.set("insecure-port", options.insecure_port.unwrap_or(0));
    }
    arguments = arguments
        .set("etcd-servers", etcd_servers(cluster))
        .set("allow-privileged", options.allow_privileged)
        .set("service-cluster-ip-range", cluster.service_cidr);
    if let Some(address) = node.address {
        arguments = arguments.set("advertise-address", address);
    }
    if !options.admission_control.is_empty() {
        let flag = if is_old { "admission-control" } else { "enable-admission-plugins" };
        arguments = arguments.set(flag, options.admission_control.join(","));
    }
    if !excepts_probes(cluster) {
        arguments = arguments.set("anonymous-auth", options.anonymous_auth);
    }
    arguments = arguments.set("service-account-key-file", service_account::public_path(cluster));
    if !is_old {
        // Who issues tokens, and the key for it, which the controller manager signs older kinds of tokens with.
        let issuer = format!("https://kubernetes.default.svc.{}", cluster.kubernetes.dns_domain);
        arguments = arguments
            .set("service-account-signing-key-file", service_account::private_path(cluster))
            .set("service-account-issuer", issuer);
    }
    if cluster.tls { with_tls(arguments, cluster) } else { arguments }
}

/// Whether the probes of the kubelet, which has no credentials, are let in by a file, and nothing else is.
pub fn excepts_probes(cluster: &Cluster) -> bool {
    !is_old(cluster) && !cluster.kubernetes.api_server.anonymous_auth
}

/// Whether it is of the time of hyperkube.
fn is_old(cluster: &Cluster) -> bool {
    cluster.kubernetes.release.packaging() == Packaging::Hyperkube
}

/// What is known of authentication, authorization and of whom it talks to.
fn with_tls(arguments: Arguments, cluster: &Cluster) -> Arguments {
    let at = |file: &str| certificates::path(cluster, file);
    let ca = authority_path(cluster, Authority::Cluster);
    let is_old = is_old(cluster);
    let mut arguments = if is_old { arguments.set("service-account-lookup", true) } else { arguments }
        .set("secure-port", cluster.kubernetes.api_server.secure_port)
        .set("tls-cert-file", at("apiserver.crt"))
        .set("tls-private-key-file", at("apiserver.key"))
        .set("client-ca-file", &ca)
        .set("authorization-mode", "Node,RBAC")
        .set("enable-bootstrap-token-auth", pki::needs_token(cluster))
        .set("kubelet-certificate-authority", &ca)
        .set("kubelet-client-certificate", at("apiserver-kubelet-client.crt"))
        .set("kubelet-client-key", at("apiserver-kubelet-client.key"))
        .set("kubelet-preferred-address-types", kubelet_addresses(cluster))
        .set("requestheader-client-ca-file", authority_path(cluster, Authority::FrontProxy))
        .set("requestheader-allowed-names", "front-proxy-client")
        .set("requestheader-extra-headers-prefix", "X-Remote-Extra-")
        .set("requestheader-group-headers", "X-Remote-Group")
        .set("requestheader-username-headers", "X-Remote-User")
        .set("proxy-client-cert-file", at("front-proxy-client.crt"))
        .set("proxy-client-key-file", at("front-proxy-client.key"))
        .set("etcd-cafile", authority_path(cluster, Authority::Etcd))
        .set("etcd-certfile", at("apiserver-etcd-client.crt"))
        .set("etcd-keyfile", at("apiserver-etcd-client.key"))
        .set("profiling", false);
    // With more than one, the endpoints of the service kubernetes are as many as this says (1.9, pkg/master/controller.go).
    let count = cluster.api.iter().map(|api| api.servers.len()).sum::<usize>();
    if count > 1 && is_old {
        arguments = arguments.set("apiserver-count", count);
    }
    arguments
}

/// A kubelet's certificate is for its address, where that is known, and for its name always.
fn kubelet_addresses(cluster: &Cluster) -> &'static str {
    match cluster.nodes.iter().any(|node| node.joins() && node.address.is_none()) {
        true => "Hostname,InternalIP",
        false => "InternalIP,Hostname",
    }
}

/// Every member; the node's own alone where no other can be reached.
fn etcd_servers(cluster: &Cluster) -> String {
    match cluster.etcd.listen {
        EtcdListen::LoopbackAndFlannel if cluster.etcd.external.is_empty() => {
            etcd::url(cluster.tls, "127.0.0.1", cluster.etcd.client_port)
        }
        _ => etcd::urls(cluster).join(","),
    }
}
