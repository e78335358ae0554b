//! A machine -> the languages that boot media are written in, one writer a language.
//!
//! An encoder never sees a cluster. What a language cannot say is told at the option that wants it said.

pub mod butane;
pub mod clc;
mod go_json;
pub mod ignition2;
pub mod ignition3;
mod limits;
pub mod local;
mod resource;
pub mod stub;
mod target;

pub use target::{Row, Target, Version};

use crate::machine::{Machine, Origin};
use crate::report::{Diagnostic, Report};
use crate::text::unit;

/// The Ignition config of a machine.
pub fn ignition(machine: &Machine, target: Target) -> Vec<u8> {
    match target {
        Target::ContainerLinux => ignition2::config(machine),
        Target::Flatcar(version) | Target::FedoraCoreOs(version) => ignition3::config(machine, version),
    }
}

/// What a person reads and a transpiler takes: the file's name, and its text.
pub fn readable(machine: &Machine, target: Target) -> (&'static str, String) {
    match target {
        Target::ContainerLinux => ("config.yaml", clc::config(machine)),
        Target::Flatcar(_) | Target::FedoraCoreOs(_) => ("config.bu", butane::config(machine, target)),
    }
}

/// What the target cannot express, and what its transpiler would refuse of a machine's units, although every option is
/// right: lines that became too long, and units that one option enables and another gives a text that cannot be.
///
/// # Errors
/// One problem for each such thing, at the option that wants it.
pub fn check(machine: &Machine, target: Target) -> Result<(), Report> {
    let mut report = Report::default();
    limits::check(machine, target, &mut report);
    for (name, text, origin) in unit_texts(machine) {
        for problem in unit::problems(&text) {
            report.push(
                Diagnostic::error(
                    "unit-lines",
                    origin.option.clone(),
                    format!("{name} on node {}: {problem}", machine.name),
                )
                .help("shorten what this option adds to the line, such as a long list of names or addresses"),
            );
        }
    }
    for unit in &machine.units {
        let is_installable = |text: &String| text.is_empty() || unit::has_install_section(text);
        // What is linked for an instance is what its template says.
        let template = || machine.units.iter().find(|other| is_instance(&unit.name, &other.name));
        let text = unit.text.as_ref().or_else(|| template()?.text.as_ref());
        if unit.enabled == Some(true) && !text.is_none_or(is_installable) {
            report.push(
                Diagnostic::error(
                    "unit-install",
                    unit.origin.option.clone(),
                    format!(
                        "{} is enabled on node {}, but its text has no [Install] section, so nothing would start it",
                        unit.name, machine.name
                    ),
                )
                .help("add a section such as `[Install]` with `WantedBy=multi-user.target`, or set `enable = false`"),
            );
        }
    }
    if report.is_empty() { Ok(()) } else { Err(report) }
}

/// Whether `name` is `a@b.service` of the template `a@.service`.
fn is_instance(name: &str, template: &str) -> bool {
    let (Some((stem, rest)), Some((of, ending))) = (name.split_once('@'), template.split_once('@')) else {
        return false;
    };
    stem == of && ending.starts_with('.') && rest != ending && rest.ends_with(ending)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Builder, Unit};
    use crate::report::OptionPath;

    fn refused(units: &[(&str, Option<&str>, Option<bool>, &str)]) -> Vec<String> {
        let mut machine = Builder::new("a");
        for &(name, text, enabled, option) in units {
            machine.unit(Unit {
                name: name.to_owned(),
                text: text.map(str::to_owned),
                enabled,
                mask: false,
                drop_ins: Vec::new(),
                origin: Origin { writer: "test", option: OptionPath::of(option) },
            });
        }
        match check(&machine.finish().unwrap(), Target::ContainerLinux) {
            Ok(()) => Vec::new(),
            Err(report) => report.diagnostics().iter().map(|problem| problem.path.as_str().to_owned()).collect(),
        }
    }

    const TEXT: Option<&str> = Some("[Service]\nA=b\n");

    #[test]
    fn a_unit_needs_an_install_section_whoever_enables_it() {
        let (text, enabled) = (("a.service", TEXT, None, "cluster.a"), ("a.service", None, Some(true), "cluster.b"));
        assert_eq!(refused(&[text, enabled]), ["cluster.a"]);
        assert!(refused(&[enabled]).is_empty());
    }

    #[test]
    fn an_instance_needs_that_its_template_has_an_install_section() {
        let template = ("a@.service", TEXT, None, "cluster.a");
        assert_eq!(refused(&[template, ("a@b.service", None, Some(true), "cluster.b")]), ["cluster.b"]);
        assert!(refused(&[template, ("b@b.service", None, Some(true), "cluster.b")]).is_empty());
        assert!(refused(&[template, ("a@b.service", None, Some(false), "cluster.b")]).is_empty());
    }
}
