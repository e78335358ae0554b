//! Rules for what the nodes do, and for what they need of one another.

use super::super::{facts::Facts, net};
use super::Findings;
use crate::report::OptionPath;
use crate::spec::{Role, SecretsSource};

pub fn nodes(facts: &Facts, findings: &mut Findings) {
    if facts.nodes.is_empty() {
        findings.error(
            OptionPath::of("cluster.nodes"),
            "there is no node",
            "add one: `cluster.nodes.<name> = { roles = [ \"etcd\" \"control-plane\" \"worker\" ]; network.address = \"192.168.1.10/24\"; };`",
        );
    }
}

pub fn roles(facts: &Facts, findings: &mut Findings) {
    for node in facts.nodes.iter().filter(|n| n.spec.roles.is_empty() && !n.has_kubelet()) {
        findings.warning(
            node.option("roles"),
            "the node has no role, so nothing of the cluster runs on it",
            "give it \"etcd\", \"control-plane\" or \"worker\"",
        );
    }
}

pub fn control_plane(facts: &Facts, findings: &mut Findings) {
    let needs_one = facts.nodes.iter().find(|n| n.is(Role::Worker) && n.joins());
    if let Some(worker) = needs_one
        && facts.with(Role::ControlPlane).next().is_none()
    {
        findings.error(
            OptionPath::of("cluster.nodes"),
            format!("no node is a control plane, so worker {} has no API server to join", worker.name),
            "give at least one node the role \"control-plane\"",
        );
    }
}

pub fn reachable(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let network = &node.spec.network;
        let unknown = network.address.is_none() && network.advertise_address.is_none();
        if unknown && network.dhcp && (node.is(Role::Etcd) || node.is(Role::ControlPlane)) {
            findings.error(
                node.option("network.advertiseAddress"),
                "null: the node has DHCP, and others must know the address of an etcd member or control-plane node",
                "set it to the address that the DHCP server always gives this node",
            );
        }
        if let (Some(interface), Some(advertised)) = (node.interface, &network.advertise_address)
            && net::address(advertised)
                .is_ok_and(|address| address != interface.addr() && net::unusable(address).is_none())
        {
            findings.warning(
                node.option("network.advertiseAddress"),
                format!("{advertised} is not the node's own {}", interface.addr()),
                "leave it null, unless the node really is reached under another address",
            );
        }
    }
}

pub fn standalone(facts: &Facts, findings: &mut Findings) {
    for node in facts.nodes.iter().filter(|n| n.spec.kubelet.standalone) {
        if node.is(Role::ControlPlane) || node.is(Role::Worker) {
            findings.error(
                node.option("kubelet.standalone"),
                "true: a standalone kubelet joins no cluster, and a control plane or a worker does",
                "remove these roles, or set it to false",
            );
        }
    }
}

pub fn api_reach(facts: &Facts, findings: &mut Findings) {
    let api = &facts.spec.kubernetes.api_server;
    let address = &api.insecure_bind_address;
    let at = OptionPath::of("cluster.kubernetes.apiServer.insecureBindAddress");
    let (Ok(bind), Some(port)) = (net::address(address), api.insecure_port) else { return };
    if facts.with(Role::ControlPlane).next().is_none() {
        return;
    }
    if facts.spec.tls.enable {
        if !bind.is_loopback() {
            findings.warning(
                at,
                format!(
                    "{address}: whoever reaches port {port} of a control-plane node is the cluster's administrator"
                ),
                "leave it at 127.0.0.1, or set cluster.kubernetes.apiServer.insecurePort to null",
            );
        }
    } else if !bind.is_loopback() && !bind.is_unspecified() {
        findings.error(
            at,
            format!("{address}: the components beside the API server reach it over 127.0.0.1"),
            "use 0.0.0.0, or 127.0.0.1 where nothing else needs it",
        );
    } else if let Some(worker) = facts.with(Role::Worker).find(|n| n.joins() && !n.is(Role::ControlPlane))
        && bind.is_loopback()
    {
        findings.error(at, format!("{address}: worker {} could not reach the API server", worker.name), "use 0.0.0.0");
    }
}

pub fn leader_election(facts: &Facts, findings: &mut Findings) {
    let count = facts.with(Role::ControlPlane).count();
    let kubernetes = &facts.spec.kubernetes;
    for (option, elects) in [
        ("controllerManager", kubernetes.controller_manager.leader_elect),
        ("scheduler", kubernetes.scheduler.leader_elect),
    ] {
        if count > 1 && !elects {
            findings.error(
                OptionPath::of("cluster.kubernetes").attr(option).attr("leaderElect"),
                format!("false: on {count} control-plane nodes all would work at once, against one another"),
                "set it to true",
            );
        }
    }
}

pub fn ports(facts: &Facts, findings: &mut Findings) {
    let spec = facts.spec;
    let (client, peer) = (spec.etcd.client_port, spec.etcd.peer_port);
    for (path, port) in [
        ("cluster.etcd.clientPort", client),
        ("cluster.etcd.peerPort", peer),
        ("cluster.kubernetes.apiServer.insecurePort", spec.kubernetes.api_server.insecure_port.unwrap_or(8080)),
        ("cluster.kubernetes.apiServer.securePort", spec.kubernetes.api_server.secure_port),
        ("cluster.controlPlane.proxy.port", spec.control_plane.proxy.port),
    ] {
        if port == 0 {
            let at = OptionPath::of(path);
            findings.error(at, "0 is not a port to listen on", "choose one from 1 to 65535");
        }
    }
    if client == peer && peer != 0 {
        let at = OptionPath::of("cluster.etcd.peerPort");
        findings.error(at, format!("{peer} is cluster.etcd.clientPort too"), "choose another port");
    }
}

pub fn privileged(facts: &Facts, findings: &mut Findings) {
    let kubernetes = &facts.spec.kubernetes;
    let Some(worker) = facts.with(Role::Worker).find(|n| n.joins()) else { return };
    for (option, allowed) in
        [("apiServer", kubernetes.api_server.allow_privileged), ("kubelet", kubernetes.kubelet.allow_privileged)]
    {
        if !allowed {
            findings.error(
                OptionPath::of("cluster.kubernetes").attr(option).attr("allowPrivileged"),
                format!("false: kube-proxy on worker {} is a privileged container", worker.name),
                "set it to true",
            );
        }
    }
}

/// Whether the nodes need a service account key pair that is given to them.
pub fn needs_given_keys(facts: &Facts) -> bool {
    facts.spec.secrets.source != SecretsSource::FirstBoot && facts.with(Role::ControlPlane).next().is_some()
}
