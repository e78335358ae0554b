//! A tree of values becomes a YAML document that every common reader reads back unchanged.
//!
//! Readers disagree about YAML: PyYAML follows YAML 1.1 (`no` is false, `12:30:45` is 45045),
//! serde_yaml follows 1.2 (`0644` is a string), and yaml.v3, which the Container Linux Config
//! Transpiler uses, takes some of both. The writer therefore leaves a string unquoted only when no
//! reader could take it for anything else, and escapes whatever a reader might fold, trim or
//! refuse.

use std::collections::BTreeMap;

/// A YAML node. Map entries keep their order; the writer does not look for repeated keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// Written `null`.
    Null,
    /// Written `true` or `false`.
    Bool(bool),
    /// Written in decimal.
    Int(i64),
    /// Written with a dot and, if need be, a signed exponent, because YAML 1.1 asks for both.
    Float(f64),
    /// A file mode, written `0644`. YAML 1.1 readers and yaml.v3 see the number, pure 1.2 readers
    /// do not (YAML 1.2.2 section 10.3.2 spells octals `0o644`).
    Octal(u32),
    /// Plain, double-quoted or a literal block, see [`write()`].
    Str(String),
    /// Written one item a line, `[]` if empty.
    Seq(Vec<Yaml>),
    /// Written one entry a line, `{}` if empty.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// A map of `entries`, in the given order.
    pub fn map<K: Into<String>, V: Into<Yaml>>(entries: impl IntoIterator<Item = (K, V)>) -> Yaml {
        let entries = entries.into_iter();
        Yaml::Map(entries.map(|(k, v)| (k.into(), v.into())).collect())
    }

    /// A sequence of `items`, in the given order.
    pub fn seq<V: Into<Yaml>>(items: impl IntoIterator<Item = V>) -> Yaml {
        Yaml::Seq(items.into_iter().map(Into::into).collect())
    }

    /// This map with the entries of `over` put over it: maps are merged, anything else is replaced in
    /// its place, and what is new comes last.
    pub fn overlaid(self, over: &BTreeMap<String, serde_json::Value>) -> Yaml {
        self.overlay(over.iter())
    }

    fn overlay<'a>(self, over: impl Iterator<Item = (&'a String, &'a serde_json::Value)>) -> Yaml {
        let Yaml::Map(mut entries) = self else {
            return Yaml::map(over);
        };
        for (key, new) in over {
            let old = entries.iter_mut().find(|(name, _)| name == key);
            match (old, new) {
                (Some((_, old @ Yaml::Map(_))), serde_json::Value::Object(new)) => {
                    *old = std::mem::replace(old, Yaml::Null).overlay(new.iter());
                }
                (Some((_, old)), new) => *old = new.into(),
                (None, new) => entries.push((key.clone(), new.into())),
            }
        }
        Yaml::Map(entries)
    }
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Yaml {
        Yaml::Str(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Yaml {
        Yaml::Str(text)
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Yaml {
        Yaml::Bool(value)
    }
}

impl From<i64> for Yaml {
    fn from(value: i64) -> Yaml {
        Yaml::Int(value)
    }
}

impl From<&serde_json::Value> for Yaml {
    /// The same tree. Integers beyond `i64` become the nearest float, which is what a JSON reader
    /// that only has doubles makes of them (RFC 8259 section 6).
    fn from(value: &serde_json::Value) -> Yaml {
        use serde_json::Value;
        match value {
            Value::Null => Yaml::Null,
            Value::Bool(value) => Yaml::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(int), _) => Yaml::Int(int),
                (None, Some(float)) => Yaml::Float(float),
                (None, None) => Yaml::Str(number.to_string()),
            },
            Value::String(text) => Yaml::Str(text.clone()),
            Value::Array(items) => Yaml::seq(items),
            Value::Object(entries) => Yaml::map(entries),
        }
    }
}

/// The columns by which a child stands right of its parent.
const INDENT: usize = 2;

/// The longest key that may stand before a `:` on the same line (YAML 1.2.2 section 7.4.2, and
/// libyaml and its descendants count the same).
const LONGEST_SIMPLE_KEY: usize = 1024;

/// `document` as text that ends in exactly one newline.
///
/// Collections are indented by two columns, sequences under a key as well. A string is plain when
/// it looks like a word, path, flag, URL or IPv4 address and means nothing else to any reader; it
/// is a literal block when it has several lines that surely survive one; else it is double-quoted
/// on one line.
pub fn write(document: &Yaml) -> String {
    let mut out = String::new();
    write_node(&mut out, document, 0);
    out
}

/// Like [`write()`], with one blank line between the entries of a top-level map.
pub fn write_sections(document: &Yaml) -> String {
    let Yaml::Map(entries) = document else {
        return write(document);
    };
    if entries.is_empty() {
        return write(document);
    }
    let mut out = String::new();
    for (key, value) in entries {
        // A blank line after a literal block is safe: `|` and `|-` both drop trailing ones.
        if !out.is_empty() {
            out.push('\n');
        }
        write_entry(&mut out, key, value, 0);
    }
    out
}

