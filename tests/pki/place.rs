//! A description -> a directory of its own, in which the program makes keys and media of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use tinderbox::cluster::Cluster;

use crate::common;

/// An example as the program reads it.
pub fn example(name: &str) -> Value {
    let path = format!("{}/tests/cases/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The example `ha` with these values in `cluster`.
pub fn ha_with(values: &[(&str, Value)]) -> Value {
    let mut document = example("ha");
    for (pointer, value) in values {
        *document["cluster"].pointer_mut(pointer).unwrap() = value.clone();
    }
    document
}

/// The example `ha` with one control-plane node, which is etcd too, and one worker.
pub fn small() -> Value {
    let mut document = example("ha");
    let nodes = document["cluster"]["nodes"].as_object_mut().unwrap();
    nodes.retain(|name, _| name == "cp-1" || name == "worker-1");
    document
}

/// Without TLS, with several API servers, whose service account key pair is therefore given.
fn plain() -> Value {
    let mut document = example("ha");
    common::plain(&mut document);
    document["cluster"]["secrets"]["source"] = json!("directory");
    document
}

/// The example `ha` with two machines more that are etcd alone.
fn five_members() -> Value {
    let mut document = example("ha");
    for n in [1, 2] {
        let mut node = document["cluster"]["nodes"]["cp-1"].clone();
        let name = format!("etcd-{n}");
        node["hostname"] = json!(name);
        node["etcd"]["name"] = json!(name);
        node["roles"] = json!(["etcd"]);
        node["kubelet"]["taints"] = json!([]);
        node["network"]["address"] = json!(format!("192.168.10.3{n}/24"));
        document["cluster"]["nodes"][name] = node;
    }
    document
}

/// Examples and variations of them, each with a name.
pub fn descriptions() -> Vec<(&'static str, Value)> {
    let dhcp = [
        ("/nodes/worker-1/network/dhcp", json!(true)),
        ("/nodes/worker-1/network/address", Value::Null),
        ("/nodes/worker-1/network/gateway", Value::Null),
        ("/nodes/worker-1/network/dns", json!([])),
    ];
    let one = [("/nodes/cp-2/roles", json!(["control-plane"])), ("/nodes/cp-3/roles", json!(["control-plane"]))];
    vec![
        ("ha", example("ha")),
        ("external-etcd", example("external-etcd")),
        ("ipvs", example("ipvs")),
        ("flatcar-ha", example("flatcar-ha")),
        ("fcos-single", example("fcos-single")),
        ("pre-issued", ha_with(&[("/kubernetes/kubelet/certificates", json!("pre-issued"))])),
        ("plain", plain()),
        ("one member", ha_with(&one)),
        ("five members", five_members()),
        ("a worker by DHCP", ha_with(&dhcp)),
    ]
}

/// A directory for a description, its keys and its media.
pub struct Place {
    pub dir: TempDir,
    pub document: Value,
}

impl Place {
    /// With what others have to give for the example `name`.
    pub fn new(name: &str, document: &Value) -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap(), document: document.clone() };
        common::given_keys(name, &place.keys());
        place
    }

    /// With all keys.
    pub fn with_keys(name: &str, document: &Value, arguments: &[&str]) -> Self {
        let place = Self::new(name, document);
        let output = place.make(arguments);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        place
    }

    pub fn keys(&self) -> PathBuf {
        self.dir.path().join("keys")
    }

    pub fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    pub fn key(&self, name: &str) -> PathBuf {
        self.keys().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.key(name)).unwrap()
    }

    pub fn cluster(&self) -> Cluster {
        let (cluster, report) = tinderbox::cluster::read(self.document.to_string().as_bytes());
        cluster.unwrap_or_else(|| panic!("{}", tinderbox::report::text(&report)))
    }

    /// The path of the description on disk.
    pub fn description(&self) -> PathBuf {
        let path = self.dir.path().join("cluster.json");
        fs::write(&path, self.document.to_string()).unwrap();
        path
    }

    /// `tinderbox keys`, with more arguments.
    pub fn make(&self, arguments: &[&str]) -> Output {
        let mut command = self.command("keys", &self.keys());
        command.args(arguments).output().unwrap()
    }

    /// `tinderbox build`.
    pub fn build(&self) -> Output {
        let mut command = self.command("build", &self.out());
        if self.document["cluster"]["secrets"]["source"] == "directory" {
            command.arg("--secrets").arg(self.keys());
        }
        command.output().unwrap()
    }

    pub fn command(&self, name: &str, output: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
        command.arg(name).arg(self.description()).arg("-o").arg(output);
        command
    }

    /// The names of all files in the directory of keys.
    pub fn names(&self) -> Vec<String> {
        let keys = self.keys();
        let name = |path: PathBuf| path.strip_prefix(&keys).unwrap().to_str().unwrap().to_owned();
        common::tree(&keys).into_keys().map(name).collect()
    }
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
