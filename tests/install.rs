//! The machine of a live system that installs a node: its unit, its files, and its script run for real.

mod common;

use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use tempfile::TempDir;
use tinderbox::cluster;
use tinderbox::component::compose_installer;
use tinderbox::machine::{File, Machine};

/// The installer of the example's node, for an operating system.
fn installer(os: &str, ignition: &str, install: Value) -> Machine {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/media.json");
    let mut description: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    if os != "container-linux" {
        // What each can do together, and the kubelet that it has.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/flatcar-single.json");
        let model: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        description["cluster"]["kubernetes"] = model["cluster"]["kubernetes"].clone();
        description["cluster"]["flannel"] = model["cluster"]["flannel"].clone();
    }
    description["cluster"]["platform"]["os"] = json!(os);
    description["cluster"]["platform"]["ignition"] = json!(ignition);
    description["cluster"]["nodes"]["rescue"]["install"] = install;
    let (cluster, report) = cluster::read(description.to_string().as_bytes());
    let cluster = cluster.unwrap_or_else(|| panic!("{}", tinderbox::report::text(&report)));
    compose_installer(&cluster, &cluster.nodes[0], b"{}\n", true).unwrap().unwrap()
}

const SYSTEMS: [(&str, &str, &str); 3] = [
    ("container-linux", "2.3.0", "/usr/bin/coreos-install -d /dev/sda -i /etc/tinderbox/config.json"),
    ("flatcar", "3.4.0", "/usr/bin/flatcar-install -d /dev/sda -i /etc/tinderbox/config.json"),
    ("fedora-coreos", "3.5.0", "/usr/bin/coreos-installer install /dev/sda --ignition-file /etc/tinderbox/config.json"),
];

fn all() -> Vec<(Machine, &'static str)> {
    let on = |reboot| json!({ "disk": "/dev/sda", "overwrite": false, "reboot": reboot });
    SYSTEMS.iter().map(|(os, version, command)| (installer(os, version, on(true)), *command)).collect()
}

fn file<'m>(machine: &'m Machine, path: &str) -> &'m File {
    machine.files.iter().find(|file| file.path == path).unwrap()
}

#[test]
fn each_system_runs_its_own_installer_once_and_reboots_after_it() {
    for (machine, command) in all() {
        let [unit] = &machine.units[..] else { panic!("one unit") };
        let text = unit.text.as_ref().unwrap();
        let runs: Vec<_> = text.lines().filter(|line| line.starts_with("Exec")).collect();
        let wanted = [
            "ExecStartPre=/usr/bin/bash /etc/tinderbox/check-disk".to_owned(),
            format!("ExecStart={command}"),
            "ExecStartPost=/usr/bin/systemctl --no-block reboot".to_owned(),
        ];
        assert_eq!(runs, wanted);
        assert!(text.contains("Type=oneshot\n") && !text.contains("Restart="), "{text}");
        let config = file(&machine, "/etc/tinderbox/config.json");
        assert_eq!((config.mode, config.content.as_slice(), config.secret), (0o600, &b"{}\n"[..], true));
        assert_eq!(machine.users.len(), 1);
    }
}

#[test]
fn without_a_disk_there_is_no_installer_and_without_reboot_none() {
    let quiet = installer("flatcar", "3.4.0", json!({ "disk": "/dev/sda", "overwrite": true, "reboot": false }));
    assert!(!quiet.units[0].text.as_ref().unwrap().contains("reboot"));
    assert!(String::from_utf8_lossy(&file(&quiet, "/etc/tinderbox/install.env").content).contains("OVERWRITE=yes\n"));
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    let Some(analyze) = common::referee("systemd-analyze") else { return };
    for (machine, command) in all() {
        let root = TempDir::new().unwrap();
        let write = |path: &str, content: &[u8], mode: u32| {
            let full = root.path().join(path.trim_start_matches('/'));
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(&full, content).unwrap();
            fs::set_permissions(&full, fs::Permissions::from_mode(mode)).unwrap();
        };
        for program in ["/usr/bin/bash", "/usr/bin/systemctl", command.split(' ').next().unwrap()] {
            write(program, b"#!/bin/sh\n", 0o755);
        }
        for target in ["multi-user", "basic", "sysinit", "shutdown", "network-online"] {
            write(&format!("/usr/lib/systemd/system/{target}.target"), b"[Unit]\nDescription=x\n", 0o644);
        }
        machine.files.iter().for_each(|file| write(&file.path, &file.content, file.mode));
        let unit = &machine.units[0];
        write(&format!("/etc/systemd/system/{}", unit.name), unit.text.as_ref().unwrap().as_bytes(), 0o644);
        let at = format!("--root={}", root.path().display());
        let output = common::run(&analyze, &[&at, "verify", "--man=no", &unit.name], "");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    }
}

