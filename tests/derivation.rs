//! Clusters -> their ISO derivations: known paths, what a change changes, and a stream that reads back.

mod common;

use nix_derivation::Derivation;
use nix_derivation::store_path::build_text_path;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use tinderbox::derivation::{Export, Recipe, Writer};
use tinderbox::{cluster, output};

const TOOL: &str = "/nix/store/00000000000000000000000000000000-tinderbox";
const SYSTEM: &str = "x86_64-linux";
const CONFIG: &[u8] = br#"{"ignition":{"version":"2.3.0"}}"#;

fn case(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Two machines, without the keys that no derivation may hold.
fn two_nodes() -> Value {
    let mut document = case("ipvs");
    common::plain(&mut document);
    document
}

/// Node -> derivation and image.
fn paths(document: &Value) -> BTreeMap<String, (String, String)> {
    let recipe = Recipe::new(Writer::Tinderbox, TOOL, SYSTEM).unwrap();
    let (cluster, report) = cluster::read(document.to_string().as_bytes());
    let cluster = cluster.unwrap_or_else(|| panic!("{report:?}"));
    let path_of = |node: &cluster::Node| {
        let config = output::ignition(&cluster, node, &tinderbox::pki::Keys::placeholders()).unwrap();
        let derivation = recipe.derivation(&node.name, &config).unwrap();
        (node.name.clone(), (derivation.path, derivation.output))
    };
    cluster.nodes.iter().map(path_of).collect()
}

fn run(arguments: &[&str], input: &Value) -> Output {
    common::run(Path::new(env!("CARGO_BIN_EXE_tinderbox")), arguments, &input.to_string())
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What is in a stream for `nix-store --import`.
struct Imported {
    path: String,
    content: Vec<u8>,
    references: Vec<String>,
}

/// Reads a whole stream, as strictly as Nix does.
fn import(mut stream: &[u8]) -> Vec<Imported> {
    fn number(stream: &mut &[u8]) -> u64 {
        let (number, rest) = stream.split_first_chunk().unwrap();
        *stream = rest;
        u64::from_le_bytes(*number)
    }
    fn bytes(stream: &mut &[u8]) -> Vec<u8> {
        let length = usize::try_from(number(stream)).unwrap();
        let (text, rest) = stream.split_at(length);
        let (padding, rest) = rest.split_at((8 - length % 8) % 8);
        assert!(padding.iter().all(|byte| *byte == 0));
        *stream = rest;
        text.to_owned()
    }
    let text = |stream: &mut &[u8]| String::from_utf8(bytes(stream)).unwrap();
    let mut files = Vec::new();
    while number(&mut stream) == 1 {
        for word in ["nix-archive-1", "(", "type", "regular", "contents"] {
            assert_eq!(text(&mut stream), word);
        }
        let content = bytes(&mut stream);
        assert_eq!(text(&mut stream), ")");
        assert_eq!(number(&mut stream), 0x4558_494e);
        let path = text(&mut stream);
        let references = (0..number(&mut stream)).map(|_| text(&mut stream)).collect();
        assert_eq!(text(&mut stream), "");
        assert_eq!(number(&mut stream), 0);
        files.push(Imported { path, content, references });
    }
    assert!(stream.is_empty());
    files
}

#[test]
fn the_paths_are_those_of_nix() {
    // As nix-instantiate 2.8, 2.26 and 2.34 print them for tests/nix/derivations.nix.
    let known = [
        (
            Writer::Tinderbox,
            "/nix/store/pnhah8kb84jk7bvrj0mjxn6znqq0fwlb-config-a.iso.drv",
            "/nix/store/y1yh77650mcklxp7lp0xcfsp1xdpf1mp-config-a.iso",
        ),
        (
            Writer::Xorriso,
            "/nix/store/bi823jb1qa6shhx8l8y1q9da9k9cdsld-config-a.iso.drv",
            "/nix/store/11iiyx7xha9xbfm8dvsrkm902f63kkx9-config-a.iso",
        ),
    ];
    for (writer, path, output) in known {
        let derivation = Recipe::new(writer, TOOL, SYSTEM).unwrap().derivation("a", CONFIG).unwrap();
        assert_eq!(derivation.config_path, "/nix/store/1cz6y4s9q4alisjfwfcbmyld9qq9lby5-config.json");
        assert_eq!((derivation.path.as_str(), derivation.output.as_str()), (path, output));
    }
}

#[test]
fn a_changed_node_changes_its_own_derivation_and_no_other() {
    let before = two_nodes();
    let mut after = before.clone();
    after["cluster"]["nodes"]["worker-1"]["extra"]["files"]["/etc/motd"] =
        json!({ "text": "hello", "mode": "0644", "override": false });
    let (before, after) = (paths(&before), paths(&after));
    assert_eq!(before["master"], after["master"]);
    assert_ne!(before["worker-1"].0, after["worker-1"].0);
    assert_ne!(before["worker-1"].1, after["worker-1"].1);
}

#[test]
fn tool_system_and_writer_are_part_of_the_derivation() {
    let path =
        |writer, tool, system| Recipe::new(writer, tool, system).unwrap().derivation("a", CONFIG).unwrap().output;
    let other = "/nix/store/11111111111111111111111111111111-tinderbox";
    let first = path(Writer::Tinderbox, TOOL, SYSTEM);
    assert_ne!(first, path(Writer::Xorriso, TOOL, SYSTEM));
    assert_ne!(first, path(Writer::Tinderbox, other, SYSTEM));
    assert_ne!(first, path(Writer::Tinderbox, TOOL, "aarch64-linux"));
    assert_eq!(first, path(Writer::Tinderbox, &format!("{TOOL}/bin/tinderbox"), SYSTEM));
}

#[test]
fn what_is_no_store_path_and_no_system_is_refused() {
    for tool in ["", "/", "/nix/store", "/nix/store/", "/nix/store/abc-x", "nix/store/x", "/usr/bin/tinderbox"] {
        assert!(Recipe::new(Writer::Tinderbox, tool, SYSTEM).is_err(), "{tool}");
    }
    for system in ["", "linux", "x86_64 linux", "x86_64-linux\n"] {
        assert!(Recipe::new(Writer::Tinderbox, TOOL, system).is_err(), "{system:?}");
    }
}

#[test]
fn a_stream_holds_configs_and_derivations_that_refer_to_them() {
    let document = two_nodes();
    let output = run(&["drv", "-", "--tool", TOOL, "--system", SYSTEM, "--export"], &document);
    assert!(output.status.success(), "{}", stderr(&output));
    let files = import(&output.stdout);
    assert_eq!(files.len(), 4);
    let paths = paths(&document);
    for ((node, (path, image)), pair) in paths.iter().zip(files.chunks(2)) {
        let [config, derivation] = pair else { panic!("{node}") };
        assert_eq!(config.path, build_text_path("config.json", &config.content, []).unwrap().to_absolute_path());
        assert!(config.references.is_empty());
        assert_eq!(&derivation.path, path);
        let mut references = vec![config.path.clone(), TOOL.to_owned()];
        references.sort();
        assert_eq!(derivation.references, references);

        let read = Derivation::from_aterm_bytes(&derivation.content, &format!("config-{node}.iso")).unwrap();
        assert_eq!(&read.drv_path().unwrap().to_absolute_path(), path);
        assert_eq!(read.builder(), format!("{TOOL}/bin/tinderbox"));
        assert_eq!(read.system(), SYSTEM);
        assert!(read.input_derivations().is_empty());
        assert_eq!(read.arguments()[..3], ["iso", &config.path, "-o"]);
        assert_eq!(read.environment()["out"], image.as_bytes());
    }
}

#[test]
fn files_of_every_length_read_back() {
    let mut stream = Vec::new();
    let mut export = Export::new(&mut stream);
    for length in 0..20 {
        export.file(&format!("/{length}"), &vec![7; length], &[]).unwrap();
    }
    export.finish().unwrap();
    for (length, file) in import(&stream).into_iter().enumerate() {
        assert_eq!((file.path, file.content, file.references), (format!("/{length}"), vec![7; length], vec![]));
    }
}

#[test]
fn lines_and_json_say_the_same() {
    let document = two_nodes();
    let text = run(&["drv", "-", "--tool", TOOL, "--system", SYSTEM], &document);
    let object = run(&["drv", "-", "--tool", TOOL, "--system", SYSTEM, "--format", "json"], &document);
    let object: Value = serde_json::from_slice(&object.stdout).unwrap();
    let mut lines = String::new();
    for (node, (path, image)) in paths(&document) {
        lines += &format!("{node} {path} {image}\n");
        assert_eq!(object["nodes"][&node]["drvPath"], path);
        assert_eq!(object["nodes"][&node]["outputs"]["out"], image);
    }
    assert_eq!(String::from_utf8(text.stdout).unwrap(), lines);
    let one = run(&["drv", "-", "--tool", TOOL, "--system", SYSTEM, "--node", "worker-1"], &document);
    assert!(lines.ends_with(std::str::from_utf8(&one.stdout).unwrap()) && one.stdout.starts_with(b"worker-1 "));
}

#[test]
fn a_cluster_with_keys_in_a_directory_is_refused_and_one_with_keys_in_the_store_is_not() {
    let mut document = case("ipvs");
    for more in [&["--export"][..], &["--node", "worker-1"], &[]] {
        let output = run(&[&["drv", "-", "--tool", TOOL], more].concat(), &document);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert!(stderr(&output).contains("help: `tinderbox build - -o out --secrets DIR`"), "{}", stderr(&output));
    }
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    assert!(run(&["keys", "-", "-o", keys.to_str().unwrap()], &document).status.success());
    document["cluster"]["secrets"]["source"] = json!("store");
    let store = &mut document["cluster"]["secrets"]["store"];
    for (path, (_, content)) in common::tree(&keys) {
        let name = path.strip_prefix(&keys).unwrap().to_str().unwrap();
        // No machine holds the keys of authorities, but for the one that signs for kubelets.
        if !["etcd-ca.key", "front-proxy-ca.key"].contains(&name) {
            store[name] = json!(String::from_utf8(content).unwrap());
        }
    }
    let output = run(&["drv", "-", "--tool", TOOL, "--export"], &document);
    assert!(output.status.success());
    let master = &import(&output.stdout)[0];
    assert!(String::from_utf8_lossy(&master.content).contains("PRIVATE%20KEY"));
}

#[test]
fn what_cannot_be_composed_leaves_the_stream_without_an_end() {
    let mut document = two_nodes();
    document["cluster"]["nodes"]["worker-1"]["extra"]["files"]["/etc/hostname"] =
        json!({ "text": "x", "mode": "0644", "override": false });
    let output = run(&["drv", "-", "--tool", TOOL], &document);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(stderr(&output).contains("/etc/hostname is written twice"), "{}", stderr(&output));
    let output = run(&["drv", "-", "--tool", TOOL, "--export"], &document);
    assert_eq!(output.status.code(), Some(1));
    // Two numbers that are 0 end a file, a third one the stream.
    assert!(output.stdout.ends_with(&[0; 16]) && !output.stdout.ends_with(&[0; 24]));
}

#[test]
fn a_program_outside_the_store_asks_for_one_inside() {
    let document = case("article");
    let output = run(&["drv", "-"], &document);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("help: give --tool /nix/store/…"), "{}", stderr(&output));
    for more in [&["--tool", "/usr"][..], &["--tool", "/no/such"], &["--tool", TOOL, "--system", "none"]] {
        assert_eq!(run(&[&["drv", "-"], more].concat(), &document).status.code(), Some(2), "{more:?}");
    }
    assert_eq!(run(&["drv", "-", "--tool", TOOL, "--export", "--format", "json"], &document).status.code(), Some(2));
    assert_eq!(run(&["drv", "-", "--tool", TOOL, "--node", "nobody"], &document).status.code(), Some(2));
}

/// A directory with the article's `config.json` and `config.iso`.
fn built() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    assert!(run(&["build", "-", "-o", out.to_str().unwrap()], &case("article")).status.success());
    let node = out.join("app-kube1");
    (dir, node)
}

