//! Words become unit lines, and unit texts problems, byte for byte and line for line.

use tinderbox::text::unit::{UnitProblem, environment, exec_argument, has_install_section, problems, value};

// ---- writing ----

#[test]
fn leaves_simple_arguments_unquoted() {
    for argument in
        ["--leader-elect=true", "https://10.0.0.1:2379,https://10.0.0.2:2379", "a;b#c", "caf\u{e9}", "{[(*?~!&|<>`)]}"]
    {
        assert_eq!(exec_argument(argument), argument);
    }
}

#[test]
fn doubles_percent_and_dollar_in_arguments() {
    assert_eq!(exec_argument("100%"), "100%%");
    assert_eq!(exec_argument("$HOME"), "$$HOME");
    assert_eq!(exec_argument("a ${B} $$%%"), r#""a $${B} $$$$%%%%""#);
}

#[test]
fn quotes_arguments_that_would_not_stay_one_word() {
    let cases = [
        ("", r#""""#),
        ("a b", r#""a b""#),
        (r#"{"a":"b"}"#, r#""{\"a\":\"b\"}""#),
        ("it's", r#""it's""#),
        (r"a\b\", r#""a\\b\\""#),
        ("a\nb\tc\rd", r#""a\nb\tc\rd""#),
        ("\u{1}\u{7f}", r#""\x01\x7f""#),
        ("\u{85}\u{a0}\u{2028}", r#""\u0085\u00a0\u2028""#),
        (";", r#"";""#),
        ("#a", r##""#a""##),
    ];
    for (argument, expected) in cases {
        assert_eq!(exec_argument(argument), expected);
    }
}

#[test]
fn quotes_a_variable_only_where_needed() {
    assert_eq!(environment("KUBELET_IMAGE_TAG", "v1.9.6"), "KUBELET_IMAGE_TAG=v1.9.6");
    assert_eq!(environment("EMPTY", ""), "EMPTY=");
    assert_eq!(environment("A", "$B 5%"), r#""A=$B 5%%""#);
    assert_eq!(environment("A", "$B"), "A=$B");
    assert_eq!(environment("A", r#""\"#), r#""A=\"\\""#);
}

#[test]
fn keeps_a_value_on_its_line() {
    assert_eq!(value("etcd on 100% of \"nodes\" $x"), "etcd on 100%% of \"nodes\" $x");
    assert_eq!(value("a\n[Install]\r\tb\0"), "a [Install]  b ");
    assert_eq!(value("a\\"), "a\\ ");
    assert_eq!(value("a\\\n"), "a\\ ");
}

// ---- checking ----

#[test]
fn finds_no_problem_in_a_unit() {
    let text = "\
# comment
[Unit]
Description=a [b] ; c
; comment

[Service]
ExecStart=/bin/a \\
  --b \\
  --c
Environment=
=
 Indented = x
[Install]
WantedBy=multi-user.target";
    assert_eq!(problems(text), []);
    assert_eq!(problems(""), []);
    assert_eq!(problems("no section\nat all = fine\n"), []);
}

#[test]
fn reports_each_problem_with_its_line() {
    let long = "x".repeat(2048);
    let text = format!("\n[A]x\na=b\nname\nc=\\\nd\n#{long}\n[B] \r\n\ne=f\rg\nh [\n[C\ni=j\nk\n");
    let expected = [
        UnitProblem::GarbageAfterSection(2),
        UnitProblem::NewlineInName(4),
        UnitProblem::LineTooLong(7),
        UnitProblem::NewlineInName(11),
        UnitProblem::UnclosedSection(12),
    ];
    assert_eq!(problems(&text), expected);
    let lines: Vec<_> = expected.iter().map(UnitProblem::line).collect();
    assert_eq!(lines, [2, 4, 7, 11, 12]);
}

#[test]
fn reports_a_name_cut_off_by_the_end() {
    let expected = [UnitProblem::EndInName(2)];
    assert_eq!(problems("[A]\nname"), expected);
}

#[test]
fn takes_lines_of_2047_bytes_but_not_of_2048() {
    let line = |length: usize| format!("[A]\nb={}\n", "x".repeat(length - 2));
    assert_eq!(problems(&line(2047)), []);
    assert_eq!(problems(&line(2047).replace("x\n", "x\r\n")), [], "line ends do not count");
    let expected = [UnitProblem::LineTooLong(2)];
    assert_eq!(problems(&line(2048)), expected);
}

#[test]
fn describes_problems_in_the_words_of_the_transpiler() {
    let sentences = problems("[A]x\nname\n[B]\n[C").into_iter();
    let sentences: Vec<_> = sentences.map(|problem| problem.to_string()).collect();
    let expected = [
        "line 1: found garbage after section name",
        "line 2: unexpected newline encountered while parsing option name",
        "line 4: unable to find end of section",
    ];
    assert_eq!(sentences, expected);
}

#[test]
fn counts_only_install_sections_with_settings() {
    assert!(has_install_section("[Install]\nWantedBy=a.target\n"));
    assert!(has_install_section("[Install]\n\n# a\n[Install]\nWantedBy="));
    assert!(!has_install_section(""));
    assert!(!has_install_section("[Service]\nType=oneshot\n"));
    assert!(!has_install_section("[Install]\n"));
    assert!(!has_install_section("[Install]\n[Service]\na=b\n"));
    assert!(!has_install_section("[install]\nWantedBy=a.target\n"));
    assert!(!has_install_section("[ Install]\nWantedBy=a.target\n"));
    assert!(!has_install_section("# [Install]\n# WantedBy=a.target\n"));
    assert!(!has_install_section("[A]\nb=\\\n[Install]\n"));
}
