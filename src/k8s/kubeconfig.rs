//! A server and names -> a kubeconfig (client-go, tools/clientcmd/api/v1/types.go).

use crate::text::yaml::{Yaml, write};

/// A kubeconfig with one cluster, reached at `server` without credentials, and one context.
pub fn kubeconfig(server: &str, cluster: &str, context: &str) -> String {
    write(&Yaml::map([
        ("apiVersion", "v1".into()),
        ("kind", "Config".into()),
        (
            "clusters",
            Yaml::seq([Yaml::map([("name", Yaml::from(cluster)), ("cluster", Yaml::map([("server", server)]))])]),
        ),
        (
            "contexts",
            Yaml::seq([Yaml::map([("name", Yaml::from(context)), ("context", Yaml::map([("cluster", cluster)]))])]),
        ),
        ("current-context", context.into()),
    ]))
}
