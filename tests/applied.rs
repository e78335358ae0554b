//! The machines of every case, applied by the real Ignition to an empty root -> exactly the tree that each machine
//! declares, and units in it to which systemd has nothing to object.
//!
//! What Ignition leaves out where it runs on a tree that is not a booting machine (`ignition-apply
//! --ignore-unsupported`, internal/apply/apply.go) is held against the config instead: users and kernel arguments.
//! Downloads are left out, as tests fetch nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use tinderbox::cluster::{self, Platform};
use tinderbox::component::compose;
use tinderbox::encode::{Target, Version, ignition, ignition2};
use tinderbox::machine::{DropIn, ETCD_DROP_IN, FLANNEL_DROP_IN, Machine, Origin, Unit};
use tinderbox::pki::Keys;

/// Units of the operating systems and of systemd that machines name. What is not here must be on the machine.
const UNITS: [&str; 10] = [
    "basic.target",
    "containerd.service",
    "docker.service",
    "etcd-member.service",
    "flanneld.service",
    "multi-user.target",
    "network-online.target",
    "shutdown.target",
    "sysinit.target",
    "systemd-modules-load.service",
];
/// Programs of the operating systems that units start.
const PROGRAMS: [&str; 10] = [
    "/bin/sh",
    "/usr/bin/docker",
    "/usr/bin/etcdctl",
    "/usr/bin/mkdir",
    "/usr/bin/podman",
    "/usr/bin/rkt",
    "/usr/bin/tar",
    "/usr/lib/coreos/etcd-wrapper",
    "/usr/lib/coreos/flannel-wrapper",
    "/usr/lib/coreos/kubelet-wrapper",
];

/// What is at a path.
#[derive(Debug, Eq, PartialEq)]
enum Entry {
    Directory { mode: u32, owner: [u32; 2] },
    File { mode: u32, owner: [u32; 2], content: Vec<u8> },
    Link { target: String },
}

type Tree = BTreeMap<String, Entry>;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Without root nobody can be given a file: then everything is root's, in a namespace where the caller is root.
fn owned(machine: &mut Machine) {
    if is_root() {
        return;
    }
    eprintln!("not root: owners are not compared");
    machine.files.iter_mut().for_each(|file| file.owner = 0);
    machine.directories.iter_mut().for_each(|directory| directory.owner = 0);
}

/// The drop-in of a unit that the operating system has.
fn sugar(machine: &mut Machine, unit: &str, name: &str, text: String, origin: &Origin) {
    let drop_in = DropIn { name: name.to_owned(), text, origin: origin.clone() };
    match machine.units.iter_mut().find(|known| known.name == unit) {
        Some(known) => {
            known.drop_ins.push(drop_in);
            known.enabled = Some(true);
        }
        None => machine.units.push(Unit {
            name: unit.to_owned(),
            text: None,
            enabled: Some(true),
            mask: false,
            drop_ins: vec![drop_in],
            origin: origin.clone(),
        }),
    }
}

/// The machine in what spec 3.3.0 has: the sections of the transpiler of Container Linux become what it makes of them.
fn without_sugar(mut machine: Machine) -> Machine {
    if let Some(etcd) = machine.etcd.take() {
        let text = ignition2::etcd_drop_in(&etcd);
        sugar(&mut machine, "etcd-member.service", ETCD_DROP_IN, text, &etcd.origin);
    }
    if let Some(flannel) = machine.flannel.take() {
        let text = ignition2::flannel_drop_in(&flannel);
        sugar(&mut machine, "flanneld.service", FLANNEL_DROP_IN, text, &flannel.origin);
    }
    machine
}

/// A directory for a path, with those above it.
fn above(tree: &mut Tree, path: &str) {
    for (end, _) in path.match_indices('/').skip(1) {
        tree.entry(path[..end].to_owned()).or_insert(Entry::Directory { mode: 0o755, owner: [0; 2] });
    }
}

