//! Shapes of Kubernetes: manifests, kubeconfigs and configuration files as YAML, and what each version knows.

pub mod arguments;
pub mod kubeconfig;
pub mod pod;
pub mod release;
