//! Shapes of Kubernetes: manifests, kubeconfigs and configuration files as YAML, and what each version knows.

pub mod addon;
pub mod arguments;
pub mod audit;
pub mod container;
pub mod encryption;
pub mod kubeconfig;
pub mod object;
pub mod pod;
pub mod probe;
pub mod rbac;
pub mod release;
pub mod volume;
pub mod workload;
