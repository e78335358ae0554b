//! The bytes of `cluster.json` -> the wire structs, one to one with `modules/`.
//!
//! No field has a default here: defaults live in `modules/` alone, so a missing field is a bug there or a description
//! that another version exported, and says so. Only `cluster` reads these types.

use crate::report::Origins;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub mod read;

/// `cluster.json` as `nix/export.nix` writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of the contract between modules/ and this program: [`read::SCHEMA`].
    pub schema: u64,
    /// The evaluated options below `cluster`.
    pub cluster: Cluster,
    /// Where each option was set.
    pub origins: Origins,
}

macro_rules! wire {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        #[allow(missing_docs)] // each field is described at its option in modules/
        pub struct $name { $($(#[$field_meta])* pub $field: $type),* }
    )*};
}

wire! {
    /// `cluster`
    Cluster {
        name: String,
        control_plane: ControlPlane,
        tls: Tls,
        platform: Platform,
        media: Media,
        network: Network,
        nodes: BTreeMap<String, Node>,
        etcd: Etcd,
        flannel: Flannel,
        kubernetes: Kubernetes,
        addons: Addons,
        secrets: Secrets,
        extra: Extra,
    }
    /// `cluster.controlPlane`
    ControlPlane { #[serde(deserialize_with = "nullable")] endpoint: Option<String>, proxy: ApiProxy }
    /// `cluster.controlPlane.proxy`
    ApiProxy { port: u16, image: String }
    /// `cluster.tls`
    Tls { enable: bool }
    /// `cluster.platform`
    Platform { os: Os, ignition: IgnitionVersion, architecture: Architecture, kernel_arguments: Vec<String> }
    /// `cluster.media`
    Media { targets: Vec<MediaTarget>, #[serde(deserialize_with = "nullable")] url: Option<String> }
    /// `cluster.network`
    Network {
        #[serde(rename = "podCIDR")] pod_cidr: String,
        #[serde(rename = "serviceCIDR")] service_cidr: String,
        #[serde(rename = "dockerCIDR", deserialize_with = "nullable")] docker_cidr: Option<String>,
        dns_domain: String,
        #[serde(deserialize_with = "nullable")] dns_address: Option<String>,
    }
    /// `cluster.nodes.<name>`
    Node {
        roles: Vec<Role>,
        hostname: String,
        network: NodeNetwork,
        user: User,
        etcd: NodeEtcd,
        kubelet: NodeKubelet,
        install: Install,
        extra: Extra,
    }
    /// `cluster.nodes.<name>.install`
    Install { #[serde(deserialize_with = "nullable")] disk: Option<String>, reboot: bool, overwrite: bool }
    /// `cluster.nodes.<name>.network`
    NodeNetwork {
        unit: String,
        interface: String,
        dhcp: bool,
        #[serde(deserialize_with = "nullable")] address: Option<String>,
        #[serde(deserialize_with = "nullable")] second_address: Option<String>,
        #[serde(deserialize_with = "nullable")] gateway: Option<String>,
        #[serde(deserialize_with = "nullable")] second_gateway: Option<String>,
        dns: Vec<String>,
        routes: Vec<Route>,
        #[serde(deserialize_with = "nullable")] advertise_address: Option<String>,
    }
    /// `cluster.nodes.<name>.network.routes[n]`
    Route { destination: String, gateway: String }
    /// `cluster.nodes.<name>.user`
    User {
        name: String,
        ssh_authorized_keys: Vec<String>,
        #[serde(deserialize_with = "nullable")] password_hash: Option<String>,
    }
    /// `cluster.nodes.<name>.etcd`
    NodeEtcd { name: String, state: EtcdState }
    /// `cluster.nodes.<name>.kubelet`
    NodeKubelet {
        #[serde(deserialize_with = "nullable")] hostname_override: Option<String>,
        register_schedulable: bool,
        taints: Vec<String>,
        standalone: bool,
    }
    /// `cluster.etcd`
    Etcd {
        #[serde(deserialize_with = "nullable")] version: Option<String>,
        cluster_token: String,
        /// Only the default of the members' own, which modules/ has already applied.
        #[allow(dead_code)]
        state: EtcdState,
        endpoints: Vec<String>,
        listen: EtcdListen,
        image: String,
        client_port: u16,
        peer_port: u16,
    }
    /// `cluster.flannel`
    Flannel {
        enable: bool,
        network: String,
        datastore: FlannelDatastore,
        image: String,
        cni_plugin_image: String,
        #[serde(deserialize_with = "nullable")] backend: Option<FlannelBackend>,
        etcd_prefix: String,
        drop_in: String,
    }
    /// `cluster.kubernetes`
    Kubernetes {
        version: String,
        image: Image,
        images: Images,
        downloads: Downloads,
        feature_gates: BTreeMap<String, bool>,
        paths: Paths,
        kubeconfig: Kubeconfig,
        api_server: ApiServer,
        controller_manager: ControllerManager,
        scheduler: Scheduler,
        proxy: Proxy,
        kubelet: Kubelet,
    }
    /// `cluster.kubernetes.image`
    Image { repository: String, tag: String }
    /// `cluster.kubernetes.images`
    Images { api_server: String, controller_manager: String, scheduler: String, proxy: String }
    /// `cluster.kubernetes.downloads`
    Downloads { kubelet: Download, kubectl: Download, cni_plugins: Download, sysext: Download }
    /// `cluster.kubernetes.downloads.<what>`
    Download { url: String, #[serde(deserialize_with = "nullable")] hash: Option<String> }
    /// `cluster.kubernetes.paths`
    Paths { manifests: String, kubeconfig: String, ssl: String, host_certificates: String }
    /// `cluster.kubernetes.kubeconfig`
    Kubeconfig { file: String, cluster: String, context: String }
    /// `cluster.kubernetes.<component>.livenessProbe`
    LivenessProbe { initial_delay_seconds: u32, timeout_seconds: u32 }
    /// `cluster.kubernetes.apiServer`
    ApiServer {
        insecure_bind_address: String,
        #[serde(deserialize_with = "nullable")] insecure_port: Option<u16>,
        secure_port: u16,
        extra_names: Vec<String>,
        allow_privileged: bool,
        admission_control: Vec<String>,
        anonymous_auth: bool,
        audit: Audit,
        encrypt_secrets: bool,
        liveness_probe: LivenessProbe,
        extra_args: ExtraArgs,
        feature_gates: BTreeMap<String, bool>,
    }
    /// `cluster.kubernetes.apiServer.audit`
    Audit { enable: bool, max_age: u32, max_backups: u32, max_size: u32 }
    /// `cluster.kubernetes.controllerManager`
    ControllerManager {
        leader_elect: bool,
        liveness_probe: LivenessProbe,
        extra_args: ExtraArgs,
        feature_gates: BTreeMap<String, bool>,
    }
    /// `cluster.kubernetes.scheduler`
    Scheduler {
        leader_elect: bool,
        liveness_probe: LivenessProbe,
        extra_config: BTreeMap<String, Value>,
        extra_args: ExtraArgs,
        feature_gates: BTreeMap<String, bool>,
    }
    /// `cluster.kubernetes.proxy`
    Proxy {
        mode: ProxyMode,
        bind_address: String,
        #[serde(rename = "clusterCIDR")] cluster_cidr: String,
        extra_config: BTreeMap<String, Value>,
        extra_args: ExtraArgs,
        feature_gates: BTreeMap<String, bool>,
    }
    /// `cluster.kubernetes.kubelet`
    Kubelet {
        /// Only the default of the nodes' own, which modules/ has already applied.
        #[allow(dead_code)]
        standalone: bool,
        certificates: KubeletCertificates,
        version: String,
        source: KubeletSource,
        shutdown_grace_period: u32,
        shutdown_grace_period_critical_pods: u32,
        extra_config: BTreeMap<String, Value>,
        allow_privileged: bool,
        mounts: Vec<Mount>,
        directories: Vec<String>,
        pod_uuid_file: String,
        restart_sec: u32,
        extra_args: ExtraArgs,
        feature_gates: BTreeMap<String, bool>,
    }
    /// `cluster.kubernetes.kubelet.mounts[n]`
    Mount { name: String, source: String, target: String }
    /// `cluster.addons`
    Addons { dns: DnsAddon, rbac: RbacAddon }
    /// `cluster.addons.dns`
    DnsAddon { enable: bool, image: String, replicas: u32 }
    /// `cluster.addons.rbac`
    RbacAddon { enable: bool }
    /// `cluster.secrets`
    Secrets {
        source: SecretsSource,
        store: BTreeMap<String, SecretText>,
        key_type: KeyType,
        authority_days: u32,
        certificate_days: u32,
        token_hours: u32,
    }
    /// `cluster.extra`, and `cluster.nodes.<name>.extra`
    Extra {
        files: BTreeMap<String, ExtraFile>,
        units: BTreeMap<String, ExtraUnit>,
        manifests: BTreeMap<String, ExtraManifest>,
    }
    /// `….extra.files.<path>`
    ExtraFile { text: String, mode: String, #[serde(rename = "override")] replace: bool }
    /// `….extra.units.<name>`
    ExtraUnit {
        #[serde(deserialize_with = "nullable")] text: Option<String>,
        #[serde(deserialize_with = "nullable")] enable: Option<bool>,
        mask: bool,
        drop_ins: BTreeMap<String, String>,
        #[serde(rename = "override")] replace: bool,
    }
    /// `….extra.manifests.<name>`
    ExtraManifest {
        #[serde(deserialize_with = "nullable")] text: Option<String>,
        #[serde(deserialize_with = "nullable")] value: Option<BTreeMap<String, Value>>,
        #[serde(rename = "override")] replace: bool,
    }
}

/// `….extraArgs`: flag -> value; `None` (null in Nix) removes the flag.
pub type ExtraArgs = BTreeMap<String, Option<ArgValue>>;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
        #[allow(missing_docs)] // each word is described at its option in modules/
        pub enum $name { $(#[serde(rename = $word)] $variant),* }
    )*};
}

words! {
    /// `cluster.platform.os`
    Os { ContainerLinux = "container-linux", Flatcar = "flatcar", FedoraCoreOs = "fedora-coreos" }
    /// `cluster.platform.ignition`
    IgnitionVersion { V2_3_0 = "2.3.0", V3_3_0 = "3.3.0", V3_4_0 = "3.4.0", V3_5_0 = "3.5.0", V3_6_0 = "3.6.0" }
    /// `cluster.platform.architecture`
    Architecture { Amd64 = "amd64", Arm64 = "arm64" }
    /// `cluster.media.targets[n]`
    MediaTarget {
        Iso = "iso", Oem = "oem", ConfigDrive = "config-drive", Ec2 = "ec2", Hetzner = "hetzner",
        OpenStack = "openstack", Azure = "azure", Gce = "gce",
    }
    /// `cluster.nodes.<name>.roles[n]`
    Role { Etcd = "etcd", ControlPlane = "control-plane", Worker = "worker" }
    /// `cluster.etcd.state`
    EtcdState { New = "new", Existing = "existing" }
    /// `cluster.etcd.listen`
    EtcdListen { All = "all", LoopbackAndFlannel = "loopback-and-flannel" }
    /// `cluster.flannel.backend`
    FlannelBackend { Udp = "udp", Vxlan = "vxlan", HostGw = "host-gw" }
    /// `cluster.flannel.datastore`
    FlannelDatastore { Kubernetes = "kubernetes", Etcd = "etcd" }
    /// `cluster.kubernetes.kubelet.certificates`
    KubeletCertificates { Bootstrap = "bootstrap", PreIssued = "pre-issued" }
    /// `cluster.kubernetes.kubelet.source`
    KubeletSource { Wrapper = "wrapper", Release = "release", Sysext = "sysext" }
    /// `cluster.secrets.keyType`
    KeyType { EcdsaP256 = "ecdsa-p256", Rsa2048 = "rsa-2048", Rsa4096 = "rsa-4096" }
    /// `cluster.kubernetes.proxy.mode`
    ProxyMode { Iptables = "iptables", Ipvs = "ipvs", Nftables = "nftables" }
    /// `cluster.secrets.source`
    SecretsSource { FirstBoot = "first-boot", Directory = "directory", Store = "store" }
}

/// The value of a flag in `extraArgs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a flag's value is a string, an integer or a boolean")]
#[allow(missing_docs)]
pub enum ArgValue {
    Bool(bool),
    Int(i64),
    Text(String),
}

/// A text that must not be shown.
#[derive(Clone, Deserialize)]
pub struct SecretText(pub String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// serde takes a missing `Option` field as null unless it is given a function; here null must be written.
fn nullable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}
