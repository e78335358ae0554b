//! Rules for address ranges.

use super::super::facts::Facts;
use super::super::net::{self, Ranges};
use super::Findings;
use super::sizes::is_bounded;
use crate::report::OptionPath;
use ipnet::IpNet;
use std::collections::BTreeMap;

fn option(name: &str) -> OptionPath {
    OptionPath::of("cluster.network").attr(name)
}

pub fn syntax(facts: &Facts, findings: &mut Findings) {
    let network = &facts.spec.network;
    // Where two families are possible, and where one network is meant.
    let of_families = [
        (option("podCIDR"), &network.pod_cidr),
        (option("serviceCIDR"), &network.service_cidr),
        (OptionPath::of("cluster.flannel.network"), &facts.spec.flannel.network),
        (OptionPath::of("cluster.kubernetes.proxy.clusterCIDR"), &facts.spec.kubernetes.proxy.cluster_cidr),
    ];
    let mut networks: Vec<_> = Vec::new();
    networks.extend(network.docker_cidr.as_ref().map(|text| (option("dockerCIDR"), text)));
    for node in &facts.nodes {
        for (n, route) in node.spec.network.routes.iter().enumerate() {
            let path = node.option("network.routes").index(n).attr("destination");
            networks.push((path, &route.destination));
        }
    }
    let of_families = of_families.into_iter().map(|(path, text)| (path, text, net::ranges(text).err()));
    let networks = networks.into_iter().map(|(path, text)| (path, text, net::range(text).err()));
    for (path, text, problem) in of_families.chain(networks) {
        if let Some(problem) = problem {
            let help = match net::interface(text) {
                Ok(net) => format!("write {}", net.trunc()),
                Err(_) if text.contains(',') => {
                    "write a range, or one of each family, such as 10.254.0.0/16,fd00:10:254::/56".to_owned()
                }
                Err(_) => "write a range such as 10.254.0.0/16".to_owned(),
            };
            findings.error(path, format!("{text:?} {problem}"), help);
        }
    }
}

/// A range with what it is called, for a message, and the option it comes from.
struct Named {
    net: IpNet,
    path: OptionPath,
}

pub fn overlap(facts: &Facts, findings: &mut Findings) {
    let cluster: Vec<Named> = facts
        .ranges()
        .filter(|(_, net)| is_bounded(net))
        .map(|(name, net)| Named { net, path: option(name) })
        .collect();
    for (n, a) in cluster.iter().enumerate() {
        for b in cluster.iter().skip(n + 1).filter(|b| net::overlap(&a.net, &b.net)) {
            clash(findings, b, a, "choose another range for one of them");
        }
    }

    // Each network once, under the first node that stands in it: thousands of nodes share a few networks.
    let mut networks: BTreeMap<IpNet, OptionPath> = BTreeMap::new();
    for node in &facts.nodes {
        for (option, interface) in node.interfaces().filter(|(_, net)| is_bounded(net)) {
            networks.entry(interface.trunc()).or_insert_with(|| node.option("network").attr(option));
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
            .interfaces()
            .filter(|(_, net)| is_bounded(net))
            .map(|(option, net)| Named { net: net.trunc(), path: node.option("network").attr(option) })
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
    let inside = |flannel: &Ranges| {
        let mut each = flannel.families().map(|family| (flannel.of(family), pods.of(family)));
        flannel.families().eq(pods.families())
            && each.all(|(own, all)| own.zip(all).is_some_and(|(own, all)| all.contains(&own)))
    };
    if let Some(flannel) = facts.flannel.filter(|net| facts.spec.flannel.enable && !inside(net)) {
        findings.error(
            OptionPath::of("cluster.flannel.network"),
            format!("{flannel} is not inside cluster.network.podCIDR ({pods})"),
            "leave it at its default, the podCIDR",
        );
    }
    if let Ok(proxy) = net::ranges(&facts.spec.kubernetes.proxy.cluster_cidr)
        && proxy != pods
    {
        findings.warning(
            OptionPath::of("cluster.kubernetes.proxy.clusterCIDR"),
            format!("{proxy} is not cluster.network.podCIDR ({pods})"),
            "kube-proxy takes what comes from outside this range for outside traffic and masquerades it; leave it at its default",
        );
    }
}
