//! Random words and texts become unit lines that systemd and the transpiler read as intended.

mod common;

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tinderbox::text::unit::{UnitProblem, environment, exec_argument, has_install_section, problems, value};
use tinderbox::text::yaml::{Yaml, write};

/// Splits each line it gets into words with the code that systemd itself uses for unit files.
const SYSTEMD: &str = r#"
import ctypes, glob, json, sys

found = [f for d in ("/usr/lib", "/lib") for p in ("/systemd/", "/*/systemd/")
         for f in glob.glob(d + p + "libsystemd-shared-*.so")]
if not found:
    print("null")
    sys.exit()
extract = ctypes.CDLL(found[0]).extract_first_word
extract.restype = ctypes.c_int
extract.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
CUNESCAPE = 1 << 1

def words(line, flags):
    buffer = ctypes.create_string_buffer(line)
    position = ctypes.c_char_p(ctypes.addressof(buffer))
    result = []
    while True:
        # config_parse_exec() looks for command separators before it looks for words.
        rest = position.value or b""
        if rest[:1] == b";" and rest[1:2] in (b"", b" "):
            result.append("separator")
            rest = rest[1:].lstrip()
            buffer = ctypes.create_string_buffer(rest)
            position = ctypes.c_char_p(ctypes.addressof(buffer))
            continue
        word = ctypes.c_char_p()
        status = extract(ctypes.byref(position), ctypes.byref(word), None, flags)
        if status < 0:
            return None
        if status == 0:
            return result
        result.append(word.value.decode())

# The bit of EXTRACT_UNQUOTE differs between versions of systemd.
probes = [CUNESCAPE | 1 << bit for bit in range(2, 8)]
flags = [f for f in probes if words(b'"a b" c', f) == ["a b", "c"]]
assert len(flags) == 1, flags
lines = json.load(sys.stdin)
json.dump([words(line.encode(), flags[0]) for line in lines], sys.stdout)
"#;

/// The words systemd splits each line into, or null for a line it refuses.
fn systemd_words(lines: &[String]) -> Option<Vec<Value>> {
    let python = common::referee("python3")?;
    match common::run_python(&python, SYSTEMD, &json!(lines)) {
        Value::Array(words) => {
            assert_eq!(words.len(), lines.len());
            Some(words)
        }
        _ => {
            common::skip("libsystemd-shared");
            None
        }
    }
}

/// `word` with each doubled `escape` halved, as systemd does it after splitting; no single one may
/// be left, for it could start a specifier or a variable.
fn halve(word: &str, escape: char) -> String {
    let halves: Vec<_> = word.split(&format!("{escape}{escape}")).collect();
    assert!(halves.iter().all(|half| !half.contains(escape)), "{word}");
    halves.join(&escape.to_string())
}

/// Pieces of text that mean something to systemd, alone or next to others.
fn nasty_word() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        " ",
        "\t",
        "\n",
        "\r",
        "\"",
        "'",
        "\\",
        "\\n",
        "\\x41",
        "$",
        "${A}",
        "$A",
        "%",
        "%i",
        "%%",
        ";",
        "\\;",
        "#",
        "=",
        "-",
        "@",
        "+",
        "!",
        ":",
        "[",
        "]",
        "a",
        "b",
        "0",
        "7",
        "n",
        "x41",
        "\u{1}",
        "\u{b}",
        "\u{1b}",
        "\u{7f}",
        "\u{80}",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{3000}",
        "\u{feff}",
        "\u{e9}",
        "\u{1f525}",
    ]);
    prop_oneof![
        4 => prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        1 => any::<String>().prop_map(|text| text.replace('\0', "")),
    ]
}

#[test]
fn systemd_hands_over_exactly_the_arguments() {
    let commands = common::sample(2000, &prop::collection::vec(nasty_word(), 1..6));
    let line = |arguments: &Vec<String>| {
        let words: Vec<_> = arguments.iter().map(|word| exec_argument(word)).collect();
        words.join(" ")
    };
    let lines: Vec<_> = commands.iter().map(line).collect();
    let Some(read) = systemd_words(&lines) else {
        return;
    };
    for ((arguments, line), words) in commands.iter().zip(&lines).zip(&read) {
        let words = words.as_array().unwrap_or_else(|| panic!("refused: {line}"));
        let words = words.iter().map(|word| word.as_str().unwrap());
        let words: Vec<_> = words.map(|word| halve(&halve(word, '%'), '$')).collect();
        assert_eq!(&words, arguments, "{line}");
    }
}

