//! Machines become the same Ignition JSON of spec 3 by this program as by butane, and ignition-validate accepts it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use base64ct::{Base64, Encoding};
use common::{clusters, machines};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use tinderbox::cluster;
use tinderbox::component::compose;
use tinderbox::encode::{self, Target, Version, local};
use tinderbox::machine::{Builder, Directory, File, Machine, Origin};
use tinderbox::pki::Keys;
use tinderbox::report::OptionPath;

/// Random machines, the same on every run.
const RANDOM: usize = 500;

/// Every operating system with every version that there is a Butane for.
fn targets() -> Vec<Target> {
    let all = Version::ALL.into_iter().flat_map(|version| [Target::Flatcar(version), Target::FedoraCoreOs(version)]);
    all.filter(|target| target.butane().is_some()).collect()
}

/// What `butane --strict` prints, and what it says.
fn transpiled(butane: &Path, machine: &Machine, target: Target) -> (bool, String, String) {
    let files = tempfile::tempdir().unwrap();
    for (path, file) in local::files(machine) {
        let full = files.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, &file.content).unwrap();
    }
    let config = encode::readable(machine, target).1;
    let output = common::run(butane, &["--strict", "--files-dir", files.path().to_str().unwrap()], &config);
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), out, err)
}

/// What stands between `"compression":"` and the end of its URL: the compression, the URL, and what comes after it.
fn resource(piece: &str) -> (&str, &str, &str) {
    let (compression, rest) = piece.split_once("\",\"source\":\"").unwrap();
    let (url, rest) = rest.split_once('"').unwrap();
    (compression, url, rest)
}

/// The bytes of a resource that is compressed, or `None`.
fn inflated(compression: &str, url: &str) -> Option<Vec<u8>> {
    assert!(["", "gzip"].contains(&compression));
    let base64 = url.strip_prefix("data:;base64,").filter(|_| compression == "gzip")?;
    let mut content = Vec::new();
    GzDecoder::new(&Base64::decode_vec(base64).unwrap()[..]).read_to_end(&mut content).unwrap();
    Some(content)
}

/// Fails where two configs differ in anything but the bytes of what is compressed. Go's compressor is not ours, and ends
/// with an empty block of five bytes: where compressed and plain are about equally long, they may choose differently.
/// `bodies` are added up: how many, how long by each, and how many by one alone.
fn same(own: &str, theirs: &str, bodies: &mut [usize; 4]) {
    const MARK: &str = "\"compression\":\"";
    let (mut own_pieces, mut their_pieces) = (own.split(MARK), theirs.split(MARK));
    assert_eq!(own_pieces.next(), their_pieces.next());
    let (own_pieces, their_pieces): (Vec<_>, Vec<_>) = (own_pieces.collect(), their_pieces.collect());
    assert_eq!(own_pieces.len(), their_pieces.len());
    for (own, theirs) in own_pieces.into_iter().map(resource).zip(their_pieces.into_iter().map(resource)) {
        assert_eq!(own.2, theirs.2);
        match (inflated(own.0, own.1), inflated(theirs.0, theirs.1)) {
            (Some(ours), Some(other)) => {
                assert!(ours == other);
                *bodies = [bodies[0] + 1, bodies[1] + own.1.len(), bodies[2] + theirs.1.len(), bodies[3]];
            }
            (None, None) => assert_eq!(own.1, theirs.1),
            _ => {
                let (shorter, longer) = (own.1.len().min(theirs.1.len()), own.1.len().max(theirs.1.len()));
                assert!(longer - shorter <= 16 + shorter / 50, "{} or {}", own.1, theirs.1);
                bodies[3] += 1;
            }
        }
    }
}

/// Holds each machine against butane and ignition-validate, each for one of the targets in turn.
fn hold(machines: &[Machine]) {
    let (Some(butane), Some(validate)) = (common::referee("butane"), common::referee("ignition-validate")) else {
        return;
    };
    let targets = targets();
    let mut bodies = [0; 4];
    let mut refused = 0;
    for (n, machine) in machines.iter().enumerate() {
        let target = targets[n % targets.len()];
        let (success, theirs, said) = transpiled(&butane, machine, target);
        if let Err(report) = encode::check(machine, target) {
            refused += 1;
            assert!(!success, "only this program refuses: {}", tinderbox::report::text(&report));
            continue;
        }
        assert!(success, "{target}: {said}\n{}", encode::readable(machine, target).1);
        let own = String::from_utf8(encode::ignition(machine, target)).unwrap();
        same(&own, &theirs, &mut bodies);
        let output = common::run(&validate, &["-"], &own);
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    }
    let [compressed, own, theirs, other] = bodies;
    println!("{compressed} compressed bodies: {own} bytes here, {theirs} by butane; {other} compressed by one alone");
    let all = machines.len();
    assert!(refused * 3 < all * 2, "{refused} of {all} refused");
    assert!(compressed > all / 4 && other < compressed / 4, "{compressed} of {all} compressed, {other} by one alone");
}

#[test]
fn random_machines_are_to_the_byte_what_butane_makes() {
    hold(&common::sample(RANDOM, &machines::machine()));
}

/// The machines of a description; what the transpiler of Container Linux alone can say is left out.
fn composed(description: Value) -> Vec<Machine> {
    let (Some(cluster), _) = cluster::read(description.to_string().as_bytes()) else { return Vec::new() };
    let machines = cluster.nodes.iter().filter_map(|node| compose(&cluster, node, &Keys::placeholders()).ok());
    machines.map(|machine| Machine { etcd: None, flannel: None, ..machine }).collect()
}

