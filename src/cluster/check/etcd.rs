//! Rules for etcd: its members, their state, an etcd that is run by others, and who reaches it.

use super::super::facts::Facts;
use super::Findings;
use crate::report::OptionPath;
use crate::spec::{EtcdListen, EtcdState, Role};

const GIVE: &str =
    "give one, three or five nodes the role \"etcd\", or name an etcd of yours in cluster.etcd.endpoints";

pub fn members(facts: &Facts, findings: &mut Findings) {
    let members = facts.with(Role::Etcd).count();
    let nodes = || OptionPath::of("cluster.nodes");
    if !facts.has_etcd() {
        if let Some(node) = facts.with(Role::ControlPlane).next() {
            findings.error(
                nodes(),
                format!(
                    "no node has the role \"etcd\", so the API server on {} has nowhere to keep its state",
                    node.name
                ),
                GIVE,
            );
        } else if let Some(node) = facts.nodes.iter().find(|n| n.joins())
            && facts.has_flannel_in_etcd()
        {
            findings.error(
                nodes(),
                format!("no node has the role \"etcd\", so flannel on {} has no configuration", node.name),
                GIVE,
            );
        }
    }
    if members > 0 && members.is_multiple_of(2) {
        findings.warning(
            nodes(),
            format!("{members} etcd members survive no more failures than {}", members - 1),
            "use an odd number of members",
        );
    }
}

pub fn state(facts: &Facts, findings: &mut Findings) {
    let members: Vec<_> = facts.with(Role::Etcd).collect();
    let existing: Vec<_> = members.iter().filter(|node| node.spec.etcd.state == EtcdState::Existing).collect();
    if let ([_], [only]) = (members.as_slice(), existing.as_slice()) {
        findings.error(
            only.option("etcd.state"),
            "existing: there is no other member whose cluster it could join",
            "describe the members of the running cluster too, or set it to \"new\"",
        );
    } else if existing.len() > 1 && existing.len() < members.len() {
        let names: Vec<_> = existing.iter().map(|node| node.name).collect();
        if let Some(second) = existing.get(1) {
            findings.warning(
                second.option("etcd.state"),
                format!(
                    "existing: {} members join at once ({}), and each needs a majority that works",
                    names.len(),
                    names.join(", ")
                ),
                "add one member, wait until `etcdctl cluster-health` has it, then set it to \"new\" and add the next",
            );
        }
    }
}

pub fn endpoints(facts: &Facts, findings: &mut Findings) {
    let at = || OptionPath::of("cluster.etcd.endpoints");
    let texts = &facts.spec.etcd.endpoints;
    for (n, (text, url)) in texts.iter().zip(&facts.etcd_urls).enumerate() {
        let tls = facts.spec.tls.enable;
        match url {
            None => findings.error(
                at().index(n),
                format!("{text:?} is not the URL of an etcd"),
                "write it as https://etcd-1.example.com:2379: scheme, address or DNS name, port",
            ),
            Some(url) if url.tls != tls => findings.error(
                at().index(n),
                match tls {
                    true => format!("{text}: the cluster's secrets would go over plain HTTP"),
                    false => {
                        format!("{text}: with cluster.tls.enable = false there are no certificates to reach it with")
                    }
                },
                match tls {
                    true => "let etcd talk TLS and write https, or set cluster.tls.enable to false",
                    false => "write http, or set cluster.tls.enable to true",
                },
            ),
            Some(_) if texts.iter().take(n).any(|other| other == text) => {
                findings.error(at().index(n), format!("{text} is named twice"), "name each member once");
            }
            Some(_) => {}
        }
    }
    if let (false, Some(member)) = (texts.is_empty(), facts.with(Role::Etcd).next()) {
        findings.error(
            at(),
            format!("node {} has the role \"etcd\" too, and a cluster has one etcd", member.name),
            "remove the role, or the endpoints",
        );
    }
}

pub fn listen(facts: &Facts, findings: &mut Findings) {
    if facts.spec.etcd.listen != EtcdListen::LoopbackAndFlannel {
        return;
    }
    let remote = |n: &&super::NodeFacts| {
        !n.is(Role::Etcd) && (n.is(Role::ControlPlane) || (n.joins() && facts.has_flannel_in_etcd()))
    };
    if let Some(node) = facts.nodes.iter().find(remote) {
        findings.error(
            OptionPath::of("cluster.etcd.listen"),
            format!("loopback-and-flannel: node {} has no etcd of its own and could not reach another's", node.name),
            "give that node the role \"etcd\", or let etcd listen on \"all\"",
        );
    }
}
