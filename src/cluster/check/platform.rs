//! Rules for the operating system, its Ignition and its kernel.

use super::super::facts::Facts;
use super::super::platform::{IgnitionVersion, Os, Platform};
use super::Findings;
use crate::report::OptionPath;

pub fn platform(facts: &Facts, findings: &mut Findings) {
    let spec = &facts.spec.platform;
    let (os, versions, known) = match spec.os {
        Os::ContainerLinux => ("container-linux", "2.3.0", "reads 2.3.0"),
        Os::Flatcar => ("flatcar", "3.4.0 or 3.3.0", "has a stable Butane for 3.3.0 and 3.4.0"),
        Os::FedoraCoreOs => ("fedora-coreos", "3.5.0, or another of these", "reads 3.3.0 to 3.6.0"),
    };
    if Platform::of(spec.os, spec.ignition).is_none() {
        findings.error(
            OptionPath::of("cluster.platform.ignition"),
            format!("{} does not fit {os}, which {known}", word(spec.ignition)),
            format!("set it to {versions}, or leave it to its default; or choose another cluster.platform.os"),
        );
    }
    let option = OptionPath::of("cluster.platform.kernelArguments");
    if spec.os == Os::ContainerLinux && !spec.kernel_arguments.is_empty() {
        findings.error(
            option.clone(),
            format!("{} for container-linux, whose Ignition has no kernel arguments", spec.kernel_arguments.join(" ")),
            "remove them, or choose `flatcar` or `fedora-coreos` in cluster.platform.os",
        );
    }
    for (n, argument) in spec.kernel_arguments.iter().enumerate() {
        if let Some(problem) = argument_problem(argument) {
            findings.error(
                option.clone().index(n),
                format!("{argument:?} {problem}"),
                "give one argument of the kernel's command line an entry, such as `console=ttyS0,115200n8`",
            );
        }
    }
}

/// What is wrong with one argument: on the kernel's command line a blank ends it (lib/cmdline.c, next_arg).
fn argument_problem(argument: &str) -> Option<&'static str> {
    if argument.is_empty() {
        return Some("is empty");
    }
    if argument.contains(char::is_whitespace) {
        return Some("has whitespace, which would make it several arguments");
    }
    argument.contains(char::is_control).then_some("has control characters")
}

fn word(version: IgnitionVersion) -> &'static str {
    match version {
        IgnitionVersion::V2_3_0 => "2.3.0",
        IgnitionVersion::V3_3_0 => "3.3.0",
        IgnitionVersion::V3_4_0 => "3.4.0",
        IgnitionVersion::V3_5_0 => "3.5.0",
        IgnitionVersion::V3_6_0 => "3.6.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_one_word() {
        for good in ["quiet", "console=ttyS0,115200n8", "a=\"b\""] {
            assert_eq!(argument_problem(good), None, "{good}");
        }
        for bad in ["", "a b", " a", "a\n", "a\u{a0}b", "a\u{7f}"] {
            assert!(argument_problem(bad).is_some(), "{bad:?}");
        }
    }
}
