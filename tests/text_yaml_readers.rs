//! Arbitrary trees become YAML that PyYAML, libyaml, serde_yaml and the transpiler read unchanged.

mod common;

use proptest::prelude::*;
use serde_json::{Value, json};
use tinderbox::text::data_url::data_url;
use tinderbox::text::unit::problems;
use tinderbox::text::yaml::{Yaml, write, write_sections};

/// Pieces that mean something to YAML, alone or next to others.
fn nasty_string() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{fffe}",
        "\u{ffff}",
        "\0",
        "\u{7}",
        "\u{1b}",
        "\u{7f}",
        "\u{80}",
        "\u{9f}",
        "\u{e000}",
        "\u{fffd}",
        "\u{1f525}",
        "\u{1fffe}",
        "\u{10ffff}",
        "e\u{301}",
        "\u{e9}",
        "\"",
        "'",
        "\\",
        "\\n",
        ":",
        ": ",
        "#",
        " #",
        "-",
        "- ",
        "--",
        "---",
        "\n---\n",
        "...",
        "\n...\n",
        "?",
        "? ",
        "|",
        ">",
        "%",
        "@",
        "`",
        "&a",
        "*a",
        "!",
        "!!str",
        "{",
        "}",
        "[",
        "]",
        ",",
        "~",
        "=",
        "<<",
        "/",
        "$",
        "^",
        "+",
        "_",
        ".",
        "0",
        "1",
        "7",
        "9",
        "08",
        "0o7",
        "0x",
        "0b1",
        "1e3",
        "1.5",
        "12:30:45",
        "2020-01-01",
        "T10:00:00Z",
        "y",
        "n",
        "yes",
        "No",
        "ON",
        "off",
        "true",
        "False",
        "null",
        "nan",
        ".inf",
        "a",
        "b",
        "Z",
        "a: b",
        "key:",
        "10.0.0.1",
        "10.0.0.0/8",
        "https://x",
        "--flag=",
        "\n# x",
        "\n  indented",
        "x\n",
        "%YAML 1.1",
    ]);
    let pieces = prop_oneof![
        8 => prop::collection::vec(piece.clone(), 0..8),
        1 => prop::collection::vec(piece, 1..300),
    ];
    prop_oneof![
        6 => pieces.prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => "[a-z0-9._/:=+-]{1,8}",
        1 => "([ -~]{0,40}\n){1,5}[ -~]{0,40}",
    ]
}

fn document() -> impl Strategy<Value = Yaml> {
    let leaf = prop_oneof![
        6 => nasty_string().prop_map(Yaml::Str),
        1 => Just(Yaml::Null),
        1 => any::<bool>().prop_map(Yaml::Bool),
        1 => any::<i64>().prop_map(Yaml::Int),
        1 => any::<f64>().prop_map(Yaml::Float),
        1 => prop::sample::select(vec![1e15, 1e16, 1e17, -0.0, 5e-324, f64::MAX, f64::NAN])
            .prop_map(Yaml::Float),
        1 => (0..=0o7777_u32).prop_map(Yaml::Octal),
    ];
    leaf.prop_recursive(4, 24, 5, |node| {
        prop_oneof![
            prop::collection::vec(node.clone(), 0..5).prop_map(Yaml::Seq),
            prop::collection::btree_map(nasty_string(), node, 0..5)
                .prop_map(|entries| Yaml::Map(entries.into_iter().collect())),
        ]
    })
}

/// Documents, alternately with and without blank lines between sections.
fn documents(count: usize) -> Vec<(Yaml, String)> {
    let written = |(number, document): (usize, Yaml)| {
        let text = match number % 2 {
            0 => write(&document),
            _ => write_sections(&document),
        };
        (document, text)
    };
    let documents = common::sample(count, &document());
    documents.into_iter().enumerate().map(written).collect()
}

/// A document as JSON that tells types apart and has floats by their bits.
fn tagged(node: &Yaml, octal: fn(u32) -> Value) -> Value {
    match node {
        Yaml::Null => json!(["null"]),
        Yaml::Bool(value) => json!(["bool", value]),
        Yaml::Int(value) => json!(["int", value]),
        Yaml::Float(value) => tagged_float(*value),
        Yaml::Octal(mode) => octal(*mode),
        Yaml::Str(text) => json!(["str", text]),
        Yaml::Seq(items) => {
            let items = items.iter().map(|item| tagged(item, octal));
            json!(["seq", items.collect::<Vec<_>>()])
        }
        Yaml::Map(entries) => {
            let entry = |(key, value): &(String, Yaml)| json!([["str", key], tagged(value, octal)]);
            json!(["map", entries.iter().map(entry).collect::<Vec<_>>()])
        }
    }
}

