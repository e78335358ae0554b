//! A machine -> Ignition JSON of spec 3, what `butane --strict` 0.28.0 makes of its Butane config.
//!
//! Key order, omitted fields and escapes are those of butane's encoding/json over ignition's config/v3_x/types; in what
//! a machine asks for, the minor versions differ in nothing but their number. Only the bytes of what is compressed are
//! not butane's (see `encode::resource`).

use super::go_json::{Escapes, compact};
use super::resource::Resource;
use super::target::Version;
use crate::machine::{self, Machine, Network};
use serde::Serialize;

/// Everybody may read network units, and systemd-networkd does so as a user of its own.
pub(super) const NETWORK_MODE: u32 = 0o644;

/// The Ignition config of a machine: compact, with the final newline that butane prints.
pub fn config(machine: &Machine, version: Version) -> Vec<u8> {
    let length: usize = machine.files.iter().map(|file| file.content.len() + 200).sum();
    let mut out = compact(&Config::of(machine, version), Escapes::Long, length + 8192);
    out.push(b'\n');
    out
}

/// Where a network unit lies: spec 3 has no section for it.
pub(super) fn network_path(network: &Network) -> String {
    format!("/etc/systemd/network/{}", network.name)
}

/// The keys of a user, each once: spec 3 refuses a list that says something twice (ignition, config/validate).
pub(super) fn authorized_keys(user: &machine::User) -> Vec<&str> {
    let mut keys: Vec<&str> = Vec::new();
    for key in &user.ssh_authorized_keys {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    keys
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    ignition: Ignition,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel_arguments: Option<KernelArguments<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passwd: Option<Passwd<'a>>,
    #[serde(skip_serializing_if = "Storage::is_empty")]
    storage: Storage<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    systemd: Option<Systemd<'a>>,
}

#[derive(Serialize)]
struct Ignition {
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KernelArguments<'a> {
    should_exist: Vec<&'a str>,
}

#[derive(Serialize)]
struct Passwd<'a> {
    users: Vec<User<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ssh_authorized_keys: Vec<&'a str>,
}

#[derive(Serialize)]
struct Storage<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    directories: Vec<Node<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Node<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Node<'a>>,
}

/// A directory, file or link: they have no field of one name in another order.
#[derive(Default, Serialize)]
struct Node<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overwrite: Option<bool>,
    path: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<Contents<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
}

#[derive(Clone, Copy, Serialize)]
struct Owner {
    id: u32,
}

#[derive(Serialize)]
struct Contents<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
    source: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<Verification<'a>>,
}

#[derive(Serialize)]
struct Verification<'a> {
    hash: &'a str,
}

#[derive(Serialize)]
struct Systemd<'a> {
    units: Vec<Unit<'a>>,
}

#[derive(Serialize)]
struct Unit<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dropins: Vec<DropIn<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mask: bool,
    name: &'a str,
}

#[derive(Serialize)]
struct DropIn<'a> {
    contents: &'a str,
    name: &'a str,
}

impl<'a> Config<'a> {
    fn of(machine: &'a Machine, version: Version) -> Self {
        let arguments: Vec<_> = machine.kernel_arguments.iter().map(|argument| argument.text.as_str()).collect();
        let users: Vec<_> = machine.users.iter().map(User::of).collect();
        let units: Vec<_> = machine.units.iter().map(Unit::of).collect();
        Self {
            ignition: Ignition { version: version.row().ignition },
            kernel_arguments: (!arguments.is_empty()).then_some(KernelArguments { should_exist: arguments }),
            passwd: (!users.is_empty()).then_some(Passwd { users }),
            storage: Storage::of(machine),
            systemd: (!units.is_empty()).then_some(Systemd { units }),
        }
    }
}

impl<'a> User<'a> {
    fn of(user: &'a machine::User) -> Self {
        let password_hash = user.password_hash.as_deref();
        Self { name: &user.name, password_hash, ssh_authorized_keys: authorized_keys(user) }
    }
}

impl<'a> Storage<'a> {
    fn of(machine: &'a Machine) -> Self {
        let directories = machine.directories.iter().map(|directory| Node {
            path: directory.path.as_str().into(),
            mode: Some(directory.mode),
            ..Node::owned_by(directory.owner)
        });
        let files = machine.files.iter().map(|file| Node {
            path: file.path.as_str().into(),
            ..Node::file(Contents::of(&file.content), file.mode, file.owner)
        });
        let networks = machine.networks.iter().map(|network| Node {
            path: network_path(network).into(),
            ..Node::file(Contents::of(network.text.as_bytes()), NETWORK_MODE, 0)
        });
        let downloads = machine.downloads.iter().map(|download| Node {
            path: download.path.as_str().into(),
            ..Node::file(Contents::fetched(download), download.mode, 0)
        });
        let links = machine.links.iter().map(|link| Node {
            overwrite: Some(true),
            path: link.path.as_str().into(),
            target: Some(&link.target),
            ..Node::default()
        });
        let files = files.chain(networks).chain(downloads).collect();
        Self { directories: directories.collect(), files, links: links.collect() }
    }

    fn is_empty(&self) -> bool {
        self.directories.is_empty() && self.files.is_empty() && self.links.is_empty()
    }
}

impl<'a> Node<'a> {
    /// Root is what Ignition takes without being told.
    fn owned_by(id: u32) -> Self {
        let owner = (id != 0).then_some(Owner { id });
        Self { group: owner, user: owner, ..Self::default() }
    }

    fn file(contents: Contents<'a>, mode: u32, owner: u32) -> Self {
        Self { overwrite: Some(true), contents: Some(contents), mode: Some(mode), ..Self::owned_by(owner) }
    }
}

impl<'a> Contents<'a> {
    fn of(bytes: &[u8]) -> Self {
        let Resource { compression, source } = Resource::of(bytes);
        Self { compression: Some(compression), source: source.into(), verification: None }
    }

    fn fetched(download: &'a machine::Download) -> Self {
        let verification = Some(Verification { hash: &download.hash });
        Self { compression: None, source: download.url.as_str().into(), verification }
    }
}

impl<'a> Unit<'a> {
    fn of(unit: &'a machine::Unit) -> Self {
        Self {
            contents: unit.text.as_deref(),
            dropins: unit.drop_ins.iter().map(|d| DropIn { contents: &d.text, name: &d.name }).collect(),
            enabled: unit.enabled,
            mask: unit.mask,
            name: &unit.name,
        }
    }
}
