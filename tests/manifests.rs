//! Every generated manifest and unit -> read by a foreign reader that knows its language: the Kubernetes API's own
//! types, where an unknown key is an error, and `systemd-analyze verify`.

mod common;

use common::api;
use k8s_openapi::api::core::v1::Pod;
use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tinderbox::component::compose;
use tinderbox::encode::ignition2;
use tinderbox::k8s::object::labels;
use tinderbox::k8s::pod::{self, Check, HostVolume, Probe};
use tinderbox::k8s::release::{Component, Release};
use tinderbox::k8s::workload::CRITICAL;
use tinderbox::machine::Machine;
use tinderbox::pki::Keys;

/// The machines of all examples.
fn machines() -> Vec<(String, Machine)> {
    machines_of_versions().into_iter().map(|(case, _, machine)| (case, machine)).collect()
}

/// The same, with what is known of the version that each runs.
fn machines_of_versions() -> Vec<(String, &'static Release, Machine)> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut all = Vec::new();
    for case in fs::read_dir(cases).unwrap() {
        let path = case.unwrap().path();
        let cluster = tinderbox::cluster::read(&fs::read(&path).unwrap()).0.unwrap();
        for node in &cluster.nodes {
            let machine = compose(&cluster, node, &Keys::placeholders()).unwrap();
            all.push((path.display().to_string(), cluster.kubernetes.release, machine));
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
            let what = format!("{case} {}", file.path);
            let pod: Pod = api::strict(&what, serde_yaml::Deserializer::from_slice(&file.content));
            api::assert_mounted(&what, &pod.spec.unwrap());
            count += 1;
        }
    }
    assert!(count > 5);
}

/// `flag` of the words `--flag=value`.
fn flags<'t>(words: impl IntoIterator<Item = &'t str>) -> Vec<&'t str> {
    let flag = |word: &'t str| word.trim().strip_prefix("--")?.split_once('=').map(|(flag, _)| flag);
    words.into_iter().filter_map(flag).filter(|flag| !flag.contains(' ')).collect()
}

/// The component that a container runs: a program of its own, or one that hyperkube is told to be.
fn component(words: &[&str]) -> Option<Component> {
    let program = match words {
        ["/hyperkube", name, ..] => format!("kube-{name}"),
        [program, ..] => program.rsplit('/').next()?.to_owned(),
        [] => return None,
    };
    [Component::ApiServer, Component::ControllerManager, Component::Scheduler, Component::Proxy]
        .into_iter()
        .find(|component| component.name() == program)
}

