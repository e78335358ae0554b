//! The units of a node that nothing can start -> those that something on it needs.

use super::node::{EXTRA, Node};
use crate::report::Report;

/// The rule `masked`.
pub fn check(node: &Node, report: &mut Report) {
    let machine = node.machine;
    for unit in machine.units.iter().filter(|unit| unit.mask) {
        let is_wanted = |name: &str, wanted: bool| unit.name == name && wanted;
        let has_kubelet = machine.units.iter().any(|other| other.name == "kubelet.service" && !other.mask);
        let of_component = unit.drop_ins.iter().map(|d| &d.origin).chain([&unit.origin]).find(|o| o.writer != EXTRA);
        let why = if let Some(origin) = of_component {
            format!("it is masked, but {origin} needs it")
        } else if is_wanted("etcd-member.service", machine.etcd.is_some()) {
            "it is masked, but it runs etcd".to_owned()
        } else if is_wanted("flanneld.service", machine.flannel.is_some()) {
            "it is masked, but it runs flannel".to_owned()
        } else if is_wanted("docker.service", has_kubelet) {
            "it is masked, but the kubelet runs containers with it".to_owned()
        } else {
            continue;
        };
        let origin = machine.masked.get(&unit.name).unwrap_or(&unit.origin);
        report.push(node.problem("masked", origin, &unit.name, &why, "leave it unmasked, or take away what needs it"));
    }
}
