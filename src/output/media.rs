//! A machine -> the files of its media below the root of the tree, and their lines of SHA256SUMS.

use super::budget::{self, Known};
use super::{BuildError, Maker, artefacts, doing, place};
use crate::cluster::{Cluster, Ignition3, Node, Platform};
use crate::encode::{self, Target, Version, local};
use crate::iso;
use crate::machine::Machine;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The volume id of a config ISO, and the file in it: a public contract, for `coreos-install -i` and for Ignition's
/// `ignition.config.device=config`.
pub const VOLUME_ID: &str = "config";
/// See [`VOLUME_ID`].
pub const CONFIG_JSON: &str = "config.json";

/// Which artefacts are written for a node.
#[derive(Clone, Copy, Debug)]
pub struct Emit {
    /// The readable config, `config.yaml` or `config.bu`, and `files/`.
    pub yaml: bool,
    /// `config.json`.
    pub json: bool,
    /// `config.iso`.
    pub iso: bool,
    /// `oem.cpio.gz`.
    pub oem: bool,
    /// `config-drive.iso`.
    pub drive: bool,
    /// `stub.json`, where there is a URL.
    pub stub: bool,
}

impl Emit {
    /// What is written if nothing else is asked for: what a person reads, the config, its ISO, and what the cluster's
    /// targets get.
    pub fn of(cluster: &Cluster) -> Self {
        Self {
            yaml: true,
            json: true,
            iso: true,
            oem: budget::wants(cluster, budget::Gets::Oem),
            drive: budget::wants(cluster, budget::Gets::Drive),
            stub: cluster.media.url.is_some(),
        }
    }
}

/// What was made for a node.
#[derive(Debug)]
pub struct Made {
    /// The node.
    pub node: String,
    /// How many files and units its machine has.
    pub entries: usize,
    /// Bytes of `config.json`.
    pub json: usize,
    /// Bytes of `config.iso`, if it was asked for.
    pub iso: Option<u64>,
    /// Whether its media hold a private key.
    pub secret: bool,
}

/// A directory of the tree that is being written, and the lines of SHA256SUMS for what is in it.
pub(super) struct Directory<'a> {
    root: &'a Path,
    lines: String,
    /// Directories that were made, so that none is made or looked for again for each file in it.
    made: BTreeSet<PathBuf>,
}

impl<'a> Directory<'a> {
    fn new(root: &'a Path) -> Self {
        Self { root, lines: String::new(), made: BTreeSet::new() }
    }

    /// Makes `dir` below the root, and what is missing above it.
    fn make(&mut self, dir: &Path) -> Result<(), BuildError> {
        if dir == self.root || self.made.contains(dir) {
            return Ok(());
        }
        if let Some(parent) = dir.parent() {
            self.make(parent)?;
        }
        place::make_directory(dir)?;
        self.made.insert(dir.to_owned());
        Ok(())
    }

    /// Writes a file at `path` below the root. A secret is for its owner alone, whatever the umask.
    pub(super) fn write(&mut self, path: &str, content: &[u8], secret: bool) -> Result<(), BuildError> {
        let full = self.root.join(path);
        if let Some(parent) = full.parent() {
            self.make(parent)?;
        }
        let mode = if secret { 0o600 } else { 0o644 };
        let written = OpenOptions::new().write(true).create_new(true).mode(mode).open(&full).and_then(|mut file| {
            file.write_all(content)?;
            file.set_permissions(fs::Permissions::from_mode(mode))
        });
        written.map_err(doing("writing", &full))?;
        self.sum(path, content);
        Ok(())
    }

    fn sum(&mut self, path: &str, content: &[u8]) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.lines, "{}  {path}", hex(content));
    }
}

