//! A container and what it may do -> an item of a pod's `containers` (Kubernetes API, core/v1 `Container`).

use super::probe::Probe;
use super::volume::Volume;
use crate::text::yaml::Yaml;

/// A container of a pod.
#[derive(Clone, Debug, Default)]
pub struct Container {
    /// Its name.
    pub name: &'static str,
    /// Image with its tag.
    pub image: String,
    /// The command; empty for the image's own.
    pub command: Vec<String>,
    /// Arguments of the command.
    pub args: Vec<String>,
    /// Variables of its environment.
    pub env: Vec<Env>,
    /// What it may do to the host.
    pub security: Security,
    /// How the kubelet finds out that it hangs.
    pub liveness: Option<Probe>,
    /// How the kubelet finds out that it has started; only then the others ask.
    pub startup: Option<Probe>,
    /// How the kubelet finds out whether a service may send requests to it.
    pub readiness: Option<Probe>,
    /// Ports that it serves on.
    pub ports: Vec<Port>,
    /// `requests`, by which it is placed: name and quantity.
    pub requests: Vec<(&'static str, &'static str)>,
    /// `limits`, at which it is stopped.
    pub limits: Vec<(&'static str, &'static str)>,
    /// What it sees of the outside.
    pub volumes: Vec<Volume>,
}

/// A variable of the environment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Env {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: EnvValue,
}

/// The value of a variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EnvValue {
    /// This text. The kubelet replaces `$(NAME)` in it.
    Text(String),
    /// A field of the pod, as `metadata.name`.
    Field(&'static str),
}

/// What a container may do to the host.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Security {
    /// What the container runtime gives to all.
    #[default]
    Usual,
    /// Everything.
    Privileged,
    /// The usual, and these capabilities.
    Added(&'static [&'static str]),
    /// These capabilities alone, none that it could gain, and a root file system that it cannot write.
    Only(&'static [&'static str]),
}

/// A port of a container.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Port {
    /// Its name.
    pub name: &'static str,
    /// Its number.
    pub number: u16,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether it is a port of the host: the same number, as on the host's network it can be no other.
    pub on_host: bool,
}

/// The protocol of a port.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)]
pub enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    /// The API's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

impl Env {
    /// A variable with this text.
    pub fn text(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: EnvValue::Text(value.into()) }
    }

    /// A variable with a field of the pod.
    pub fn field(name: &'static str, path: &'static str) -> Self {
        Self { name, value: EnvValue::Field(path) }
    }

    fn yaml(&self) -> Yaml {
        let value = match &self.value {
            EnvValue::Text(text) => ("value", text.clone().into()),
            EnvValue::Field(path) => ("valueFrom", Yaml::map([("fieldRef", Yaml::map([("fieldPath", *path)]))])),
        };
        Yaml::map([("name", self.name.into()), value])
    }
}

impl Security {
    fn yaml(&self) -> Option<Yaml> {
        match self {
            Self::Usual => None,
            Self::Privileged => Some(Yaml::map([("privileged", true)])),
            Self::Added(names) => {
                let capabilities = Yaml::map([("add", Yaml::seq(names.iter().copied()))]);
                Some(Yaml::map([("capabilities", capabilities)]))
            }
            Self::Only(names) => {
                let mut capabilities = Vec::new();
                if !names.is_empty() {
                    capabilities.push(("add", Yaml::seq(names.iter().copied())));
                }
                capabilities.push(("drop", Yaml::seq(["ALL"])));
                Some(Yaml::map([
                    ("allowPrivilegeEscalation", false.into()),
                    ("capabilities", Yaml::map(capabilities)),
                    ("readOnlyRootFilesystem", true.into()),
                ]))
            }
        }
    }
}

impl Port {
    fn yaml(&self) -> Yaml {
        let number = i64::from(self.number);
        let mut port = vec![("containerPort", Yaml::from(number))];
        if self.on_host {
            port.push(("hostPort", number.into()));
        }
        port.push(("name", self.name.into()));
        // TCP is the API's default, and left out for static pods, which nobody merges. Elsewhere `kubectl apply` merges
        // ports by their number (`patchMergeKey` in core/v1), and two may have the same.
        if self.protocol != Protocol::Tcp || !self.on_host {
            port.push(("protocol", self.protocol.name().into()));
        }
        Yaml::map(port)
    }
}

impl Container {
    /// An item of `containers` or `initContainers`.
    pub(super) fn yaml(&self) -> Yaml {
        let words = |words: &[String]| Yaml::seq(words.iter().map(String::as_str));
        let mut container = vec![("name", self.name.into()), ("image", self.image.clone().into())];
        if !self.command.is_empty() {
            container.push(("command", words(&self.command)));
        }
        if !self.args.is_empty() {
            container.push(("args", words(&self.args)));
        }
        if !self.env.is_empty() {
            container.push(("env", Yaml::seq(self.env.iter().map(Env::yaml))));
        }
        container.extend(self.security.yaml().map(|security| ("securityContext", security)));
        container.extend(self.liveness.as_ref().map(|probe| ("livenessProbe", probe.yaml())));
        container.extend(self.startup.as_ref().map(|probe| ("startupProbe", probe.yaml())));
        container.extend(self.readiness.as_ref().map(|probe| ("readinessProbe", probe.yaml())));
        let quantities = [("limits", &self.limits), ("requests", &self.requests)];
        let resources = quantities.into_iter().filter(|(_, of)| !of.is_empty());
        let resources: Vec<_> = resources.map(|(name, of)| (name, Yaml::map(of.iter().copied()))).collect();
        if !resources.is_empty() {
            container.push(("resources", Yaml::map(resources)));
        }
        if !self.ports.is_empty() {
            container.push(("ports", Yaml::seq(self.ports.iter().map(Port::yaml))));
        }
        if !self.volumes.is_empty() {
            container.push(("volumeMounts", Yaml::seq(self.volumes.iter().map(Volume::mount))));
        }
        Yaml::map(container)
    }
}
