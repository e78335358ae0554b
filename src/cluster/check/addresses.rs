//! Rules for the addresses of nodes, gateways and name servers.

use super::super::{facts::Facts, net};
use super::Findings;
use crate::report::OptionPath;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// What listens here listens on every interface.
const ALL: &str = "0.0.0.0";

pub fn syntax(facts: &Facts, findings: &mut Findings) {
    // `like` is a good value; 0.0.0.0 stands for every interface where that is one.
    let mut report = |path: OptionPath, text: &str, address: Result<Ipv4Addr, &'static str>, like: &str| {
        let problem = match address {
            Ok(address) if address.is_unspecified() && like == ALL => None,
            Ok(address) => net::unusable(address),
            Err(problem) => Some(problem),
        };
        if let Some(problem) = problem {
            findings.error(path, format!("{text:?} {problem}"), format!("write an address such as {like}"));
        }
    };
    for node in &facts.nodes {
        let network = &node.spec.network;
        if let Some(text) = &network.address {
            let interface = net::interface(text).map(|i| i.addr());
            report(node.option("network.address"), text, interface, "192.168.1.10/24");
        }
        for (option, text, like) in [
            ("gateway", &network.gateway, "192.168.1.1"),
            ("advertiseAddress", &network.advertise_address, "192.168.1.10"),
        ] {
            if let Some(text) = text {
                report(node.option("network").attr(option), text, net::address(text), like);
            }
        }
        for (n, text) in network.dns.iter().enumerate() {
            // A name server on the node itself is possible: 127.0.0.53 is systemd-resolved.
            let address = net::address(text);
            if !address.is_ok_and(|a| a.is_loopback()) {
                report(node.option("network.dns").index(n), text, address, "192.168.1.1");
            }
        }
        for (n, route) in network.routes.iter().enumerate() {
            let path = node.option("network.routes").index(n).attr("gateway");
            report(path, &route.gateway, net::address(&route.gateway), "192.168.1.1");
        }
    }
    let kubernetes = OptionPath::of("cluster.kubernetes");
    for (option, text) in [
        ("apiServer.insecureBindAddress", &facts.spec.kubernetes.api_server.insecure_bind_address),
        ("proxy.bindAddress", &facts.spec.kubernetes.proxy.bind_address),
    ] {
        let address = net::address(text);
        if !address.is_ok_and(|a| a.is_loopback()) {
            report(kubernetes.clone().dot(option), text, address, ALL);
        }
    }
}

pub fn address_or_dhcp(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let network = &node.spec.network;
        match (&network.address, network.dhcp) {
            (Some(address), true) => findings.error(
                node.option("network.dhcp"),
                format!("true: the node has the static address {address} too"),
                "choose one: remove `address`, or set `dhcp = false`",
            ),
            (None, false) => findings.error(
                node.option("network.address"),
                "null: the node has neither an address nor DHCP",
                "set `address`, such as \"192.168.1.10/24\", or `dhcp = true`",
            ),
            _ => {}
        }
        if let (None, Some(gateway)) = (&network.address, &network.gateway) {
            findings.error(
                node.option("network.gateway"),
                format!("{gateway} goes with no static address"),
                "with DHCP the gateway comes from the lease; remove it",
            );
        }
    }
}

pub fn in_network(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let Some(interface) = node.interface.filter(|i| i.prefix_len() <= 30) else { continue };
        let which = match interface.addr() {
            a if a == interface.network() => "the network address, the first one,",
            a if a == interface.broadcast() => "the broadcast address, the last one,",
            _ => continue,
        };
        findings.error(
            node.option("network.address"),
            format!("{interface} is {which} of {}", interface.trunc()),
            "give the node an address in between",
        );
    }
}

pub fn gateways(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let Some(interface) = node.interface else { continue };
        let routes = node.routes.iter().enumerate().filter_map(|(n, (_, gateway))| {
            Some((node.option("network.routes").index(n).attr("gateway"), (*gateway)?))
        });
        let default = node.gateway.map(|gateway| (node.option("network.gateway"), gateway));
        for (path, gateway) in default.into_iter().chain(routes) {
            if gateway == interface.addr() {
                findings.error(path, format!("{gateway} is the node's own address"), "give the address of the router");
            } else if interface.prefix_len() <= 30 && !net::is_host_in(&interface, gateway) {
                findings.error(
                    path,
                    format!("{gateway} is not a host in the node's network {}", interface.trunc()),
                    "a gateway must be reachable without another gateway; correct it or the node's address",
                );
            }
        }
    }
}

pub fn outside_cluster_ranges(facts: &Facts, findings: &mut Findings) {
    let ranges: Vec<_> = [("podCIDR", facts.pods), ("serviceCIDR", facts.services), ("dockerCIDR", facts.docker)]
        .into_iter()
        .filter_map(|(name, net)| Some((name, net?)))
        .collect();
    let mut outside = |path: OptionPath, text: &str| {
        let Ok(address) = net::address(text) else { return };
        if let Some((name, net)) = ranges.iter().find(|(_, net)| net.contains(&address)) {
            findings.error(
                path,
                format!("{address} lies inside cluster.network.{name} ({net})"),
                "the nodes would look for it inside the cluster; choose another range or another address",
            );
        }
    };
    if let Some(endpoint) = &facts.spec.control_plane.endpoint {
        outside(OptionPath::of("cluster.controlPlane.endpoint"), endpoint);
    }
    for node in &facts.nodes {
        let network = &node.spec.network;
        let advertised = network.advertise_address.iter().map(|text| (node.option("network.advertiseAddress"), text));
        let dns = network.dns.iter().enumerate().map(|(n, text)| (node.option("network.dns").index(n), text));
        advertised.chain(dns).for_each(|(path, text)| outside(path, text));
    }
}

pub fn unique(facts: &Facts, findings: &mut Findings) {
    let mut seen: BTreeMap<Ipv4Addr, &str> = BTreeMap::new();
    for node in &facts.nodes {
        let own = node.interface.map(|interface| ("network.address", interface.addr()));
        let advertised = node.spec.network.advertise_address.as_ref().and(node.reachable);
        let advertised = advertised.map(|address| ("network.advertiseAddress", address));
        for (option, address) in own.into_iter().chain(advertised) {
            let first = *seen.entry(address).or_insert(node.name);
            if first != node.name {
                findings.error(
                    node.option(option),
                    format!("{address} is the address of node {first} too"),
                    "give each node an address of its own",
                );
            }
        }
    }
}
