//! An operating system and an Ignition spec -> what can be said in it: one row a spec version.

use std::fmt;

/// What a machine is encoded for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// Container Linux: a Container Linux Config, and Ignition of spec 2.3.0.
    ContainerLinux,
    /// Flatcar: Butane of the variant `flatcar`, and Ignition of spec 3.
    Flatcar(Version),
    /// Fedora CoreOS: Butane of the variant `fcos`, and Ignition of spec 3.
    FedoraCoreOs(Version),
}

/// A minor version of spec 3.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)] // each is named as what it stands for
pub enum Version {
    V3_3,
    V3_4,
    V3_5,
    V3_6,
}

/// What a version of the spec can express of what a machine asks, and how it is called elsewhere.
#[derive(Debug)]
pub struct Row {
    /// `ignition.version`.
    pub ignition: &'static str,
    /// The version of Butane's variant `flatcar` that becomes it, if one does.
    pub flatcar: Option<&'static str>,
    /// The same of the variant `fcos`.
    pub fedora_coreos: Option<&'static str>,
    /// Whether there are the transpiler's sections `etcd` and `flannel`.
    pub sugar: bool,
    /// Whether network units have a section; else they are files.
    pub networkd: bool,
    /// Whether the kernel can be given arguments.
    pub kernel_arguments: bool,
    /// Whether tinderbox writes directories, links and downloads. Spec 2.3.0 has them, and nothing asks for them there.
    pub nodes: bool,
    /// Whether modes have bits for setuid, setgid and sticky: of earlier specs butane and ignition-validate warn that
    /// they are ignored (ignition, config/v3_3/types/mode.go), and `--strict` refuses.
    pub special_bits: bool,
    /// Whether butane refuses modes that look like decimal numbers.
    pub refuses_decimal_modes: bool,
}

/// Spec 2.3.0, by way of ct 0.9.4.
const V2_3_0: Row = Row {
    ignition: "2.3.0",
    flatcar: None,
    fedora_coreos: None,
    sugar: true,
    networkd: true,
    kernel_arguments: false,
    nodes: false,
    special_bits: true,
    refuses_decimal_modes: false,
};

/// Spec 3, by way of butane 0.28.0 (config/config.go lists the variants).
const V3_3_0: Row = Row {
    ignition: "3.3.0",
    flatcar: Some("1.0.0"),
    fedora_coreos: Some("1.4.0"),
    sugar: false,
    networkd: false,
    kernel_arguments: true,
    nodes: true,
    special_bits: false,
    refuses_decimal_modes: true,
};

const V3_4_0: Row = Row { ignition: "3.4.0", flatcar: Some("1.1.0"), fedora_coreos: Some("1.5.0"), ..V3_3_0 };
const V3_5_0: Row = Row { ignition: "3.5.0", flatcar: None, fedora_coreos: Some("1.6.0"), ..V3_3_0 };
const V3_6_0: Row =
    Row { ignition: "3.6.0", flatcar: None, fedora_coreos: Some("1.7.0"), special_bits: true, ..V3_3_0 };

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 4] = [Self::V3_3, Self::V3_4, Self::V3_5, Self::V3_6];

    /// What it can express.
    pub fn row(self) -> &'static Row {
        match self {
            Self::V3_3 => &V3_3_0,
            Self::V3_4 => &V3_4_0,
            Self::V3_5 => &V3_5_0,
            Self::V3_6 => &V3_6_0,
        }
    }
}

impl Target {
    /// What it can express.
    pub fn row(self) -> &'static Row {
        match self {
            Self::ContainerLinux => &V2_3_0,
            Self::Flatcar(version) | Self::FedoraCoreOs(version) => version.row(),
        }
    }

    /// Variant and version of its Butane; `None` where no butane makes it.
    pub fn butane(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ContainerLinux => None,
            Self::Flatcar(version) => version.row().flatcar.map(|butane| ("flatcar", butane)),
            Self::FedoraCoreOs(version) => version.row().fedora_coreos.map(|butane| ("fcos", butane)),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let os = match self {
            Self::ContainerLinux => "container-linux",
            Self::Flatcar(_) => "flatcar",
            Self::FedoraCoreOs(_) => "fedora-coreos",
        };
        write!(f, "Ignition {} on {os}", self.row().ignition)
    }
}
