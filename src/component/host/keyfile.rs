//! The network of a node -> a connection of NetworkManager, which is what Fedora CoreOS configures networks with.
//!
//! Format: nm-settings-keyfile(5).

use crate::cluster::net::Family;
use crate::cluster::{Cluster, NodeNetwork};
use ipnet::IpNet;
use std::net::IpAddr;

/// Where the connection lies. The name is that of the unit of systemd-networkd that stands for it elsewhere.
pub fn path(network: &NodeNetwork) -> String {
    let name = network.unit.strip_suffix(".network").unwrap_or(&network.unit);
    format!("/etc/NetworkManager/system-connections/{name}.nmconnection")
}

/// The connection.
pub fn text(cluster: &Cluster, network: &NodeNetwork) -> String {
    let id = network.unit.strip_suffix(".network").unwrap_or(&network.unit);
    let interfaces: Vec<_> = network.interface.split_whitespace().collect();
    let mut sections = vec![
        format!("[connection]\nid={id}\ntype=ethernet\n"),
        format!("[match]\ninterface-name={};\n", interfaces.join(";")),
    ];
    let is_static = network.address.is_some();
    for family in [Family::V4, Family::V6] {
        sections.push(section(network, family, is_static, cluster.has(family)));
    }
    sections.join("\n")
}

fn section(network: &NodeNetwork, family: Family, is_static: bool, is_used: bool) -> String {
    let is_of = |address: IpAddr| Family::of(address) == family;
    let addresses = [network.address, network.second_address];
    let gateways = [network.gateway, network.second_gateway];
    let address: Option<IpNet> = addresses.into_iter().flatten().find(|net| is_of(net.addr()));
    let gateway = gateways.into_iter().flatten().find(|gateway| is_of(*gateway));
    let mut lines = vec![match family {
        Family::V4 => "[ipv4]".to_owned(),
        Family::V6 => "[ipv6]".to_owned(),
    }];
    let method = match (address, family) {
        (Some(_), _) => "manual",
        (None, _) if !is_static && is_used => "auto",
        (None, Family::V4) => "disabled",
        // A kernel's own link-local address, as there is one without NetworkManager too.
        (None, Family::V6) => "link-local",
    };
    if let Some(address) = address {
        let gateway = gateway.map(|gateway| format!(",{gateway}")).unwrap_or_default();
        lines.push(format!("address1={address}{gateway}"));
    }
    let servers: Vec<_> = network.dns.iter().filter(|server| is_of(**server)).map(ToString::to_string).collect();
    if !servers.is_empty() && method != "disabled" {
        lines.push(format!("dns={};", servers.join(";")));
    }
    lines.push(format!("method={method}"));
    let routes = network.routes.iter().filter(|(_, gateway)| is_of(*gateway));
    lines.extend(routes.enumerate().map(|(n, (net, gateway))| format!("route{}={net},{gateway}", n + 1)));
    lines.push(String::new());
    lines.join("\n")
}
