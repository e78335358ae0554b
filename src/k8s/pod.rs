//! A static pod of one container -> its manifest (Kubernetes API, core/v1).

pub use super::container::Security;
use super::container::{Container, Env, Port, Protocol};
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
    /// What the container may do to the host.
    pub security: Security,
    /// As whom it runs, with the runtime's own limits to system calls; `None` is root without them, as Kubernetes has it
    /// by default.
    pub user: Option<u32>,
    /// Whether it goes last when room is made, by a priority class.
    pub critical: bool,
    /// How the kubelet finds out that it hangs.
    pub probe: Option<Probe>,
    /// The same while it starts: the other one waits until this one has succeeded once.
    pub startup: Option<Probe>,
    /// `requests` of the container: name and quantity.
    pub requests: Vec<(&'static str, &'static str)>,
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
            security: self.security.clone(),
            liveness: self.probe.clone(),
            startup: self.startup.clone(),
            requests: self.requests.clone(),
            ports: self.ports.iter().map(port).collect(),
            volumes: self.volumes.iter().cloned().map(Volume::Host).collect(),
            ..Container::default()
        };
        let mut spec = vec![("hostNetwork", Yaml::from(true))];
        if self.critical {
            spec.push(("priorityClassName", "system-node-critical".into()));
        }
        spec.extend(self.user.map(|user| ("securityContext", security_context(user))));
        spec.push(("containers", Yaml::seq([container.yaml()])));
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

/// `securityContext` of a pod that is not root's.
fn security_context(user: u32) -> Yaml {
    let user = || Yaml::from(i64::from(user));
    Yaml::map([
        ("runAsUser", user()),
        ("runAsGroup", user()),
        ("runAsNonRoot", true.into()),
        ("seccompProfile", Yaml::map([("type", "RuntimeDefault")])),
    ])
}
