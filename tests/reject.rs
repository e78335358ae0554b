//! A good case and one mistake -> the problems it is refused or warned for, as they are shown.
//!
//! `tests/reject/<rule>.json` breaks the rule of its name, `<rule>-<what>.json` breaks it in another way:
//!
//! - `base`: a case of `tests/cases`; `set`: JSON Pointer (RFC 6901) -> value, whose map keys need not be there;
//!   `remove`: JSON Pointers. Or `text`: the bytes of the whole cluster.json.
//! - `also`: other rules with an error that the same mistake cannot but break.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tinderbox::cluster;
use tinderbox::cluster::check::{OTHER_RULES, RULES};
use tinderbox::output::rehearse;
use tinderbox::report::{Report, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    base: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    remove: Vec<String>,
    text: Option<String>,
    #[serde(default)]
    also: BTreeSet<String>,
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn names(dir: &Path, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

fn examples() -> BTreeSet<String> {
    names(&tests().join("reject"), ".json")
}

fn rules() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.name).chain(OTHER_RULES.iter().map(|(name, _)| *name)).collect()
}

/// The rule that an example is named after: of `flags-ignored` it is no word of `flags`.
fn rule_of(example: &str) -> &'static str {
    let is_named =
        |rule: &&str| example.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    rules().into_iter().filter(is_named).max_by_key(|rule| rule.len()).unwrap_or_else(|| panic!("{example}: no rule"))
}

/// The last step of a pointer, and the value that holds it, made of maps where there is none.
fn parent<'v>(root: &'v mut Value, pointer: &str) -> (&'v mut Value, String) {
    let mut steps: Vec<_> = pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    assert!(steps.len() > 1 && steps.remove(0).is_empty(), "{pointer:?} is not a pointer into a document");
    let last = steps.pop().unwrap();
    let at = steps.into_iter().fold(root, |value, step| match value {
        Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
        Value::Object(map) => map.entry(step).or_insert_with(|| Map::new().into()),
        other => panic!("{pointer}: {other} has no {step}"),
    });
    (at, last)
}

fn bytes(name: &str, example: &Example) -> Vec<u8> {
    if let Some(text) = &example.text {
        assert!(example.base.is_none() && example.set.is_empty() && example.remove.is_empty(), "{name}: a text is all");
        return text.clone().into_bytes();
    }
    let base = example.base.as_deref().unwrap_or_else(|| panic!("{name}: neither a base nor a text"));
    let mut document: Value = serde_json::from_slice(&case(base)).unwrap();
    for (pointer, value) in &example.set {
        match parent(&mut document, pointer) {
            (Value::Array(list), step) => list[step.parse::<usize>().unwrap()] = value.clone(),
            (at, step) => at[step] = value.clone(),
        }
    }
    for pointer in &example.remove {
        match parent(&mut document, pointer) {
            (Value::Array(list), step) => drop(list.remove(step.parse::<usize>().unwrap())),
            (at, step) => {
                drop(at.as_object_mut().unwrap().remove(&step).unwrap_or_else(|| panic!("{name}: {pointer}")))
            }
        }
    }
    serde_json::to_vec(&document).unwrap()
}

fn case(name: &str) -> Vec<u8> {
    fs::read(tests().join(format!("cases/{name}.json"))).unwrap()
}

/// What `tinderbox check` finds.
fn check(bytes: &[u8]) -> Report {
    let (cluster, mut report) = cluster::read(bytes);
    if let Some(cluster) = &cluster {
        report.extend(rehearse(cluster));
    }
    report
}

fn read(name: &str) -> (Example, Report) {
    let path = tests().join(format!("reject/{name}.json"));
    let example: Example =
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let report = check(&bytes(name, &example));
    (example, report)
}

#[test]
fn every_rule_has_an_example_and_every_example_a_rule() {
    let examples = examples();
    let without: Vec<_> = rules().into_iter().filter(|rule| !examples.contains(*rule)).collect();
    assert!(without.is_empty(), "no tests/reject/<rule>.json for {without:?}");
    assert_eq!(rules().iter().collect::<BTreeSet<_>>().len(), rules().len(), "two rules have one name");
    for example in &examples {
        rule_of(example);
    }
}

#[test]
fn no_case_breaks_a_rule() {
    for name in names(&tests().join("cases"), ".json") {
        let report = check(&case(&name));
        assert!(report.is_empty(), "{name}: {}", text(&report));
    }
}

#[test]
fn every_example_breaks_its_rule_and_no_other() {
    let mut wrong = String::new();
    for name in examples() {
        let (example, report) = read(&name);
        let all: BTreeSet<_> = report.diagnostics().iter().map(|problem| problem.rule.to_owned()).collect();
        let mut expected = example.also.clone();
        expected.insert(rule_of(&name).to_owned());
        if all != expected {
            wrong.push_str(&format!("{name} breaks {all:?}\n{}\n", anstream::adapter::strip_str(&text(&report))));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_problem_says_where_it_is_and_what_to_do() {
    for name in examples() {
        for problem in read(&name).1.diagnostics() {
            let path = problem.path.as_str();
            assert!(path == "schema" || path.starts_with("cluster"), "{name}: {path}");
            assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{name}: {}", problem.message);
            let help = problem.help.as_deref().unwrap_or_else(|| panic!("{name}: {} has no help", problem.message));
            assert!(!help.is_empty() && !help.ends_with('.'), "{name}: {help}");
        }
    }
}

/// An error, and so no cluster; or warnings alone, and a cluster beside them.
#[test]
fn errors_stop_a_build_and_warnings_do_not() {
    for name in examples() {
        let (example, report) = read(&name);
        let (cluster, of_rules) = cluster::read(&bytes(&name, &example));
        assert_eq!(cluster.is_none(), of_rules.has_errors(), "{name}");
        assert!(cluster.is_none() || !report.is_empty(), "{name}");
    }
}

#[test]
fn every_example_is_told_as_it_was() {
    let mut read_here = BTreeSet::new();
    for name in examples() {
        let (_, report) = read(&name);
        let shown = anstream::adapter::strip_str(&text(&report)).to_string();
        insta::with_settings!({
            description => format!("tests/reject/{name}.json"),
            omit_expression => true,
        }, { insta::assert_snapshot!(name.as_str(), shown) });
        read_here.insert(format!("reject__{name}"));
    }
    let there = names(&tests().join("snapshots"), ".snap").into_iter().filter(|name| name.starts_with("reject__"));
    let stale: Vec<_> = there.filter(|name| !read_here.contains(name)).collect();
    assert!(stale.is_empty(), "no example makes these snapshots: {stale:?}");
}