fn tagged_float(value: f64) -> Value {
    match value.is_nan() {
        true => json!(["float", "nan"]),
        false => json!(["float", format!("{:016x}", value.to_bits())]),
    }
}

const PYTHON: &str = r#"
import json, struct, sys, yaml

def tagged(node):
    if node is None:
        return ["null"]
    if isinstance(node, bool):
        return ["bool", node]
    if isinstance(node, int):
        return ["int", node]
    if isinstance(node, float):
        return ["float", "nan" if node != node else struct.pack(">d", node).hex()]
    if isinstance(node, str):
        return ["str", node]
    if isinstance(node, list):
        return ["seq", [tagged(item) for item in node]]
    if isinstance(node, dict):
        return ["map", [[tagged(key), tagged(value)] for key, value in node.items()]]
    return ["other", repr(node)]

def load(text, loader):
    try:
        return tagged(yaml.load(text, Loader=loader))
    except Exception as error:
        return ["error", str(error)]

loaders = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])
documents = json.load(sys.stdin)
json.dump([[load(text, loader) for loader in loaders] for text in documents], sys.stdout)
"#;

/// Fails unless PyYAML, and libyaml if PyYAML has it, read each text as its document.
fn assert_python_reads(documents: &[(Yaml, String)]) {
    let Some(python) = common::python_with_yaml() else {
        return;
    };
    let texts: Vec<_> = documents.iter().map(|(_, text)| text).collect();
    let read = common::run_python(&python, PYTHON, &json!(texts));
    let read = read.as_array().unwrap();
    assert_eq!(read.len(), documents.len());
    for ((document, text), by_loader) in documents.iter().zip(read) {
        let expected = tagged(document, |mode| json!(["int", mode]));
        for value in by_loader.as_array().unwrap() {
            assert_eq!(value, &expected, "{document:?}\n{text}");
        }
    }
}

fn assert_serde_yaml_reads(documents: &[(Yaml, String)]) {
    fn tagged_read(node: &serde_yaml::Value) -> Value {
        use serde_yaml::Value::*;
        match node {
            Null => json!(["null"]),
            Bool(value) => json!(["bool", value]),
            Number(number) if number.is_f64() => tagged_float(number.as_f64().unwrap()),
            Number(number) => json!(["int", number.as_i64()]),
            String(text) => json!(["str", text]),
            Sequence(items) => {
                json!(["seq", items.iter().map(tagged_read).collect::<Vec<_>>()])
            }
            Mapping(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(k, v)| json!([tagged_read(k), tagged_read(v)]));
                json!(["map", entries.collect::<Vec<_>>()])
            }
            Tagged(_) => json!(["tagged"]),
        }
    }
    for (document, text) in documents {
        let read: serde_yaml::Value = match serde_yaml::from_str(text) {
            Ok(read) => read,
            Err(error) => panic!("{error}: {document:?}\n{text}"),
        };
        // serde_yaml knows octals only in their YAML 1.2 spelling.
        let expected = tagged(document, |mode| json!(["str", format!("0{mode:03o}")]));
        assert_eq!(tagged_read(&read), expected, "{document:?}\n{text}");
    }
}

#[test]
fn python_reads_back_what_was_written() {
    assert_python_reads(&documents(800));
}

#[test]
fn serde_yaml_reads_back_what_was_written() {
    assert_serde_yaml_reads(&documents(4000));
}

#[test]
fn readers_take_keys_of_any_length() {
    let mut documents = Vec::new();
    for length in [1000, 1022, 1023, 1024, 1025, 1026, 3000] {
        for letter in ["a", "%", " "] {
            let key = letter.repeat(length);
            for value in [
                Yaml::from("x"),
                Yaml::from("x\ny\n"),
                Yaml::seq(["x", "y"]),
                Yaml::map([(key.as_str(), "x"), ("b", "y")]),
                Yaml::Seq(vec![]),
            ] {
                let map = Yaml::map([(key.as_str(), value), ("c", Yaml::Null)]);
                let document = Yaml::seq([map.clone(), Yaml::map([("a", map)])]);
                let text = write(&document);
                documents.push((document, text));
            }
        }
    }
    assert_serde_yaml_reads(&documents);
    assert_python_reads(&documents);
}

