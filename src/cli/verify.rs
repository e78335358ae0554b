//! The verdicts of the tools -> a line each, and an exit code.

use super::Outcome;
use super::arguments::VerifyArguments;
use super::run::RunError;
use super::summary::plural;
use crate::toolchain::verify::{self, Finding, Verdict};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeSet;
use std::io::Write;

/// `tinderbox verify`.
pub fn verify(arguments: &VerifyArguments) -> Result<Outcome, RunError> {
    let (mut good, mut bad, mut unable) = (0_usize, 0_usize, 0_usize);
    let mut missing = BTreeSet::new();
    let looked = verify::verify(&arguments.directory, &mut |finding| {
        match finding.verdict {
            Verdict::Good | Verdict::Remark(_) => good += 1,
            Verdict::Bad(_) => bad += 1,
            Verdict::Cannot(_) => unable += 1,
            Verdict::Missing => {
                missing.insert(finding.tool);
            }
        }
        tell(&finding);
    });
    let directory = arguments.directory.display();
    looked.map_err(|source| RunError::Io { doing: format!("verifying {directory}"), source })?;
    say(&format!("{good} ok, {bad} failed, {unable} not looked at\n"));
    if !missing.is_empty() {
        let strong = Style::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
        let names = missing.iter().copied().collect::<Vec<_>>().join(", ");
        let tools = plural(missing.len(), "tool");
        anstream::eprintln!("{strong}warning{strong:#}: {tools} not on PATH, so nobody looked with: {names}");
    }
    let is_bad = bad > 0 || (arguments.strict && !missing.is_empty());
    Ok(if is_bad { Outcome::Problems } else { Outcome::Done })
}

/// One line, and below it what the tool said.
fn tell(finding: &Finding) {
    let (word, color, said) = match &finding.verdict {
        Verdict::Good => ("ok", AnsiColor::Green, ""),
        Verdict::Remark(said) => ("ok, but", AnsiColor::Yellow, said.as_str()),
        Verdict::Bad(said) => ("failed", AnsiColor::Red, said.as_str()),
        Verdict::Cannot(why) => ("not looked", AnsiColor::Yellow, why.as_str()),
        Verdict::Missing => ("not there", AnsiColor::Yellow, ""),
    };
    let style = Style::new().fg_color(Some(color.into()));
    let place = match &finding.node {
        Some(node) => format!("{node}/{}", finding.what),
        None => finding.what.clone(),
    };
    // Names in the tree may hold what drives a terminal.
    let place: String = place.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let mut text = format!("{style}{word:10}{style:#} {:17} {place}\n", finding.tool);
    text.extend(said.lines().map(|line| format!("             {line}\n")));
    say(&text);
}

/// Prints to standard output. Should nobody read on, the exit code still says how it ended.
fn say(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}
