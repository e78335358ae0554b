//! The cluster -> kube-scheduler, a static pod of a control-plane node, and its configuration file.

use super::{
    LOOPBACK, command, configured_volumes, kubeconfig, listen, listen_securely, listens_by_field, manifest_path,
    origin, probe, public_file, restricted, with_secure_port,
};
use crate::cluster::{Cluster, Node};
use crate::k8s::arguments::Arguments;
use crate::k8s::pod::{Check, Pod};
use crate::k8s::release::Serving;
use crate::machine::Builder;
use crate::text::yaml::{Yaml, write};

/// The port of `healthzBindAddress` of 1.9, where it serves metrics too.
const PORT: u16 = 10251;
/// `--secure-port`, where it serves both since.
const SECURE_PORT: u16 = 10259;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    kubeconfig::add_own(machine, cluster, node, "scheduler", "scheduler");
    let kubernetes = &cluster.kubernetes;
    let options = &kubernetes.scheduler;
    let config_path = format!("{}/kube-scheduler-config.yaml", kubernetes.paths.kubeconfig);
    let mut arguments = Arguments::new().set("config", &config_path);
    if kubernetes.release.serving() == Serving::Secure {
        arguments = with_secure_port(arguments, &kubeconfig::path(cluster, "scheduler"));
    }
    let arguments = arguments.feature_gates(&options.adjustments.feature_gates).adjust(&options.adjustments.arguments);
    let from = || origin("kube-scheduler", "cluster.kubernetes.scheduler");
    let (check, health) = match kubernetes.release.serving() {
        Serving::Insecure => {
            // For everybody by default, and without TLS.
            let default = (if cluster.tls { LOOPBACK } else { cluster.everywhere() }, PORT);
            let health = listens_by_field(&options.extra_config, "healthzBindAddress", default);
            listen(machine, health, from());
            (Check::Http("/healthz"), health)
        }
        Serving::Secure => (Check::Https("/healthz"), listen_securely(machine, &arguments, SECURE_PORT, from())),
    };
    let pod = Pod {
        name: "kube-scheduler",
        image: kubernetes.images.scheduler.clone(),
        command: command(cluster, "scheduler", &arguments),
        probe: probe(check, health, options.probe),
        volumes: configured_volumes(cluster, "scheduler", &config_path),
        ..Pod::default()
    };
    let pod = restricted(cluster, &[], "100m", pod);
    machine.file(public_file(manifest_path(cluster, "kube-scheduler.yaml"), pod.manifest(), from()));
    machine.file(public_file(config_path, write(&configuration(cluster)), from()));
}

/// KubeSchedulerConfiguration. `leaderElect` is always written: left out it is false in 1.9.
fn configuration(cluster: &Cluster) -> Yaml {
    let options = &cluster.kubernetes.scheduler;
    let release = cluster.kubernetes.release;
    let mut fields = vec![
        ("apiVersion", release.scheduler_config_api_version().into()),
        ("kind", "KubeSchedulerConfiguration".into()),
        ("clientConnection", Yaml::map([("kubeconfig", kubeconfig::path(cluster, "scheduler"))])),
        ("leaderElection", Yaml::map([("leaderElect", options.leader_elect)])),
    ];
    if cluster.tls && release.serving() == Serving::Insecure {
        let address = || format!("127.0.0.1:{PORT}").into();
        fields.extend([("healthzBindAddress", address()), ("metricsBindAddress", address())]);
    }
    Yaml::map(fields).overlaid(&options.extra_config)
}
