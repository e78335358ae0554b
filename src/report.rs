//! Problems found anywhere on the way -> one report that is shown as text or JSON, all at once.
//!
//! Every problem names the option as its user writes it in Nix, the file it was set in, the rule that was broken and
//! what to do. Nothing here knows what a cluster is.

mod path;
mod show;

pub use path::OptionPath;
pub use show::{json, text};

use serde::Serialize;
use std::collections::BTreeMap;

/// How bad a problem is: errors stop a build, warnings do not.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The cluster cannot be built.
    Error,
    /// The cluster can be built, and probably is not what was meant.
    Warning,
}

/// One problem, told so that its reader can mend it.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Name of the broken rule, as in `docs/checks.md`.
    pub rule: &'static str,
    /// The option that has to change.
    pub path: OptionPath,
    /// The value and why it cannot be, without a full stop.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file the option was set in, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl Diagnostic {
    /// An error of `rule` at `path`.
    pub fn error(rule: &'static str, path: OptionPath, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, rule, path, message: message.into(), help: None, origin: None }
    }

    /// A warning of `rule` at `path`.
    pub fn warning(rule: &'static str, path: OptionPath, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, path, message) }
    }

    /// The same problem with advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Option path -> the file that sets it, as `cluster.json` carries it. An option without an entry of its own has the
/// origin of the nearest option around it.
pub type Origins = BTreeMap<String, String>;

/// All problems of one run, in the order they were found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds all problems of another report.
    pub fn extend(&mut self, other: Report) {
        self.diagnostics.extend(other.diagnostics);
    }

    /// Every problem, in the order they were found.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Whether something was found that stops a build.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many problems of `severity` there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }

    /// Fills in the file that each option was set in.
    pub fn locate(&mut self, origins: &Origins) {
        for diagnostic in &mut self.diagnostics {
            if diagnostic.origin.is_none() {
                diagnostic.origin = diagnostic.path.nearest(origins).cloned();
            }
        }
    }
}

impl From<Diagnostic> for Report {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic] }
    }
}
