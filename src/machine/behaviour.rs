//! What components and `extra` say beside what they write -> what is known of how a machine behaves.

use super::Origin;
use std::net::IpAddr;

/// Something on a machine that takes TCP connections.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The program.
    pub who: &'static str,
    /// The address it listens on; 0.0.0.0 is all of them.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// With TLS, the DNS names and addresses that its certificate is for.
    pub names: Option<Vec<String>>,
    /// Who wants it.
    pub origin: Origin,
}

/// What something on a machine connects to, where no file says so in a form that others read.
#[derive(Clone, Debug)]
pub struct Dial {
    /// An address or a DNS name.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// `None` without TLS; with TLS, whether it holds the certificate against the host.
    pub tls: Option<bool>,
    /// Who wants it.
    pub origin: Origin,
}

/// A file that something on the machine makes at boot, or that is there by other means.
#[derive(Clone, Debug)]
pub struct Present {
    /// Absolute and clean. What lies below it is there too.
    pub path: String,
    /// Permissions.
    pub mode: u32,
    /// User id and group id; 0 is root.
    pub owner: u32,
    /// Who says so.
    pub origin: Origin,
}

/// Something that was to replace what others write.
#[derive(Clone, Debug)]
pub struct Override {
    /// Who wants it.
    pub origin: Origin,
    /// Whether there was something to replace.
    pub replaced: bool,
}
