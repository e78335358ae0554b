//! A minor version of Kubernetes -> its tables, and what no table says of it.

use super::forms::{GatesForm, Packaging, Serving};
use crate::k8s::addon::dns::Dialect;
use crate::k8s::audit::AuditApi;
use crate::k8s::encryption::EncryptionApi;
use crate::k8s::workload::Critical;

/// The texts of the tables.
pub struct Tables {
    pub flags: &'static str,
    pub feature_gates: &'static str,
    pub admission_plugins: &'static str,
    pub config_fields: &'static str,
}

macro_rules! tables {
    ($minor:literal) => {
        Tables {
            flags: include_str!(concat!("../data/", $minor, "/flags.tsv")),
            feature_gates: include_str!(concat!("../data/", $minor, "/feature-gates.tsv")),
            admission_plugins: include_str!(concat!("../data/", $minor, "/admission-plugins.tsv")),
            config_fields: include_str!(concat!("../data/", $minor, "/config-fields.tsv")),
        }
    };
}

/// What is special about a minor version, and its tables. The methods of `Release` with these names say what is what.
pub struct Row {
    pub minor: &'static str,
    pub scheduler_config: &'static str,
    pub proxy_config: &'static str,
    pub kubelet_config: Option<&'static str>,
    pub proxy_gates: GatesForm,
    pub ipvs_gate: Option<&'static str>,
    pub proxy_modes: &'static [&'static str],
    pub deprecated_proxy_modes: &'static [&'static str],
    pub packaging: Packaging,
    pub serving: Serving,
    pub dual_stack: bool,
    pub anonymous_endpoints: bool,
    pub skew: u32,
    pub audit: AuditApi,
    pub encryption: EncryptionApi,
    pub critical: Critical,
    pub dns: Dialect,
    pub tables: Tables,
}

const V1_9: Row = Row {
    minor: "1.9",
    scheduler_config: "componentconfig/v1alpha1",
    proxy_config: "kubeproxy.config.k8s.io/v1alpha1",
    kubelet_config: None,
    proxy_gates: GatesForm::String,
    ipvs_gate: Some("SupportIPVSProxyMode"),
    proxy_modes: &["iptables", "ipvs"],
    deprecated_proxy_modes: &[],
    packaging: Packaging::Hyperkube,
    serving: Serving::Insecure,
    dual_stack: false,
    anonymous_endpoints: false,
    skew: 2,
    audit: AuditApi::V1Beta1,
    encryption: EncryptionApi::EncryptionConfig,
    critical: Critical::Annotation,
    dns: Dialect::Proxy,
    tables: tables!("1.9"),
};

const V1_34: Row = Row {
    minor: "1.34",
    scheduler_config: "kubescheduler.config.k8s.io/v1",
    proxy_config: "kubeproxy.config.k8s.io/v1alpha1",
    kubelet_config: Some("kubelet.config.k8s.io/v1beta1"),
    proxy_gates: GatesForm::Map,
    ipvs_gate: None,
    proxy_modes: &["iptables", "ipvs", "nftables"],
    deprecated_proxy_modes: &[],
    packaging: Packaging::Images,
    serving: Serving::Secure,
    dual_stack: true,
    anonymous_endpoints: true,
    skew: 3,
    audit: AuditApi::V1,
    encryption: EncryptionApi::V1,
    critical: Critical::PriorityClass,
    dns: Dialect::Forward,
    tables: tables!("1.34"),
};

/// In the order of versions.
pub const RELEASES: &[Row] = &[
    V1_9,
    V1_34,
    // "The ipvs proxier is now deprecated" (cmd/kube-proxy/app/server_linux.go of 1.35).
    Row { minor: "1.35", deprecated_proxy_modes: &["ipvs"], tables: tables!("1.35"), ..V1_34 },
    Row { minor: "1.36", deprecated_proxy_modes: &["ipvs"], tables: tables!("1.36"), ..V1_34 },
];
