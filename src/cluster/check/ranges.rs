//! Rules for address ranges.

use super::super::{facts::Facts, net};
use super::Findings;
use crate::report::OptionPath;
use ipnet::Ipv4Net;
use std::collections::BTreeMap;

fn option(name: &str) -> OptionPath {
    OptionPath::of("cluster.network").attr(name)
}

pub fn syntax(facts: &Facts, findings: &mut Findings) {
    let network = &facts.spec.network;
    let mut ranges = vec![
        (option("podCIDR"), &network.pod_cidr),
        (option("serviceCIDR"), &network.service_cidr),
        (OptionPath::of("cluster.flannel.network"), &facts.spec.flannel.network),
        (OptionPath::of("cluster.kubernetes.proxy.clusterCIDR"), &facts.spec.kubernetes.proxy.cluster_cidr),
    ];
    ranges.extend(network.docker_cidr.as_ref().map(|text| (option("dockerCIDR"), text)));
    for node in &facts.nodes {
        for (n, route) in node.spec.network.routes.iter().enumerate() {
            let path = node.option("network.routes").index(n).attr("destination");
            ranges.push((path, &route.destination));
        }
    }
    for (path, text) in ranges {
        if let Err(problem) = net::range(text) {
            let help = match net::interface(text) {
                Ok(net) => format!("write {}", net.trunc()),
                Err(_) => "write a range such as 10.254.0.0/16".to_owned(),
            };
            findings.error(path, format!("{text:?} {problem}"), help);
        }
    }
}

pub fn size(facts: &Facts, findings: &mut Findings) {
    if let Some(pods) = &facts.pods {
        // flannel's SubnetLen is 24: a subnet of that size for each node, none of them the first (flannel,
        // subnet/config.go).
        let nodes = facts.nodes.iter().filter(|n| n.joins()).count();
        let network = facts.flannel.as_ref().filter(|_| facts.spec.flannel.enable).unwrap_or(pods);
        let subnets = 1_usize.checked_shl(24_u32.saturating_sub(network.prefix_len().into())).unwrap_or(0);
        if !(8..=24).contains(&pods.prefix_len()) {
            findings.error(option("podCIDR"), format!("{pods} is not between a /8 and a /24"), "choose a /16");
        } else if facts.spec.flannel.enable && nodes > 0 && subnets <= nodes {
            let path = if network == pods { option("podCIDR") } else { OptionPath::of("cluster.flannel.network") };
            findings.error(
                path,
                format!("{network} has fewer than {} subnets of /24: one for each node, and the first one, which flannel leaves out", nodes + 1),
                "choose a larger range, such as a /16",
            );
        }
    }
    if let Some(services) = &facts.services {
        // At least 8 addresses (Kubernetes 1.9, pkg/master/services.go); at most 20 bits of hosts, the most that later
        // versions take (cmd/kube-apiserver/app/options/validation.go).
        if !(12..=29).contains(&services.prefix_len()) {
            findings.error(option("serviceCIDR"), format!("{services} is not between a /12 and a /29"), "choose a /16");
        }
    }
    if let Some(docker) = facts.docker.filter(|net| !(8..=30).contains(&net.prefix_len())) {
        findings.error(
            option("dockerCIDR"),
            format!("{docker} is not between a /8 and a /30"),
            "give the range of the docker0 bridge, 172.17.0.0/16 unless you changed it",
        );
    }
    for node in &facts.nodes {
        if let Some(interface) = node.interface.filter(|net| !(8..=30).contains(&net.prefix_len())) {
            findings.error(
                node.option("network.address"),
                format!("{interface}: a network of /{} is not between a /8 and a /30", interface.prefix_len()),
                "give the prefix length of the network that the node stands in, such as /24",
            );
        }
        for (n, (destination, _)) in node.routes.iter().enumerate() {
            if let Some(net) = destination.filter(|net| net.prefix_len() < 8) {
                findings.error(
                    node.option("network.routes").index(n).attr("destination"),
                    format!("{net} swallows the cluster's own ranges"),
                    "name the networks behind that gateway; the way to everything else is `gateway`",
                );
            }
        }
    }
}

