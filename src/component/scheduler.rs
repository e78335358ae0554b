//! The cluster -> kube-scheduler, a static pod of a control-plane node, and its configuration file.

use super::{
    configured_volumes, hyperkube, image, kubeconfig, listen, listens_by_field, manifest_path, origin, probe,
    public_file,
};
use crate::cluster::{Cluster, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::{Check, Pod};
use crate::machine::Builder;
use crate::text::yaml::{Yaml, write};
use std::net::Ipv4Addr;

/// The port of `healthzBindAddress` of 1.9. It serves metrics there too.
const PORT: u16 = 10251;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    kubeconfig::add_own(machine, cluster, node, "scheduler", "scheduler");
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.scheduler;
    let config_path = format!("{}/kube-scheduler-config.yaml", kubernetes.paths.kubeconfig);
    let arguments = Arguments::new()
        .set("config", &config_path)
        .feature_gates(&options.adjustments.feature_gates)
        .adjust(&options.adjustments.arguments);
    // For everybody by default, and without TLS.
    let default = (if cluster.tls { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED }, PORT);
    let health = listens_by_field(&options.extra_config, "healthzBindAddress", default);
    listen(machine, health, origin("kube-scheduler", "cluster.kubernetes.scheduler"));
    let pod = Pod {
        name: "kube-scheduler",
        image: image(cluster),
        command: hyperkube("scheduler", &arguments),
        probe: probe(Check::Http("/healthz"), health, options.probe),
        volumes: configured_volumes(cluster, "scheduler", &config_path),
        ..Pod::default()
    };
    machine.file(public_file(
        manifest_path(cluster, "kube-scheduler.yaml"),
        pod.manifest(),
        origin("kube-scheduler", "cluster.kubernetes.scheduler"),
    ));
    machine.file(public_file(
        config_path,
        write(&configuration(cluster)),
        origin("kube-scheduler", "cluster.kubernetes.scheduler"),
    ));
}

/// KubeSchedulerConfiguration. `leaderElect` is always written: left out it is false in 1.9.
fn configuration(cluster: &Cluster) -> Yaml {
    let options = &cluster.kubernetes.scheduler;
    let mut fields = vec![
        ("apiVersion", cluster.kubernetes.release.scheduler_config_api_version().into()),
        ("kind", "KubeSchedulerConfiguration".into()),
        ("clientConnection", Yaml::map([("kubeconfig", kubeconfig::path(cluster, "scheduler"))])),
        ("leaderElection", Yaml::map([("leaderElect", options.leader_elect)])),
    ];
    if cluster.tls {
        let address = || format!("127.0.0.1:{PORT}").into();
        fields.extend([("healthzBindAddress", address()), ("metricsBindAddress", address())]);
    }
    Yaml::map(fields).overlaid(&options.extra_config)
}
