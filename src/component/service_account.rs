//! Where the keys come from -> the service account key pair on a control-plane node, or what makes it there.
//!
//! The API server gets the public key to check tokens with, the controller manager the private one to sign them.

use super::certificates;
use super::{control_plane_user, origin, public_file};
use crate::cluster::{Cluster, SecretsSource};
use crate::machine::{Builder, File, Present, Unit};
use crate::pki::{Keys, SERVICE_ACCOUNT_KEY, SERVICE_ACCOUNT_PUBLIC};
use crate::text::unit::exec_argument;

/// Made on the node at first boot by this script; its parameters are in the environment file.
const SCRIPT: &str = include_str!("service_account/make-service-account-key.sh");
const SCRIPT_PATH: &str = "/opt/tinderbox/make-service-account-key";
const ENVIRONMENT_PATH: &str = "/etc/tinderbox/service-account.env";

pub fn private_path(cluster: &Cluster) -> String {
    certificates::path(cluster, SERVICE_ACCOUNT_KEY)
}

pub fn public_path(cluster: &Cluster) -> String {
    certificates::path(cluster, SERVICE_ACCOUNT_PUBLIC)
}

pub fn add(machine: &mut Builder, cluster: &Cluster, keys: &Keys) {
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
        for (path, mode) in [(private_path(cluster), 0o600), (public_path(cluster), 0o644)] {
            machine.present(Present { path, mode, owner: 0, origin: from() });
        }
        return;
    }
    if let Some(private) = certificates::text(machine, keys, SERVICE_ACCOUNT_KEY) {
        let owner = control_plane_user(cluster).unwrap_or(0);
        machine.file(File {
            path: private_path(cluster),
            mode: certificates::secret_mode(owner),
            owner,
            content: private.into_bytes(),
            secret: true,
            origin: from(),
        });
    }
    if let Some(public) = certificates::text(machine, keys, SERVICE_ACCOUNT_PUBLIC) {
        machine.file(public_file(public_path(cluster), public, from()));
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
