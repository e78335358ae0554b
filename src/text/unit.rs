//! Arguments, variables and texts become parts of systemd unit lines; unit texts become problems.
//!
//! Writing follows systemd.syntax(7), systemd.service(5) "Command lines" and systemd.unit(5)
//! "Specifiers". Checking follows what the Container Linux Config Transpiler refuses: it hands
//! every unit, drop-in and network file to the lexer of go-systemd
//! (`github.com/coreos/go-systemd`, `unit/deserialize.go`), which is laxer than systemd in some
//! ways and stricter in others.

use std::fmt;

/// One word of an `ExecStart=` line, such that systemd hands exactly `argument` to the program.
///
/// For arguments only: the word in front, the program, knows no `$$` but has prefixes such as `-`
/// and `@`. A NUL can be in no argument; it is written `\x00`, for which systemd refuses the line.
///
/// Source: systemd.service(5) "Command lines" and systemd's `src/basic/extract-word.c`.
pub fn exec_argument(argument: &str) -> String {
    word(&argument.replace('$', "$$"))
}

/// The text after `Environment=` that sets `name` to exactly `value`.
///
/// `$` stays as it is, nothing expands variables there. systemd itself refuses bad names, and its
/// older versions refuse control characters in values.
///
/// Source: systemd.exec(5) "Environment=".
pub fn environment(name: &str, value: &str) -> String {
    word(&format!("{name}={value}"))
}

/// The text after `Description=` and other settings that take the line as it is.
///
/// Such settings know specifiers but no quotes and no escapes. What they cannot say is bent as
/// little as possible: a control character, such as a line break, becomes a space, and after a
/// final backslash comes a space, which systemd drops but which keeps the next line out of this
/// one.
///
/// Source: systemd.unit(5) "Specifiers", systemd.syntax(7) for continued lines.
pub fn value(text: &str) -> String {
    let mut out: String = text.replace('%', "%%").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if out.ends_with('\\') {
        out.push(' ');
    }
    out
}

/// `text` with specifiers escaped, and quoted if it would not stay one word otherwise.
fn word(text: &str) -> String {
    // A lone ";" separates commands, and on a continued line a word that starts with "#" or ";"
    // makes the rest a comment (systemd.syntax(7)).
    let quoted = text.is_empty()
        || text.starts_with(['#', ';'])
        || text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '\\'));
    let mut out = String::with_capacity(text.len() + 2);
    if quoted {
        out.push('"');
    }
    for c in text.chars() {
        match c {
            '%' => out.push_str("%%"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // \x is a byte, \u a character (systemd.syntax(7), "Supported escapes"), so \x would
            // not do for U+0080 and up. Those could stay raw for systemd, but go-systemd takes a
            // line of Unicode blanks for the end of a continued setting.
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c != ' ' && (c.is_control() || c.is_whitespace()) => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    if quoted {
        out.push('"');
    }
    out
}

/// The most bytes a line may have, without its line end.
///
/// Older systemd cut lines at `LINE_MAX`, 2048 (<https://bugs.freedesktop.org/show_bug.cgi?id=85308>),
/// so go-systemd refuses them.
const LONGEST_LINE: usize = 2047;

/// Why the transpiler refuses a unit text, and on which line, from 1. Displays as a sentence with the
/// transpiler's wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitProblem {
    /// A `[` without a `]` anywhere after it.
    UnclosedSection(usize),
    /// Something other than blanks after the `]` of a section.
    GarbageAfterSection(usize),
    /// A line of a section that is no comment and has no `=`.
    NewlineInName(usize),
    /// The same in a last line without a newline; the transpiler just says `EOF`.
    EndInName(usize),
    /// A line of more than 2047 bytes.
    LineTooLong(usize),
}

impl UnitProblem {
    /// The 1-based line of the text.
    pub fn line(&self) -> usize {
        match *self {
            UnitProblem::UnclosedSection(line)
            | UnitProblem::GarbageAfterSection(line)
            | UnitProblem::NewlineInName(line)
            | UnitProblem::EndInName(line)
            | UnitProblem::LineTooLong(line) => line,
        }
    }
}

impl fmt::Display for UnitProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            UnitProblem::UnclosedSection(_) => "unable to find end of section",
            UnitProblem::GarbageAfterSection(_) => "found garbage after section name",
            UnitProblem::NewlineInName(_) => "unexpected newline encountered while parsing option name",
            UnitProblem::EndInName(_) => "unexpected end of text while parsing option name",
            UnitProblem::LineTooLong(_) => "line too long (max 2048 bytes)",
        };
        write!(f, "line {}: {what}", self.line())
    }
}