#[test]
fn systemd_sets_exactly_the_variable() {
    let values = common::sample(2000, &nasty_word());
    let lines: Vec<_> = values.iter().map(|value| environment("A", value)).collect();
    let Some(read) = systemd_words(&lines) else {
        return;
    };
    for ((value, line), words) in values.iter().zip(&lines).zip(&read) {
        let [word] = words.as_array().unwrap().as_slice() else {
            panic!("{line} is {words}");
        };
        let assignment = halve(word.as_str().unwrap(), '%');
        assert_eq!(assignment, format!("A={value}"), "{line}");
    }
}

#[test]
fn systemd_refuses_an_argument_with_nul() {
    let lines = ["a".to_owned(), exec_argument("a\0b")];
    if let Some(read) = systemd_words(&lines) {
        assert_eq!(read, [json!(["a"]), Value::Null]);
    }
}

#[test]
fn the_transpiler_takes_settings_of_any_words() {
    let setting = prop_oneof![
        prop::collection::vec(nasty_word(), 0..4).prop_map(|words| {
            let words = words.iter().map(|word| format!(" \\\n  {}", exec_argument(word)));
            format!("ExecStart=/bin/a{}", words.collect::<String>())
        }),
        nasty_word().prop_map(|text| format!("Environment={}", environment("A", &text))),
        nasty_word().prop_map(|text| format!("Description={}", value(&text))),
    ];
    let unit = prop::collection::vec(setting, 1..5)
        .prop_map(|settings| format!("[Service]\n{}\nEnd=a\n", settings.join("\nNext=a\n")));
    let texts = common::sample(500, &unit);
    for text in &texts {
        assert!(problems(text).is_empty(), "{text}");
    }
    if let Some(complaints) = complaints(&texts, false) {
        assert_eq!(complaints, vec![None; texts.len()]);
    }
}

// ---- what the transpiler refuses ----

/// What the transpiler says first about each text as the contents of a unit.
fn complaints(texts: &[String], enabled: bool) -> Option<Vec<Option<String>>> {
    let ct = common::referee("ct")?;
    let unit = |(number, text): (usize, &String)| {
        Yaml::map([
            ("name", Yaml::from(format!("u{number}.service"))),
            ("enabled", enabled.into()),
            ("contents", text.as_str().into()),
        ])
    };
    let units = Yaml::seq(texts.iter().enumerate().map(unit));
    let config = write(&Yaml::map([("systemd", Yaml::map([("units", units)]))]));
    // The transpiler names the line on which the contents start.
    let starts = (1..).zip(config.lines());
    let starts = starts.filter(|(_, line)| line.starts_with("      contents: "));
    let numbers: HashMap<usize, usize> = starts.map(|(line, _)| line).zip(0..).collect();
    assert_eq!(numbers.len(), texts.len());

    let output = common::run(&ct, &["-strict"], &config);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.is_empty(), output.status.success(), "{stderr}");
    let mut complaints = vec![None; texts.len()];
    let lines: Vec<_> = stderr.lines().collect();
    for pair in lines.chunks(2) {
        let [place, message] = pair else {
            panic!("{stderr}");
        };
        let (_, line) = place.split_once(" at line ").unwrap();
        let (line, _) = line.split_once(", column ").unwrap();
        let number = numbers[&line.parse().unwrap()];
        complaints[number].get_or_insert(message.to_string());
    }
    Some(complaints)
}

/// Whether `message` is the transpiler's for `problem`.
fn is_about(message: &str, problem: &UnitProblem) -> bool {
    match problem {
        UnitProblem::UnclosedSection(_) => message.ends_with("unable to find end of section"),
        UnitProblem::GarbageAfterSection(_) => message.contains("found garbage after section name"),
        UnitProblem::NewlineInName(_) => message.ends_with("unexpected newline encountered while parsing option name"),
        UnitProblem::EndInName(_) => message == "invalid unit content: EOF",
        UnitProblem::LineTooLong(_) => message.ends_with("line too long (max 2048 bytes)"),
    }
}

fn is_long(problem: &UnitProblem) -> bool {
    matches!(problem, UnitProblem::LineTooLong(_))
}

