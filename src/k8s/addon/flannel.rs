//! A range of addresses and a backend -> flannel on every node, which keeps its leases in the Kubernetes API.
//!
//! Each node's range is the `podCIDR` of its Node object, so the controller manager must give them out
//! (`--allocate-node-cidrs`, `--cluster-cidr`). The plugins `flannel` and `portmap` must be on the nodes where the
//! kubelet looks for them; the hyperkube image of Kubernetes 1.9 has them (build/debian-hyperkube-base, CNI 0.6.0).
//!
//! Source: flannel, Documentation/kube-flannel.yml of v0.10.0 and v0.11.0.

use super::changes_with;
use crate::k8s::container::{Container, Env, Security};
use crate::k8s::object::{ConfigMap, Labels, labels};
use crate::k8s::rbac::{Rule, account_with_role};
use crate::k8s::volume::{HostVolume, Volume};
use crate::k8s::workload::{Critical, DaemonSet, Scope, Template, Toleration};
use crate::text::yaml::Yaml;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The flannel of the time of Kubernetes 1.9.
pub const IMAGE_1_9: &str = "quay.io/coreos/flannel:v0.10.0-amd64";
/// The version of the configuration of plugins at that time (CNI 0.6.0).
pub const CNI_VERSION_1_9: &str = "0.3.1";

/// How packets get from node to node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)]
pub enum Backend {
    Udp,
    Vxlan,
    HostGw,
}

/// Who brings CNI's plugins to the nodes.
#[derive(Clone, Debug)]
pub enum Cni {
    /// They are there, flannel's own among them: up to plugins 0.9, of which flannel's was one.
    OnNode {
        /// `cniVersion` of their configuration.
        version: &'static str,
    },
    /// The others are there; flannel's own comes out of this image, and goes to where containerd looks for it.
    Installed {
        /// The image.
        plugin_image: String,
    },
}

impl Cni {
    /// `cniVersion` of the plugins' configuration: 1.0.0 is read by plugins since 1.0, containerd since 1.6.
    fn version(&self) -> &'static str {
        match self {
            Self::OnNode { version } => version,
            Self::Installed { .. } => "1.0.0",
        }
    }
}

/// The range of pods of each family, one of them at least. IPv6 wants flannel v0.15.0, and IPv6 alone v0.16.0.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Networks {
    pub v4: Option<String>,
    pub v6: Option<String>,
}

impl Networks {
    /// Their fields of `net-conf.json` (flannel, Documentation/configuration.md): of IPv4 alone nothing is said that an
    /// older flannel does not know.
    fn fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.extend(self.v4.iter().map(|net| ("Network".to_owned(), net.as_str().into())));
        if let Some(net) = &self.v6 {
            fields.insert("EnableIPv6".to_owned(), true.into());
            fields.insert("IPv6Network".to_owned(), net.as_str().into());
        }
        if self.v4.is_none() {
            fields.insert("EnableIPv4".to_owned(), false.into());
        }
        fields
    }
}

/// flannel on every node.
#[derive(Clone, Debug)]
pub struct Flannel {
    /// Image with its tag.
    pub image: String,
    /// Who brings the plugins.
    pub cni: Cni,
    /// The ranges of all pods: the controller manager's `--cluster-cidr`.
    pub networks: Networks,
    /// How packets get from node to node; `None` for vxlan. flannel's own default is udp, which is for debugging only.
    pub backend: Option<Backend>,
    /// Host and port of the API server, one that its certificate has; `None` for the service `kubernetes`, which is
    /// reached only where kube-proxy runs already.
    pub api_server: Option<(String, u16)>,
    /// The interface, or an address of it, that has the way to the other nodes; `None` for that of the default route.
    pub interface: Option<String>,
    /// Whether it may do everything, as in v0.10.0's manifest; otherwise only administer the network, as since v0.11.0.
    /// [`Backend::Udp`] needs it, for /dev/net/tun. The API server must run with `--allow-privileged`.
    pub privileged: bool,
    /// How pods are said to be critical.
    pub critical: Critical,
}

/// Name of the ServiceAccount and the roles.
const NAME: &str = "flannel";
const CONFIG: &str = "kube-flannel-cfg";
/// Where flanneld looks for `net-conf.json`; newer ones may be told another place (`--net-config-path`).
const CONFIG_PATH: &str = "/etc/kube-flannel";

impl Flannel {
    /// The objects, in the order they are to be made.
    pub fn objects(&self) -> Vec<Yaml> {
        let core = |resources, verbs| Rule { groups: &[""], resources, verbs };
        let rules = vec![
            core(&["pods"], &["get"]),
            core(&["nodes"], &["get", "list", "watch"]),
            core(&["nodes/status"], &["patch"]),
        ];
        let config = self.config();
        let mut objects: Vec<_> = account_with_role(NAME, rules).into();
        objects.extend([config.yaml(), self.daemon_set(&config).yaml()]);
        objects
    }

