//! What machines connect to and under which names they are reached, one after another -> connections between them that
//! nobody takes, and overrides that replace nothing on any of them.

use super::cache::Cache;
use super::dials::{HELP, Refusal, Server, Target, may_serve_more, servers, soften, targets};
use super::node::Node;
use crate::machine::Machine;
use crate::report::{Diagnostic, OptionPath, Report};
use std::collections::BTreeMap;

/// What of many machines is needed to know whether they reach one another; small, and grows with their number only by
/// what each listens on.
#[derive(Debug, Default)]
pub struct Reach {
    hosts: Vec<Host>,
    /// Each connection, and who of those that make it is told: the first in the order of node names.
    wanted: BTreeMap<Target, Witness>,
    /// The option of an override -> whether it replaced something anywhere.
    overrides: BTreeMap<OptionPath, bool>,
}

#[derive(Debug)]
struct Host {
    name: String,
    reached_as: Vec<String>,
    servers: Vec<Server>,
    may_serve_more: bool,
}

#[derive(Debug)]
struct Witness {
    node: String,
    who: String,
    option: OptionPath,
}

impl Reach {
    /// What one machine adds.
    pub fn of(machine: &Machine, cache: &mut Cache) -> Self {
        let node = Node::of(machine, cache);
        let mut reach = Self::default();
        if !machine.reached_as.is_empty() {
            reach.hosts.push(Host {
                name: machine.name.clone(),
                reached_as: machine.reached_as.iter().map(|name| name.to_ascii_lowercase()).collect(),
                servers: servers(&node),
                may_serve_more: may_serve_more(&node),
            });
        }
        for (target, dialer) in targets(&node).into_iter().filter(|(target, _)| !target.is_local()) {
            let (who, option) = (dialer.who, dialer.origin.option.clone());
            reach.want(target, Witness { node: machine.name.clone(), who, option });
        }
        for made in &machine.overrides {
            *reach.overrides.entry(made.origin.option.clone()).or_default() |= made.replaced;
        }
        reach
    }

    /// Adds what other machines add. The order makes no difference to what is found.
    pub fn merge(&mut self, other: Self) {
        self.hosts.extend(other.hosts);
        other.wanted.into_iter().for_each(|(target, witness)| self.want(target, witness));
        for (option, replaced) in other.overrides {
            *self.overrides.entry(option).or_default() |= replaced;
        }
    }

    fn want(&mut self, target: Target, witness: Witness) {
        match self.wanted.get_mut(&target) {
            Some(first) if first.node <= witness.node => {}
            Some(first) => *first = witness,
            None => {
                self.wanted.insert(target, witness);
            }
        }
    }

    /// The rules `dials` and `override`, when every machine of the cluster was added.
    pub fn finish(mut self) -> Report {
        let mut report = Report::default();
        self.hosts.sort_by(|a, b| a.name.cmp(&b.name));
        let mut named: BTreeMap<&str, Vec<&Host>> = BTreeMap::new();
        for host in &self.hosts {
            host.reached_as.iter().for_each(|name| named.entry(name).or_default().push(host));
        }
        for (target, witness) in &self.wanted {
            // A host that no machine is reached as is none of the cluster's.
            for host in named.get(target.host.as_str()).into_iter().flatten() {
                if let Some(Refusal(why)) = target.refused(host.servers.iter()) {
                    let message = format!(
                        "{target} on node {}: {} on node {} connects to it, but {why}",
                        host.name, witness.who, witness.node
                    );
                    let problem = Diagnostic::error("dials", witness.option.clone(), message).help(HELP);
                    report.push(soften(problem, host.may_serve_more));
                    // The others that are reached so are nearly equal.
                    break;
                }
            }
        }
        for (option, _) in self.overrides.iter().filter(|(_, replaced)| !**replaced) {
            let message = "override = true, but on no node is there anything that it replaces";
            let help = "leave `override` out, or correct the name";
            report.push(Diagnostic::warning("override", option.clone(), message).help(help));
        }
        report
    }
}
