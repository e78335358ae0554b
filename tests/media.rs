//! A built cluster -> what others find in each medium: the one config, its hash, and the modes of what holds keys.

mod common;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use tinderbox::cluster::{self, Cluster};
use tinderbox::encode::stub::stub;
use tinderbox::encode::{Target, Version};
use tinderbox::output::{Emit, Maker, Request, build};
use tinderbox::pki::Placeholders;

/// A case with some values replaced.
fn described(case: &str, changes: &[(&str, Value)]) -> Cluster {
    let path = format!("{}/tests/cases/{case}.json", env!("CARGO_MANIFEST_DIR"));
    let mut description: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    for (pointer, value) in changes {
        *description.pointer_mut(pointer).unwrap() = value.clone();
    }
    let (cluster, report) = cluster::read(description.to_string().as_bytes());
    cluster.unwrap_or_else(|| panic!("{}", tinderbox::report::text(&report)))
}

/// The media of a cluster, with words in place of keys.
fn built(cluster: &Cluster, maker: Maker) -> TempDir {
    let dir = TempDir::new().unwrap();
    let nodes = cluster.nodes.iter().collect();
    let request = Request { dir: &dir.path().join("out"), nodes, emit: Emit::of(cluster), maker, keys: &Placeholders };
    build(cluster, &request, &|_| {}).unwrap();
    dir
}

