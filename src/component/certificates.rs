//! The keys and certificates a node needs -> files on its machine, each readable by who uses it and nobody else.

use super::{control_plane_user, origin};
use crate::cluster::{Cluster, Node, Role};
use crate::machine::{Builder, File, Origin};
use crate::pki::{self, Authority, Keys, certificate_file, key_file, node_leaves, node_stem, shared_leaves};
use crate::report::Diagnostic;

/// Where etcd's member finds its certificates: below this directory of the node, which etcd-wrapper shows etcd as
/// /etc/ssl/certs.
pub const ETCD_DIRECTORY: &str = "/etc/ssl/etcd";
/// The user that etcd-wrapper runs etcd as (coreos-overlay, baselayout: etcd).
pub const ETCD_USER: u32 = 232;

/// The path on a node of a file in the directory for keys.
pub fn path(cluster: &Cluster, file: &str) -> String {
    format!("{}/{file}", cluster.kubernetes.paths.ssl)
}

/// The path of the certificate of an authority.
pub fn authority_path(cluster: &Cluster, authority: Authority) -> String {
    path(cluster, &certificate_file(authority.stem()))
}

/// The stem of the API server's pair as a client of etcd.
fn etcd_client_stem(cluster: &Cluster, node: &Node, leaf: &str) -> String {
    match pki::has_foreign_etcd(&cluster.etcd) {
        true => leaf.to_owned(),
        false => node_stem(&node.name, leaf),
    }
}

/// Puts them all on the machine.
pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, keys: &Keys) {
    if !cluster.tls {
        return;
    }
    let mut files = Files { machine, keys };
    if node.member.is_some() {
        files.public(Authority::Etcd.stem(), format!("{ETCD_DIRECTORY}/ca.crt"));
        for (leaf, name) in [("etcd-server", "server"), ("etcd-peer", "peer")] {
            files.pair(&node_stem(&node.name, leaf), &format!("{ETCD_DIRECTORY}/{name}"), ETCD_USER);
        }
    }
    if !node.joins() {
        return;
    }
    let at = |name: &str| path(cluster, name);
    let user = control_plane_user(cluster).unwrap_or(0);
    files.public(Authority::Cluster.stem(), authority_path(cluster, Authority::Cluster));
    // What is a leaf of the node and none of etcd's goes where all components look.
    let own = node_leaves(cluster, node);
    for leaf in
        own.iter().filter(|leaf| !leaf.stem.contains("/etcd-") && !leaf.stem.ends_with(pki::FLANNEL_ETCD_CLIENT))
    {
        let name = leaf.stem.rsplit('/').next().unwrap_or(&leaf.stem);
        let is_control_planes = !["kubelet", "kubelet-client", "kube-proxy", "addons"].contains(&name);
        files.pair(&leaf.stem, &at(name), if is_control_planes { user } else { 0 });
    }
    if pki::has_flannel_in_etcd(cluster) {
        if node.member.is_none() {
            files.public(Authority::Etcd.stem(), format!("{ETCD_DIRECTORY}/ca.crt"));
        }
        let stem = etcd_client_stem(cluster, node, pki::FLANNEL_ETCD_CLIENT);
        files.pair(&stem, &format!("{ETCD_DIRECTORY}/flannel"), 0);
    }
    if node.is(Role::ControlPlane) {
        files.public(Authority::FrontProxy.stem(), authority_path(cluster, Authority::FrontProxy));
        files.public(Authority::Etcd.stem(), authority_path(cluster, Authority::Etcd));
        for leaf in shared_leaves(cluster).iter().filter(|leaf| leaf.stem == pki::API_SERVER_ETCD_CLIENT) {
            files.pair(&leaf.stem, &at(&leaf.stem), user);
        }
        if pki::needs_token(cluster) {
            let key = key_file(Authority::Cluster.stem());
            files.secret(&key, at(&key), user);
        }
    }
}

/// The mode of a secret of this user: root needs no permission, and nobody has a reason to write.
pub fn secret_mode(owner: u32) -> u32 {
    if owner == 0 { 0o600 } else { 0o400 }
}

/// A machine in the making, and the texts that go there.
struct Files<'a> {
    machine: &'a mut Builder,
    keys: &'a Keys,
}

impl Files<'_> {
    fn public(&mut self, stem: &str, path: String) {
        self.write(&certificate_file(stem), path, 0o644, 0, false);
    }

    fn secret(&mut self, file: &str, path: String, owner: u32) {
        self.write(file, path, secret_mode(owner), owner, true);
    }

    /// Certificate and key at `path` with their endings.
    fn pair(&mut self, stem: &str, path: &str, owner: u32) {
        self.write(&certificate_file(stem), certificate_file(path), 0o644, 0, false);
        self.secret(&key_file(stem), key_file(path), owner);
    }

    fn write(&mut self, file: &str, path: String, mode: u32, owner: u32, secret: bool) {
        if let Some(content) = text(self.machine, self.keys, file) {
            let origin = from();
            self.machine.file(File { path, mode, owner, content: content.into_bytes(), secret, origin });
        }
    }
}

fn from() -> Origin {
    origin("certificates", "cluster.secrets.source")
}

/// The text of a file in the directory of keys.
pub fn text(machine: &mut Builder, keys: &Keys, file: &str) -> Option<String> {
    let text = keys.text(file).map(|text| text.into_owned());
    if text.is_none() {
        let message = format!("{file} was not given, and the machine needs it; this is a bug in tinderbox");
        machine.problem(Diagnostic::error("internal", from().option, message));
    }
    text
}
