//! The cluster -> kube-apiserver, a static pod of a control-plane node, with what it reads and writes there.

use super::certificates::{self, authority_path};
use super::{
    SocketAddress, host_certificates_volume, hyperkube, image, listen, listen_as, listens_by, manifest_path, origin,
    probe, public_file, service_account, ssl_volume,
};
use crate::cluster::{Cluster, EtcdListen, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::audit::audit_policy;
use crate::k8s::encryption::{EncryptionKey, EncryptionKeys};
use crate::k8s::pod::{Check, HostVolume, Pod, Probe};
use crate::machine::{Builder, File};
use crate::pki::{self, Authority, Keys, Server, server_names};
use std::net::Ipv4Addr;

const AUDIT_POLICY: &str = "/etc/kubernetes/audit-policy.yaml";
const AUDIT_DIRECTORY: &str = "/var/log/kubernetes";

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, keys: &Keys) {
    let options = &cluster.kubernetes.api_server;
    let mut arguments = Arguments::new();
    if !cluster.tls || options.insecure_port.is_some() {
        arguments = arguments.set("insecure-bind-address", options.insecure_bind_address);
    }
    arguments = arguments
        .set("insecure-port", options.insecure_port.unwrap_or(0))
        .set("etcd-servers", etcd_servers(cluster))
        .set("allow-privileged", options.allow_privileged)
        .set("service-cluster-ip-range", cluster.service_cidr);
    if let Some(address) = node.address {
        arguments = arguments.set("advertise-address", address);
    }
    if !options.admission_control.is_empty() {
        arguments = arguments.set("admission-control", options.admission_control.join(","));
    }
    arguments = arguments
        .set("anonymous-auth", options.anonymous_auth)
        .set("service-account-key-file", service_account::public_path(cluster));
    if cluster.tls {
        arguments = with_tls(arguments, cluster);
    }
    let mut volumes = vec![ssl_volume(cluster), host_certificates_volume(cluster)];
    if let Some(kept) = &options.audit {
        arguments = arguments
            .set("audit-policy-file", AUDIT_POLICY)
            .set("audit-log-path", format!("{AUDIT_DIRECTORY}/audit.log"))
            .set("audit-log-maxage", kept.max_age)
            .set("audit-log-maxbackup", kept.max_backups)
            .set("audit-log-maxsize", kept.max_size);
        volumes.extend(audit_volumes());
        let policy = audit_policy(cluster.kubernetes.release.audit_api());
        let from = origin("kube-apiserver", "cluster.kubernetes.apiServer.audit");
        machine.file(public_file(AUDIT_POLICY.to_owned(), policy, from));
    }
    if options.encrypt_secrets {
        let path = certificates::path(cluster, "encryption.yaml");
        arguments = arguments.set("experimental-encryption-provider-config", &path);
        add_encryption(machine, cluster, keys, path);
    }
    let arguments = arguments.feature_gates(&options.adjustments.feature_gates).adjust(&options.adjustments.arguments);
    let own_port = match (cluster.tls, options.insecure_port) {
        (false, Some(port)) => ("http", port),
        _ => ("https", options.secure_port),
    };
    let plain = (options.insecure_bind_address, options.insecure_port.unwrap_or(0));
    let plain = listens_by(&arguments, "insecure-bind-address", "insecure-port", plain);
    let secure = (Ipv4Addr::UNSPECIFIED, options.secure_port);
    let secure = listens_by(&arguments, "bind-address", "secure-port", secure);
    listen(machine, plain, origin("kube-apiserver", "cluster.kubernetes.apiServer.insecurePort"));
    // Without certificates of its own it makes one that nobody can check.
    let names = server_names(cluster, node, Server::ApiServer).unwrap_or_default();
    listen_as(machine, secure, Some(names), origin("kube-apiserver", "cluster.kubernetes.apiServer.securePort"));
    let pod = Pod {
        name: "kube-apiserver",
        image: image(cluster),
        command: hyperkube("apiserver", &arguments),
        probe: health_probe(cluster, plain, secure),
        ports: vec![own_port],
        volumes,
        ..Pod::default()
    };
    machine.file(public_file(
        manifest_path(cluster, "kube-apiserver.yaml"),
        pod.manifest(),
        origin("kube-apiserver", "cluster.kubernetes.apiServer"),
    ));
}

/// What is known of authentication, authorization and of whom it talks to.
fn with_tls(arguments: Arguments, cluster: &Cluster) -> Arguments {
    let at = |file: &str| certificates::path(cluster, file);
    let ca = authority_path(cluster, Authority::Cluster);
    let mut arguments = arguments
        .set("service-account-lookup", true)
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
    // With more than one, the endpoints of the service kubernetes are as many as this says (pkg/master/controller.go).
    let count = cluster.api.iter().map(|api| api.servers.len()).sum::<usize>();
    if count > 1 {
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
            super::etcd::url(cluster.tls, "127.0.0.1", cluster.etcd.client_port)
        }
        _ => super::etcd::urls(cluster).join(","),
    }
}

/// Kubernetes 1.9 answers no unauthenticated request for /healthz once anonymous ones are off, and the kubelet's probe
/// has no credentials: then it is only asked whether it takes connections.
fn health_probe(cluster: &Cluster, plain: SocketAddress, secure: SocketAddress) -> Option<Probe> {
    let options = &cluster.kubernetes.api_server;
    let (check, at) = match options.insecure_port {
        Some(_) => (Check::Http("/healthz"), plain),
        None if options.anonymous_auth => (Check::Https("/healthz"), secure),
        None => (Check::Tcp, secure),
    };
    probe(check, at, options.probe)
}

fn audit_volumes() -> [HostVolume; 2] {
    let policy = HostVolume {
        name: "audit-policy",
        host_path: AUDIT_POLICY.to_owned(),
        mount_path: AUDIT_POLICY.to_owned(),
        read_only: true,
        kind: Some("File"),
    };
    let log = HostVolume {
        name: "audit-log",
        host_path: AUDIT_DIRECTORY.to_owned(),
        mount_path: AUDIT_DIRECTORY.to_owned(),
        read_only: false,
        kind: Some("DirectoryOrCreate"),
    };
    [policy, log]
}

/// Keys are counted from the oldest, which is the last one: what was encrypted with a key names it.
fn add_encryption(machine: &mut Builder, cluster: &Cluster, keys: &Keys, path: String) {
    let Some(text) = certificates::text(machine, keys, pki::ENCRYPTION_KEYS) else { return };
    let count = text.lines().count();
    let named = text.lines().enumerate().map(|(n, key)| EncryptionKey::parse(&format!("key{}", count - n), key));
    let Ok(all) = named.collect::<Result<Vec<_>, _>>() else { return };
    let Some((writer, older)) = all.split_first() else { return };
    let Ok(keys) = EncryptionKeys::new(writer.clone(), older.to_vec()) else { return };
    let content = keys.config(cluster.kubernetes.release.encryption_api()).as_bytes().to_vec();
    let origin = origin("kube-apiserver", "cluster.kubernetes.apiServer.encryptSecrets");
    machine.file(File { path, mode: 0o600, owner: 0, content, secret: true, origin });
}
