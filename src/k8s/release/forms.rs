//! A Kubernetes version -> how it is run, and the forms in which manifests and files are written for it.

use super::Release;
use crate::k8s::addon::dns::Dialect;
use crate::k8s::audit::AuditApi;
use crate::k8s::encryption::EncryptionApi;
use crate::k8s::workload::Critical;

/// How kube-proxy's configuration file has its feature gates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GatesForm {
    /// `"A=true,B=false"`, up to 1.9. A mistake in it is ignored without a word.
    String,
    /// A map, from 1.10.
    Map,
}

/// How the programs are had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Packaging {
    /// One image for all, with one program that is told which of them to be: up to 1.18.
    Hyperkube,
    /// An image for each component of the control plane and for kube-proxy, from registry.k8s.io, and the kubelet as a
    /// program to download. Since 1.19 there is nothing else (cluster/images/hyperkube is gone).
    Images,
}

/// Where the controller manager and the scheduler answer for their health.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Serving {
    /// By plain HTTP.
    Insecure,
    /// By HTTPS alone, since 1.24 at the latest.
    Secure,
}

impl Serving {
    /// The port of kube-controller-manager (cmd/controller-manager and pkg/cluster/ports).
    pub fn controller_manager_port(self) -> u16 {
        match self {
            Self::Insecure => 10252,
            Self::Secure => 10257,
        }
    }

    /// The port of kube-scheduler (pkg/scheduler/apis/config).
    pub fn scheduler_port(self) -> u16 {
        match self {
            Self::Insecure => 10251,
            Self::Secure => 10259,
        }
    }
}

impl Release {
    /// Major and minor version, to be compared.
    pub fn minor(&self) -> (u32, u32) {
        let mut parts = self.row.minor.split('.').map(|part| part.parse().unwrap_or_default());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }

    /// `apiVersion` of KubeProxyConfiguration.
    pub fn proxy_config_api_version(&self) -> &'static str {
        self.row.proxy_config
    }

    /// `apiVersion` of KubeSchedulerConfiguration.
    pub fn scheduler_config_api_version(&self) -> &'static str {
        self.row.scheduler_config
    }

    /// `apiVersion` of KubeletConfiguration, where the kubelet reads such a file without a feature gate: since 1.10.
    pub fn kubelet_config_api_version(&self) -> Option<&'static str> {
        self.row.kubelet_config
    }

    /// How KubeProxyConfiguration has its feature gates.
    pub fn proxy_feature_gates_form(&self) -> GatesForm {
        self.row.proxy_gates
    }

    /// The gate without which `mode: ipvs` silently runs iptables.
    pub fn ipvs_feature_gate(&self) -> Option<&'static str> {
        self.row.ipvs_gate
    }

    /// What `mode` of KubeProxyConfiguration can be on Linux. nftables is on by default since 1.31.
    pub fn proxy_modes(&self) -> &'static [&'static str] {
        self.row.proxy_modes
    }

    /// Those of them that kube-proxy warns of.
    pub fn deprecated_proxy_modes(&self) -> &'static [&'static str] {
        self.row.deprecated_proxy_modes
    }

    /// How the programs are had.
    pub fn packaging(&self) -> Packaging {
        self.row.packaging
    }

    /// Where the controller manager and the scheduler answer for their health.
    pub fn serving(&self) -> Serving {
        self.row.serving
    }

    /// Whether pods and services can have addresses of IPv4 and IPv6, without a feature gate: since 1.23.
    pub fn has_dual_stack(&self) -> bool {
        self.row.dual_stack
    }

    /// Whether AuthenticationConfiguration of `apiserver.config.k8s.io/v1` can let in anonymous requests to some paths
    /// and to no others: gate AnonymousAuthConfigurableEndpoints, which cannot be switched off since 1.34, where that
    /// version of the file begins too.
    pub fn anonymous_endpoints(&self) -> bool {
        self.row.anonymous_endpoints
    }

    /// How many minor versions a kubelet may be older than its API server (the version skew policy; 3 since 1.28).
    pub fn skew(&self) -> u32 {
        self.row.skew
    }

    /// The API version of the audit policy.
    pub fn audit_api(&self) -> AuditApi {
        self.row.audit
    }

    /// The form of the file that tells how Secrets are encrypted.
    pub fn encryption_api(&self) -> EncryptionApi {
        self.row.encryption
    }

    /// How pods are said to be critical.
    pub fn critical(&self) -> Critical {
        self.row.critical
    }

    /// How the Corefile of the CoreDNS of its time is written.
    pub fn dns_dialect(&self) -> Dialect {
        self.row.dns
    }
}