/// The SHA-256 of `content` in hexadecimal.
pub fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What belongs to the whole cluster, and is on no machine's media.
pub struct Top {
    /// For kubectl, without credentials.
    pub kubeconfig: Option<String>,
    /// For kubectl, with the administrator's key.
    pub admin_kubeconfig: Option<Zeroizing<String>>,
    /// The Secret of the bootstrap token, for a control plane that runs already.
    pub bootstrap_token: Option<Zeroizing<String>>,
}

impl Top {
    /// Writes it below `root`; gives its lines of SHA256SUMS.
    pub fn write(&self, root: &Path) -> Result<String, BuildError> {
        let mut top = Directory::new(root);
        top.write(place::MARKER, place::MARKER_TEXT.as_bytes(), false)?;
        if let Some(kubeconfig) = &self.kubeconfig {
            top.write("kubeconfig", kubeconfig.as_bytes(), false)?;
        }
        let secret = [("admin.kubeconfig", &self.admin_kubeconfig), ("bootstrap-token.yaml", &self.bootstrap_token)];
        for (name, text) in secret {
            if let Some(text) = text {
                top.write(name, text.as_bytes(), true)?;
            }
        }
        Ok(top.lines)
    }
}

/// What media are encoded for.
pub fn target(platform: Platform) -> Target {
    let version = |minor| match minor {
        Ignition3::V3_3 => Version::V3_3,
        Ignition3::V3_4 => Version::V3_4,
        Ignition3::V3_5 => Version::V3_5,
        Ignition3::V3_6 => Version::V3_6,
    };
    match platform {
        Platform::ContainerLinux => Target::ContainerLinux,
        Platform::Flatcar(minor) => Target::Flatcar(version(minor)),
        Platform::FedoraCoreOs(minor) => Target::FedoraCoreOs(version(minor)),
    }
}

/// The config ISO that holds `json`, the content of a `config.json`.
///
/// # Errors
/// See [`iso::image`].
pub fn image(json: &[u8]) -> Result<Vec<u8>, iso::IsoError> {
    iso::image(VOLUME_ID, CONFIG_JSON, json)
}

/// Writes the media of one machine; gives what was made and the lines of SHA256SUMS.
pub fn write(
    root: &Path,
    machine: &Machine,
    (cluster, node): (&Cluster, &Node),
    emit: &Emit,
    maker: &Maker,
) -> Result<(Made, String), BuildError> {
    let target = target(cluster.platform);
    let name = &machine.name;
    let secret = machine.has_secrets();
    let mut out = Directory::new(root);
    if emit.yaml {
        let (config, text) = encode::readable(machine, target);
        out.write(&format!("{name}/{config}"), text.as_bytes(), false)?;
        for (path, file) in local::files(machine) {
            out.write(&format!("{name}/files/{path}"), &file.content, file.secret)?;
        }
    }
    let json = match maker {
        Maker::Embedded => encode::ignition(machine, target),
        Maker::Toolchain(tools) => tools.ignition(machine)?,
    };
    let too_large = budget::check(cluster, name, &json, Known::Exactly);
    if too_large.has_errors() {
        return Err(BuildError::Problems(too_large));
    }
    if emit.json {
        out.write(&format!("{name}/{CONFIG_JSON}"), &json, secret)?;
    }
    let mut iso_length = None;
    if emit.iso {
        let image = match maker {
            Maker::Embedded => {
                let image = image(&json);
                image.map_err(|source| BuildError::Image { node: name.clone(), source })?
            }
            Maker::Toolchain(tools) => tools.iso(VOLUME_ID, CONFIG_JSON, &json)?,
        };
        out.write(&format!("{name}/config.iso"), &image, secret)?;
        iso_length = Some(image.len() as u64);
    }
    artefacts::write(&mut out, cluster, node, (&json, secret), emit, maker)?;
    // Nothing asked for is still a node that was asked for.
    out.make(&root.join(name))?;
    let made = Made {
        node: name.clone(),
        entries: machine.files.len() + machine.units.len() + machine.networks.len(),
        json: json.len(),
        iso: iso_length,
        secret,
    };
    Ok((made, out.lines))
}
