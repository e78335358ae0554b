//! Every generated manifest and unit -> read by a foreign reader that knows its language: the Kubernetes API's own
//! types, where an unknown key is an error, and `systemd-analyze verify`.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tinderbox::component::compose;
use tinderbox::encode::ignition2;
use tinderbox::machine::Machine;

/// The machines of all examples.
fn machines() -> Vec<(String, Machine)> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut all = Vec::new();
    for case in fs::read_dir(cases).unwrap() {
        let path = case.unwrap().path();
        let cluster = tinderbox::cluster::read(&fs::read(&path).unwrap()).0.unwrap();
        for node in &cluster.nodes {
            all.push((path.display().to_string(), compose(&cluster, node, None).unwrap()));
        }
    }
    assert!(!all.is_empty());
    all
}

#[test]
fn the_kubernetes_api_knows_every_key_of_a_pod() {
    let mut count = 0;
    for (case, machine) in machines() {
        for file in machine.files.iter().filter(|file| file.path.starts_with("/etc/kubernetes/manifests/")) {
            let mut unknown = Vec::new();
            let yaml = serde_yaml::Deserializer::from_slice(&file.content);
            let pod: k8s_openapi::api::core::v1::Pod =
                serde_ignored::deserialize(yaml, |path| unknown.push(path.to_string()))
                    .unwrap_or_else(|error| panic!("{case} {}: {error}", file.path));
            assert!(unknown.is_empty(), "{case} {}: unknown keys {unknown:?}", file.path);
            let spec = pod.spec.unwrap();
            let volumes: Vec<_> = spec.volumes.unwrap_or_default().into_iter().map(|volume| volume.name).collect();
            for mount in spec.containers.iter().flat_map(|c| c.volume_mounts.iter().flatten()) {
                assert!(volumes.contains(&mount.name), "{case} {}: no volume {}", file.path, mount.name);
            }
            count += 1;
        }
    }
    assert!(count > 5);
}

/// Units of the operating system that ours change or name, and the programs that ours run.
const UNITS: [(&str, &str); 2] = [
    ("etcd-member.service", "[Service]\nType=notify\nExecStart=/usr/lib/coreos/etcd-wrapper\n"),
    ("flanneld.service", "[Service]\nType=notify\nExecStart=/usr/lib/coreos/flannel-wrapper\n"),
];
const PROGRAMS: [&str; 9] = [
    "/bin/sh",
    "/usr/bin/mkdir",
    "/usr/bin/rkt",
    "/usr/bin/etcdctl",
    "/usr/bin/true",
    "/usr/sbin/iptables",
    "/usr/lib/coreos/etcd-wrapper",
    "/usr/lib/coreos/flannel-wrapper",
    "/usr/lib/coreos/kubelet-wrapper",
];

fn write(root: &Path, path: &str, content: &[u8], mode: u32) {
    let full = root.join(path.trim_start_matches('/'));
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(&full, content).unwrap();
    fs::set_permissions(&full, fs::Permissions::from_mode(mode)).unwrap();
}

/// What systemd says of the units of a machine, laid out below a root of their own.
fn verify(analyze: &Path, machine: &Machine) -> String {
    let root = tempfile::tempdir().unwrap();
    for program in PROGRAMS {
        write(root.path(), program, b"#!/bin/sh\n", 0o755);
    }
    for target in ["multi-user", "timers", "basic", "sysinit", "shutdown", "network"] {
        write(root.path(), &format!("/usr/lib/systemd/system/{target}.target"), b"[Unit]\nDescription=x\n", 0o644);
    }
    for (name, text) in UNITS {
        write(root.path(), &format!("/usr/lib/systemd/system/{name}"), text.as_bytes(), 0o644);
    }
    for file in &machine.files {
        write(root.path(), &file.path, &file.content, file.mode);
    }
    let mut names = Vec::new();
    let sugar = [
        machine.etcd.as_ref().map(|e| ("etcd-member.service", ignition2::etcd_drop_in(e))),
        machine.flannel.as_ref().map(|f| ("flanneld.service", ignition2::flannel_drop_in(f))),
    ];
    for (name, text) in sugar.into_iter().flatten() {
        write(root.path(), &format!("/etc/systemd/system/{name}.d/20-clct.conf"), text.as_bytes(), 0o644);
        names.push(name.to_owned());
    }
    for unit in machine.units.iter().filter(|unit| !unit.mask) {
        if let Some(text) = &unit.text {
            write(root.path(), &format!("/etc/systemd/system/{}", unit.name), text.as_bytes(), 0o644);
        }
        for drop_in in &unit.drop_ins {
            let path = format!("/etc/systemd/system/{}.d/{}", unit.name, drop_in.name);
            write(root.path(), &path, drop_in.text.as_bytes(), 0o644);
        }
        names.push(unit.name.clone());
    }
    let root_argument = format!("--root={}", root.path().display());
    let mut arguments = vec![root_argument.as_str(), "verify", "--man=no"];
    arguments.extend(names.iter().map(String::as_str));
    let output = common::run(analyze, &arguments, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() || !said.is_empty());
    said
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let Some(analyze) = common::referee("systemd-analyze") else { return };
    for (case, machine) in machines() {
        assert_eq!(verify(&analyze, &machine), "", "{case} {}", machine.name);
    }
}

#[test]
fn systemd_would_find_a_misspelt_setting_and_a_missing_program() {
    let Some(analyze) = common::referee("systemd-analyze") else { return };
    let (_, mut machine) = machines().into_iter().find(|(_, m)| m.units.iter().any(|u| u.text.is_some())).unwrap();
    let unit = machine.units.iter_mut().find(|unit| unit.text.is_some()).unwrap();
    unit.text = Some("[Service]\nType=oneshot\nExecStart=/usr/bin/nothing\nRestrat=always\n".to_owned());
    let said = verify(&analyze, &machine);
    assert!(said.contains("Restrat") && said.contains("/usr/bin/nothing"), "{said}");
}
