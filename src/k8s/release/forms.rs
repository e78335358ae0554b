//! A Kubernetes version -> the forms in which other manifests and files are written for it.

use super::Release;
use crate::k8s::addon::dns::Dialect;
use crate::k8s::audit::AuditApi;
use crate::k8s::encryption::EncryptionApi;
use crate::k8s::workload::Critical;

impl Release {
    /// The API version of the audit policy.
    pub fn audit_api(&self) -> AuditApi {
        AuditApi::V1Beta1
    }

    /// The form of the file that tells how Secrets are encrypted.
    pub fn encryption_api(&self) -> EncryptionApi {
        EncryptionApi::EncryptionConfig
    }

    /// How pods are said to be critical.
    pub fn critical(&self) -> Critical {
        Critical::Annotation
    }

    /// How the Corefile of the CoreDNS of its time is written.
    pub fn dns_dialect(&self) -> Dialect {
        Dialect::Proxy
    }
}
