//! Documents become values of the Kubernetes API's own types, where an unknown key is an error.

use k8s_openapi::api::core::v1::PodSpec;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// The value in `from`; `what` names it in messages.
pub fn strict<'de, T: Deserialize<'de>, D: Deserializer<'de>>(what: &str, from: D) -> T {
    let mut unknown = Vec::new();
    let value = serde_ignored::deserialize(from, |path| unknown.push(path.to_string()))
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(unknown.is_empty(), "{what}: unknown keys {unknown:?}");
    value
}

/// The value in a YAML `text`; `what` names it in messages.
pub fn read<T: DeserializeOwned>(what: &str, text: &str) -> T {
    strict(what, serde_yaml::Deserializer::from_str(text))
}

/// Every mount of every container has its volume, and every volume a mount.
pub fn assert_mounted(what: &str, spec: &PodSpec) {
    let volumes: Vec<_> = spec.volumes.iter().flatten().map(|volume| &volume.name).collect();
    let containers = spec.init_containers.iter().flatten().chain(&spec.containers);
    let mounts: Vec<_> = containers.flat_map(|c| c.volume_mounts.iter().flatten()).map(|mount| &mount.name).collect();
    for mount in &mounts {
        assert!(volumes.contains(mount), "{what}: no volume {mount}");
    }
    for (number, volume) in volumes.iter().enumerate() {
        assert!(mounts.contains(volume), "{what}: nobody sees {volume}");
        assert!(!volumes[..number].contains(volume), "{what}: two volumes {volume}");
    }
}