/// Texts of pieces that mean something to the lexer, few of them sound.
fn unit_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[",
        "]",
        "[A]",
        "[Install]",
        "[Install]\n",
        "[A]\n",
        "\n[B]\n",
        "Install",
        "a",
        "b=c",
        "b=c\n",
        "b=\\\n",
        "=",
        "\n",
        "\n",
        "\n",
        "\r",
        "\r\n",
        "\\",
        "\\\n",
        "\\ \n",
        "\\\r\n",
        " ",
        "\t",
        "#",
        ";",
        "# x\\\n",
        "# x\\ \n",
        "#\\  \n",
        "; y\n",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{3000}",
        "\u{200b}",
        "\u{feff}",
        "\u{e9}",
        "\0",
        "\u{c}",
        "%",
        "\"",
    ]);
    prop::collection::vec(piece, 1..14).prop_map(|pieces| pieces.concat())
}

#[test]
fn problems_are_what_the_transpiler_complains_about() {
    let texts = common::sample(6000, &unit_like());
    let Some(complaints) = complaints(&texts, false) else {
        return;
    };
    for (text, complaint) in texts.iter().zip(&complaints) {
        let first = problems(text).into_iter().next();
        match (complaint, first) {
            (None, None) => {}
            (Some(message), Some(problem)) if is_about(message, &problem) => {}
            (complaint, first) => panic!("{complaint:?} but {first:?}: {text:?}"),
        }
    }
    // The sample must be worth something: some sound texts, and each problem somewhere.
    assert!(complaints.iter().filter(|c| c.is_none()).count() > 300);
    for problem in [
        UnitProblem::UnclosedSection(1),
        UnitProblem::GarbageAfterSection(1),
        UnitProblem::NewlineInName(1),
        UnitProblem::EndInName(1),
    ] {
        let about = complaints.iter().flatten().filter(|m| is_about(m, &problem));
        assert!(about.count() > 30, "{problem}");
    }
}

#[test]
fn problems_include_every_line_the_transpiler_finds_too_long() {
    let length = prop_oneof![2030..2060_usize, 4080..4110_usize, 0..6000_usize];
    let long = (length, "[a\u{e9}\r\\\\]").prop_map(|(length, tail)| "x".repeat(length) + &tail);
    let piece = prop_oneof![
        2 => unit_like().prop_map(|text| text + "\n"),
        1 => Just("[A]\nb=c\n".to_owned()),
        1 => long.clone().prop_map(|long| format!("b={long}\n")),
        1 => long.clone().prop_map(|long| format!("#{long}\n")),
        1 => long.clone().prop_map(|long| format!("[{long}]\n")),
        1 => long.prop_map(|long| format!("{long}\n")),
    ];
    let pieces = prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat());
    let texts = common::sample(600, &pieces);
    let Some(complaints) = complaints(&texts, false) else {
        return;
    };
    let (mut sure, mut missed) = (0, 0);
    for (text, complaint) in texts.iter().zip(&complaints) {
        let (long, other): (Vec<_>, Vec<_>) = problems(text).into_iter().partition(is_long);
        let explained = match complaint {
            None => other.is_empty(),
            Some(message) => long.iter().take(1).chain(other.first()).any(|p| is_about(message, p)),
        };
        assert!(explained, "{complaint:?} but {long:?} and {other:?}: {text:?}");
        sure += usize::from(complaint.iter().any(|m| long.iter().any(|p| is_about(m, p))));
        missed += usize::from(complaint.is_none() && !long.is_empty());
    }
    assert!(sure > 20 && missed > 0, "{sure} found, {missed} missed");
}

#[test]
fn install_sections_are_what_the_transpiler_takes_for_one() {
    // About a text without settings it says nothing, so each text starts with one.
    let text = unit_like().prop_map(|text| format!("[A]\nb=c\n{text}"));
    let mut texts = common::sample(6000, &text);
    texts.retain(|text| problems(text).is_empty());
    let Some(complaints) = complaints(&texts, true) else {
        return;
    };
    let mut installs = 0;
    for (text, complaint) in texts.iter().zip(&complaints) {
        if let Some(message) = complaint {
            assert!(message.contains("has no install section"), "{message}");
        }
        assert_eq!(has_install_section(text), complaint.is_none(), "{text:?}");
        installs += usize::from(complaint.is_none());
    }
    assert!(installs > 30 && installs < texts.len(), "{installs}");
}
