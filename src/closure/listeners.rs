//! What listens on a node -> every two that want one port.

use super::node::{EXTRA, Node};
use crate::machine::Listener;
use crate::report::Report;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Someone who listens on a port.
struct Taker<'n> {
    who: String,
    address: IpAddr,
    port: u16,
    origin: &'n crate::machine::Origin,
}

/// The ports of the user's own static pods. A pod in place of a component's has its name, and its ports are said by the
/// component.
pub fn of_pods<'n>(node: &'n Node) -> impl Iterator<Item = (&'n str, IpAddr, u16, &'n crate::machine::Origin)> {
    let is_component = |name: &str| node.machine.listeners.iter().any(|listener| listener.who == name);
    let own = node.pods().filter(move |(file, pod)| file.origin.writer == EXTRA && !is_component(&pod.name));
    own.flat_map(|(file, pod)| {
        let ports = pod.containers.iter().flat_map(|container| &container.ports);
        ports.filter_map(move |port| {
            // hostPort is what counts; on the node's network it is the container's.
            let number = port.host.or(port.container.filter(|_| pod.host_network))?;
            Some((pod.name.as_str(), port.address, number, &file.origin))
        })
    })
}

/// The rule `listeners`.
pub fn check(node: &Node, report: &mut Report) {
    let known = node.machine.listeners.iter().map(|Listener { who, address, port, origin, .. }| Taker {
        who: (*who).to_owned(),
        address: *address,
        port: *port,
        origin,
    });
    let pods =
        of_pods(node).map(|(name, address, port, origin)| Taker { who: format!("pod {name}"), address, port, origin });
    let mut ports: BTreeMap<u16, Vec<Taker>> = BTreeMap::new();
    for taker in known.chain(pods) {
        let there = ports.entry(taker.port).or_default();
        if let Some(first) = there.iter().find(|first| overlap(first.address, taker.address)) {
            report.push(node.problem(
                "listeners",
                taker.origin,
                &format!("port {}", taker.port),
                &format!(
                    "{} ({}) and {} ({}) would both listen on it",
                    first.who, first.origin.option, taker.who, taker.origin.option
                ),
                "move one of them to another port",
            ));
        }
        there.push(taker);
    }
}

fn overlap(a: IpAddr, b: IpAddr) -> bool {
    takes(a, b) || takes(b, a)
}

/// Whether what listens on `listener` has what comes to `address`. Who listens on `::` has IPv4 too: so do Go's programs
/// (package net, `favoriteAddrFamily`), and so does the kernel by default (`bindv6only` in its ip-sysctl.rst).
pub fn takes(listener: IpAddr, address: IpAddr) -> bool {
    listener == address || (listener.is_unspecified() && (listener.is_ipv6() || address.is_ipv4()))
}
