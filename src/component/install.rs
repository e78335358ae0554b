//! A node and its finished config -> the machine of a live system that installs the node onto its disk.
//!
//! The live system runs the operating system's own installer, once: what it may not overwrite is looked at before, and
//! it reboots only after the installer has succeeded.

use crate::cluster::{Cluster, Install, Node, Platform};
use crate::machine::{Builder, File, Machine, Origin, Unit, User};
use crate::report::{OptionPath, Report};
use crate::text::unit::{exec_argument, value};

/// Looks at the disk; its parameters are in the environment file.
const SCRIPT: &str = include_str!("install/check-disk.sh");

// Not in /opt, which on Fedora CoreOS is a link to /var/opt, whose files systemd may not run there; nor is the script
// run by its name, for SELinux's sake.
const SCRIPT_PATH: &str = "/etc/tinderbox/check-disk";
const ENVIRONMENT_PATH: &str = "/etc/tinderbox/install.env";
const CONFIG_PATH: &str = "/etc/tinderbox/config.json";

/// The unit's name.
const UNIT: &str = "tinderbox-install.service";

/// An operating system's installer.
struct Installer {
    /// What is run, but for the disk and the config.
    command: fn(disk: &str, config: &str) -> Vec<String>,
    /// Names of partitions that a disk has when it is installed, and others rarely have.
    labels: &'static str,
}

/// The installer that the live system has.
fn installer(platform: Platform) -> Installer {
    match platform {
        // coreos/init, bin/coreos-install; coreos/scripts, build_library/disk_layout.json has the names.
        Platform::ContainerLinux => Installer {
            command: |disk, config| words(&["/usr/bin/coreos-install", "-d", disk, "-i", config]),
            labels: "USR-A USR-B OEM ROOT",
        },
        // flatcar/init, bin/flatcar-install.
        Platform::Flatcar(_) => Installer {
            command: |disk, config| words(&["/usr/bin/flatcar-install", "-d", disk, "-i", config]),
            labels: "USR-A USR-B OEM ROOT",
        },
        // coreos-installer, docs/cmd/install.md; coreos/coreos-assembler, src/create_disk.sh has the names.
        Platform::FedoraCoreOs(_) => Installer {
            command: |disk, config| words(&["/usr/bin/coreos-installer", "install", disk, "--ignition-file", config]),
            labels: "boot root",
        },
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| exec_argument(word)).collect()
}

/// Composes the machine of the live system that installs `node`, with `config_json`, which holds keys if `secret`;
/// `None` if the node is installed by hand.
///
/// # Errors
/// See [`Builder::finish`]; none is known.
pub fn compose_installer(
    cluster: &Cluster,
    node: &Node,
    config_json: &[u8],
    secret: bool,
) -> Result<Option<Machine>, Report> {
    let Some(install) = &node.install else { return Ok(None) };
    let option = OptionPath::of("cluster.nodes").attr(&node.name).attr("install");
    let origin = || Origin { writer: "install", option: option.clone() };
    let installer = installer(cluster.platform);
    let mut machine = Builder::new(&node.name);
    if let Some(user) = &node.user {
        machine.user(User {
            name: user.name.clone(),
            ssh_authorized_keys: user.ssh_authorized_keys.clone(),
            password_hash: user.password_hash.clone(),
        });
    }
    // The installer fetches an image.
    super::host::add_network(&mut machine, cluster, node, origin());
    let overwrite = if install.overwrite { "yes" } else { "no" };
    let environment = format!("DISK={}\nLABELS=\"{}\"\nOVERWRITE={overwrite}\n", install.disk, installer.labels);
    machine.file(super::public_file(ENVIRONMENT_PATH.to_owned(), environment, origin()));
    machine.file(File {
        path: SCRIPT_PATH.to_owned(),
        mode: 0o755,
        owner: 0,
        content: SCRIPT.as_bytes().to_vec(),
        secret: false,
        origin: origin(),
    });
    machine.file(File {
        path: CONFIG_PATH.to_owned(),
        mode: 0o600,
        owner: 0,
        content: config_json.to_vec(),
        secret,
        origin: origin(),
    });
    machine.unit(Unit {
        name: UNIT.to_owned(),
        text: Some(unit(node, install, &installer)),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: origin(),
    });
    machine.finish().map(Some)
}

/// Without `Restart=`: an installation that failed leaves the machine as it is, with its reason on the console.
fn unit(node: &Node, install: &Install, installer: &Installer) -> String {
    let command = (installer.command)(&install.disk, CONFIG_PATH).join(" ");
    let reboot = if install.reboot { "ExecStartPost=/usr/bin/systemctl --no-block reboot\n" } else { "" };
    format!(
        "[Unit]\nDescription=Installs {} onto {}\nWants=network-online.target\nAfter=network-online.target\n\n\
         [Service]\nType=oneshot\nRemainAfterExit=yes\nStandardOutput=journal+console\nStandardError=journal+console\n\
         EnvironmentFile={ENVIRONMENT_PATH}\nExecStartPre=/usr/bin/bash {SCRIPT_PATH}\nExecStart={command}\n{reboot}\n\
         [Install]\nWantedBy=multi-user.target\n",
        value(&node.name),
        value(&install.disk),
    )
}
