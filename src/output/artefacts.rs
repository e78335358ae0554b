//! The finished config of a node -> the files that carry it to the node besides `config.json` and `config.iso`.

use super::media::{Directory, image};
use super::{BuildError, CONFIG_JSON, Emit, Maker, VOLUME_ID, target};
use crate::cluster::{Cluster, Node, Platform};
use crate::component::compose_installer;
use crate::cpio::{self, CpioError};
use crate::encode;
use crate::iso;

/// The volume id of a config drive, and where user data is on it: what Ignition's provider `openstack` looks for
/// (ignition, internal/providers/openstack/openstack.go). It wants nothing else there.
const DRIVE_VOLUME_ID: &str = "config-2";
const DRIVE_USER_DATA: &str = "openstack/latest/user_data";

/// Where the RAM disk of a live system has the config that it was given.
///
/// Container Linux and Flatcar: coreos/bootengine and flatcar/bootengine, dracut/30ignition/ignition-setup.sh. Fedora
/// CoreOS: coreos/ignition-dracut, dracut/30ignition/ignition-setup-user.sh, and what `coreos-installer pxe ignition
/// wrap` writes.
fn initrd_path(platform: Platform) -> &'static str {
    match platform {
        Platform::ContainerLinux | Platform::Flatcar(_) => "usr/share/oem/config.ign",
        Platform::FedoraCoreOs(_) => "config.ign",
    }
}

/// Where a node fetches its config, if it does.
pub fn url(cluster: &Cluster, node: &str) -> Option<String> {
    cluster.media.url.as_ref().map(|url| format!("{url}/{node}/{CONFIG_JSON}"))
}

/// A RAM disk to append, with `json` as the config of the system that boots with it.
fn initrd(platform: Platform, json: &[u8]) -> Result<Vec<u8>, CpioError> {
    // For root alone, in every medium: it may hold keys, and who owns the RAM disk can read it either way.
    cpio::compressed(&[cpio::File { path: initrd_path(platform), mode: 0o600, content: json }])
}

/// Writes them.
pub fn write(
    out: &mut Directory,
    cluster: &Cluster,
    node: &Node,
    (json, secret): (&[u8], bool),
    emit: &Emit,
    maker: &Maker,
) -> Result<(), BuildError> {
    let name = &node.name;
    let archive =
        |json| initrd(cluster.platform, json).map_err(|source| BuildError::Archive { node: name.clone(), source });
    let refused = |source| BuildError::Image { node: name.clone(), source };
    if emit.oem {
        out.write(&format!("{name}/oem.cpio.gz"), &archive(json)?, secret)?;
    }
    if emit.drive {
        let image = match maker {
            Maker::Embedded => iso::tree(DRIVE_VOLUME_ID, &[(DRIVE_USER_DATA, json)]).map_err(refused)?,
            Maker::Toolchain(tools) => tools.iso(DRIVE_VOLUME_ID, DRIVE_USER_DATA, json)?,
        };
        out.write(&format!("{name}/config-drive.iso"), &image, secret)?;
    }
    if let Some(url) = url(cluster, name).filter(|_| emit.stub) {
        // A hash gives no key away.
        let stub = encode::stub::stub(target(cluster.platform), &url, json);
        out.write(&format!("{name}/stub.json"), &stub, false)?;
    }
    let Some(machine) = compose_installer(cluster, node, json, secret).map_err(BuildError::Problems)? else {
        return Ok(());
    };
    encode::check(&machine, target(cluster.platform)).map_err(BuildError::Problems)?;
    let json = match maker {
        Maker::Embedded => encode::ignition(&machine, target(cluster.platform)),
        Maker::Toolchain(tools) => tools.ignition(&machine)?,
    };
    if emit.json {
        out.write(&format!("{name}/install.json"), &json, secret)?;
    }
    if emit.iso {
        let image = match maker {
            Maker::Embedded => image(&json).map_err(refused)?,
            Maker::Toolchain(tools) => tools.iso(VOLUME_ID, CONFIG_JSON, &json)?,
        };
        out.write(&format!("{name}/install.iso"), &image, secret)?;
    }
    if emit.oem {
        out.write(&format!("{name}/install.cpio.gz"), &archive(&json)?, secret)?;
    }
    Ok(())
}
