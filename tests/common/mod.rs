//! Names of outside programs become paths to them, or loud notes that a test was skipped.
#![allow(dead_code)]

pub mod api;
pub mod certificates;
pub mod clusters;
pub mod handshakes;
pub mod machines;

use std::collections::BTreeMap;
use std::fs::{OpenOptions, create_dir_all, metadata, read, read_dir, write};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tinderbox::x509;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// The path of the outside program `name`: from where tests/tools/install puts it, else from `$PATH`. Without one the
/// test must return early, see [`skip`].
pub fn referee(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = [referees().join("bin")]
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|directory| directory.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        skip(name);
    }
    found
}

/// A Python 3 that has PyYAML.
pub fn python_with_yaml() -> Option<PathBuf> {
    let python = referee("python3")?;
    if run(&python, &["-c", "import yaml"], "").status.success() {
        return Some(python);
    }
    skip("PyYAML");
    None
}

/// Notes that the running test does without `name`: on stderr and in `target/referees/skipped`.
/// Panics where nothing may be skipped, that is with `CI=true`.
pub fn skip(name: &str) {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(
        !ci,
        "{name} not found; with CI=true no test may be skipped. Put it on PATH or into the \
         directory $TINDERBOX_REFEREES"
    );
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("unnamed");
    eprintln!("SKIPPED: {name} not found, so {test} proves nothing");
    create_dir_all(referees()).unwrap();
    let log = referees().join("skipped");
    let mut log = OpenOptions::new().create(true).append(true).open(log).unwrap();
    writeln!(log, "{test}: {name}").unwrap();
}

/// What `program` makes of `input` on its standard input.
pub fn run(program: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // From a thread, because the program may write before it has read everything. That it
        // closes its input early shows in its output, not here.
        scope.spawn(move || drop(stdin.write_all(input.as_bytes())));
        child.wait_with_output().unwrap()
    })
}

/// What the Python `program` prints as JSON when given `input` as JSON.
pub fn run_python(python: &Path, program: &str, input: &serde_json::Value) -> serde_json::Value {
    let output = run(python, &["-c", program], &input.to_string());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `count` random values, the same ones on every run, for referees that are too slow to be started for each one.
pub fn sample<S: Strategy>(count: usize, strategy: &S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// `$TINDERBOX_REFEREES`, else `target/referees`.
fn referees() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/referees");
    std::env::var_os("TINDERBOX_REFEREES").map_or_else(default, PathBuf::from)
}

/// Everything below `dir`: path -> mode and content.
pub fn tree(dir: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut all = BTreeMap::new();
    for entry in read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(tree(&path));
        } else {
            let mode = metadata(&path).unwrap().permissions().mode() & 0o7777;
            all.insert(path.clone(), (mode, read(&path).unwrap()));
        }
    }
    all
}

/// Puts into a directory of keys what the cluster is given by others: for `external-etcd` the authority of that etcd,
/// here with its key, so that the clients' certificates can be made.
pub fn given_keys(case: &str, keys: &Path) {
    if !case.contains("external-etcd") {
        return;
    }
    create_dir_all(keys).unwrap();
    let key = x509::private_key(x509::KeyType::EcdsaP256).unwrap();
    let subject = x509::Subject { common_name: "somebody's etcd".to_owned(), organization: None };
    // From 2020 to 2050.
    let validity = x509::Validity { not_before: 1_577_836_800, not_after: 2_524_608_000 };
    write(keys.join("etcd-ca.crt"), x509::authority(&key, &subject, validity).unwrap()).unwrap();
    write(keys.join("etcd-ca.key"), key.as_bytes()).unwrap();
}

/// A cluster whose machines hold no key: without TLS, and with keys that are made at first boot.
pub fn plain(document: &mut serde_json::Value) {
    let cluster = &mut document["cluster"];
    for (pointer, value) in [
        ("/tls/enable", false.into()),
        ("/secrets/source", "first-boot".into()),
        ("/addons/dns/enable", false.into()),
        ("/addons/rbac/enable", false.into()),
        ("/flannel/datastore", "etcd".into()),
        ("/kubernetes/apiServer/insecurePort", 8080.into()),
        ("/kubernetes/apiServer/insecureBindAddress", "0.0.0.0".into()),
        ("/kubernetes/apiServer/encryptSecrets", false.into()),
    ] {
        if let Some(place) = cluster.pointer_mut(pointer) {
            *place = value;
        }
    }
}
