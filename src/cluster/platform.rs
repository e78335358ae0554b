//! The words of `cluster.platform` -> an operating system with an Ignition spec that it has.

pub use crate::spec::{Architecture, IgnitionVersion, Os};

/// An operating system, with the Ignition spec of its media.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Platform {
    /// Container Linux, which has spec 2.3.0.
    ContainerLinux,
    /// Flatcar.
    Flatcar(Ignition3),
    /// Fedora CoreOS.
    FedoraCoreOs(Ignition3),
}

/// A minor version of Ignition's spec 3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)] // each is named as what it stands for
pub enum Ignition3 {
    V3_3,
    V3_4,
    V3_5,
    V3_6,
}

impl Platform {
    /// `None` if the operating system does not have this spec, or no stable version of Butane makes it: Flatcar's ends
    /// with 1.1.0, which is spec 3.4.0 (butane 0.28.0, config/config.go).
    pub fn of(os: Os, ignition: IgnitionVersion) -> Option<Self> {
        let minor = match ignition {
            IgnitionVersion::V2_3_0 => None,
            IgnitionVersion::V3_3_0 => Some(Ignition3::V3_3),
            IgnitionVersion::V3_4_0 => Some(Ignition3::V3_4),
            IgnitionVersion::V3_5_0 => Some(Ignition3::V3_5),
            IgnitionVersion::V3_6_0 => Some(Ignition3::V3_6),
        };
        match (os, minor) {
            (Os::ContainerLinux, None) => Some(Self::ContainerLinux),
            (Os::Flatcar, Some(minor @ (Ignition3::V3_3 | Ignition3::V3_4))) => Some(Self::Flatcar(minor)),
            (Os::FedoraCoreOs, Some(minor)) => Some(Self::FedoraCoreOs(minor)),
            _ => None,
        }
    }
}
