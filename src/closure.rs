//! A composed machine -> what is not closed about it: files that are read and are not there, names that nobody
//! answers to, units that cannot run.
//!
//! Whatever a component or the user's `extra` put on a machine is read back as the node's programs will read it, so
//! that the parts are held against one another and not against what their writers meant. [`check`] looks at one
//! machine; [`Reach`] gathers what is needed to hold all machines of a cluster against one another.

mod cache;
mod dials;
mod document;
mod files;
mod flags;
mod listeners;
mod masked;
mod node;
mod order;
mod pod;
mod pods;
mod reach;
mod unit;
mod variables;
mod view;

pub use cache::Cache;
pub use reach::Reach;

use crate::machine::Machine;
use crate::report::Report;
use node::Node;

/// Every problem of one machine, each naming the node: the rules `files-present`, `file-modes-usable`,
/// `unit-variables`, `listeners`, `unit-order`, `pod-names`, `masked`, and `dials` for what stays on the node. `cache`
/// makes it cheap to check many machines that are nearly equal; its content makes no difference to what is found.
pub fn check(machine: &Machine, cache: &mut Cache) -> Report {
    let node = Node::of(machine, cache);
    let mut report = Report::default();
    files::check(&node, &mut report);
    variables::check(&node, &mut report);
    listeners::check(&node, &mut report);
    order::check(&node, &mut report);
    pods::check(&node, &mut report);
    masked::check(&node, &mut report);
    dials::check(&node, &mut report);
    report
}
