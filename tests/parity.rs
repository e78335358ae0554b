//! Clusters become the same Ignition JSON and ISO by this program as by ct and xorriso, and YAML that readers agree on.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::clusters;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tinderbox::cluster::{self, Cluster};
use tinderbox::component::{admin_kubeconfig, compose, outside_kubeconfig};
use tinderbox::encode::{self, Target, clc, ignition2, local};
use tinderbox::machine::Machine;
use tinderbox::pki::Keys;

/// Random descriptions, the same on every run.
const RANDOM: usize = 360;

fn cases() -> Vec<PathBuf> {
    let dir = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")).unwrap();
    let mut cases: Vec<_> = dir.map(|entry| entry.unwrap().path()).collect();
    // The transpiler is Container Linux's; butane's are in tests/butane.rs.
    let os = |path: &PathBuf| {
        let case: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        case["cluster"]["platform"]["os"] == "container-linux"
    };
    cases.retain(|path| path.extension().is_some_and(|end| end == "json") && os(path));
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn machines(cluster: &Cluster) -> Result<Vec<Machine>, String> {
    let machine = |node| {
        let machine = compose(cluster, node, &Keys::placeholders())?;
        encode::check(&machine, Target::ContainerLinux).map(|()| machine)
    };
    cluster.nodes.iter().map(machine).collect::<Result<_, _>>().map_err(|report| tinderbox::report::json(&report))
}

/// The machines of every case and of the random clusters; most of the random ones must be valid.
fn all() -> &'static [(String, Vec<Machine>)] {
    static ALL: OnceLock<Vec<(String, Vec<Machine>)>> = OnceLock::new();
    ALL.get_or_init(make_all)
}

fn make_all() -> Vec<(String, Vec<Machine>)> {
    let read = |text: &str| match cluster::read(text.as_bytes()) {
        (Some(cluster), _) => machines(&cluster),
        (None, report) => Err(tinderbox::report::json(&report)),
    };
    let mut all: Vec<_> = cases()
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let machines = read(&text).unwrap();
            (text, machines)
        })
        .collect();
    let mut runner = TestRunner::deterministic();
    let strategy = clusters::cluster();
    let mut refused = Vec::new();
    for _ in 0..RANDOM {
        let text = strategy.new_tree(&mut runner).unwrap().current().to_string();
        match read(&text) {
            Ok(machines) => all.push((text, machines)),
            Err(report) => refused.push(report),
        }
    }
    assert!(refused.len() * 4 < RANDOM, "{} of {RANDOM} refused, such as {}", refused.len(), refused[0]);
    all
}

/// What `ct -strict` makes of a machine's Container Linux Config and its local files.
fn transpiled(ct: &Path, machine: &Machine) -> Result<Vec<u8>, String> {
    let files = tempfile::tempdir().unwrap();
    for (path, file) in local::files(machine) {
        let full = files.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, &file.content).unwrap();
    }
    let output = common::run(ct, &["-strict", "-files-dir", files.path().to_str().unwrap()], &clc::config(machine));
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[test]
fn the_embedded_ignition_json_is_to_the_byte_what_ct_makes() {
    let Some(ct) = common::referee("ct") else { return };
    let all = all();
    let check = |(text, machines): &(String, Vec<Machine>)| {
        for machine in machines {
            let own = String::from_utf8(ignition2::config(machine)).unwrap();
            match transpiled(&ct, machine) {
                Ok(json) => assert_eq!(own, String::from_utf8(json).unwrap(), "{} of {text}", machine.name),
                Err(error) => panic!("ct refuses {} of {text}: {error}", machine.name),
            }
        }
    };
    let (first, second) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        scope.spawn(|| first.iter().for_each(check));
        second.iter().for_each(check);
    });
}

/// Modes are numbers for PyYAML and the transpiler, and texts for serde_yaml, which reads YAML 1.2.
fn with_modes_as_numbers(mut config: Value) -> Value {
    for file in config.pointer_mut("/storage/files").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(mode) = file["mode"].as_str() {
            file["mode"] = json!(u32::from_str_radix(mode, 8).unwrap());
        }
    }
    config
}