#[test]
fn every_flag_is_one_that_the_version_has() {
    let mut seen = 0;
    let mut known = |what: &str, release: &Release, component, flags: Vec<&str>| {
        for flag in flags {
            assert!(release.flag(component, flag).is_some(), "{what}: {component} of {release:?} has no --{flag}");
            seen += 1;
        }
    };
    for (case, release, machine) in machines_of_versions() {
        for file in machine.files.iter().filter(|file| file.path.starts_with("/etc/kubernetes/manifests/")) {
            let pod: serde_yaml::Value = serde_yaml::from_slice(&file.content).unwrap();
            let Some(words) = pod["spec"]["containers"][0]["command"].as_sequence() else { continue };
            let words: Vec<_> = words.iter().filter_map(|word| word.as_str()).collect();
            let Some(component) = component(&words) else { continue };
            known(&format!("{case} {}", file.path), release, component, flags(words));
        }
        for unit in machine.units.iter().filter(|unit| unit.name == "kubelet.service") {
            let text = unit.text.as_deref().unwrap_or_default();
            // The program, or what starts it in a container: its own flags come last.
            let starts = ["kubelet-wrapper", "/kubelet "];
            let command = starts.into_iter().find_map(|start| text.split_once(start)).unwrap().1;
            let words = command.lines().map(|line| line.trim_end_matches('\\'));
            known(&format!("{case} {}", machine.name), release, Component::Kubelet, flags(words));
        }
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn a_static_pod_may_have_all_its_parts() {
    let probe = |check| Probe {
        check,
        host: Some(Ipv4Addr::LOCALHOST.into()),
        port: 6443,
        initial_delay: 15,
        timeout: 8,
        failures: Some(8),
    };
    let pod = |check| pod::Pod {
        name: "kube-apiserver",
        labels: labels([("tier", "control-plane"), ("component", "kube-apiserver")]),
        annotations: labels([(CRITICAL, "")]),
        env: vec![("POLL", "10".to_owned())],
        probe: Some(probe(check)),
        volumes: vec![
            HostVolume {
                name: "audit",
                host_path: "/var/log/kubernetes".to_owned(),
                mount_path: "/var/log/kubernetes".to_owned(),
                read_only: false,
                kind: Some("DirectoryOrCreate"),
            },
            HostVolume {
                name: "ssl",
                host_path: "/etc/kubernetes/ssl".to_owned(),
                mount_path: "/etc/kubernetes/ssl".to_owned(),
                read_only: true,
                kind: None,
            },
        ],
        ..pod::Pod::default()
    };
    let read = |check| api::read::<Pod>("pod", &pod(check).manifest());
    let https = read(Check::Https("/healthz"));
    assert_eq!(https.metadata.annotations.unwrap()[CRITICAL], "");
    assert_eq!(https.metadata.labels.unwrap()["tier"], "control-plane");
    let spec = https.spec.unwrap();
    api::assert_mounted("pod", &spec);
    let mounts: Vec<_> = spec.containers[0].volume_mounts.iter().flatten().map(|mount| mount.read_only).collect();
    assert_eq!(mounts, [None, Some(true)]);
    let kinds = spec.volumes.iter().flatten().map(|volume| volume.host_path.clone().unwrap().type_);
    assert_eq!(kinds.collect::<Vec<_>>(), [Some("DirectoryOrCreate".to_owned()), None]);
    let get = spec.containers[0].liveness_probe.clone().unwrap().http_get.unwrap();
    assert_eq!((get.scheme.as_deref(), get.host.as_deref()), (Some("HTTPS"), Some("127.0.0.1")));
    let tcp = read(Check::Tcp).spec.unwrap().containers[0].liveness_probe.clone().unwrap();
    assert!(tcp.http_get.is_none());
    assert_eq!(tcp.tcp_socket.unwrap().host.as_deref(), Some("127.0.0.1"));
}

/// Units of the operating system that ours change or name, and the programs that ours run.
const UNITS: [(&str, &str); 4] = [
    ("containerd.service", "[Service]\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n"),
    ("docker.service", "[Service]\nExecStart=/usr/bin/docker\n"),
    ("etcd-member.service", "[Service]\nType=notify\nExecStart=/usr/lib/coreos/etcd-wrapper\n"),
    ("flanneld.service", "[Service]\nType=notify\nExecStart=/usr/lib/coreos/flannel-wrapper\n"),
];
const PROGRAMS: [&str; 12] = [
    "/usr/bin/docker",
    "/bin/sh",
    "/usr/bin/mkdir",
    "/usr/bin/rkt",
    "/usr/bin/etcdctl",
    "/usr/bin/podman",
    "/usr/bin/tar",
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
    for target in ["multi-user", "timers", "basic", "sysinit", "shutdown", "network", "network-online"] {
        write(root.path(), &format!("/usr/lib/systemd/system/{target}.target"), b"[Unit]\nDescription=x\n", 0o644);
    }
    for (name, text) in UNITS {
        write(root.path(), &format!("/usr/lib/systemd/system/{name}"), text.as_bytes(), 0o644);
    }
    for file in &machine.files {
        write(root.path(), &file.path, &file.content, file.mode);
    }
    for download in &machine.downloads {
        write(root.path(), &download.path, b"#!/bin/sh\n", download.mode);
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