/// Appends `node` to a line on which the cursor already stands at column `indent` or, for
/// scalars, right of it; the lines it adds start at `indent`. Ends the last line.
fn write_node(out: &mut String, node: &Yaml, indent: usize) {
    match node {
        Yaml::Map(entries) if !entries.is_empty() => {
            for (number, (key, value)) in entries.iter().enumerate() {
                if number > 0 {
                    pad(out, indent);
                }
                write_entry(out, key, value, indent);
            }
        }
        Yaml::Seq(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    pad(out, indent);
                }
                out.push_str("- ");
                write_node(out, item, indent + INDENT);
            }
        }
        Yaml::Map(_) => out.push_str("{}\n"),
        Yaml::Seq(_) => out.push_str("[]\n"),
        Yaml::Null => out.push_str("null\n"),
        Yaml::Bool(value) => out.push_str(if *value { "true\n" } else { "false\n" }),
        Yaml::Int(value) => out.push_str(&format!("{value}\n")),
        Yaml::Octal(mode) => out.push_str(&format!("0{mode:03o}\n")),
        Yaml::Float(value) => {
            out.push_str(&float(*value));
            out.push('\n');
        }
        Yaml::Str(text) if is_literal(text) => write_literal(out, text, indent),
        Yaml::Str(text) => {
            write_line(out, text);
            out.push('\n');
        }
    }
}

fn write_entry(out: &mut String, key: &str, value: &Yaml, indent: usize) {
    let start = out.len();
    write_line(out, key);
    if out.len() - start > LONGEST_SIMPLE_KEY {
        // "? key", newline, ": value" is the only way to write a longer key.
        out.insert_str(start, "? ");
        out.push('\n');
        pad(out, indent);
    }
    out.push(':');
    let nested = match value {
        Yaml::Map(entries) => !entries.is_empty(),
        Yaml::Seq(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        pad(out, indent + INDENT);
    } else {
        out.push(' ');
    }
    write_node(out, value, indent + INDENT);
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Rust's shortest text that reads back as `value`, in the form YAML 1.1 asks for
/// (<https://yaml.org/type/float.html>): a dot always, a sign before every exponent.
fn float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{value:?}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let dot = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{mantissa}{dot}e{sign}{exponent}")
}

/// A string as one line, plain or double-quoted.
fn write_line(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        write_quoted(out, text);
    }
}

/// Whether no reader takes the unquoted `text` for anything but this string.
fn is_plain(text: &str) -> bool {
    text.bytes().all(is_plain_byte)
        && !text.ends_with(':')
        && !is_reserved_word(text)
        && (starts_like_a_word(text) || text.strip_prefix("--").is_some_and(starts_with_letter) || is_ipv4(text))
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:=,+@%~$^-".contains(&byte)
}

fn starts_with_letter(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Numbers, dates, indicators and special floats all start with something else. A name such as `10-static.network`
/// starts with a digit, and has a letter that is in no number, date or time (so none of a-f, o, t, x and z).
fn starts_like_a_word(text: &str) -> bool {
    let in_no_number = |b: u8| b.is_ascii_alphabetic() && !b"abcdefotxz".contains(&b.to_ascii_lowercase());
    let starts_with_digit = text.starts_with(|first: char| first.is_ascii_digit());
    starts_with_letter(text) || text.starts_with('/') || (starts_with_digit && text.bytes().any(in_no_number))
}

/// An IPv4 address, perhaps with a prefix length. Its three dots keep it from being a number.
fn is_ipv4(text: &str) -> bool {
    let (address, prefix) = text.split_once('/').unwrap_or((text, "0"));
    address.parse::<std::net::Ipv4Addr>().is_ok()
        && prefix.bytes().all(|byte| byte.is_ascii_digit())
        && prefix.parse::<u8>().is_ok_and(|length| length <= 32)
}

/// The words that some reader resolves to a bool, null or float
/// (<https://yaml.org/type/bool.html>, `null.html`, `float.html`), in whatever case.
fn is_reserved_word(text: &str) -> bool {
    const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether readers take `c` unescaped: `c-printable` of YAML 1.2.2 section 5.1 without what is or
/// was a line break (U+0085, U+2028, U+2029 in YAML 1.1) and without the byte order mark.
fn is_printable(c: char) -> bool {
    match c {
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => true,
        _ => c >= '\u{10000}',
    }
}

/// Whether a literal block surely gives `text` back.
fn is_literal(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let safe_line = |line: &str| {
        // Here a reader has to tell indentation from text, and YAML 1.2.2 sections 6.1 and 8.1.1.1
        // leave it traps; quotes have none.
        !line.starts_with('\t') && (line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
    };
    text.contains('\n')
        // The first line sets the indentation of the block, so it must not have one of its own.
        && !text.starts_with([' ', '\t', '\n'])
        // More than one newline at the end would need `|+`, which ties the text to what follows.
        && !body.ends_with('\n')
        && body.split('\n').all(safe_line)
        && text.chars().all(|c| matches!(c, '\n' | '\t') || is_printable(c))
}

fn write_literal(out: &mut String, text: &str, indent: usize) {
    let (header, body) = match text.strip_suffix('\n') {
        Some(body) => ("|\n", body),
        None => ("|-\n", text),
    };
    out.push_str(header);
    for line in body.split('\n') {
        if !line.is_empty() {
            // A document that is nothing but a string still has to indent it.
            pad(out, indent.max(INDENT));
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// A double-quoted scalar (YAML 1.2.2 section 7.3.1) with the escapes that 1.1 has as well.
fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                out.push_str(&match code {
                    0..=0xff => format!("\\x{code:02X}"),
                    0x100..=0xffff => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                });
            }
        }
    }
    out.push('"');
}
