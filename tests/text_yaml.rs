//! Trees of values become YAML in the style careful people write, byte for byte.

use serde_json::json;
use tinderbox::text::yaml::{Yaml, write, write_sections};

#[test]
fn indents_collections_by_two_columns() {
    let document = Yaml::map([
        (
            "users",
            Yaml::seq([Yaml::map([
                ("name", Yaml::from("core")),
                ("ssh_authorized_keys", Yaml::seq(["ssh-rsa AAAA"])),
            ])]),
        ),
        ("files", Yaml::map([("mode", Yaml::Octal(0o644)), ("none", Yaml::Null)])),
    ]);
    let expected = "\
users:
  - name: core
    ssh_authorized_keys:
      - \"ssh-rsa AAAA\"
files:
  mode: 0644
  none: null
";
    assert_eq!(write(&document), expected);
}

#[test]
fn separates_sections_by_one_blank_line() {
    let document = Yaml::map([
        ("a", Yaml::map([("b", true)])),
        ("c", Yaml::from("d\n")),
        ("e", Yaml::from("f\ng")),
        ("h", Yaml::from(1)),
    ]);
    let expected = "a:\n  b: true\n\nc: |\n  d\n\ne: |-\n  f\n  g\n\nh: 1\n";
    assert_eq!(write_sections(&document), expected);
    assert_eq!(write_sections(&Yaml::Map(vec![])), "{}\n");
    assert_eq!(write_sections(&Yaml::seq(["a", "b"])), "- a\n- b\n");
}

#[test]
fn nests_sequences_in_sequences() {
    let pair = Yaml::seq(["a", "b"]);
    let map = Yaml::map([("k", pair.clone()), ("l", Yaml::from("x\n"))]);
    let document = Yaml::seq([pair.clone(), Yaml::seq([pair, map]), Yaml::from("y\nz")]);
    let expected = "\
- - a
  - b
- - - a
    - b
  - k:
      - a
      - b
    l: |
      x
- |-
  y
  z
";
    assert_eq!(write(&document), expected);
}

#[test]
fn writes_empty_collections_inline() {
    let document = Yaml::map([
        ("a", Yaml::Map(vec![])),
        ("b", Yaml::Seq(vec![])),
        ("c", Yaml::Seq(vec![Yaml::Map(vec![]), Yaml::Seq(vec![])])),
    ]);
    assert_eq!(write(&document), "a: {}\nb: []\nc:\n  - {}\n  - []\n");
}

#[test]
fn leaves_unmistakable_strings_plain() {
    for text in [
        "core",
        "a",
        "v1.9.6_coreos.2",
        "/etc/kubernetes/manifests",
        "--leader-elect=true",
        "https://example.com:2379/a%20b,c",
        "quay.io/coreos/etcd:v3.2.15",
        "ext4",
        "app.kubernetes.io/name",
        "10.0.0.1",
        "10.2.0.0/16",
        "no-op",
        "Null-modem",
        "user@host",
    ] {
        assert_eq!(write(&text.into()), format!("{text}\n"));
    }
}

#[test]
fn quotes_what_some_reader_takes_for_something_else() {
    for text in [
        "",
        " ",
        "on",
        "yes",
        "no",
        "off",
        "NO",
        "y",
        "N",
        "True",
        "nULL",
        "~",
        "=",
        "<<",
        "nan",
        "Inf",
        ".inf",
        ".NaN",
        "-.INF",
        "1_000",
        "12:30:45",
        "1:20",
        "2020-01-01",
        "1.9",
        "0755",
        "0o17",
        "0x1f",
        "1e3",
        "+1",
        "-1",
        "-",
        "--",
        "---",
        "--1",
        "...",
        "?",
        "a:",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "{a",
        "[a",
        "a]",
        "'a'",
        "ssh-rsa AAAA me@host",
        "$6$salt$hash",
        "256.0.0.1",
        "10.0.0.0/33",
        "10.0.0.0/+8",
        "1.2.3",
        "caf\u{e9}",
        "\u{1f525}",
    ] {
        assert_eq!(write(&text.into()), format!("\"{text}\"\n"));
    }
}

