//! What a cluster is useless without -> manifests on the control-plane nodes, and the static pod that applies them, once
//! and whenever they change.

use super::{identity_volumes, kubeconfig, kubelet, manifest_path, origin, public_file, same};
use crate::cluster::net::Family;
use crate::cluster::{self, Cluster, FlannelBackend, Node, Platform};
use crate::k8s::addon::bootstrap::{self, BootstrapGroup, BootstrapToken};
use crate::k8s::addon::dns::Dns;
use crate::k8s::addon::flannel::{Backend, CNI_VERSION_1_9, Cni, Flannel, Networks};
use crate::k8s::object::list;
use crate::k8s::pod::Pod;
use crate::k8s::release::Packaging;
use crate::machine::{Builder, File, Unit};
use crate::pki::{self, API_SERVER_USER, Keys};
use std::net::IpAddr;
use zeroize::Zeroizing;

/// Runs in the pod; its parameters are in the pod's environment.
const SCRIPT: &str = include_str!("addons/apply-addons.sh");
const SCRIPT_PATH: &str = "/opt/tinderbox/apply-addons";
const ENVIRONMENT: &str = "/etc/tinderbox/apply-addons.env";
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
            families: dns_families(cluster, it.address),
            replicas: it.replicas,
            critical: release.critical(),
        };
        manifest("dns", dns.objects(), "cluster.addons.dns");
    }
    if let Some(it) = cluster.flannel.as_ref().filter(|_| !pki::has_flannel_in_etcd(cluster)) {
        let flannel = Flannel {
            image: it.image.clone(),
            cni: match release.packaging() {
                Packaging::Hyperkube => Cni::OnNode { version: CNI_VERSION_1_9 },
                Packaging::Images => Cni::Installed { plugin_image: it.cni_plugin_image.clone() },
            },
            networks: Networks { v4: of(it, Family::V4), v6: of(it, Family::V6) },
            backend: it.backend.map(|backend| match backend {
                FlannelBackend::Vxlan => Backend::Vxlan,
                FlannelBackend::Udp => Backend::Udp,
                FlannelBackend::HostGw => Backend::HostGw,
            }),
            // By the service kubernetes: there is a kube-proxy on every node.
            api_server: None,
            interface: None,
            privileged: release.packaging() == Packaging::Hyperkube || it.backend == Some(FlannelBackend::Udp),
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
    let script = script_path(cluster);
    machine.file(File {
        path: script.clone(),
        mode: 0o755,
        owner: 0,
        content: SCRIPT.as_bytes().to_vec(),
        secret: false,
        origin: origin("add-ons", "cluster.addons"),
    });
    let from = || origin("add-ons", "cluster.addons");
    match release.packaging() {
        Packaging::Hyperkube => {
            machine.file(public_file(manifest_path(cluster, "kube-addons.yaml"), pod(cluster).manifest(), from()));
        }
        // The image of kubectl has no shell.
        Packaging::Images => {
            machine.file(public_file(ENVIRONMENT.to_owned(), environment(cluster), from()));
            machine.unit(unit(&script));
        }
    }
}

/// Where the script is: where Fedora's SELinux lets a unit run one.
fn script_path(cluster: &Cluster) -> String {
    match cluster.platform {
        Platform::FedoraCoreOs(_) => kubelet::program(cluster, "apply-addons"),
        Platform::ContainerLinux | Platform::Flatcar(_) => SCRIPT_PATH.to_owned(),
    }
}

/// Applies them from the node itself, beside the kubelet, which has kubectl with it.
fn unit(script: &str) -> Unit {
    let text = [
        "[Unit]",
        "Description=Applies the manifests of the cluster's add-ons",
        "Wants=network-online.target",
        "After=network-online.target kubelet.service",
        "",
        "[Service]",
        &format!("EnvironmentFile={ENVIRONMENT}"),
        &format!("ExecStart={script}"),
        "Restart=always",
        "RestartSec=10",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
    ]
    .join("\n");
    Unit {
        name: "apply-addons.service".to_owned(),
        text: Some(text),
        enabled: Some(true),
        mask: false,
        drop_ins: Vec::new(),
        origin: origin("add-ons", "cluster.addons"),
    }
}

/// The parameters of the script. kubectl keeps what it has learnt of the API below its home, which a unit has none of.
fn environment(cluster: &Cluster) -> String {
    let kubectl = kubelet::program(cluster, "kubectl");
    let kubeconfig = kubeconfig::path(cluster, "addons");
    format!("ADDONS={DIRECTORY}\nHOME=/root\nKUBECONFIG={kubeconfig}\nKUBECTL={kubectl}\nPOLL={POLL}\n")
}

/// The range of flannel's that is of a family.
fn of(flannel: &cluster::Flannel, family: Family) -> Option<String> {
    flannel.network.of(family).map(|net| net.to_string())
}

/// The families that the service of the DNS has, where there are two: the one of its address first, as the API server
/// wants it.
fn dns_families(cluster: &Cluster, address: IpAddr) -> Vec<&'static str> {
    let mut families: Vec<Family> = cluster.families().collect();
    families.sort_by_key(|family| *family != Family::of(address));
    let name = |family: &Family| match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    };
    if families.len() > 1 { families.iter().map(name).collect() } else { Vec::new() }
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
        image: cluster.kubernetes.images.api_server.clone(),
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