#[test]
fn iso_writes_the_image_that_build_writes_and_overwrites_nothing() {
    let (dir, node) = built();
    let (json, image) = (node.join("config.json"), dir.path().join("own.iso"));
    let arguments = ["iso", json.to_str().unwrap(), "-o", image.to_str().unwrap()];
    assert!(run(&arguments, &Value::Null).status.success());
    assert_eq!(fs::read(&image).unwrap(), fs::read(node.join("config.iso")).unwrap());
    fs::write(&image, "mine").unwrap();
    let output = run(&arguments, &Value::Null);
    assert_eq!((output.status.code(), fs::read(&image).unwrap()), (Some(2), b"mine".to_vec()));
    assert!(stderr(&output).contains("own.iso"), "{}", stderr(&output));
}

#[test]
fn an_image_of_a_config_that_is_private_is_private() {
    let (dir, node) = built();
    let json = node.join("config.json");
    for (mode, expected) in [(0o600, 0o600), (0o400, 0o600), (0o644, 0o644), (0o444, 0o644)] {
        fs::set_permissions(&json, fs::Permissions::from_mode(mode)).unwrap();
        let image = dir.path().join(format!("{mode:o}.iso"));
        assert!(run(&["iso", json.to_str().unwrap(), "-o", image.to_str().unwrap()], &Value::Null).status.success());
        assert_eq!(fs::metadata(&image).unwrap().permissions().mode() & 0o777, expected, "{mode:o}");
    }
}
