//! Rules for the addresses of nodes, gateways and name servers.

use super::super::{facts::Facts, net};
use super::Findings;
use crate::report::OptionPath;
use std::collections::BTreeMap;
use std::net::IpAddr;

pub fn syntax(facts: &Facts, findings: &mut Findings) {
    // `like` is a good value.
    let mut report = |path: OptionPath, text: &str, problem: Option<&str>, like: &str| {
        if let Some(problem) = problem {
            findings.error(path, format!("{text:?} {problem}"), format!("write an address such as {like}"));
        }
    };
    for node in &facts.nodes {
        let network = &node.spec.network;
        let at = |option| node.option("network").attr(option);
        for (option, text, like) in [
            ("address", &network.address, "192.168.1.10/24"),
            ("secondAddress", &network.second_address, "fd00::10/64"),
        ] {
            let problem = |text: &String| no_host(net::interface(text).map(|interface| interface.addr()));
            text.iter().for_each(|text| report(at(option), text, problem(text), like));
        }
        for (option, text, like) in
            [("gateway", &network.gateway, "192.168.1.1"), ("secondGateway", &network.second_gateway, "fd00::1")]
        {
            text.iter().for_each(|text| report(at(option), text, no_router(text), like));
        }
        if let Some(text) = &network.advertise_address {
            report(at("advertiseAddress"), text, no_host(net::address(text)), "192.168.1.10");
        }
        for (n, text) in network.dns.iter().enumerate() {
            // A name server on the node itself is possible: 127.0.0.53 is systemd-resolved.
            let address = net::address(text);
            let problem = no_host(address).filter(|_| !address.is_ok_and(|a| a.is_loopback()));
            report(at("dns").index(n), text, problem, "192.168.1.1");
        }
        for (n, route) in network.routes.iter().enumerate() {
            let path = at("routes").index(n).attr("gateway");
            report(path, &route.gateway, no_router(&route.gateway), "192.168.1.1");
        }
    }
    let kubernetes = OptionPath::of("cluster.kubernetes");
    for (option, text) in [
        ("apiServer.insecureBindAddress", &facts.spec.kubernetes.api_server.insecure_bind_address),
        ("proxy.bindAddress", &facts.spec.kubernetes.proxy.bind_address),
    ] {
        // 0.0.0.0 and :: stand for every interface here.
        let address = net::address(text);
        let problem = no_host(address).filter(|_| !address.is_ok_and(|a| a.is_loopback() || a.is_unspecified()));
        report(kubernetes.clone().dot(option), text, problem, "0.0.0.0");
    }
}

/// Why a host cannot have that address.
fn no_host(address: Result<IpAddr, &'static str>) -> Option<&'static str> {
    address.map_or_else(Some, net::unusable)
}

/// Why a gateway cannot have that address. It may be one that means something on the node's own link alone.
fn no_router(text: &str) -> Option<&'static str> {
    let address = net::address(text);
    no_host(address).filter(|_| !address.is_ok_and(net::is_link_local))
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
        for (option, gateway) in [("gateway", &network.gateway), ("secondGateway", &network.second_gateway)] {
            if let (None, Some(gateway)) = (&network.address, gateway) {
                findings.error(
                    node.option("network").attr(option),
                    format!("{gateway} goes with no static address"),
                    "with DHCP the gateway comes from the lease; remove it",
                );
            }
        }
        if let (None, Some(second)) = (&network.address, &network.second_address) {
            findings.error(
                node.option("network.secondAddress"),
                format!("{second} goes with no static address of the first family"),
                "set `address` to the node's only address; with DHCP both come from leases",
            );
        }
    }
}

pub fn in_network(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        for (option, interface) in node.interfaces() {
            let Some(which) = net::reserved_in(&interface, interface.addr()) else { continue };
            findings.error(
                node.option("network").attr(option),
                format!("{interface} is {which} of {}", interface.trunc()),
                "give the node an address in between",
            );
        }
    }
}

pub fn gateways(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let routes = node.routes.iter().enumerate().filter_map(|(n, (_, gateway))| {
            Some((node.option("network.routes").index(n).attr("gateway"), (*gateway)?))
        });
        let default = node.gateways().map(|(option, gateway)| (node.option("network").attr(option), gateway));
        for (path, gateway) in default.chain(routes).filter(|(_, gateway)| !net::is_link_local(*gateway)) {
            let mut own = node.interfaces().map(|(_, net)| net);
            let Some(interface) = own.find(|net| net.addr().is_ipv4() == gateway.is_ipv4()) else {
                continue;
            };
            if gateway == interface.addr() {
                findings.error(path, format!("{gateway} is the node's own address"), "give the address of the router");
            } else if !net::is_point_to_point(&interface) && !net::is_host_in(&interface, gateway) {
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
    let ranges: Vec<_> = facts.ranges().collect();
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
    let mut seen: BTreeMap<IpAddr, &str> = BTreeMap::new();
    for node in &facts.nodes {
        let own = node.interfaces().map(|(option, interface)| (option, interface.addr()));
        let advertised = node.spec.network.advertise_address.as_ref().and(node.reachable);
        let advertised = advertised.map(|address| ("advertiseAddress", address));
        for (option, address) in own.chain(advertised) {
            let first = *seen.entry(address).or_insert(node.name);
            if first != node.name {
                findings.error(
                    node.option("network").attr(option),
                    format!("{address} is the address of node {first} too"),
                    "give each node an address of its own",
                );
            }
        }
    }
}