fn file(tree: &mut Tree, path: &str, (mode, owner): (u32, u32), content: &[u8]) {
    let entry = Entry::File { mode, owner: [owner; 2], content: content.to_owned() };
    assert!(tree.insert(path.to_owned(), entry).is_none(), "{path} is written twice");
}

/// What the machine says is in its file system. Modes of units and presets are Ignition's (internal/exec/util/unit.go).
fn declared(machine: &Machine) -> Tree {
    let mut tree = Tree::new();
    for one in &machine.files {
        file(&mut tree, &one.path, (one.mode, one.owner), &one.content);
    }
    for one in &machine.networks {
        file(&mut tree, &format!("/etc/systemd/network/{}", one.name), (0o644, 0), one.text.as_bytes());
    }
    for unit in &machine.units {
        let path = format!("/etc/systemd/system/{}", unit.name);
        for one in &unit.drop_ins {
            file(&mut tree, &format!("{path}.d/{}", one.name), (0o644, 0), one.text.as_bytes());
        }
        match &unit.text {
            _ if unit.mask => {
                tree.insert(path, Entry::Link { target: "/dev/null".to_owned() });
            }
            Some(text) => file(&mut tree, &path, (0o644, 0), text.as_bytes()),
            None => {}
        }
    }
    let word = |enabled| if enabled { "enable" } else { "disable" };
    let presets = machine.units.iter().filter_map(|unit| Some(format!("{} {}\n", word(unit.enabled?), unit.name)));
    let presets: BTreeSet<String> = presets.collect();
    if !presets.is_empty() {
        let text = presets.into_iter().collect::<String>();
        file(&mut tree, "/etc/systemd/system-preset/20-ignition.preset", (0o644, 0), text.as_bytes());
    }
    for one in &machine.links {
        tree.insert(one.path.clone(), Entry::Link { target: one.target.clone() });
    }
    for one in &machine.directories {
        tree.insert(one.path.clone(), Entry::Directory { mode: one.mode, owner: [one.owner; 2] });
    }
    let paths: Vec<_> = tree.keys().cloned().collect();
    paths.iter().for_each(|path| above(&mut tree, path));
    tree
}

/// What is in a directory on disk; `path` is where it is below the root.
fn found(root: &Path, path: &str, tree: &mut Tree) {
    for entry in fs::read_dir(root.join(path.trim_start_matches('/'))).unwrap() {
        let entry = entry.unwrap();
        let (path, meta) = (format!("{path}/{}", entry.file_name().to_str().unwrap()), entry.metadata().unwrap());
        let (mode, owner) = (meta.permissions().mode() & 0o7777, [meta.uid(), meta.gid()]);
        let what = if meta.is_symlink() {
            Entry::Link { target: fs::read_link(entry.path()).unwrap().to_str().unwrap().to_owned() }
        } else if meta.is_dir() {
            found(root, &path, tree);
            Entry::Directory { mode, owner }
        } else {
            Entry::File { mode, owner, content: fs::read(entry.path()).unwrap() }
        };
        tree.insert(path, what);
    }
}

/// The tree with what cannot be compared made equal: the order of lines of presets, which do not overlap, and for others
/// than root the owners.
fn comparable(mut tree: Tree) -> Tree {
    let is_root = is_root();
    for (path, entry) in &mut tree {
        if let (Entry::File { content, .. }, true) = (&mut *entry, path.ends_with("/20-ignition.preset")) {
            let mut lines: Vec<_> = content.split_inclusive(|byte| *byte == b'\n').collect();
            lines.sort_unstable();
            *content = lines.concat();
        }
        if let (Entry::File { owner, .. } | Entry::Directory { owner, .. }, false) = (entry, is_root) {
            *owner = [0; 2];
        }
    }
    tree
}

