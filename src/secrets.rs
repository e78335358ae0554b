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
use std::path::{Component, Path};
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

/// Whether a directory is in the Nix store, which every user of the machine can read, or would be once it is made.
fn is_in_store(dir: &Path) -> bool {
    let full = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    // What is there is asked where it really is; of what is not, `..` is taken for what it will lead to.
    let mut missing = Vec::new();
    let mut there = full.as_path();
    let real = loop {
        if let Ok(real) = std::fs::canonicalize(there) {
            break real;
        }
        missing.extend(there.components().next_back());
        match there.parent() {
            Some(parent) => there = parent,
            None => break there.to_owned(),
        }
    };
    let place = missing.into_iter().rev().fold(real, |mut place, part| {
        match part {
            Component::ParentDir => drop(place.pop()),
            Component::CurDir => {}
            part => place.push(part),
        }
        place
    });
    place.starts_with("/nix/store")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_known_by_every_way_into_it() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["/nix/store/x", "/tmp/../nix/store/x", "/nix/./store/../store/x/y"] {
            assert!(is_in_store(Path::new(path)), "{path}");
        }
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("/nix", &link).unwrap();
        // Without a store the link leads nowhere, and nothing can be made there.
        assert_eq!(is_in_store(&link.join("store/x")), Path::new("/nix").exists());
        for path in [dir.path(), Path::new("secrets"), Path::new("/nix/storey/x")] {
            assert!(!is_in_store(path), "{path:?}");
        }
    }
}
