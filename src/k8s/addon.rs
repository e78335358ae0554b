//! What runs in the cluster itself -> manifests that `kubectl apply` takes: DNS, flannel, what bootstraps nodes.
//!
//! Each add-on is a list of objects in the order they are to be made; [`super::object::list`] makes one manifest of it.

pub mod bootstrap;
pub mod dns;
pub mod flannel;

use super::object::{ConfigMap, Labels};
use super::workload::Toleration;
use sha2::{Digest, Sha256};

/// The taints of control-plane nodes, by which no usual pod gets there: the old name, and the one that took its place in
/// Kubernetes 1.24. To tolerate one that is on no node does nothing.
const CONTROL_PLANE_TAINTS: [&str; 2] = ["node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"];

fn control_plane_tolerations() -> impl Iterator<Item = Toleration> {
    CONTROL_PLANE_TAINTS.into_iter().map(|key| Toleration { key: Some(key), effect: Some("NoSchedule") })
}

/// Annotations of pods that read `config` when they start: they change with its content, so that the pods are replaced.
fn changes_with(config: &ConfigMap) -> Labels {
    let mut hash = Sha256::new();
    for (name, text) in &config.data {
        for part in [name.as_bytes(), text.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("tinderbox/config-sha256", digest)]
}
