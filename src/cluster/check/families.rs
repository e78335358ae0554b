//! Rules for the families of addresses: IPv4, IPv6 or both, in one order everywhere, where the platform has them.

use super::super::facts::{Facts, NodeFacts};
use super::super::net::{Family, Ranges};
use super::Findings;
use crate::report::OptionPath;
use crate::spec::{FlannelBackend, FlannelDatastore, Os, Role};

fn option(name: &str) -> OptionPath {
    OptionPath::of("cluster.network").attr(name)
}

pub fn families(facts: &Facts, findings: &mut Findings) {
    if let (Some(pods), Some(services)) = (&facts.pods, &facts.services)
        && !pods.families().eq(services.families())
    {
        findings.error(
            option("serviceCIDR"),
            format!("{services} is {}, and cluster.network.podCIDR ({pods}) is {}", named(services), named(pods)),
            "give both the same families in the same order: the first is what everything has that has but one address",
        );
    }
    if let Some((path, ranges)) = asks(facts) {
        platform(facts, path, &ranges, findings);
    }
    // Whose families differ from the services' was told.
    let Some(cluster) = facts.pods.or(facts.services) else { return };
    for node in &facts.nodes {
        of_node(node, &cluster, findings);
    }
}

/// `IPv4`, or `IPv4 and IPv6`.
fn named(ranges: &Ranges) -> String {
    let all: Vec<String> = ranges.families().map(|family| family.to_string()).collect();
    all.join(" and ")
}

/// The first option that asks for IPv6, alone or besides.
fn asks(facts: &Facts) -> Option<(OptionPath, Ranges)> {
    let both = [("podCIDR", facts.pods), ("serviceCIDR", facts.services)];
    let mut asked = both.into_iter().filter_map(|(name, ranges)| Some((option(name), ranges?)));
    asked.find(|(_, ranges)| ranges.of(Family::V6).is_some())
}

/// The first Kubernetes whose dual-stack networking is stable (Kubernetes documentation, "IPv4/IPv6 dual-stack").
const FIRST: (u32, u32) = (1, 23);

fn platform(facts: &Facts, path: OptionPath, ranges: &Ranges, findings: &mut Findings) {
    let spec = facts.spec;
    if facts.minor.is_some_and(|version| version < FIRST) {
        findings.error(
            path.clone(),
            format!(
                "{ranges}: networks of IPv6, alone or besides, are for Kubernetes 1.23 and later, and this is {}",
                spec.kubernetes.version
            ),
            "choose a later version, or ranges of IPv4 alone",
        );
    }
    if spec.platform.os == Os::ContainerLinux {
        findings.error(
            path,
            format!(
                "{ranges}: container-linux, whose last version is of 2020, has no kubelet and no flannel that do IPv6"
            ),
            "choose another cluster.platform.os, or ranges of IPv4 alone",
        );
    }
    let Some(pods) = facts.pods.filter(|pods| spec.flannel.enable && pods.of(Family::V6).is_some()) else { return };
    // flannel v0.15.0 was the first; flannel-wrapper runs an older one.
    if spec.flannel.datastore == FlannelDatastore::Etcd {
        findings.error(
            OptionPath::of("cluster.flannel.datastore"),
            format!("etcd: the operating system's flannel, which keeps its leases there, does IPv4 alone, and the pods have {pods}"),
            "set it to \"kubernetes\"",
        );
    }
    // flannel, Documentation/configuration.md, "Dual-stack": vxlan, wireguard and host-gw.
    if spec.flannel.backend == Some(FlannelBackend::Udp) {
        findings.error(
            OptionPath::of("cluster.flannel.backend"),
            format!("udp: this backend does IPv4 alone, and the pods have {pods}"),
            "set it to \"vxlan\" or \"host-gw\"",
        );
    }
}

fn of_node(node: &NodeFacts, cluster: &Ranges, findings: &mut Findings) {
    let at = |name: &str| node.option("network").attr(name);
    let network = &node.spec.network;
    let mut families = cluster.families();
    let (first, second) = (families.next(), families.next());
    let is_part = node.joins() || node.is(Role::Etcd);
    if let (Some(own), Some(first)) = (node.interface, first)
        && is_part
        && Family::of(own.addr()) != first
    {
        findings.error(
            at("address"),
            format!("{own} is no {first} address, and that is the cluster's first family"),
            "write the address of the cluster's first family here, and the one of the other as `secondAddress`",
        );
    }
    if let (Some(own), None, Some(second)) = (node.interface, &network.second_address, second)
        && node.joins()
        && Family::of(own.addr()) != second
    {
        findings.error(
            at("secondAddress"),
            format!(
                "null: the cluster has {second} too, and services and pods with host networking want it of every node"
            ),
            format!("give the node's {second} address"),
        );
    }
    if let (Some(own), Some(second)) = (node.interface, node.second)
        && Family::of(own.addr()) == Family::of(second.addr())
    {
        findings.error(
            at("secondAddress"),
            format!("{second} is of the same family as `address` ({own})"),
            "give one of the other family, or leave it null",
        );
    }
    if let (Some(_), Some(address), Some(first)) = (&network.advertise_address, node.reachable, first)
        && is_part
        && Family::of(address) != first
    {
        findings.error(
            at("advertiseAddress"),
            format!("{address} is no {first} address, and that is the cluster's first family"),
            "give the address of that family under which others reach the node",
        );
    }
    routers(node, findings);
}

/// A gateway is reached by an address of its own family, and so is what lies behind it.
fn routers(node: &NodeFacts, findings: &mut Findings) {
    let at = |name: &str| node.option("network").attr(name);
    let own = [("gateway", "address", node.interface), ("secondGateway", "secondAddress", node.second)];
    for (option, gateway) in node.gateways() {
        for (_, of, address) in own.iter().filter(|(name, ..)| *name == option) {
            match address {
                // Without a first address there is DHCP, or none at all, which other rules tell.
                None if node.interface.is_some() => findings.error(
                    at(option),
                    format!("{gateway} goes with `{of}`, which is null"),
                    format!("set `{of}`, or remove the gateway"),
                ),
                Some(net) if Family::of(net.addr()) != Family::of(gateway) => findings.error(
                    at(option),
                    format!("{gateway} is not of the family of `{of}` ({net})"),
                    "give the gateway of that family",
                ),
                _ => {}
            }
        }
    }
    for (n, (destination, gateway)) in node.routes.iter().enumerate() {
        let (Some(destination), Some(gateway)) = (destination, gateway) else { continue };
        let family = Family::of(*gateway);
        let mut interfaces = node.interfaces().map(|(_, net)| Family::of(net.addr()));
        if Family::of(destination.addr()) != family {
            findings.error(
                at("routes").index(n).attr("gateway"),
                format!("{gateway} is not of the family of the route's destination, {destination}"),
                "give the gateway of that family",
            );
        } else if node.interface.is_some() && !interfaces.any(|own| own == family) {
            findings.error(
                at("routes").index(n).attr("gateway"),
                format!("{gateway} is {family}, and the node has no address of that family"),
                "give it one, as `secondAddress`, or remove the route",
            );
        }
    }
}
