//! A machine and a target -> what the machine asks for and the target cannot express, each told at its option.

use super::target::Target;
use crate::machine::{Machine, Origin};
use crate::report::{Diagnostic, Report};

/// Bits for setuid, setgid and sticky.
const SPECIAL_BITS: u32 = 0o7000;

/// Modes of files that butane takes for decimal numbers which somebody forgot to write in octal: they are unusual, and
/// the decimal number would be usual (base/util/file.go, CheckForDecimalMode; the lists are what it says of all modes).
const DECIMAL_FILE_MODES: &[u32] = &[
    0o620, 0o670, 0o674, 0o764, 0o1046, 0o1053, 0o1130, 0o1200, 0o1204, 0o1224, 0o1230, 0o1232, 0o1274, 0o1356, 0o1363,
    0o1402, 0o1407, 0o1411, 0o4704, 0o4766, 0o4773, 0o5214, 0o5276, 0o5303, 0o5322, 0o5327,
];

/// The same of directories.
const DECIMAL_DIRECTORY_MODES: &[u32] = &[
    0o764, 0o1046, 0o1053, 0o1274, 0o1356, 0o1363, 0o1402, 0o1407, 0o1411, 0o3244, 0o3326, 0o3333, 0o3352, 0o3357,
    0o3361, 0o5214, 0o5276, 0o5303, 0o5322, 0o5327, 0o5331, 0o7164, 0o7246, 0o7253, 0o7272, 0o7277, 0o7301,
];

/// Adds a problem for everything that `target` cannot express.
pub fn check(machine: &Machine, target: Target, report: &mut Report) {
    let row = target.row();
    let mut refuse = |origin: &Origin, what: String, why: &str, help: &str| {
        let message = format!("{what} on node {}: {target} has {why}", machine.name);
        report.push(Diagnostic::error("target", origin.option.clone(), message).help(help));
    };
    if !row.sugar {
        let etcd = machine.etcd.iter().map(|etcd| ("etcd-member.service", &etcd.origin));
        let flannel = machine.flannel.iter().map(|flannel| ("flanneld.service", &flannel.origin));
        for (unit, origin) in etcd.chain(flannel) {
            let help = "run it another way, or choose `container-linux` in cluster.platform.os";
            refuse(origin, format!("the transpiler's section for {unit}"), "none", help);
        }
    }
    if !row.kernel_arguments {
        for argument in &machine.kernel_arguments {
            let help = "remove it, or choose another system in cluster.platform.os";
            refuse(&argument.origin, format!("the kernel argument {}", argument.text), "none", help);
        }
    }
    if !row.nodes {
        let directories = machine.directories.iter().map(|d| ("directory", &d.path, &d.origin));
        let links = machine.links.iter().map(|link| ("link", &link.path, &link.origin));
        let downloads = machine.downloads.iter().map(|download| ("download", &download.path, &download.origin));
        for (kind, path, origin) in directories.chain(links).chain(downloads) {
            let help = "choose another system in cluster.platform.os";
            refuse(origin, format!("the {kind} {path}"), "none here", help);
        }
    }
    let files = machine.files.iter().map(|file| (&file.path, file.mode, &file.origin, DECIMAL_FILE_MODES));
    let downloads = machine.downloads.iter().map(|d| (&d.path, d.mode, &d.origin, DECIMAL_FILE_MODES));
    let directories = machine.directories.iter().map(|d| (&d.path, d.mode, &d.origin, DECIMAL_DIRECTORY_MODES));
    for (path, mode, origin, decimal) in files.chain(downloads).chain(directories) {
        let what = || format!("mode 0{mode:o} of {path}");
        if !row.special_bits && mode & SPECIAL_BITS != 0 {
            let help = "let a unit set them, or choose a later version in cluster.platform.ignition if there is one";
            refuse(origin, what(), "no bits for setuid, setgid and sticky", help);
        } else if row.refuses_decimal_modes && decimal.contains(&mode) {
            refuse(origin, what(), "a transpiler that takes it for a decimal number", "choose a more usual mode");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::Version;
    use super::*;
    use crate::machine::{Builder, Directory, Download, EtcdMember, File, FlannelDaemon, KernelArgument, Link};
    use crate::report::OptionPath;

    fn origin(option: &str) -> Origin {
        Origin { writer: "test", option: OptionPath::of(option) }
    }

    fn machine() -> Machine {
        let mut machine = Builder::new("a");
        machine.etcd(EtcdMember { version: None, options: Vec::new(), origin: origin("etcd") });
        machine.flannel(FlannelDaemon { options: Vec::new(), origin: origin("flannel") });
        machine.kernel_argument(KernelArgument { text: "quiet".to_owned(), origin: origin("kernelArguments") });
        machine.directory(Directory {
            path: "/var/lib/a".to_owned(),
            mode: 0o700,
            owner: 0,
            origin: origin("directory"),
        });
        machine.link(Link { path: "/etc/a".to_owned(), target: "/etc/b".to_owned(), origin: origin("link") });
        let (url, hash) = ("https://example.com/a".to_owned(), format!("sha256-{}", "0".repeat(64)));
        machine.download(Download { path: "/opt/a".to_owned(), mode: 0o755, url, hash, origin: origin("download") });
        for (name, mode) in [("setuid", 0o4755), ("decimal", 0o620)] {
            let (path, content) = (format!("/etc/{name}"), Vec::new());
            machine.file(File { path, mode, owner: 0, content, secret: false, origin: origin(name) });
        }
        machine.finish().unwrap()
    }

    fn refused(target: Target) -> Vec<String> {
        let mut report = Report::default();
        check(&machine(), target, &mut report);
        report.diagnostics().iter().map(|problem| problem.path.as_str().to_owned()).collect()
    }

    #[test]
    fn each_target_refuses_what_it_cannot_express() {
        assert_eq!(refused(Target::ContainerLinux), ["kernelArguments", "directory", "link", "download"]);
        assert_eq!(refused(Target::Flatcar(Version::V3_4)), ["etcd", "flannel", "setuid", "decimal"]);
        assert_eq!(refused(Target::FedoraCoreOs(Version::V3_6)), ["etcd", "flannel", "decimal"]);
    }
}