/// A range with what it is called, for a message, and the option it comes from.
struct Named {
    net: Ipv4Net,
    path: OptionPath,
}

/// Whether a range is not so large that it overlaps nearly everything, which the rule for sizes tells.
fn is_bounded(net: &Ipv4Net) -> bool {
    net.prefix_len() >= 8
}

pub fn overlap(facts: &Facts, findings: &mut Findings) {
    let cluster: Vec<Named> = [("podCIDR", facts.pods), ("serviceCIDR", facts.services), ("dockerCIDR", facts.docker)]
        .into_iter()
        .filter_map(|(name, net)| Some(Named { net: net.filter(is_bounded)?, path: option(name) }))
        .collect();
    for (n, a) in cluster.iter().enumerate() {
        for b in cluster.iter().skip(n + 1).filter(|b| net::overlap(&a.net, &b.net)) {
            clash(findings, b, a, "choose another range for one of them");
        }
    }

    // Each network once, under the first node that stands in it: thousands of nodes share a few networks.
    let mut networks: BTreeMap<Ipv4Net, OptionPath> = BTreeMap::new();
    for node in &facts.nodes {
        if let Some(interface) = node.interface.filter(is_bounded) {
            networks.entry(interface.trunc()).or_insert_with(|| node.option("network.address"));
        }
    }
    let networks: Vec<Named> = networks.into_iter().map(|(net, path)| Named { net, path }).collect();
    for named in &networks {
        for range in cluster.iter().filter(|range| net::overlap(&range.net, &named.net)) {
            clash(findings, named, range, WOULD_BE_ROUTED);
        }
    }
    // Sorted by first address, a network overlaps an earlier one only if it overlaps the widest so far.
    let mut widest: Option<&Named> = None;
    for named in &networks {
        match widest {
            Some(wide) if net::overlap(&wide.net, &named.net) => {
                clash(findings, named, wide, "nodes of one network have one prefix length; give all of them the same")
            }
            _ => widest = Some(named),
        }
    }

    for node in &facts.nodes {
        let mut others: Vec<Named> = node
            .interface
            .filter(is_bounded)
            .map(|i| Named { net: i.trunc(), path: node.option("network.address") })
            .into_iter()
            .collect();
        for (n, (destination, _)) in node.routes.iter().enumerate() {
            let Some(net) = destination.filter(is_bounded) else { continue };
            let route = Named { net, path: node.option("network.routes").index(n).attr("destination") };
            for range in cluster.iter().filter(|range| net::overlap(&range.net, &net)) {
                clash(findings, &route, range, WOULD_BE_ROUTED);
            }
            for other in others.iter().filter(|other| net::overlap(&other.net, &net)) {
                clash(
                    findings,
                    &route,
                    other,
                    "a route is for a network that the node neither stands in nor has another route to",
                );
            }
            others.push(route);
        }
    }
}

const WOULD_BE_ROUTED: &str =
    "traffic to the host, ssh too, would be routed into the cluster's range; choose another range for one of them";

fn clash(findings: &mut Findings, a: &Named, b: &Named, help: &str) {
    findings.error(a.path.clone(), format!("{} overlaps {} ({})", a.net, b.path, b.net), help);
}

pub fn inside_pods(facts: &Facts, findings: &mut Findings) {
    let Some(pods) = facts.pods else { return };
    if let Some(flannel) = facts.flannel.filter(|net| facts.spec.flannel.enable && !pods.contains(net)) {
        findings.error(
            OptionPath::of("cluster.flannel.network"),
            format!("{flannel} is not inside cluster.network.podCIDR ({pods})"),
            "leave it at its default, the podCIDR",
        );
    }
    if let Ok(proxy) = net::range(&facts.spec.kubernetes.proxy.cluster_cidr)
        && proxy != pods
    {
        findings.warning(
            OptionPath::of("cluster.kubernetes.proxy.clusterCIDR"),
            format!("{proxy} is not cluster.network.podCIDR ({pods})"),
            "kube-proxy takes what comes from outside this range for outside traffic and masquerades it; leave it at its default",
        );
    }
}
