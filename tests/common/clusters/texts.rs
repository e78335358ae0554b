//! Random choices become lines, texts and paths that hold what writers and readers trip over.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

/// Pieces of a line that mean something to YAML, JSON, systemd, a shell or the transpiler.
const PIECES: [&str; 40] = [
    "a",
    "word",
    "/path",
    "0644",
    "12:30:45",
    "1e3",
    "yes",
    "null",
    "~",
    " ",
    "  ",
    "\t",
    "\"",
    "'",
    "\\",
    "\\n",
    "%",
    "%h",
    "%%",
    "$",
    "$HOME",
    "${X}",
    "{PRIVATE_IPV4}",
    "}",
    ";",
    "#",
    " #",
    ": ",
    "- ",
    "[",
    "]",
    "*a",
    "&a",
    "<",
    ">&",
    "!",
    "é",
    "\u{2028}",
    "\u{1f525}",
    "\u{feff}",
];

/// One line without control characters but tabs.
pub fn line() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PIECES[..]), 0..8).prop_map(|pieces| pieces.concat())
}

/// Any text: lines with every kind of end, control characters, nothing at all, or a lot.
pub fn text() -> impl Strategy<Value = String> {
    let end = select(vec!["\n", "\n", "\n\n", "\r\n", "\r", "", "\u{85}", "\0", "\u{7}", "\t\n"]);
    let lines = prop::collection::vec((line(), end), 0..8);
    prop_oneof![
        8 => lines.prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect()),
        1 => (line(), 100..3000usize).prop_map(|(line, times)| format!("{line}.\n").repeat(times)),
    ]
}

/// Texts of a regular expression, which is read once; a `&str` would be for every text.
pub fn pattern(expression: &str) -> impl Strategy<Value = String> + use<> {
    string_regex(expression).unwrap()
}

/// An absolute, clean path of plain characters.
pub fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[a-zA-Z0-9_-]{1,8}(\\.[a-z0-9]{1,3})?", 1..4)
        .prop_map(|parts| format!("/{}", parts.join("/")))
}
