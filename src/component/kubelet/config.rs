//! The cluster's and a node's kubelet options -> KubeletConfiguration.

use super::super::certificates::{self, authority_path};
use crate::cluster::{Cluster, Node, NodeKubelet};
use crate::pki::{Authority, certificate_file, key_file};
use crate::text::yaml::{Yaml, write};

/// containerd's socket, on every operating system that has it.
const RUNTIME: &str = "unix:///run/containerd/containerd.sock";
/// The name servers that the node itself was told, without the stub of systemd-resolved, which pods cannot reach.
const RESOLV_CONF: &str = "/run/systemd/resolve/resolv.conf";

/// The file's text.
pub fn text(cluster: &Cluster, node: &Node, kubelet: &NodeKubelet) -> String {
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.kubelet;
    let api_version = options.release.kubelet_config_api_version().unwrap_or_default();
    let mut fields: Vec<(&str, Yaml)> = vec![
        ("apiVersion", api_version.into()),
        ("kind", "KubeletConfiguration".into()),
        ("staticPodPath", kubernetes.paths.manifests.clone().into()),
        ("containerRuntimeEndpoint", RUNTIME.into()),
        ("cgroupDriver", "systemd".into()),
        ("resolvConf", RESOLV_CONF.into()),
        // /usr, where it is by default, is read-only.
        ("volumePluginDir", format!("{}/volumeplugins", super::STATE).into()),
        ("seccompDefault", true.into()),
        ("serializeImagePulls", false.into()),
        ("readOnlyPort", 0_i64.into()),
        ("healthzBindAddress", "127.0.0.1".into()),
    ];
    fields.extend(access(cluster, kubelet));
    if let NodeKubelet::Cluster { register_schedulable, taints, .. } = kubelet {
        fields.extend(joined(cluster, node));
        let taints = taints.iter().map(String::as_str);
        let more = (!register_schedulable).then_some(UNSCHEDULABLE);
        let taints: Vec<Yaml> = taints.chain(more).filter_map(taint).collect();
        if !taints.is_empty() {
            fields.push(("registerWithTaints", Yaml::seq(taints)));
        }
    }
    let (grace, critical) = options.shutdown;
    if grace > 0 {
        fields.push(("shutdownGracePeriod", format!("{grace}s").into()));
        fields.push(("shutdownGracePeriodCriticalPods", format!("{critical}s").into()));
    }
    if !options.adjustments.feature_gates.is_empty() {
        fields.push(("featureGates", Yaml::map(options.adjustments.feature_gates.clone())));
    }
    write(&Yaml::map(fields).overlaid(&options.extra_config))
}

/// What keeps all pods away that do not tolerate it: the taint of a node that is cordoned.
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable=:NoSchedule";

/// Who may ask it, and for what. A standalone one is asked by nobody: it knows no authority, and no API server that would
/// know who may.
fn access(cluster: &Cluster, kubelet: &NodeKubelet) -> Vec<(&'static str, Yaml)> {
    let enabled = |on: bool| Yaml::map([("enabled", on)]);
    if matches!(kubelet, NodeKubelet::Standalone) {
        let authentication = [("anonymous", enabled(false)), ("webhook", enabled(false))];
        return vec![
            ("authentication", Yaml::map(authentication)),
            ("authorization", Yaml::map([("mode", "AlwaysAllow")])),
        ];
    }
    let authority = authority_path(cluster, Authority::Cluster);
    let authentication =
        [("anonymous", enabled(false)), ("webhook", enabled(true)), ("x509", Yaml::map([("clientCAFile", authority)]))];
    vec![
        ("authentication", Yaml::map(authentication)),
        ("authorization", Yaml::map([("mode", "Webhook")])),
        ("tlsCertFile", certificates::path(cluster, &certificate_file("kubelet")).into()),
        ("tlsPrivateKeyFile", certificates::path(cluster, &key_file("kubelet")).into()),
    ]
}

/// What one that joins is told besides: how it keeps its certificate, and whom pods ask for names.
fn joined(cluster: &Cluster, node: &Node) -> Vec<(&'static str, Yaml)> {
    let mut fields = Vec::new();
    if crate::pki::bootstraps(cluster, node) {
        fields.push(("rotateCertificates", true.into()));
    }
    if let Some(dns) = &cluster.dns {
        fields.push(("clusterDNS", Yaml::seq([Yaml::from(dns.address.to_string())])));
        fields.push(("clusterDomain", cluster.kubernetes.dns_domain.clone().into()));
    }
    fields
}

/// `key=value:effect` as the object that it stands for.
fn taint(text: &str) -> Option<Yaml> {
    let (key, rest) = text.split_once('=')?;
    let (value, effect) = rest.split_once(':')?;
    let mut fields = vec![("key", key), ("effect", effect)];
    if !value.is_empty() {
        fields.insert(1, ("value", value));
    }
    Some(Yaml::map(fields))
}
