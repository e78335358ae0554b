//! A node -> its host name, its network, what its kernel is told and who may log in.

use crate::cluster::{Cluster, Node, NodeNetwork, Role};
use crate::machine::{Builder, File, KernelArgument, Network, Origin, User};
use crate::report::OptionPath;
use std::fmt::Write;
use std::net::Ipv4Addr;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    node.address.iter().for_each(|address| machine.reached_as(address));
    machine.reached_as(&node.hostname);
    let endpoint = cluster.api.iter().filter(|_| node.is(Role::ControlPlane)).filter_map(|api| api.endpoint.as_ref());
    endpoint.for_each(|name| machine.reached_as(name));
    let option = |name: &str| OptionPath::of("cluster.nodes").attr(&node.name).attr(name);
    machine.file(File {
        path: "/etc/hostname".to_owned(),
        mode: 0o644,
        owner: 0,
        content: node.hostname.clone().into_bytes(),
        secret: false,
        origin: Origin { writer: "host", option: option("hostname") },
    });
    machine.network(Network {
        name: node.network.unit.clone(),
        text: network_unit(&node.network),
        origin: Origin { writer: "host", option: option("network") },
    });
    if let Some(address) = node.address {
        machine.reached_as(address);
    }
    let at = OptionPath::of("cluster.nodes").attr(&node.name);
    super::listen(machine, (Ipv4Addr::UNSPECIFIED, 22), Origin { writer: "sshd", option: at });
    for text in &cluster.kernel_arguments {
        let origin = super::origin("host", "cluster.platform.kernelArguments");
        machine.kernel_argument(KernelArgument { text: text.clone(), origin });
    }
    if let Some(user) = &node.user {
        machine.user(User {
            name: user.name.clone(),
            ssh_authorized_keys: user.ssh_authorized_keys.clone(),
            password_hash: user.password_hash.clone(),
        });
    }
}

/// systemd.network(5). One `[Route]` for each route: a section takes one gateway.
fn network_unit(network: &NodeNetwork) -> String {
    let mut text = format!("[Match]\nName={}\n\n[Network]\n", network.interface);
    // Writing to a String cannot fail.
    let _ = match network.address {
        Some(address) => writeln!(text, "Address={address}"),
        None => writeln!(text, "DHCP=ipv4"),
    };
    if let Some(gateway) = network.gateway {
        let _ = writeln!(text, "Gateway={gateway}");
    }
    for server in &network.dns {
        let _ = writeln!(text, "DNS={server}");
    }
    for (destination, gateway) in &network.routes {
        let _ = write!(text, "\n[Route]\nGateway={gateway}\nDestination={destination}\n");
    }
    text
}