#[test]
fn escapes_what_readers_refuse_or_fold() {
    let cases = [
        ("a\tb", r#""a\tb""#),
        ("a\rb", r#""a\rb""#),
        (r#"a"b\c"#, r#""a\"b\\c""#),
        ("\0\u{1b}\u{7f}\u{85}\u{9f}", r#""\x00\x1B\x7F\x85\x9F""#),
        ("\u{2028}\u{2029}\u{feff}\u{fffe}", r#""\u2028\u2029\uFEFF\uFFFE""#),
        ("\u{a0}\u{e000}\u{fffd}\u{10000}\u{10ffff}", "\"\u{a0}\u{e000}\u{fffd}\u{10000}\u{10ffff}\""),
    ];
    for (text, expected) in cases {
        assert_eq!(write(&text.into()), format!("{expected}\n"));
    }
}

#[test]
fn writes_lines_as_a_literal_block() {
    let text = "[Unit]\n\n# \"x\": \\\n  After=a\tb \u{1f525}\n";
    assert_eq!(
        write(&Yaml::map([("contents", text)])),
        "contents: |\n  [Unit]\n\n  # \"x\": \\\n    After=a\tb \u{1f525}\n"
    );
    assert_eq!(
        write(&Yaml::map([("contents", text.trim_end())])),
        "contents: |-\n  [Unit]\n\n  # \"x\": \\\n    After=a\tb \u{1f525}\n"
    );
    assert_eq!(write(&"a\nb".into()), "|-\n  a\n  b\n");
}

#[test]
fn quotes_lines_that_a_literal_block_might_change() {
    for text in [
        "\n",
        "\na",
        " a\nb",
        "\ta\nb",
        "a\n\n",
        "a\n\tb",
        "a\n \nb",
        "a\n\t\nb",
        "a\n ",
        "a\r\nb",
        "a\n\0",
        "a\n\u{85}",
        "a\n\u{2028}b",
        "\u{feff}a\nb",
    ] {
        let written = write(&text.into());
        assert!(written.starts_with('"'), "{written}");
        assert_eq!(written.matches('\n').count(), 1, "{written}");
    }
}

#[test]
fn writes_keys_by_the_rules_of_strings() {
    let document = Yaml::map([("on", 1), ("a b", 2), ("a\nb", 3), ("", 4), ("a", 5)]);
    assert_eq!(write(&document), "\"on\": 1\n\"a b\": 2\n\"a\\nb\": 3\n\"\": 4\na: 5\n");
}

#[test]
fn writes_floats_with_a_dot_and_a_signed_exponent() {
    let cases = [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (1e300, "1.0e+300"),
        (1.5e-7, "1.5e-7"),
        (f64::INFINITY, ".inf"),
        (f64::NEG_INFINITY, "-.inf"),
        (f64::NAN, ".nan"),
    ];
    for (value, expected) in cases {
        assert_eq!(write(&Yaml::Float(value)), format!("{expected}\n"));
    }
}

#[test]
fn writes_file_modes_with_a_leading_zero() {
    for (mode, expected) in [(0, "0000"), (0o7, "0007"), (0o644, "0644"), (0o1777, "01777")] {
        assert_eq!(write(&Yaml::Octal(mode)), format!("{expected}\n"));
    }
}

#[test]
fn takes_json_as_it_is() {
    let json = json!({"b": [1, -2, 1.5, u64::MAX], "a": {"x": null, "y": true, "z": "s"}});
    let Yaml::Map(mut entries) = Yaml::from(&json) else {
        panic!("no map");
    };
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    let expected = [
        ("a", Yaml::map([("x", Yaml::Null), ("y", true.into()), ("z", "s".into())])),
        ("b", Yaml::seq([Yaml::Int(1), Yaml::Int(-2), Yaml::Float(1.5), Yaml::Float(18446744073709551615.0)])),
    ];
    assert_eq!(Yaml::Map(entries), Yaml::map(expected));
}