/// The same cluster as Flatcar and a Kubernetes of its time run it: what is asked of Container Linux alone is that of the
/// case `flatcar-single`.
fn on_flatcar(mut description: Value) -> Value {
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/flatcar-single.json");
    let model: Value = serde_json::from_slice(&fs::read(case).unwrap()).unwrap();
    let cluster = &mut description["cluster"];
    for option in ["platform", "kubernetes", "tls", "addons"] {
        cluster[option] = model["cluster"][option].clone();
    }
    for (section, option) in [("etcd", "version"), ("etcd", "image"), ("etcd", "listen"), ("flannel", "datastore")] {
        cluster[section][option] = model["cluster"][section][option].clone();
    }
    cluster["kubernetes"]["proxy"]["clusterCIDR"] = cluster["network"]["podCIDR"].clone();
    description
}

#[test]
fn machines_of_clusters_are_to_the_byte_what_butane_makes() {
    let cases = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")).unwrap();
    let cases = cases.map(|entry| serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap());
    let mut machines: Vec<_> = cases.flat_map(composed).collect();
    assert!(machines.len() > 5);
    let random = common::sample(60, &clusters::cluster());
    let (few, later) = (machines.len(), random.clone().into_iter().map(on_flatcar));
    machines.extend(later.flat_map(composed));
    assert!(machines.len() > few + 20, "only {} machines of random clusters on Flatcar", machines.len() - few);
    machines.extend(random.into_iter().flat_map(composed));
    hold(&machines);
}

/// A machine with a file or a directory of each of these modes, at paths that are the options too.
fn of_modes(modes: &[(&str, u32)]) -> Machine {
    let mut machine = Builder::new("a");
    for &(kind, mode) in modes {
        let path = format!("/opt/{kind}/{mode:o}");
        let origin = Origin { writer: "test", option: OptionPath::of(&path) };
        match kind {
            "files" => {
                machine.file(File { path, mode, owner: 0, content: Vec::new(), secret: false, origin });
            }
            _ => machine.directory(Directory { path, mode, owner: 0, origin }),
        }
    }
    machine.finish().unwrap()
}

#[test]
fn exactly_the_modes_are_refused_that_butane_refuses() {
    let Some(butane) = common::referee("butane") else { return };
    let all: Vec<_> = ["files", "directories"].into_iter().flat_map(|k| (0..0o10000).map(move |m| (k, m))).collect();
    // Before and after modes have bits for setuid, setgid and sticky.
    for target in [Target::Flatcar(Version::V3_4), Target::FedoraCoreOs(Version::V3_6)] {
        let report = encode::check(&of_modes(&all), target).unwrap_err();
        let refused: BTreeSet<_> = report.diagnostics().iter().map(|problem| problem.path.clone()).collect();
        let is_refused =
            |&(kind, mode): &(&str, u32)| refused.contains(&OptionPath::of(&format!("/opt/{kind}/{mode:o}")));
        let (bad, good): (Vec<_>, Vec<_>) = all.iter().copied().partition(is_refused);
        assert_eq!(bad.len(), refused.len());
        // Few at a time: butane takes for ever for many.
        for good in good.chunks(200) {
            let (success, _, said) = transpiled(&butane, &of_modes(good), target);
            assert!(success, "{target}: {said}");
        }
        for bad in bad.chunks(200) {
            let (_, _, said) = transpiled(&butane, &of_modes(bad), target);
            let place = |line: &str| Some(line.split_once(" at ")?.1.split_once(", line")?.0.to_owned());
            let places: BTreeSet<_> = said.lines().filter_map(place).collect();
            assert_eq!(places.len(), bad.len(), "{target}: {said}");
        }
    }
}

/// Runs the program with the directory of `butane` first on PATH; it must succeed.
fn tinderbox(butane: &Path, arguments: &[&str]) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = [butane.parent().unwrap().to_owned()].into_iter().chain(std::env::split_paths(&path));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tinderbox"));
    let output = command.args(arguments).env("PATH", std::env::join_paths(path).unwrap()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_toolchain_makes_the_media_that_this_program_makes() {
    let (Some(butane), Some(_)) = (common::referee("butane"), common::referee("xorriso")) else { return };
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/flatcar-single.json");
    for (os, version) in [("flatcar", "3.3.0"), ("flatcar", "3.4.0"), ("fedora-coreos", "3.6.0")] {
        let mut description: Value = serde_json::from_slice(&fs::read(case).unwrap()).unwrap();
        description["cluster"]["platform"]["os"] = os.into();
        description["cluster"]["platform"]["ignition"] = version.into();
        // Without a cluster, and so without keys.
        description["cluster"]["nodes"]["node-1"]["roles"] = Value::Array(Vec::new());
        description["cluster"]["nodes"]["node-1"]["kubelet"]["standalone"] = true.into();
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        fs::write(at("cluster.json"), description.to_string()).unwrap();
        for maker in ["embedded", "toolchain"] {
            tinderbox(&butane, &["build", &at("cluster.json"), "--maker", maker, "-o", &at(maker)]);
        }
        let [own, theirs] = ["embedded", "toolchain"].map(|maker| dir.path().join(maker).join("node-1"));
        let [own_config, their_config] = [&own, &theirs].map(|dir| fs::read_to_string(dir.join("config.bu")).unwrap());
        assert_eq!(own_config, their_config);
        assert!(own_config.starts_with("variant: "));
        assert!(common::tree(&own.join("files")).into_values().eq(common::tree(&theirs.join("files")).into_values()));
        let [own, theirs] = [own, theirs].map(|dir| fs::read_to_string(dir.join("config.json")).unwrap());
        same(&own, &theirs, &mut [0; 4]);
        assert!(own.contains(version) && own.ends_with('\n'));
    }
}
