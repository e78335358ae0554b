//! The cluster -> kube-apiserver, a static pod of a control-plane node, with what it reads and writes there.

mod flags;

use super::certificates;
use super::{
    SocketAddress, command, control_plane_user, host_certificates_volume, listen, listen_as, listens_by, manifest_path,
    origin, probe, public_file, restricted, same, ssl_volume,
};
use crate::cluster::{Cluster, Node};
use crate::k8s::audit::audit_policy;
use crate::k8s::encryption::{EncryptionKey, EncryptionKeys};
use crate::k8s::pod::{Check, HostVolume, Pod, Probe};
use crate::machine::{Builder, Directory, File};
use crate::pki::{self, Keys, Server, server_names};
use crate::text::yaml::{Yaml, write};

const AUDIT_POLICY: &str = "/etc/kubernetes/audit-policy.yaml";
const AUDIT_DIRECTORY: &str = "/var/log/kubernetes";

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, keys: &Keys) {
    let options = &cluster.kubernetes.api_server;
    let mut arguments = flags::arguments(cluster, node);
    let mut volumes = vec![ssl_volume(cluster)];
    volumes.extend(host_certificates_volume(cluster));
    let user = control_plane_user(cluster);
    if let Some(kept) = &options.audit {
        arguments = arguments
            .set("audit-policy-file", AUDIT_POLICY)
            .set("audit-log-path", format!("{AUDIT_DIRECTORY}/audit.log"))
            .set("audit-log-maxage", kept.max_age)
            .set("audit-log-maxbackup", kept.max_backups)
            .set("audit-log-maxsize", kept.max_size);
        volumes.extend(audit_volumes());
        let policy = audit_policy(cluster.kubernetes.release.audit_api());
        let from = || origin("kube-apiserver", "cluster.kubernetes.apiServer.audit");
        machine.file(public_file(AUDIT_POLICY.to_owned(), policy, from()));
        if let Some(owner) = user {
            let path = AUDIT_DIRECTORY.to_owned();
            machine.directory(Directory { path, mode: 0o750, owner, origin: from() });
        }
    }
    if flags::excepts_probes(cluster) {
        let path = format!("{}/authentication.yaml", cluster.kubernetes.paths.kubeconfig);
        arguments = arguments.set("authentication-config", &path);
        volumes.push(same("authentication", &path));
        let from = origin("kube-apiserver", "cluster.kubernetes.apiServer.anonymousAuth");
        machine.file(public_file(path, write(&except_probes()), from));
    }
    if options.encrypt_secrets {
        let path = certificates::path(cluster, "encryption.yaml");
        let flag = match user {
            None => "experimental-encryption-provider-config",
            Some(_) => "encryption-provider-config",
        };
        arguments = arguments.set(flag, &path);
        add_encryption(machine, cluster, keys, path);
    }
    let arguments = arguments.feature_gates(&options.adjustments.feature_gates).adjust(&options.adjustments.arguments);
    let own_port = match (cluster.tls, options.insecure_port) {
        (false, Some(port)) => ("http", port),
        _ => ("https", options.secure_port),
    };
    let plain = (options.insecure_bind_address, options.insecure_port.unwrap_or(0));
    let plain = listens_by(&arguments, "insecure-bind-address", "insecure-port", plain);
    let secure = (cluster.everywhere(), options.secure_port);
    let secure = listens_by(&arguments, "bind-address", "secure-port", secure);
    listen(machine, plain, origin("kube-apiserver", "cluster.kubernetes.apiServer.insecurePort"));
    // Without certificates of its own it makes one that nobody can check.
    let names = server_names(cluster, node, Server::ApiServer).unwrap_or_default();
    listen_as(machine, secure, Some(names), origin("kube-apiserver", "cluster.kubernetes.apiServer.securePort"));
    let pod = Pod {
        name: "kube-apiserver",
        image: cluster.kubernetes.images.api_server.clone(),
        command: command(cluster, "apiserver", &arguments),
        probe: health_probe(cluster, plain, secure),
        ports: vec![own_port],
        volumes,
        ..Pod::default()
    };
    // Its program is marked as one that may have this, and could not be run by who may not (Kubernetes,
    // cmd/kubeadm/app/util/users; capabilities(7), "Safety checking for capability-dumb binaries").
    let pod = restricted(cluster, &["NET_BIND_SERVICE"], "250m", pod);
    machine.file(public_file(
        manifest_path(cluster, "kube-apiserver.yaml"),
        pod.manifest(),
        origin("kube-apiserver", "cluster.kubernetes.apiServer"),
    ));
}

/// AuthenticationConfiguration: requests without credentials are let in for these paths alone, which the kubelet asks
/// for its probes.
fn except_probes() -> Yaml {
    let paths = ["/livez", "/readyz", "/healthz"].map(|path| Yaml::map([("path", path)]));
    Yaml::map([
        ("apiVersion", "apiserver.config.k8s.io/v1".into()),
        ("kind", "AuthenticationConfiguration".into()),
        ("anonymous", Yaml::map([("enabled", Yaml::from(true)), ("conditions", Yaml::seq(paths))])),
    ])
}

/// Kubernetes 1.9 answers no unauthenticated request for /healthz once anonymous ones are off, and the kubelet's probe
/// has no credentials: then it is only asked whether it takes connections.
fn health_probe(cluster: &Cluster, plain: SocketAddress, secure: SocketAddress) -> Option<Probe> {
    let options = &cluster.kubernetes.api_server;
    let (check, at) = match options.insecure_port {
        _ if control_plane_user(cluster).is_some() => (Check::Https("/livez"), secure),
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
    let owner = control_plane_user(cluster).unwrap_or(0);
    machine.file(File { path, mode: certificates::secret_mode(owner), owner, content, secret: true, origin });
}