/// Runs the script with a `lsblk` that knows one disk: its type, mount points and names of partitions.
fn checked(machine: &Machine, kind: &str, mounts: &str, labels: &str) -> (bool, String) {
    let dir = TempDir::new().unwrap();
    let program = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    program("udevadm", "#!/bin/sh\n");
    program("sleep", "#!/bin/sh\n");
    program(
        "lsblk",
        "#!/bin/sh\ncase \"$*\" in\n*NAME,SIZE,MODEL*) echo '/dev/sdz 1T'; exit ;;\n*' /dev/sda') ;;\n*) exit 9 ;;\nesac\n\
         case \"$*\" in\n*TYPE*) [ -n \"$KIND\" ] || exit 1; echo \"$KIND\" ;;\n*MOUNTPOINT*) printf \"$MOUNTS\" ;;\n\
         *PARTLABEL*) printf \"$NAMES\" ;;\n*) exit 8 ;;\nesac\n",
    );
    let script = dir.path().join("check-disk");
    fs::write(&script, &file(machine, "/etc/tinderbox/check-disk").content).unwrap();
    let environment = dir.path().join("env");
    fs::write(&environment, &file(machine, "/etc/tinderbox/install.env").content).unwrap();
    let path = format!("{}:{}", dir.path().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-c", "set -a; . \"$0\"; set +a; exec bash \"$1\""]).args([&environment, &script]);
    let output =
        command.env("PATH", path).env("KIND", kind).env("MOUNTS", mounts).env("NAMES", labels).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_script_takes_an_empty_disk_and_leaves_an_installed_one() {
    for (machine, _) in all() {
        assert_eq!(checked(&machine, "disk", "\\n", "\\n"), (true, "tinderbox: installing onto /dev/sda\n".to_owned()));
        // Partitions of other systems are overwritten: somebody has named this disk.
        assert!(checked(&machine, "disk", "\\n\\n", "\\nBasic data partition\\n").0);
    }
    for (name, version, labels, found) in [
        ("container-linux", "2.3.0", "\\nEFI-SYSTEM\\nUSR-A\\nROOT\\n", "USR-A"),
        ("flatcar", "3.4.0", "\\nOEM\\n", "OEM"),
        ("fedora-coreos", "3.5.0", "\\nBIOS-BOOT\\nboot\\nroot\\n", "boot"),
    ] {
        let with =
            |overwrite| installer(name, version, json!({ "disk": "/dev/sda", "overwrite": overwrite, "reboot": true }));
        let (success, said) = checked(&with(false), "disk", "\\n", labels);
        assert!(!success && said.contains(&format!("(the partition {found})")), "{said}");
        assert!(checked(&with(true), "disk", "\\n", labels).0, "{name}");
    }
}

#[test]
fn the_script_never_takes_a_disk_that_is_missing_in_use_or_a_part() {
    let overwrite = installer("flatcar", "3.4.0", json!({ "disk": "/dev/sda", "overwrite": true, "reboot": true }));
    for (kind, mounts, said) in [
        ("", "\\n", "/dev/sda is not there; there are /dev/sdz 1T"),
        ("part", "\\n", "/dev/sda is a partition"),
        ("disk", "\\n/media/root\\n", "/dev/sda is in use, at /media/root"),
    ] {
        let (success, text) = checked(&overwrite, kind, mounts, "\\n");
        assert!(!success && text.contains(said), "{text}");
        assert!(text.starts_with("tinderbox: nothing is installed: "), "{text}");
    }
}
