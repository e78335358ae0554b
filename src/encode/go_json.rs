//! A value -> compact JSON as Go's encoding/json writes it, which both transpilers are written with.
//!
//! Order and omission of fields are those of the Rust types; here are the escapes.

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use std::io;

/// Which encoding/json: they differ in two characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Escapes {
    /// Of today: `\b` and `\f` (Go 1.22 release notes).
    Short,
    /// Of the copy of Go 1.17's that butane has (clarketm/json): `\u0008` and `\u000c`.
    Long,
}

/// The JSON of `value`, without a final newline. `length` is a guess of how long it becomes.
pub fn compact(value: &impl Serialize, escapes: Escapes, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length);
    // Writing strings, numbers and lists into a Vec cannot fail.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut out, Go(escapes)));
    out
}

/// Escapes what Go escapes besides what JSON asks for: what HTML or JavaScript would read.
struct Go(Escapes);

impl Formatter for Go {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, special) = rest.split_at(at);
            let mut chars = special.chars();
            let escaped = chars.next().map(u32::from).unwrap_or_default();
            write!(writer, "{plain}\\u{escaped:04x}")?;
            rest = chars.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match (escape, self.0) {
            (CharEscape::Backspace, Escapes::Long) => writer.write_all(b"\\u0008"),
            (CharEscape::FormFeed, Escapes::Long) => writer.write_all(b"\\u000c"),
            (escape, _) => CompactFormatter.write_char_escape(writer, escape),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, escapes: Escapes) -> String {
        String::from_utf8(compact(&text, escapes, 0)).unwrap()
    }

    #[test]
    fn escapes_what_go_escapes() {
        for escapes in [Escapes::Short, Escapes::Long] {
            assert_eq!(written("a<b>&\u{2028}é\n\"\u{1}", escapes), r#""a\u003cb\u003e\u0026\u2028é\n\"\u0001""#);
        }
    }

    #[test]
    fn older_go_has_no_short_escape_for_backspace_and_form_feed() {
        assert_eq!(written("\u{8}\u{c}", Escapes::Short), r#""\b\f""#);
        assert_eq!(written("\u{8}\u{c}", Escapes::Long), r#""\u0008\u000c""#);
    }
}