#[test]
fn pyyaml_and_serde_yaml_read_every_container_linux_config_alike() {
    let Some(python) = common::python_with_yaml() else { return };
    let all = all();
    let configs: Vec<_> = all.iter().filter_map(|(_, machines)| machines.last()).map(clc::config).collect();
    let program = "import json, sys, yaml\n\
                   loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)\n\
                   json.dump([yaml.load(text, loader) for text in json.load(sys.stdin)], sys.stdout)";
    let read = common::run_python(&python, program, &json!(configs));
    assert_eq!(read.as_array().unwrap().len(), configs.len());
    for (config, theirs) in configs.iter().zip(read.as_array().unwrap()) {
        let ours: Value = serde_yaml::from_str(config).unwrap();
        assert_eq!(&with_modes_as_numbers(ours), theirs, "{config}");
    }
}

#[test]
fn every_manifest_kubeconfig_and_configuration_file_parses() {
    let mut kinds = BTreeMap::new();
    for (text, machines) in all() {
        let (cluster, _) = cluster::read(text.as_bytes());
        let (cluster, keys) = (cluster.unwrap(), Keys::placeholders());
        let outside = outside_kubeconfig(&cluster, &keys).map(String::into_bytes);
        let admin = admin_kubeconfig(&cluster, &keys).map(|text| text.as_bytes().to_vec());
        let files = machines.iter().flat_map(|machine| &machine.files);
        // The user's own files may be anything.
        let files = files.filter(|file| !file.origin.option.as_str().contains("extra.files"));
        let is_yaml = |path: &str| [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end));
        let contents = files.filter(|file| is_yaml(&file.path)).map(|file| file.content.clone());
        for content in contents.chain(outside).chain(admin) {
            let value: serde_yaml::Value = serde_yaml::from_slice(&content).unwrap();
            assert!(value["apiVersion"].is_string(), "{value:?}");
            *kinds.entry(value["kind"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
    }
    let kinds: Vec<_> = kinds.into_keys().collect();
    let expected = [
        "Config",
        "EncryptionConfig",
        "KubeProxyConfiguration",
        "KubeSchedulerConfiguration",
        "List",
        "Pod",
        "Policy",
        "Secret",
    ];
    assert_eq!(kinds, expected);
}

/// Runs the program with the directory of `ct` first on PATH; it must succeed.
fn tinderbox(ct: &Path, arguments: &[&str]) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([ct.parent().unwrap().to_owned()].into_iter().chain(std::env::split_paths(&path)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
    let output = command.args(arguments).env("PATH", path.unwrap()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The volume id of an image, and its files by name.
fn image(xorriso: &Path, image: &Path) -> (String, BTreeMap<String, Vec<u8>>) {
    let out = tempfile::tempdir().unwrap();
    let (to, image) = (out.path().join("files"), image.to_str().unwrap());
    let arguments =
        ["-osirrox", "on:auto_chmod_on", "-indev", image, "-pvd_info", "-extract", "/", to.to_str().unwrap()];
    let output = common::run(xorriso, &arguments, "");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{text}");
    let volume = text.lines().find_map(|line| line.strip_prefix("Volume Id    : ")).unwrap().to_owned();
    let entries = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap());
    let files = entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect();
    common::run(Path::new("chmod"), &["-R", "u+w", to.to_str().unwrap()], "");
    (volume, files)
}

#[test]
fn the_toolchain_makes_the_media_that_this_program_makes() {
    let (Some(ct), Some(xorriso)) = (common::referee("ct"), common::referee("xorriso")) else { return };
    for case in cases() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        let (case, keys) = (case.to_str().unwrap(), at("keys"));
        common::given_keys(case, Path::new(&keys));
        tinderbox(&ct, &["keys", case, "-o", &keys]);
        for maker in ["embedded", "toolchain"] {
            let mut arguments = vec!["build", case, "--maker", maker];
            let out = at(maker);
            arguments.extend(["-o", &out]);
            if Path::new(&keys).exists() {
                arguments.extend(["--secrets", &keys]);
            }
            tinderbox(&ct, &arguments);
        }
        let description: Value = serde_json::from_slice(&fs::read(case).unwrap()).unwrap();
        for node in description["cluster"]["nodes"].as_object().unwrap().keys() {
            let [own, theirs] = ["embedded", "toolchain"].map(|maker| dir.path().join(maker).join(node));
            for name in ["config.yaml", "config.json"] {
                assert!(fs::read(own.join(name)).unwrap() == fs::read(theirs.join(name)).unwrap(), "{name} of {node}");
            }
            let own_image = image(&xorriso, &own.join("config.iso"));
            assert_eq!(own_image.0, "config");
            assert!(own_image.1["config.json"] == fs::read(own.join("config.json")).unwrap());
            assert!(own_image == image(&xorriso, &theirs.join("config.iso")), "config.iso of {node}");
        }
    }
}
