//! What a cluster is useless without -> manifests on the control-plane nodes, and the static pod that applies them, once
//! and whenever they change.

use super::{identity_volumes, image, kubeconfig, manifest_path, origin, public_file, same};
use crate::cluster::{Cluster, FlannelBackend, Node};
use crate::k8s::addon::bootstrap::{self, BootstrapGroup, BootstrapToken};
use crate::k8s::addon::dns::Dns;
use crate::k8s::addon::flannel::{Backend, CNI_VERSION_1_9, Flannel};
use crate::k8s::object::list;
use crate::k8s::pod::Pod;
use crate::machine::{Builder, File};
use crate::pki::{self, API_SERVER_USER, Keys};
use zeroize::Zeroizing;

/// Runs in the pod; its parameters are in the pod's environment.
const SCRIPT: &str = include_str!("addons/apply-addons.sh");
const SCRIPT_PATH: &str = "/opt/tinderbox/apply-addons";
const DIRECTORY: &str = "/etc/kubernetes/addons";

/// The group that bootstrap tokens are in, which the bindings name.
const BOOTSTRAP_GROUP: &str = "system:bootstrappers:tinderbox";

/// How many seconds pass between two looks at the manifests.
const POLL: u32 = 60;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node, keys: &Keys) {
    if !pki::has_addons(cluster) {
        return;
    }
    let release = cluster.kubernetes.release;
    let mut manifest = |name: &str, objects, option: &str| {
        machine.file(public_file(format!("{DIRECTORY}/{name}.yaml"), list(objects), origin("add-ons", option)));
    };
    let group = BootstrapGroup::parse(BOOTSTRAP_GROUP).ok();
    if let Some(group) = group.as_ref().filter(|_| cluster.bootstrap_rbac) {
        manifest("bootstrap", bootstrap::bindings(group, API_SERVER_USER), "cluster.addons.rbac");
    }
    if let Some(it) = &cluster.dns {
        let dns = Dns {
            image: it.image.clone(),
            dialect: release.dns_dialect(),
            domain: cluster.kubernetes.dns_domain.clone(),
            address: it.address.to_string(),
            replicas: it.replicas,
            critical: release.critical(),
        };
        manifest("dns", dns.objects(), "cluster.addons.dns");
    }
    if let Some(it) = cluster.flannel.as_ref().filter(|_| !pki::has_flannel_in_etcd(cluster)) {
        let flannel = Flannel {
            image: it.image.clone(),
            cni_version: CNI_VERSION_1_9.to_owned(),
            network: it.network.to_string(),
            backend: it.backend.map(|backend| match backend {
                FlannelBackend::Vxlan => Backend::Vxlan,
                FlannelBackend::Udp => Backend::Udp,
                FlannelBackend::HostGw => Backend::HostGw,
            }),
            // By the service kubernetes: there is a kube-proxy on every node.
            api_server: None,
            interface: None,
            privileged: true,
            critical: release.critical(),
        };
        manifest("flannel", flannel.objects(), "cluster.flannel");
    }
    if let Some(text) = bootstrap_token(cluster, keys).filter(|_| cluster.bootstrap_rbac) {
        machine.file(File {
            path: format!("{DIRECTORY}/bootstrap-token.yaml"),
            mode: 0o600,
            owner: 0,
            content: text.as_bytes().to_vec(),
            secret: true,
            origin: origin("add-ons", "cluster.addons.rbac"),
        });
    }
    kubeconfig::add_own(machine, cluster, node, "addons", "addons");
    machine.file(File {
        path: SCRIPT_PATH.to_owned(),
        mode: 0o755,
        owner: 0,
        content: SCRIPT.as_bytes().to_vec(),
        secret: false,
        origin: origin("add-ons", "cluster.addons"),
    });
    machine.file(public_file(
        manifest_path(cluster, "kube-addons.yaml"),
        pod(cluster).manifest(),
        origin("add-ons", "cluster.addons"),
    ));
}

/// The manifest of the Secret that makes the API servers take the bootstrap token; `None` where none is used.
pub fn bootstrap_token(cluster: &Cluster, keys: &Keys) -> Option<Zeroizing<String>> {
    if !pki::needs_token(cluster) {
        return None;
    }
    let group = BootstrapGroup::parse(BOOTSTRAP_GROUP).ok()?;
    let text = keys.text(pki::BOOTSTRAP_TOKEN)?;
    let (token, expiration) = text.trim_end().split_once('\n')?;
    Some(BootstrapToken::parse(token).ok()?.secret(Some(expiration), &[group]))
}

fn pod(cluster: &Cluster) -> Pod {
    let mut volumes = vec![same("addons", DIRECTORY), same("script", SCRIPT_PATH)];
    volumes.extend(identity_volumes(cluster, "addons"));
    Pod {
        name: "kube-addons",
        image: image(cluster),
        command: ["/bin/sh", SCRIPT_PATH].map(str::to_owned).to_vec(),
        env: vec![
            ("ADDONS", DIRECTORY.to_owned()),
            ("KUBECTL", "/hyperkube kubectl".to_owned()),
            ("KUBECONFIG", kubeconfig::path(cluster, "addons")),
            ("POLL", POLL.to_string()),
        ],
        volumes,
        ..Pod::default()
    }
}
