//! A directory of keys and certificates, or those in a description -> what each machine is given, held against the
//! cluster; and the making, renewing and listing of what is there.
//!
//! Nothing that is there is trusted unseen, and nothing is overwritten but a certificate that is to be renewed.

mod directory;
mod keychain;
mod make;
mod source;
mod status;
mod verify;

pub use keychain::{Keychain, is_needed};
pub use make::{Made, Maker, Renew, make};
pub use source::Source;
pub use status::{Entry, status};

use crate::report::{Diagnostic, OptionPath};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Days before its end from which on a certificate is told to be about to expire.
pub const SOON_DAYS: u64 = 30;

const DAY: u64 = 86_400;

/// What is wrong with a file.
#[derive(Clone, Debug)]
struct Problem {
    /// Its name in the directory of keys.
    file: String,
    /// Whether the machines could still work with it.
    is_warning: bool,
    message: String,
    help: String,
}

impl Problem {
    fn new(file: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { file: file.into(), is_warning: false, message: message.into(), help: help.into() }
    }

    /// The same as a diagnostic, at the place that the file has in `source`.
    fn at(self, source: &Source) -> Diagnostic {
        diagnostic(source.path(&self.file), self)
    }
}

fn diagnostic(path: OptionPath, problem: Problem) -> Diagnostic {
    let make = if problem.is_warning { Diagnostic::warning } else { Diagnostic::error };
    make("keys", path, problem.message).help(problem.help)
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
}

/// A time as people and Kubernetes write it: RFC 3339, in UTC.
fn rfc3339(seconds: u64) -> String {
    let time = der::DateTime::from_unix_duration(std::time::Duration::from_secs(seconds));
    time.map(|time| time.to_string()).unwrap_or_else(|_| "after the year 9999".to_owned())
}

/// The seconds of such a time.
fn seconds(rfc3339: &str) -> Option<u64> {
    rfc3339.parse::<der::DateTime>().ok().map(|time| time.unix_duration().as_secs())
}

/// Whether a directory is in the Nix store, which every user of the machine can read.
fn is_in_store(dir: &Path) -> bool {
    std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned()).starts_with("/nix/store")
}
