//! A node -> its host name, its network, what its kernel is told and who may log in.

mod keyfile;

use crate::cluster::net::Family;
use crate::cluster::{Cluster, Node, NodeNetwork, Platform, Role};
use crate::machine::{Builder, File, KernelArgument, Network, Origin, User};
use crate::report::OptionPath;
use std::fmt::Write;

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    node.addresses().for_each(|address| machine.reached_as(address));
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
    add_network(machine, cluster, node, Origin { writer: "host", option: option("network") });
    if node.joins() && cluster.has(Family::V6) {
        let origin = super::origin("host", "cluster.network.podCIDR");
        machine.file(super::public_file(FORWARDING_FILE.to_owned(), FORWARDING.to_owned(), origin));
    }
    let at = OptionPath::of("cluster.nodes").attr(&node.name);
    for text in &cluster.kernel_arguments {
        let origin = super::origin("host", "cluster.platform.kernelArguments");
        machine.kernel_argument(KernelArgument { text: text.clone(), origin });
    }
    super::listen(machine, (cluster.everywhere(), 22), Origin { writer: "sshd", option: at });
    if let Some(user) = &node.user {
        machine.user(User {
            name: user.name.clone(),
            ssh_authorized_keys: user.ssh_authorized_keys.clone(),
            password_hash: user.password_hash.clone(),
        });
    }
}

const FORWARDING_FILE: &str = "/etc/sysctl.d/90-ipv6-forwarding.conf";

/// Packets of pods go through the node. Docker and the plugins of CNI turn this on for IPv4 alone. A kernel that forwards
/// takes no router advertisements (`accept_ra` in its ip-sysctl.rst); systemd-networkd reads those itself.
const FORWARDING: &str = "net.ipv6.conf.all.forwarding = 1\n";

/// Adds the node's network, for what the operating system configures networks with.
pub fn add_network(machine: &mut Builder, cluster: &Cluster, node: &Node, origin: Origin) {
    let network = &node.network;
    match cluster.platform {
        Platform::ContainerLinux | Platform::Flatcar(_) => {
            machine.network(Network { name: network.unit.clone(), text: network_unit(cluster, network), origin });
        }
        Platform::FedoraCoreOs(_) => {
            // NetworkManager takes none that others can read.
            let content = keyfile::text(cluster, network).into_bytes();
            machine.file(File { path: keyfile::path(network), mode: 0o600, owner: 0, content, secret: false, origin });
        }
    }
}

/// systemd.network(5). One `[Route]` for each route: a section takes one gateway.
fn network_unit(cluster: &Cluster, network: &NodeNetwork) -> String {
    let mut text = format!("[Match]\nName={}\n\n[Network]\n", network.interface);
    // Writing to a String cannot fail.
    let leases = match (cluster.has(Family::V4), cluster.has(Family::V6)) {
        (true, true) => "yes",
        (false, true) => "ipv6",
        _ => "ipv4",
    };
    let addresses = [network.address, network.second_address];
    for address in addresses.iter().flatten() {
        let _ = writeln!(text, "Address={address}");
    }
    if network.address.is_none() {
        let _ = writeln!(text, "DHCP={leases}");
    }
    for gateway in [network.gateway, network.second_gateway].iter().flatten() {
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
