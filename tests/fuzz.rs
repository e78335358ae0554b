//! Arbitrary bytes, and descriptions with something broken in them, become a report or boot media, never a panic.
//!
//! `fuzz/` looks further, for as long as one lets it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/survive.rs"]
mod survive;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{RngSeed, TestRunner};
use serde_json::{Map, Value, json};
use survive::survive;

const CASES: [&str; 3] =
    [include_str!("cases/article.json"), include_str!("cases/ipvs.json"), include_str!("cases/standalone.json")];

/// The same inputs on every run.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(9), ..ProptestConfig::default() }
}

fn run<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value)) {
    let mut runner = TestRunner::new(config(cases));
    let result = runner.run(&strategy, |value| {
        test(value);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Values that some field somewhere is not made for.
fn odd_value() -> impl Strategy<Value = Value> {
    let numbers =
        select(vec![json!(0), json!(-1), json!(65536), json!(u64::MAX), json!(i64::MIN), json!(1e300), json!(0.5)]);
    let texts = select(vec![
        "",
        "/",
        "//",
        ".",
        "..",
        "\0",
        "\n",
        "\u{feff}",
        "\u{202e}",
        "\u{ffff}",
        "\u{10ffff}",
        "0.0.0.0/0",
        "::/0",
        "fd00::5",
        "fe80::1%eth0",
        "10.254.0.0/16,fd00:10:254::/56",
        "fd00:10:254::/40",
        "255.255.255.255/32",
        "1.2.3.4/24",
        "::1",
        "999999999999999999999",
        "a.service",
        "[",
        "[a",
        "%",
        "\\",
        "$6$",
        "$6$rounds=$",
        "-----END EC PRIVATE KEY-----",
        "v1.9.6",
        "1.9.99999999999",
        "xxxx",
        "&a [*a]",
        "<",
        "ssh-ed25519",
        "1h",
        "１",
        "ß",
        "İ",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers,
        texts.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        (any::<char>(), 1000..40_000usize).prop_map(|(c, times)| c.to_string().repeat(times).into()),
        (1..200usize).prop_map(|depth| (0..depth).fold(Value::Null, |inner, _| json!([inner]))),
        (1..200usize).prop_map(|depth| (0..depth).fold(json!("a"), |inner, _| json!({ "a": inner }))),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Something done to one place of a description.
#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    /// Another value of the same type, so that the rules get to see it.
    Retype(Value),
    Remove,
    Add(String, Value),
    /// The value from elsewhere.
    Copy(Index),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => odd_value().prop_map(Change::Replace),
        6 => odd_value().prop_map(Change::Retype),
        1 => Just(Change::Remove),
        2 => (any::<String>(), odd_value()).prop_map(|(key, value)| Change::Add(key, value)),
        2 => any::<Index>().prop_map(Change::Copy),
    ]
}

/// The JSON pointers of all values in `value`.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.clone(), field)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in inner {
        pointers(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
    }
}

fn apply(document: &mut Value, place: &Index, change: Change) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let pointer = all[place.index(all.len())].clone();
    if let Change::Remove = change {
        let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
        let key = key.replace("~1", "/").replace("~0", "~");
        match document.pointer_mut(parent) {
            Some(Value::Object(fields)) => drop(fields.remove(&key)),
            Some(Value::Array(items)) if !items.is_empty() => drop(items.pop()),
            _ => {}
        }
        return;
    }
    let elsewhere = match &change {
        Change::Copy(from) => document.pointer(&all[from.index(all.len())]).cloned(),
        _ => None,
    };
    let Some(value) = document.pointer_mut(&pointer) else { return };
    match (change, value) {
        (Change::Add(key, new), Value::Object(fields)) => drop(fields.insert(key, new)),
        (Change::Add(_, new), Value::Array(items)) => items.push(new),
        (Change::Retype(new), value) => *value = retyped(value, new),
        (Change::Replace(new), value) => *value = new,
        (_, value) => *value = elsewhere.unwrap_or_default(),
    }
}

fn retyped(old: &Value, new: Value) -> Value {
    match (old, new) {
        (Value::String(_), Value::String(new)) => new.into(),
        (Value::String(_), new) => new.to_string().into(),
        (Value::Bool(old), _) => (!old).into(),
        (Value::Number(_), new) => json!(new.to_string().len() % 70_000),
        (Value::Array(old), new) => old.iter().cloned().chain([new]).collect(),
        (Value::Object(old), new) => old
            .iter()
            .map(|(key, value)| (format!("{key}{}", new.as_str().unwrap_or("")), value.clone()))
            .collect::<Map<_, _>>()
            .into(),
        (Value::Null, new) => new,
    }
}

#[test]
fn arbitrary_bytes_become_a_report() {
    run(2000, prop::collection::vec(any::<u8>(), 0..200), |bytes| {
        assert!(!survive(&bytes));
    });
    let word = select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"cluster\":",
        "\"schema\":2",
        "\"origins\":{}",
        "null",
        "1e999",
        "\\u",
        "\\ud800",
        " ",
    ]);
    run(2000, prop::collection::vec(word, 0..40), |words| {
        survive(words.concat().as_bytes());
    });
    survive("[".repeat(100_000).as_bytes());
}

#[test]
fn a_description_with_odd_values_becomes_a_report_or_media() {
    let clusters = std::cell::Cell::new(0);
    let changes = prop::collection::vec((any::<Index>(), change()), 1..4);
    run(1500, (select(&CASES[..]), changes), |(case, changes)| {
        let mut document: Value = serde_json::from_str(case).unwrap();
        for (place, change) in changes {
            apply(&mut document, &place, change);
        }
        clusters.set(clusters.get() + usize::from(survive(document.to_string().as_bytes())));
    });
    assert!(clusters.get() > 100, "{} of the changed descriptions are clusters", clusters.get());
}

#[test]
fn a_description_with_odd_bytes_becomes_a_report_or_media() {
    let edit = (any::<Index>(), 0..20usize, prop::collection::vec(any::<u8>(), 0..4));
    let edits = prop::collection::vec(edit, 1..3);
    run(500, (select(&CASES[..]), edits), |(case, edits)| {
        let mut bytes = case.as_bytes().to_vec();
        for (place, removed, added) in edits {
            let start = place.index(bytes.len());
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, added);
        }
        survive(&bytes);
    });
}
