//! The YAML or JSON of a file -> the pod it is, or the paths and servers that it names.

use super::pod::{Pod, flag, list, text};
use serde::Deserialize;
use serde_yaml::{Deserializer, Value};

/// What is known of a file in YAML or JSON.
#[derive(Debug)]
pub struct Document {
    /// The pod that it is.
    pub pod: Option<Pod>,
    /// Whether it is a kubeconfig.
    pub is_kubeconfig: bool,
    /// The files that it names: the key, and an absolute path or one beside the file itself.
    pub paths: Vec<(String, String)>,
    /// The API servers that a kubeconfig names: the URL, and whether their certificate is looked at.
    pub servers: Vec<(String, bool)>,
}

impl Document {
    /// Reads a file's first document, as the kubelet does; `None` for what has no `kind`.
    pub fn of(content: &[u8]) -> Option<Self> {
        let value = Value::deserialize(Deserializer::from_slice(content).next()?).ok()?;
        let kind = text(&value, "kind");
        if kind.is_empty() {
            return None;
        }
        let is_kubeconfig = kind == "Config";
        let mut paths = Vec::new();
        // The paths in the second are those of URLs.
        if !["Pod", "AuthenticationConfiguration"].contains(&&*kind) {
            collect(&value, &mut paths);
        }
        let clusters = list(&value, "clusters").filter_map(|entry| entry.get("cluster"));
        let servers = clusters.filter(|_| is_kubeconfig);
        Some(Self {
            pod: Pod::of(&value),
            is_kubeconfig,
            paths,
            servers: servers.map(|c| (text(c, "server"), !flag(c, "insecure-skip-tls-verify"))).collect(),
        })
    }
}

/// Keys of a kubeconfig whose values are paths, those that are not absolute beside the kubeconfig (client-go,
/// `clientcmd.ResolveLocalPaths`). `path` is a plugin's in an AdmissionConfiguration, and resolved alike.
const RELATIVE: [&str; 5] = ["certificate-authority", "client-certificate", "client-key", "tokenFile", "path"];

/// Every path that a key of the document names.
fn collect(value: &Value, paths: &mut Vec<(String, String)>) {
    match value {
        Value::Mapping(map) => {
            for (key, value) in map {
                match (key.as_str(), value.as_str()) {
                    (Some(key), Some(path)) if is_input(key, path) => paths.push((key.to_owned(), path.to_owned())),
                    _ => collect(value, paths),
                }
            }
        }
        Value::Sequence(values) => values.iter().for_each(|value| collect(value, paths)),
        _ => {}
    }
}

fn is_input(key: &str, path: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let names_a_file = lower.ends_with("file") || lower == "kubeconfig" || RELATIVE.contains(&key);
    let is_output = ["log", "pid", "lock", "output"].iter().any(|word| lower.contains(word));
    let is_relative = RELATIVE.contains(&key) && !path.is_empty() && !path.contains(':');
    names_a_file && !is_output && (path.starts_with('/') || is_relative)
}