/// Says where two trees differ, without what is in a file.
fn same(case: &str, wanted: &Tree, got: &Tree) {
    let short = |entry: Option<&Entry>| match entry {
        Some(Entry::File { mode, owner, content }) => format!("file {mode:o} {owner:?}, {} bytes", content.len()),
        Some(other) => format!("{other:?}"),
        None => "nothing".to_owned(),
    };
    let paths: BTreeSet<_> = wanted.keys().chain(got.keys()).collect();
    let differs = paths.into_iter().filter(|path| wanted.get(*path) != got.get(*path));
    let line = |path: &String| format!("{path}: {} instead of {}", short(got.get(path)), short(wanted.get(path)));
    let differences: Vec<_> = differs.map(line).collect();
    assert!(differences.is_empty(), "{case}:\n{}", differences.join("\n"));
}

/// Applies a config to an empty root.
fn apply(engine: &Path, config: &[u8], root: &Path) {
    let beside = tempfile::NamedTempFile::new().unwrap();
    fs::write(beside.path(), config).unwrap();
    let mut command = if is_root() { Command::new(engine) } else { Command::new("unshare") };
    if !is_root() {
        command.arg("--map-root-user").arg(engine);
    }
    let arguments = ["--offline", "--ignore-unsupported", "--root"];
    let output = command.args(arguments).args([root, beside.path()]).env("container", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Users and kernel arguments, as the config has them.
fn told(machine: &Machine, config: &[u8]) {
    let config: Value = serde_json::from_slice(config).unwrap();
    let users = config.pointer("/passwd/users").and_then(Value::as_array).cloned().unwrap_or_default();
    assert_eq!(users.len(), machine.users.len());
    for (user, wanted) in users.iter().zip(&machine.users) {
        assert_eq!(user["name"], wanted.name.as_str());
        assert_eq!(user.get("passwordHash").and_then(Value::as_str), wanted.password_hash.as_deref());
        let keys: BTreeSet<_> =
            user["sshAuthorizedKeys"].as_array().into_iter().flatten().flat_map(Value::as_str).collect();
        assert_eq!(keys, wanted.ssh_authorized_keys.iter().map(String::as_str).collect());
    }
    let arguments = config.pointer("/kernelArguments/shouldExist").and_then(Value::as_array).cloned();
    let wanted: Vec<_> = machine.kernel_arguments.iter().map(|argument| Value::from(argument.text.as_str())).collect();
    assert_eq!(arguments.unwrap_or_default(), wanted);
}

/// Writes what the operating system, or a download, brings, unless the machine has it.
fn stub(root: &Path, path: &str, text: &str, mode: u32) {
    let full = root.join(path.trim_start_matches('/'));
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    if fs::symlink_metadata(&full).is_err() {
        fs::write(&full, text).unwrap();
        fs::set_permissions(&full, PermissionsExt::from_mode(mode)).unwrap();
    }
}

/// What systemd says of every unit that the machine writes or changes; nothing is good.
fn verify(analyze: &Path, machine: &Machine, root: &Path, fetched: &[String]) -> String {
    for name in UNITS {
        let service = "[Service]\nExecStart=/bin/sh\n";
        let text = if name.ends_with(".target") { "[Unit]\n" } else { service };
        stub(root, &format!("/usr/lib/systemd/system/{name}"), text, 0o644);
    }
    PROGRAMS.into_iter().chain(fetched.iter().map(String::as_str)).for_each(|path| stub(root, path, "", 0o755));
    // systemd looks at the first command of each kind alone.
    let drop_ins = machine.units.iter().flat_map(|unit| unit.drop_ins.iter().map(|drop_in| drop_in.text.as_str()));
    let texts = machine.units.iter().filter_map(|unit| unit.text.as_deref()).chain(drop_ins);
    for line in texts.flat_map(str::lines).filter(|line| line.starts_with("Exec")) {
        let command = line.split_once('=').unwrap().1.trim_start_matches('-');
        let program = command.split_whitespace().next().unwrap_or_default().trim_start_matches('/');
        // Empty takes back what is set elsewhere.
        if fs::symlink_metadata(root.join(program)).is_err() {
            return format!("{line}: no such program");
        }
    }
    let units = machine.units.iter().filter(|unit| !unit.mask && (unit.text.is_some() || !unit.drop_ins.is_empty()));
    let names: Vec<_> = units.map(|unit| unit.name.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    let root = ["--root".as_ref(), root.as_os_str()];
    let output = Command::new(analyze).args(["verify", "--man=no"]).args(root).args(&names).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { said } else { format!("{names:?}: {}\n{said}", output.status) }
}

/// Every machine of every case, with its name.
fn machines() -> Vec<(String, Target, Machine)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")).unwrap() {
        let path = entry.unwrap().path();
        let (cluster, report) = cluster::read(&fs::read(&path).unwrap());
        assert!(report.is_empty(), "{}: {}", path.display(), tinderbox::report::text(&report));
        let cluster = cluster.unwrap();
        let target = match cluster.platform {
            Platform::FedoraCoreOs(_) => Target::FedoraCoreOs(Version::V3_3),
            Platform::Flatcar(_) | Platform::ContainerLinux => Target::Flatcar(Version::V3_3),
        };
        for node in &cluster.nodes {
            let machine = compose(&cluster, node, &Keys::placeholders()).unwrap();
            let name = format!("{}/{}", path.file_stem().unwrap().to_str().unwrap(), node.name);
            all.push((name, target, without_sugar(machine)));
        }
    }
    assert!(all.len() > 15);
    all
}

#[test]
fn the_real_ignition_makes_exactly_the_tree_that_the_machine_declares() {
    let (Some(engine), Some(analyze)) = (common::referee("ignition-apply"), common::referee("systemd-analyze")) else {
        return;
    };
    let (mut entries, mut units) = (0, 0);
    for (case, target, mut machine) in machines() {
        told(&machine, &ignition(&machine, target));
        let fetched: Vec<_> = machine.downloads.drain(..).map(|download| download.path).collect();
        machine.kernel_arguments.clear();
        owned(&mut machine);
        let root = tempfile::tempdir().unwrap();
        apply(&engine, &ignition(&machine, target), root.path());
        let mut tree = Tree::new();
        found(root.path(), "", &mut tree);
        let wanted = comparable(declared(&machine));
        same(&case, &wanted, &comparable(tree));
        let said = verify(&analyze, &machine, root.path(), &fetched);
        assert!(said.is_empty(), "{case}: {said}");
        (entries, units) = (entries + wanted.len(), units + machine.units.len());
    }
    println!("{entries} entries and {units} units");
    assert!(entries > 500 && units > 30);
}

/// What there is to say of the first machine after `change` of one of its units.
fn said_of(engine: &Path, analyze: &Path, change: impl FnOnce(&mut Unit)) -> String {
    let (_, target, mut machine) =
        machines().into_iter().find(|(case, ..)| case.starts_with("flatcar-single")).unwrap();
    let fetched: Vec<_> = machine.downloads.drain(..).map(|download| download.path).collect();
    owned(&mut machine);
    change(machine.units.iter_mut().find(|unit| unit.name == "kubelet.service").unwrap());
    let root = tempfile::tempdir().unwrap();
    apply(engine, &ignition(&machine, target), root.path());
    verify(analyze, &machine, root.path(), &fetched)
}

#[test]
fn systemd_objects_to_what_is_not_there() {
    let (Some(engine), Some(analyze)) = (common::referee("ignition-apply"), common::referee("systemd-analyze")) else {
        return;
    };
    for (line, objection) in [
        ("[Service]\nExecStartPre=/opt/bin/gone\n", "/opt/bin/gone"),
        ("[Service]\nExecStopPost=bin/sh\n", "bin/sh"),
        ("[Unit]\nRequires=gone.service\n", "gone.service"),
        ("[Service]\nRestrt=always\n", "Restrt"),
    ] {
        let said = said_of(&engine, &analyze, |unit| unit.text.as_mut().unwrap().push_str(line));
        assert!(said.contains(objection), "{line}: {said}");
    }
}