impl std::error::Error for UnitProblem {}

/// Everything for which `ct -strict` would refuse `text` as the contents of a systemd unit, a
/// drop-in or a networkd file, by line.
///
/// The transpiler stops at the first problem; this goes on behind it, so that one run shows all.
/// One rule is stricter. go-systemd looks for long lines only while its read buffer happens to
/// hold 2048 bytes, so that whether it sees one depends on where in the text the line is; here
/// every long line is a problem.
///
/// Source: `Deserialize` in go-systemd's `unit/deserialize.go`.
pub fn problems(text: &str) -> Vec<UnitProblem> {
    let long_lines = (1..)
        .zip(text.lines())
        .filter(|(_, content)| content.len() > LONGEST_LINE)
        .map(|(line, _)| UnitProblem::LineTooLong(line));
    let mut problems = scan(text).problems;
    problems.extend(long_lines);
    problems.sort_by_key(UnitProblem::line);
    problems
}

/// Whether `text` has a setting, `WantedBy=` or any other, in a section named exactly `Install`.
///
/// If not, the transpiler warns that the unit `is enabled, but has no install section so enable
/// does nothing`. An `[Install]` with nothing in it does not count. The transpiler says nothing
/// about texts with no setting in any section, while this is false for them.
///
/// Source: `ValidateInstallSection` in Ignition's `config/shared/validations/unit.go`.
pub fn has_install_section(text: &str) -> bool {
    scan(text).installs
}

struct Scan {
    problems: Vec<UnitProblem>,
    installs: bool,
}

/// Walks `text` the way go-systemd's lexer does, carrying on behind problems.
fn scan(text: &str) -> Scan {
    let mut found = Scan { problems: Vec::new(), installs: false };
    let mut reader = Reader { rest: text, line: 1 };
    let mut section = None;
    while let Some(first) = reader.rest.chars().next() {
        let line = reader.line;
        match first {
            // The name may even span lines.
            '[' => {
                let Some(header) = reader.rest.find(']').map(|at| reader.take(at + 1)) else {
                    found.problems.push(UnitProblem::UnclosedSection(line));
                    break;
                };
                section = header.get(1..header.len() - 1);
                let line = reader.line;
                if !reader.take_line().trim().is_empty() {
                    let problem = UnitProblem::GarbageAfterSection(line);
                    found.problems.push(problem);
                }
            }
            // Unlike for systemd, a backslash continues comments, too, even before one blank.
            '#' | ';' => loop {
                let comment = reader.take_line();
                if !comment.strip_suffix(' ').unwrap_or(comment).ends_with('\\') {
                    break;
                }
            },
            // Before the first section anything goes, blanks may be anywhere.
            _ if section.is_none() || first.is_whitespace() => {
                reader.take(first.len_utf8());
            }
            _ => {
                let Some(at) = reader.rest.find(['=', '\n', '\r']) else {
                    found.problems.push(UnitProblem::EndInName(line));
                    break;
                };
                if reader.take(at + 1).ends_with('=') {
                    found.installs |= section == Some("Install");
                    reader.take_value();
                } else {
                    found.problems.push(UnitProblem::NewlineInName(line));
                }
            }
        }
    }
    found
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// The next `length` bytes, or all that is left if that is not a place between characters.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }

    /// What is left of the line, without its end. The carriage return of a CRLF stays, so a
    /// backslash before it continues nothing.
    fn take_line(&mut self) -> &'a str {
        let length = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let line = self.take(length);
        line.strip_suffix('\n').unwrap_or(line)
    }

    /// What is left of a setting: up to a blank line or one without a backslash at its end.
    fn take_value(&mut self) {
        while self.take_line().ends_with('\\') {}
    }
}
