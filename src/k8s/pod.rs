//! A static pod of one container -> its manifest (Kubernetes API, core/v1).

use crate::text::yaml::{Yaml, write};

/// A static pod in `kube-system` on the host's network, with one container.
#[derive(Debug)]
pub struct Pod {
    /// Name of the pod and of its container.
    pub name: &'static str,
    /// Image with its tag.
    pub image: String,
    /// The command with its arguments.
    pub command: Vec<String>,
    /// Whether the container is privileged.
    pub privileged: bool,
    /// How the kubelet finds out that it hangs.
    pub probe: Option<Probe>,
    /// TCP ports of the host it serves on: name and number.
    pub ports: Vec<(&'static str, u16)>,
    /// Directories of the host that it sees.
    pub volumes: Vec<HostVolume>,
}

/// An HTTP liveness probe on the loopback address.
#[derive(Debug)]
pub struct Probe {
    /// TCP port.
    pub port: u16,
    /// Path of the URL.
    pub path: &'static str,
    /// Seconds before the first probe.
    pub initial_delay: u32,
    /// Seconds after which a probe has failed.
    pub timeout: u32,
}

/// A directory of the host, mounted read-only. A volume and its mount are one thing here, so that neither can be
/// without the other.
#[derive(Debug)]
pub struct HostVolume {
    /// Name that joins the two.
    pub name: &'static str,
    /// Path on the host.
    pub host_path: String,
    /// Path in the container.
    pub mount_path: String,
}

impl Pod {
    /// The manifest as YAML.
    pub fn manifest(&self) -> String {
        let mut container = vec![
            ("name", self.name.into()),
            ("image", self.image.clone().into()),
            ("command", Yaml::seq(self.command.iter().map(String::as_str))),
        ];
        if self.privileged {
            container.push(("securityContext", Yaml::map([("privileged", true)])));
        }
        container.extend(self.probe.as_ref().map(|probe| ("livenessProbe", probe.yaml())));
        if !self.ports.is_empty() {
            container.push(("ports", Yaml::seq(self.ports.iter().map(port))));
        }
        let mut spec = vec![("hostNetwork", true.into())];
        if self.volumes.is_empty() {
            spec.push(("containers", Yaml::seq([Yaml::map(container)])));
        } else {
            container.push(("volumeMounts", Yaml::seq(self.volumes.iter().map(HostVolume::mount))));
            spec.push(("containers", Yaml::seq([Yaml::map(container)])));
            spec.push(("volumes", Yaml::seq(self.volumes.iter().map(HostVolume::volume))));
        }
        write(&Yaml::map([
            ("apiVersion", "v1".into()),
            ("kind", "Pod".into()),
            ("metadata", Yaml::map([("name", self.name), ("namespace", "kube-system")])),
            ("spec", Yaml::map(spec)),
        ]))
    }
}

impl Probe {
    fn yaml(&self) -> Yaml {
        let get =
            [("host", Yaml::from("127.0.0.1")), ("port", i64::from(self.port).into()), ("path", self.path.into())];
        Yaml::map([
            ("httpGet", Yaml::map(get)),
            ("initialDelaySeconds", i64::from(self.initial_delay).into()),
            ("timeoutSeconds", i64::from(self.timeout).into()),
        ])
    }
}

fn port((name, number): &(&'static str, u16)) -> Yaml {
    Yaml::map([
        ("containerPort", Yaml::from(i64::from(*number))),
        ("hostPort", i64::from(*number).into()),
        ("name", (*name).into()),
    ])
}

impl HostVolume {
    fn mount(&self) -> Yaml {
        Yaml::map([
            ("mountPath", Yaml::from(self.mount_path.as_str())),
            ("name", self.name.into()),
            ("readOnly", true.into()),
        ])
    }

    fn volume(&self) -> Yaml {
        Yaml::map([("hostPath", Yaml::map([("path", self.host_path.as_str())])), ("name", self.name.into())])
    }
}