    fn config(&self) -> ConfigMap {
        let backend = match self.backend {
            Some(Backend::Udp) => "udp",
            None | Some(Backend::Vxlan) => "vxlan",
            Some(Backend::HostGw) => "host-gw",
        };
        let plugins = json!({
            "name": "cbr0",
            "cniVersion": self.cni.version(),
            "plugins": [
                { "type": "flannel", "delegate": { "hairpinMode": true, "isDefaultGateway": true } },
                { "type": "portmap", "capabilities": { "portMappings": true } },
            ],
        });
        let mut network = self.networks.fields();
        network.insert("Backend".to_owned(), json!({ "Type": backend }));
        let data = [("cni-conf.json", json_text(&plugins)), ("net-conf.json", json_text(&network.into()))];
        ConfigMap { name: CONFIG, labels: pod_labels(), data: BTreeMap::from(data) }
    }

    fn daemon_set(&self, config: &ConfigMap) -> DaemonSet {
        DaemonSet {
            name: "kube-flannel",
            labels: pod_labels(),
            template: Template {
                labels: pod_labels(),
                annotations: changes_with(config),
                critical: (self.critical, Scope::Node),
                service_account: NAME,
                host_network: true,
                node_dns: false,
                spread: false,
                // A node is tainted because it has no network yet, among other things.
                tolerations: vec![Toleration { key: None, effect: Some("NoSchedule") }],
                init_containers: self.install_plugin().into_iter().chain([self.install()]).collect(),
                containers: vec![self.daemon()],
            },
        }
    }

    /// Copies the plugins' configuration to where the kubelet looks for it. The node has a network from then on, as far
    /// as the kubelet knows; until flanneld has written its own file, the plugin makes it try again.
    fn install(&self) -> Container {
        let words = ["cp", "-f", "/etc/kube-flannel/cni-conf.json", "/etc/cni/net.d/10-flannel.conflist"];
        Container {
            name: "install-cni",
            image: self.image.clone(),
            command: words.map(str::to_owned).into(),
            volumes: vec![host("cni", "/etc/cni/net.d", "DirectoryOrCreate"), config_volume()],
            ..Container::default()
        }
    }

    /// Copies flannel's own plugin beside the others (kube-flannel.yml since v0.18.0, `install-cni-plugin`).
    fn install_plugin(&self) -> Option<Container> {
        let Cni::Installed { plugin_image } = &self.cni else { return None };
        let words = ["cp", "-f", "/flannel", "/opt/cni/bin/flannel"];
        Some(Container {
            name: "install-cni-plugin",
            image: plugin_image.clone(),
            command: words.map(str::to_owned).into(),
            volumes: vec![host("cni-plugin", "/opt/cni/bin", "DirectoryOrCreate")],
            ..Container::default()
        })
    }

    fn daemon(&self) -> Container {
        let mut command = vec!["/opt/bin/flanneld".to_owned(), "--ip-masq".to_owned(), "--kube-subnet-mgr".to_owned()];
        command.extend(self.interface.iter().map(|interface| format!("--iface={interface}")));
        let mut env = vec![Env::field("POD_NAME", "metadata.name"), Env::field("POD_NAMESPACE", "metadata.namespace")];
        if let Some((host, port)) = &self.api_server {
            // Where client-go finds the API server from within (rest.InClusterConfig). The kubelet lets what a container
            // sets win over what it sets for services (pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables).
            env.push(Env::text("KUBERNETES_SERVICE_HOST", host));
            env.push(Env::text("KUBERNETES_SERVICE_PORT", port.to_string()));
        }
        Container {
            name: "kube-flannel",
            image: self.image.clone(),
            command,
            env,
            security: match self.privileged {
                true => Security::Privileged,
                false => Security::Added(&["NET_ADMIN", "NET_RAW"]),
            },
            requests: vec![("cpu", "100m"), ("memory", "50Mi")],
            limits: vec![("cpu", "100m"), ("memory", "50Mi")],
            volumes: vec![
                // Here it leaves what its plugin on the host reads.
                host("run", "/run/flannel", "DirectoryOrCreate"),
                // The lock by which it and kube-proxy do not disturb each other's iptables.
                host("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
                config_volume(),
            ],
            ..Container::default()
        }
    }
}

fn pod_labels() -> Labels {
    labels([("tier", "node"), ("app", "flannel")])
}

fn config_volume() -> Volume {
    Volume::ConfigMap { name: "flannel-cfg", config_map: CONFIG, mount_path: CONFIG_PATH }
}

/// A path of the host at the same path in the container.
fn host(name: &'static str, path: &str, kind: &'static str) -> Volume {
    let path = path.to_owned();
    Volume::Host(HostVolume { name, host_path: path.clone(), mount_path: path, read_only: false, kind: Some(kind) })
}

/// `value` for people to read, with a line end at its end.
fn json_text(value: &Value) -> String {
    format!("{value:#}\n")
}
