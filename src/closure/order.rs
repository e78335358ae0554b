//! After= and Before= of a node's units -> a ring of units that wait for one another.
//!
//! systemd breaks such a ring by not starting one of them, and which one is left to chance.

use super::node::{EXTRA, Node};
use crate::machine::Origin;
use crate::report::Report;
use std::collections::{BTreeMap, BTreeSet};

/// Orderings of the operating system: the first starts before the second. Targets: bootup(7) and systemd.special(7);
/// etcd-member.service, flanneld.service, flannel-docker-opts.service and docker.service: coreos-overlay, in
/// app-admin/etcd-wrapper, app-admin/flannel-wrapper and app-emulation/docker.
const SYSTEM: [(&str, &str); 17] = [
    ("local-fs-pre.target", "local-fs.target"),
    ("local-fs.target", "sysinit.target"),
    ("sysinit.target", "basic.target"),
    ("sockets.target", "basic.target"),
    ("basic.target", "multi-user.target"),
    ("network-pre.target", "network.target"),
    ("systemd-networkd.service", "network.target"),
    ("network.target", "network-online.target"),
    ("systemd-networkd-wait-online.service", "network-online.target"),
    ("network-online.target", "etcd-member.service"),
    ("etcd-member.service", "flanneld.service"),
    ("flanneld.service", "flannel-docker-opts.service"),
    ("flannel-docker-opts.service", "docker.service"),
    ("network-online.target", "docker.service"),
    ("containerd.service", "docker.service"),
    ("docker.socket", "docker.service"),
    ("network.target", "sshd.service"),
];

const FLANNEL: &str = "flanneld.service";

/// Unit -> those that start after it, and who wants that.
type Graph<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Option<&'a Origin>>>;

/// The rule `unit-order`.
pub fn check(node: &Node, report: &mut Report) {
    let mut graph = Graph::new();
    // What nobody starts keeps nothing waiting.
    let has_flannel = node.machine.flannel.is_some() || node.units.iter().any(|unit| unit.name == FLANNEL);
    for (first, second) in
        SYSTEM.into_iter().filter(|(first, second)| has_flannel || ![*first, second].contains(&FLANNEL))
    {
        graph.entry(first).or_default().insert(second, None);
    }
    for unit in &node.units {
        let mut has_defaults = unit.is_whole && unit.name.ends_with(".service");
        for (setting, origin) in unit.settings().filter(|(setting, _)| setting.section == "Unit") {
            for other in setting.value.split_whitespace() {
                let (first, second) = match setting.key.as_str() {
                    "After" => (other, unit.name),
                    "Before" => (unit.name, other),
                    "DefaultDependencies" => {
                        has_defaults &= !["no", "false", "off", "0"].contains(&other);
                        continue;
                    }
                    _ => continue,
                };
                graph.entry(first).or_default().insert(second, Some(origin));
            }
        }
        if has_defaults {
            // systemd.service(5), "Default Dependencies".
            graph.entry("basic.target").or_default().entry(unit.name).or_insert(None);
        }
    }
    if let Some(ring) = ring(&graph) {
        let edges = ring.iter().zip(ring.iter().skip(1));
        let wanted = edges.filter_map(|(first, second)| *graph.get(first)?.get(second)?);
        // The user's own is what can be changed; a ring that is all of the operating system's cannot be.
        let Some(origin) = wanted.max_by_key(|origin| origin.writer == EXTRA) else { return };
        report.push(node.problem(
            "unit-order",
            origin,
            &ring.join(" before "),
            "these units wait for one another, so systemd would leave one of them out",
            "take back one `After=` or `Before=`",
        ));
    }
}

/// The first ring in the order of names: its units, the first one at the end again.
fn ring<'a>(graph: &Graph<'a>) -> Option<Vec<&'a str>> {
    let mut done = BTreeSet::new();
    for start in graph.keys() {
        // The way to where the search is, and what of each stop is still to be tried.
        let mut way: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut next = Some(*start);
        loop {
            match next.take() {
                Some(at) => {
                    if let Some(from) = way.iter().position(|(stop, _)| *stop == at) {
                        let stops = way.iter().skip(from).map(|(stop, _)| *stop);
                        return Some(stops.chain([at]).collect());
                    }
                    if done.contains(at) {
                        continue_with(&mut way, &mut next, &mut done);
                    } else {
                        let after = graph.get(at).map(|after| after.keys().copied().collect()).unwrap_or_default();
                        way.push((at, after));
                    }
                }
                None => continue_with(&mut way, &mut next, &mut done),
            }
            if way.is_empty() && next.is_none() {
                break;
            }
        }
    }
    None
}

/// Takes the next step of the search, back where there is none.
fn continue_with<'a>(way: &mut Vec<(&'a str, Vec<&'a str>)>, next: &mut Option<&'a str>, done: &mut BTreeSet<&'a str>) {
    if let Some((stop, after)) = way.last_mut() {
        match after.pop() {
            Some(step) => *next = Some(step),
            None => {
                done.insert(*stop);
                way.pop();
            }
        }
    }
}
