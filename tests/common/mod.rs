//! Names of outside programs become paths to them, or loud notes that a test was skipped.
#![allow(dead_code)]

pub mod clusters;

use std::fs::{OpenOptions, create_dir_all};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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
