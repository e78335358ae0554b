//! Where the keys come from -> the service account key pair on a control-plane node, or what makes it there.
//!
//! The API server gets the public key to check tokens with, the controller manager the private one to sign them.

use super::{origin, public_file};
use crate::cluster::{Cluster, Role, SecretsSource};
use crate::keypair::{KeyPair, PRIVATE_FILE, PUBLIC_FILE};
use crate::machine::{Builder, File, Unit};
use crate::text::unit::exec_argument;

/// Made on the node at first boot by this script; its parameters are in the environment file.
const SCRIPT: &str = include_str!("service_account/make-service-account-key.sh");
const SCRIPT_PATH: &str = "/opt/tinderbox/make-service-account-key";
const ENVIRONMENT_PATH: &str = "/etc/tinderbox/service-account.env";

/// Whether the cluster's machines need a key pair that is given to them.
pub fn needs_given_keys(cluster: &Cluster) -> bool {
    cluster.secrets.source != SecretsSource::FirstBoot && cluster.nodes.iter().any(|n| n.is(Role::ControlPlane))
}

pub fn private_path(cluster: &Cluster) -> String {
    format!("{}/{PRIVATE_FILE}", cluster.kubernetes.paths.ssl)
}

pub fn public_path(cluster: &Cluster) -> String {
    format!("{}/{PUBLIC_FILE}", cluster.kubernetes.paths.ssl)
}

pub fn add(machine: &mut Builder, cluster: &Cluster, keys: Option<&KeyPair>) {
    let from = || origin("service account", "cluster.secrets.source");
    if cluster.secrets.source == SecretsSource::FirstBoot {
        machine.file(public_file(
            ENVIRONMENT_PATH.to_owned(),
            format!("SSL_DIRECTORY={}\n", cluster.kubernetes.paths.ssl),
            from(),
        ));
        machine.file(File {
            path: SCRIPT_PATH.to_owned(),
            mode: 0o755,
            owner: 0,
            content: SCRIPT.as_bytes().to_vec(),
            secret: false,
            origin: from(),
        });
        machine.unit(maker(cluster));
    } else if let Some(keys) = keys {
        machine.file(File {
            path: private_path(cluster),
            mode: 0o600,
            owner: 0,
            content: keys.private_pem.as_bytes().to_vec(),
            secret: true,
            origin: from(),
        });
        machine.file(public_file(public_path(cluster), keys.public_pem.clone(), from()));
    }
}

/// Runs the script before the kubelet, as long as there is no public key, which the script writes last.
fn maker(cluster: &Cluster) -> Unit {
    let text = [
        "[Unit]",
        "Description=Makes the cluster's service account key pair",
        &format!("ConditionPathExists=!{}", exec_argument(&public_path(cluster))),
        "Before=kubelet.service",
        "",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        &format!("EnvironmentFile={ENVIRONMENT_PATH}"),
        &format!("ExecStart={SCRIPT_PATH}"),
        "",
        "[Install]",
        "RequiredBy=kubelet.service",
        "",
    ]
    .join("\n");
    Unit {
        name: "service-account-key.service".to_owned(),
        text: Some(text),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: origin("service account", "cluster.secrets.source"),
    }
}
