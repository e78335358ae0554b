//! What a machine is made of besides files: units, networks, users, and what the transpiler's own sections ask for.

use super::Origin;

/// A systemd unit, or what changes one that the operating system has.
#[derive(Debug)]
pub struct Unit {
    /// Name with its ending.
    pub name: String,
    /// Content; `None` leaves the operating system's.
    pub text: Option<String>,
    /// Enabled or disabled at first boot; `None` leaves it.
    pub enabled: Option<bool>,
    /// Whether nothing can start it.
    pub mask: bool,
    /// Drop-ins, in the order they were added.
    pub drop_ins: Vec<DropIn>,
    /// Who wants it.
    pub origin: Origin,
}

/// A drop-in of a unit.
#[derive(Debug)]
pub struct DropIn {
    /// Name with its ending.
    pub name: String,
    /// Content.
    pub text: String,
    /// Who wants it.
    pub origin: Origin,
}

/// A systemd-networkd unit.
#[derive(Debug)]
pub struct Network {
    /// Name with its ending.
    pub name: String,
    /// Content.
    pub text: String,
    /// Who wants it.
    pub origin: Origin,
}

/// A directory that is there before anything on the machine starts.
#[derive(Debug)]
pub struct Directory {
    /// Absolute and clean.
    pub path: String,
    /// Permissions.
    pub mode: u32,
    /// User id and group id; 0 is root.
    pub owner: u32,
    /// Who wants it.
    pub origin: Origin,
}

/// A symbolic link.
#[derive(Debug)]
pub struct Link {
    /// Absolute and clean.
    pub path: String,
    /// What it leads to.
    pub target: String,
    /// Who wants it.
    pub origin: Origin,
}

/// A file that the machine fetches at first boot.
#[derive(Debug)]
pub struct Download {
    /// Absolute and clean.
    pub path: String,
    /// Permissions.
    pub mode: u32,
    /// Where it is fetched from.
    pub url: String,
    /// What its content must hash to: `sha256-` or `sha512-`, and hexadecimal digits.
    pub hash: String,
    /// Who wants it.
    pub origin: Origin,
}

/// An argument of the kernel's command line.
#[derive(Debug)]
pub struct KernelArgument {
    /// The argument, such as `console=ttyS0`.
    pub text: String,
    /// Who wants it.
    pub origin: Origin,
}

/// A user that may log in.
#[derive(Debug)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Lines of `authorized_keys`.
    pub ssh_authorized_keys: Vec<String>,
    /// crypt(3) hash.
    pub password_hash: Option<String>,
}

/// The value of an option of the transpiler, which writes texts and booleans differently.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Setting {
    /// A string.
    Text(String),
    /// A boolean.
    Bool(bool),
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// etcd as the operating system's `etcd-member.service` runs it.
#[derive(Debug)]
pub struct EtcdMember {
    /// x.y.z; `None` for the operating system's.
    pub version: Option<String>,
    /// Option of the transpiler -> value, in the order they are written.
    pub options: Vec<(&'static str, Setting)>,
    /// Who wants it.
    pub origin: Origin,
}

/// flannel as the operating system's `flanneld.service` runs it.
#[derive(Debug)]
pub struct FlannelDaemon {
    /// Option of the transpiler -> value, in the order they are written.
    pub options: Vec<(&'static str, Setting)>,
    /// Who wants it.
    pub origin: Origin,
}