fn shell(script: &str, arguments: &[&Path]) -> String {
    let output = Command::new("sh").args(["-euc", script, "sh"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Path -> mode and content of every file in a RAM disk.
fn unpacked(archive: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let to = TempDir::new().unwrap();
    shell("gzip -dc \"$1\" | (cd \"$2\" && cpio -idm --quiet)", &[archive, to.path()]);
    let name = |path: PathBuf| path.strip_prefix(to.path()).unwrap().to_str().unwrap().to_owned();
    common::tree(to.path()).into_iter().map(|(path, file)| (name(path), file)).collect()
}

/// Path -> content of every file in an image, by xorriso.
fn extracted(image: &Path, paths: &[&str]) -> Vec<Vec<u8>> {
    let to = TempDir::new().unwrap();
    shell("xorriso -osirrox on -indev \"$1\" -extract / \"$2/all\" && chmod -R u+w \"$2/all\"", &[image, to.path()]);
    let there = shell("cd \"$1/all\" && find . -type f | sort", &[to.path()]);
    let mut wanted: Vec<_> = paths.iter().map(|path| format!("./{path}")).collect();
    wanted.sort();
    assert_eq!(there.lines().collect::<Vec<_>>(), wanted);
    paths.iter().map(|path| fs::read(to.path().join("all").join(path)).unwrap()).collect()
}

fn has_tools() -> bool {
    ["xorriso", "cpio", "gzip", "sha512sum"].into_iter().all(|tool| common::referee(tool).is_some())
}

#[test]
fn every_medium_carries_the_config_and_nothing_else() {
    if !has_tools() {
        return;
    }
    let dir = built(&described("media", &[]), Maker::Embedded);
    let out = dir.path().join("out");
    let at = |name: &str| out.join("rescue").join(name);
    let [config, install] = ["config.json", "install.json"].map(|name| fs::read(at(name)).unwrap());
    for (name, json) in [("oem.cpio.gz", &config), ("install.cpio.gz", &install)] {
        let files = unpacked(&at(name));
        let wanted = BTreeMap::from([("usr/share/oem/config.ign".to_owned(), (0o600, json.clone()))]);
        assert!(files == wanted, "{name}: {:?}", files.keys());
    }
    assert!(extracted(&at("config.iso"), &["config.json"]) == [config.clone()]);
    assert!(extracted(&at("install.iso"), &["config.json"]) == [install]);
    assert!(extracted(&at("config-drive.iso"), &["openstack/latest/user_data"]) == [config]);

    let stub: Value = serde_json::from_slice(&fs::read(at("stub.json")).unwrap()).unwrap();
    let replace = &stub["ignition"]["config"]["replace"];
    assert_eq!(replace["source"], "https://boot.example.com/media/rescue/config.json");
    let sum = shell("sha512sum \"$1\"", &[&at("config.json")]);
    let sum = sum.split_whitespace().next().unwrap();
    assert_eq!(replace["verification"]["hash"], format!("sha512-{sum}"));

    let sums = shell("cd \"$1\" && sha256sum -c SHA256SUMS", &[&out]);
    for name in ["oem.cpio.gz", "config-drive.iso", "stub.json", "install.json", "install.iso", "install.cpio.gz"] {
        assert!(sums.contains(&format!("rescue/{name}: OK\n")), "{sums}");
    }
}

#[test]
fn the_toolchain_makes_the_same_media() {
    let (Some(ct), true) = (common::referee("ct"), has_tools()) else { return };
    let case = format!("{}/tests/cases/media.json", env!("CARGO_MANIFEST_DIR"));
    let dir = TempDir::new().unwrap();
    let path = std::env::join_paths(
        std::iter::once(ct.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let [own, theirs]: [PathBuf; 2] = ["embedded", "toolchain"].map(|maker| {
        let out = dir.path().join(maker);
        let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
        command.args(["build", &case, "--maker", maker, "-o"]).arg(&out).env("PATH", path.as_ref().unwrap());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        out.join("rescue")
    });
    for name in ["install.json", "stub.json", "oem.cpio.gz", "install.cpio.gz"] {
        assert!(fs::read(own.join(name)).unwrap() == fs::read(theirs.join(name)).unwrap(), "{name}");
    }
    for (name, file) in [("install.iso", "config.json"), ("config-drive.iso", "openstack/latest/user_data")] {
        assert!(extracted(&own.join(name), &[file]) == extracted(&theirs.join(name), &[file]), "{name}");
    }
}

#[test]
fn what_holds_keys_is_for_its_owner_alone() {
    let changes = [
        ("/cluster/media", json!({ "targets": ["oem", "config-drive"], "url": "https://boot.example.com" })),
        ("/cluster/nodes/cp-1/install/disk", json!("/dev/sda")),
    ];
    let dir = built(&described("ha", &changes), Maker::Embedded);
    let mode = |name: &str| fs::metadata(dir.path().join("out/cp-1").join(name)).unwrap().permissions().mode();
    for name in ["config.json", "oem.cpio.gz", "config-drive.iso", "install.json", "install.iso", "install.cpio.gz"] {
        assert_eq!(mode(name) & 0o777, 0o600, "{name}");
    }
    assert_eq!(mode("stub.json") & 0o777, 0o644);
}

#[test]
fn transpilers_make_the_same_stub() {
    let (config, url) = (b"{}\n", "https://boot.example.com/a&b/c/config.json");
    let made = |target| serde_json::from_slice::<Value>(&stub(target, url, config)).unwrap();
    let hash = |stub: &Value| {
        let hash = stub["ignition"]["config"]["replace"]["verification"]["hash"].as_str().unwrap().to_owned();
        hash.strip_prefix("sha512-").unwrap().to_owned()
    };
    let said = |tool: &Path, arguments: &[&str], config: &str| {
        let output = common::run(tool, arguments, config);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    if let Some(ct) = common::referee("ct") {
        let own = made(Target::ContainerLinux);
        let text = format!(
            "ignition:\n  config:\n    replace:\n      source: {url:?}\n      verification:\n        hash:\n          \
             function: sha512\n          sum: {}\n",
            hash(&own)
        );
        let theirs = said(&ct, &["-strict"], &text);
        assert_eq!(own["ignition"]["config"], theirs["ignition"]["config"]);
        assert_eq!(own["ignition"]["version"], theirs["ignition"]["version"]);
    }
    let Some(butane) = common::referee("butane") else { return };
    for target in Version::ALL.map(Target::FedoraCoreOs).into_iter().chain([Target::Flatcar(Version::V3_4)]) {
        let own = made(target);
        let (variant, version) = target.butane().unwrap();
        let text = format!(
            "variant: {variant}\nversion: {version}\nignition:\n  config:\n    replace:\n      source: {url:?}\n      \
             verification:\n        hash: sha512-{}\n",
            hash(&own)
        );
        assert_eq!(own, said(&butane, &["--strict"], &text), "{target}");
        if let Some(validate) = common::referee("ignition-validate") {
            let bytes = String::from_utf8(stub(target, url, config)).unwrap();
            let output = common::run(&validate, &["-"], &bytes);
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        }
    }
}

#[test]
fn the_command_line_decides_over_the_description() {
    let case = |name: &str| format!("{}/tests/cases/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let dir = TempDir::new().unwrap();
    let run = |case: &str, emit: &str, out: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
        command.args(["build", case, "--emit", emit, "-o"]).arg(dir.path().join(out)).output().unwrap()
    };
    assert!(run(&case("media"), "oem,stub", "a").status.success());
    let mut names: Vec<_> =
        fs::read_dir(dir.path().join("a/rescue")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["install.cpio.gz", "oem.cpio.gz", "stub.json"]);
    let refused = run(&case("standalone"), "stub", "b");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cluster.media.url"));
}
