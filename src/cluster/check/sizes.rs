//! Rules for how large an address range is.

use super::super::facts::Facts;
use super::super::net::{Family, Ranges, pods_of_a_node};
use super::Findings;
use crate::report::OptionPath;
use ipnet::IpNet;

/// The shortest and the longest prefix of a range, for each family.
struct Limits {
    v4: (u8, u8),
    v6: (u8, u8),
}

/// 10.0.0.0/8 is the largest private network (RFC 1918). Of IPv6 a provider has a /32 or a larger part of a /16.
const SHORTEST_V4: u8 = 8;
const SHORTEST_V6: u8 = 16;

/// kube-controller-manager keeps what it gives out in a map of at most 2^16 parts, and tinderbox gives a node of IPv6 a
/// /64 up to a /56 (pkg/controller/nodeipam/ipam/cidrset, `clusterSubnetMaxDiff`); flannel gives a node of IPv4 a /24.
const PODS: Limits = Limits { v4: (8, 24), v6: (40, 64) };
/// At least 8 addresses (Kubernetes 1.9, pkg/master/services.go), of IPv6 16; at most 20 bits of hosts, the most that
/// later versions take (cmd/kube-apiserver/app/options/validation.go).
const SERVICES: Limits = Limits { v4: (12, 29), v6: (108, 124) };
const DOCKER: Limits = Limits { v4: (SHORTEST_V4, 30), v6: (SHORTEST_V6, 126) };
/// Of IPv6 two routers may have a /127 between them (RFC 6164).
const NODES: Limits = Limits { v4: (SHORTEST_V4, 30), v6: (SHORTEST_V6, 127) };

impl Limits {
    /// `between a /8 and a /30`, where a range is not.
    fn broken(&self, net: &IpNet) -> Option<String> {
        let (shortest, longest) = by_family(net, self.v4, self.v6);
        (!(shortest..=longest).contains(&net.prefix_len())).then(|| format!("between a /{shortest} and a /{longest}"))
    }
}

fn by_family<T>(net: &IpNet, v4: T, v6: T) -> T {
    match net {
        IpNet::V4(_) => v4,
        IpNet::V6(_) => v6,
    }
}

/// Whether a range is not so large that it overlaps nearly everything, which the rule for sizes tells.
pub fn is_bounded(net: &IpNet) -> bool {
    net.prefix_len() >= by_family(net, SHORTEST_V4, SHORTEST_V6)
}

fn option(name: &str) -> OptionPath {
    OptionPath::of("cluster.network").attr(name)
}

pub fn size(facts: &Facts, findings: &mut Findings) {
    for pods in facts.pods.iter().flat_map(Ranges::all) {
        of_pods(facts, &pods, findings);
    }
    for services in facts.services.iter().flat_map(Ranges::all) {
        if let Some(limits) = SERVICES.broken(&services) {
            let help = by_family(&services, "choose a /16", "choose a /112");
            findings.error(option("serviceCIDR"), format!("{services} is not {limits}"), help);
        }
    }
    if let Some((docker, limits)) = facts.docker.and_then(|net| Some((net, DOCKER.broken(&net)?))) {
        findings.error(
            option("dockerCIDR"),
            format!("{docker} is not {limits}"),
            "give the range of the docker0 bridge, 172.17.0.0/16 unless you changed it",
        );
    }
    for node in &facts.nodes {
        for (option, interface) in node.interfaces() {
            if let Some(limits) = NODES.broken(&interface) {
                findings.error(
                    node.option("network").attr(option),
                    format!("{interface}: a network of /{} is not {limits}", interface.prefix_len()),
                    format!(
                        "give the prefix length of the network that the node stands in, such as {}",
                        by_family(&interface, "/24", "/64")
                    ),
                );
            }
        }
        for (n, (destination, _)) in node.routes.iter().enumerate() {
            if let Some(net) = destination.filter(|net| !is_bounded(net)) {
                findings.error(
                    node.option("network.routes").index(n).attr("destination"),
                    format!("{net} swallows the cluster's own ranges"),
                    "name the networks behind that gateway; the way to everything else is `gateway`",
                );
            }
        }
    }
}

/// The pods' range of one family: its own size, and whether there is a part of it for each node.
fn of_pods(facts: &Facts, pods: &IpNet, findings: &mut Findings) {
    if let Some(limits) = PODS.broken(pods) {
        let help = by_family(pods, "choose a /16", "choose a /56");
        return findings.error(option("podCIDR"), format!("{pods} is not {limits}"), help);
    }
    let nodes = facts.nodes.iter().filter(|n| n.joins()).count();
    if !facts.spec.flannel.enable || nodes == 0 {
        return;
    }
    let own = facts.flannel.and_then(|flannel| flannel.of(Family::of(pods.addr())));
    let network = own.unwrap_or(*pods);
    let path = if network == *pods { option("podCIDR") } else { OptionPath::of("cluster.flannel.network") };
    let part = pods_of_a_node(&network);
    let parts = 1_usize.checked_shl(part.saturating_sub(network.prefix_len()).into()).unwrap_or(0);
    match network {
        // flannel's SubnetLen is 24: a subnet of that size for each node, none of them the first (flannel,
        // subnet/config.go).
        IpNet::V4(_) if parts <= nodes => findings.error(
            path,
            format!("{network} has fewer than {} subnets of /{part}: one for each node, and the first one, which flannel leaves out", nodes + 1),
            "choose a larger range, such as a /16",
        ),
        IpNet::V6(_) if parts < nodes || part < network.prefix_len() => findings.error(
            path,
            format!("{network} has fewer than {nodes} subnets of /{part}: one for each node"),
            "choose a larger range, such as a /56",
        ),
        _ => {}
    }
}
