//! The static pods of a node -> those that the kubelet would take for one another, or cannot run.

use super::node::Node;
use crate::machine::Origin;
use crate::report::Report;
use std::collections::BTreeMap;

const RULE: &str = "pod-names";

/// The rule `pod-names`.
pub fn check(node: &Node, report: &mut Report) {
    let mut seen: BTreeMap<(&str, &str), &Origin> = BTreeMap::new();
    for (file, pod) in node.pods() {
        if let Some(first) = seen.insert((&pod.namespace, &pod.name), &file.origin) {
            let what = format!("pod {}/{}", pod.namespace, pod.name);
            let why = format!("{first} gives this name to another static pod, and the kubelet would run one of them");
            report.push(node.problem(RULE, &file.origin, &what, &why, "give one of them another name"));
        }
        let what = format!("pod {:?}", pod.name);
        let why = if pod.name.is_empty() {
            "it has no name"
        } else if !pod.containers.iter().any(|container| !container.is_init) {
            "it has no container"
        } else if pod.containers.iter().any(|container| container.name.is_empty() || container.image.is_empty()) {
            "a container of it has no name or no image"
        } else {
            continue;
        };
        let help = "give the pod a name, and a container with a name and an image";
        report.push(node.problem(RULE, &file.origin, &what, why, help));
    }
}
