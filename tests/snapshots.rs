//! Every example through the real pipeline -> every generated file as a snapshot to read, and one `SUMS` for each case
//! that is exact to the byte and the mode (insta itself overlooks line ends at both ends of a text).

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tinderbox::output::{Emit, Maker, Request, build};
use tinderbox::pki::Placeholders;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The names of all cases, which are those of the examples.
fn cases() -> Vec<String> {
    let files = fs::read_dir(root().join("cases")).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<_> = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Builds a case into `dir`. The keys are words: no snapshot ever holds, or depends on, a private key.
fn build_case(case: &str, dir: &Path) {
    let (cluster, report) = tinderbox::cluster::read(&fs::read(root().join(format!("cases/{case}.json"))).unwrap());
    assert!(report.is_empty(), "{case}: {}", tinderbox::report::text(&report));
    let cluster = cluster.unwrap();
    let request = Request {
        dir,
        nodes: cluster.nodes.iter().collect(),
        emit: Emit::of(&cluster),
        maker: Maker::Embedded,
        keys: &Placeholders,
    };
    build(&cluster, &request, &|_| {}).unwrap();
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

#[test]
fn every_generated_file_is_as_it_was() {
    let mut read = BTreeSet::new();
    for case in cases() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        build_case(&case, &out);
        let mut sums = String::new();
        let mut snapshot = |name: String, text: &str| {
            insta::with_settings!({
                snapshot_path => format!("snapshots/{case}"),
                prepend_module_to_snapshot => false,
                omit_expression => true,
            }, { insta::assert_snapshot!(name.as_str(), text) });
            read.insert(format!("{case}/{name}.snap"));
        };
        for file in files(&out) {
            let path = file.strip_prefix(&out).unwrap().to_str().unwrap().to_owned();
            let content = fs::read(&file).unwrap();
            let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o7777;
            let hash: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
            sums.push_str(&format!("{mode:04o} {:>7} {hash} {path}\n", content.len()));
            if ![".iso", ".gz", ".json"].iter().any(|ending| path.ends_with(ending)) && path != "SHA256SUMS" {
                snapshot(path.replace('/', "__"), std::str::from_utf8(&content).unwrap());
            }
        }
        snapshot("SUMS".to_owned(), &sums);
    }
    let there: BTreeSet<_> = cases()
        .iter()
        .flat_map(|case| files(&root().join("snapshots").join(case)))
        .map(|path| path.strip_prefix(root().join("snapshots")).unwrap().to_str().unwrap().to_owned())
        .filter(|path| !path.ends_with(".snap.new"))
        .collect();
    let stale: Vec<_> = there.difference(&read).collect();
    assert!(stale.is_empty(), "no test reads these snapshots: {stale:?}");
}

#[test]
fn every_case_has_an_example() {
    let examples = fs::read_dir(root().join("../examples")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = examples.map(|name| name.to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(cases(), names);
}