#[test]
fn readers_take_every_character() {
    let all = ('\0'..='\u{10ffff}').filter(|c| {
        let code = u32::from(*c);
        code < 0x3100 || (0xd700..0x10100).contains(&code) || code & 0xfff0 == 0xfff0
    });
    let strings = all.flat_map(|c| [format!("{c}"), format!("a{c}b"), format!("a\nb{c}\n")]);
    let document = Yaml::seq(strings);
    let text = write(&document);
    let documents = [(document, text)];
    assert_serde_yaml_reads(&documents);
    assert_python_reads(&documents);
}

/// What the transpiler makes of `config`, which it must take without even a warning.
fn transpile(config: &Yaml) -> Option<Value> {
    let ct = common::referee("ct")?;
    let text = write_sections(config);
    let output = common::run(&ct, &["-strict"], &text);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn transpiler_reads_back_file_contents() {
    let mut strings = common::sample(3000, &nasty_string());
    strings.retain(|text| !text.is_empty());
    let file = |(number, text): (usize, &String)| {
        Yaml::map([
            ("path", Yaml::from(format!("/etc/{number}"))),
            ("filesystem", "root".into()),
            ("mode", Yaml::Octal(0o644)),
            ("contents", Yaml::map([("inline", text.as_str())])),
        ])
    };
    let files = Yaml::seq(strings.iter().enumerate().map(file));
    let config = Yaml::map([("storage", Yaml::map([("files", files)]))]);
    let Some(ignition) = transpile(&config) else {
        return;
    };
    let files = ignition["storage"]["files"].as_array().unwrap();
    assert_eq!(files.len(), strings.len());
    for (number, (file, text)) in files.iter().zip(&strings).enumerate() {
        assert_eq!(file["path"], format!("/etc/{number}"));
        assert_eq!(file["mode"], 0o644);
        assert_eq!(file["contents"]["source"], data_url(text.as_bytes()), "{text:?}");
    }
}

#[test]
fn transpiler_reads_back_units_and_drop_ins() {
    let line = "[A-Za-z]{1,8}=[ -~\u{e9}\t]{0,30}\n";
    let comment = "[#;][ -~]{0,20}\n";
    let text = prop_oneof![
        nasty_string().prop_map(|text| format!("[Service]\nEnvironment={text}\n")),
        prop::collection::vec(prop_oneof![line, comment, Just("\n".to_owned())], 1..8)
            .prop_map(|lines| format!("[Service]\n{}", lines.concat())),
        nasty_string(),
    ];
    let mut texts = common::sample(2000, &text);
    texts.retain(|text| !text.is_empty() && problems(text).is_empty());
    assert!(texts.len() > 500, "only {} texts are units", texts.len());
    let unit = |(number, text): (usize, &String)| {
        let drop_in = Yaml::map([("name", "a.conf"), ("contents", text)]);
        Yaml::map([
            ("name", Yaml::from(format!("u{number}.service"))),
            ("contents", text.as_str().into()),
            ("dropins", Yaml::seq([drop_in])),
        ])
    };
    let network = |(number, text): (usize, &String)| {
        Yaml::map([("name", Yaml::from(format!("{number}.network"))), ("contents", text.as_str().into())])
    };
    let units = Yaml::seq(texts.iter().enumerate().map(unit));
    let networks = Yaml::seq(texts.iter().enumerate().map(network));
    let config =
        Yaml::map([("systemd", Yaml::map([("units", units)])), ("networkd", Yaml::map([("units", networks)]))]);
    let Some(ignition) = transpile(&config) else {
        return;
    };
    for (number, text) in texts.iter().enumerate() {
        let unit = &ignition["systemd"]["units"][number];
        assert_eq!(unit["contents"], *text);
        assert_eq!(unit["dropins"][0]["contents"], *text);
        assert_eq!(ignition["networkd"]["units"][number]["contents"], *text);
    }
}
