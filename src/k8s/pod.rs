//! A static pod of one container -> its manifest (Kubernetes API, core/v1).

use super::container::{Container, Env, Port, Protocol, Security};
use super::object::{Labels, Metadata};
pub use super::probe::{Check, Probe};
pub use super::volume::HostVolume;
use super::volume::Volume;
use super::volume::volumes;
use crate::text::yaml::{Yaml, write};

/// A static pod in `kube-system` on the host's network, with one container.
#[derive(Debug, Default)]
pub struct Pod {
    /// Name of the pod and of its container.
    pub name: &'static str,
    /// Labels, as `tier` and `component`.
    pub labels: Labels,
    /// Annotations, as [`super::workload::CRITICAL`].
    pub annotations: Labels,
    /// Image with its tag.
    pub image: String,
    /// The command with its arguments.
    pub command: Vec<String>,
    /// Variables of the environment: name and value.
    pub env: Vec<(&'static str, String)>,
    /// Whether the container is privileged.
    pub privileged: bool,
    /// How the kubelet finds out that it hangs.
    pub probe: Option<Probe>,
    /// TCP ports of the host it serves on: name and number.
    pub ports: Vec<(&'static str, u16)>,
    /// What it sees of the host.
    pub volumes: Vec<HostVolume>,
}

impl Pod {
    /// The manifest as YAML.
    pub fn manifest(&self) -> String {
        let port = |&(name, number)| Port { name, number, protocol: Protocol::Tcp, on_host: true };
        let container = Container {
            name: self.name,
            image: self.image.clone(),
            command: self.command.clone(),
            env: self.env.iter().map(|(name, value)| Env::text(name, value.clone())).collect(),
            security: if self.privileged { Security::Privileged } else { Security::Usual },
            liveness: self.probe.clone(),
            ports: self.ports.iter().map(port).collect(),
            volumes: self.volumes.iter().cloned().map(Volume::Host).collect(),
            ..Container::default()
        };
        let mut spec = vec![("hostNetwork", true.into()), ("containers", Yaml::seq([container.yaml()]))];
        if !container.volumes.is_empty() {
            spec.push(("volumes", Yaml::seq(volumes(&container.volumes))));
        }
        let metadata = Metadata {
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
            ..Metadata::in_kube_system(self.name)
        };
        write(&metadata.object("v1", "Pod", [("spec", Yaml::map(spec))]))
    }
}
