//! What a container sees of the outside -> a volume of the pod and its mount (Kubernetes API, core/v1).
//!
//! A volume and its mount are one thing here, so that neither can be without the other.

use crate::text::yaml::Yaml;

/// A file or directory of the host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostVolume {
    /// Name that joins volume and mount.
    pub name: &'static str,
    /// Path on the host.
    pub host_path: String,
    /// Path in the container.
    pub mount_path: String,
    /// Whether the container may only read it.
    pub read_only: bool,
    /// What is there, or is made there: `hostPath.type`, as `DirectoryOrCreate` or `FileOrCreate`; since Kubernetes 1.8.
    pub kind: Option<&'static str>,
}

/// Something a container sees.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Volume {
    /// Of the host.
    Host(HostVolume),
    /// A file for each key of a ConfigMap of the pod's namespace; read-only by nature.
    ConfigMap {
        /// Name that joins volume and mount.
        name: &'static str,
        /// Name of the ConfigMap.
        config_map: &'static str,
        /// Path in the container.
        mount_path: &'static str,
    },
    /// An empty directory that goes with the pod.
    Empty {
        /// Name that joins volume and mount.
        name: &'static str,
        /// Path in the container.
        mount_path: &'static str,
    },
}

impl Volume {
    /// The name that joins volume and mount.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Host(HostVolume { name, .. }) | Self::ConfigMap { name, .. } | Self::Empty { name, .. } => name,
        }
    }

    /// An item of `volumeMounts`.
    pub(super) fn mount(&self) -> Yaml {
        let (path, read_only) = match self {
            Self::Host(host) => (host.mount_path.as_str(), host.read_only),
            Self::ConfigMap { mount_path, .. } | Self::Empty { mount_path, .. } => (*mount_path, false),
        };
        let mut mount = vec![("mountPath", Yaml::from(path)), ("name", self.name().into())];
        if read_only {
            mount.push(("readOnly", true.into()));
        }
        Yaml::map(mount)
    }

    /// An item of `volumes`.
    fn volume(&self) -> Yaml {
        let source = match self {
            Self::Host(host) => {
                let mut path = vec![("path", Yaml::from(host.host_path.as_str()))];
                path.extend(host.kind.map(|kind| ("type", kind.into())));
                ("hostPath", Yaml::map(path))
            }
            Self::ConfigMap { config_map, .. } => ("configMap", Yaml::map([("name", *config_map)])),
            Self::Empty { .. } => ("emptyDir", Yaml::Map(Vec::new())),
        };
        Yaml::map([source, ("name", self.name().into())])
    }
}

/// `volumes` of a pod whose containers see `all`: each once, though several containers see it.
pub(super) fn volumes<'a>(all: impl IntoIterator<Item = &'a Volume>) -> Vec<Yaml> {
    let mut names = Vec::new();
    let mut volumes = Vec::new();
    for volume in all {
        if !names.contains(&volume.name()) {
            names.push(volume.name());
            volumes.push(volume.volume());
        }
    }
    volumes
}
