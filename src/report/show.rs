//! A report -> the text a person reads, or the JSON a machine reads.

use super::{Diagnostic, Report, Severity};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Write;

/// The report as text with ANSI colours; whoever prints it strips them where they are not wanted.
///
/// ```text
/// error[cluster.nodes.app-kube1.network.address]: 10.254.3.10/24 overlaps cluster.network.podCIDR (10.254.0.0/16)
///   set in cluster.nix
///   help: choose another range for one of them
/// ```
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    for diagnostic in report.diagnostics() {
        write_one(&mut out, diagnostic);
    }
    if !report.is_empty() {
        let _ = writeln!(out, "{}", summary(report));
    }
    out
}

/// `1 error, 2 warnings`
fn summary(report: &Report) -> String {
    let counted = |n: usize, word: &str| match n {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    [counted(report.count(Severity::Error), "error"), counted(report.count(Severity::Warning), "warning")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn write_one(out: &mut String, diagnostic: &Diagnostic) {
    let (word, color) = match diagnostic.severity {
        Severity::Error => ("error", AnsiColor::Red),
        Severity::Warning => ("warning", AnsiColor::Yellow),
    };
    let strong = Style::new().bold().fg_color(Some(color.into()));
    let dim = Style::new().dimmed();
    let _ = writeln!(out, "{strong}{word}{strong:#}[{}]: {}", diagnostic.path, printable(&diagnostic.message));
    if let Some(origin) = &diagnostic.origin {
        let _ = writeln!(out, "  {dim}set in {}{dim:#}", printable(origin));
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  help: {}", printable(help));
    }
}

/// Text from a description may hold control characters that would drive the reader's terminal.
fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect::<Vec<_>>() } else { vec![c] }).collect()
}

#[derive(Serialize)]
struct Json<'a> {
    errors: usize,
    warnings: usize,
    problems: &'a [Diagnostic],
}

/// The report as one JSON object: `{ "errors": n, "warnings": n, "problems": [ { severity, rule, path, message, help,
/// origin } ] }`, with a final newline.
pub fn json(report: &Report) -> String {
    let value = Json {
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        problems: report.diagnostics(),
    };
    // Strings and numbers alone always serialize.
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}
