//! A machine -> the languages that boot media are written in, one writer a language.
//!
//! An encoder never sees a cluster. What a language cannot say is told at the option that wants it said.

pub mod clc;
pub mod ignition2;

use crate::machine::{Machine, Origin};
use crate::report::{Diagnostic, Report};
use crate::text::unit;

/// What the transpiler would refuse of a machine's units, although every option is right: lines that became too long.
///
/// # Errors
/// One problem for each such line, at the option that the unit comes from.
pub fn check(machine: &Machine) -> Result<(), Report> {
    let mut report = Report::default();
    for (name, text, origin) in unit_texts(machine) {
        for problem in unit::problems(&text) {
            report.push(
                Diagnostic::error(
                    "unit-lines",
                    origin.option.clone(),
                    format!("line {} of {name} on node {}: {problem}", problem.line(), machine.name),
                )
                .help("shorten what this option adds to the line, such as a long list of names or addresses"),
            );
        }
    }
    if report.is_empty() { Ok(()) } else { Err(report) }
}

fn unit_texts(machine: &Machine) -> impl Iterator<Item = (String, std::borrow::Cow<'_, str>, &Origin)> {
    let networks = machine.networks.iter().map(|n| (n.name.clone(), n.text.as_str().into(), &n.origin));
    let units = machine.units.iter().flat_map(|unit| {
        let own = unit.text.iter().map(|text| (unit.name.clone(), text.as_str().into(), &unit.origin));
        let drop_ins =
            unit.drop_ins.iter().map(|d| (format!("{}.d/{}", unit.name, d.name), d.text.as_str().into(), &d.origin));
        own.chain(drop_ins)
    });
    let etcd = machine
        .etcd
        .iter()
        .map(|etcd| ("etcd-member.service".to_owned(), ignition2::etcd_drop_in(etcd).into(), &etcd.origin));
    let flannel = machine
        .flannel
        .iter()
        .map(|flannel| ("flanneld.service".to_owned(), ignition2::flannel_drop_in(flannel).into(), &flannel.origin));
    networks.chain(units).chain(etcd).chain(flannel)
}
