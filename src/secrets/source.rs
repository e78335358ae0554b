//! The name of a key's or a certificate's file -> its text, from where the cluster keeps it.

use super::Problem;
use crate::cluster::SecretText;
use crate::report::OptionPath;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use zeroize::Zeroizing;

/// Where keys and certificates are read from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// Files below a directory.
    Directory(&'a Path),
    /// `cluster.secrets.store`.
    Store(&'a BTreeMap<String, SecretText>),
}

impl Source<'_> {
    /// The text of a file, if it is there.
    pub(super) fn text(&self, name: &str) -> Result<Option<Zeroizing<String>>, Problem> {
        match self {
            Self::Store(texts) => Ok(texts.get(name).map(|text| Zeroizing::new(text.0.clone()))),
            Self::Directory(dir) => match fs::read_to_string(dir.join(name)) {
                Ok(text) => Ok(Some(Zeroizing::new(text))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Problem::new(name, format!("cannot be read: {error}"), "make it readable for you")),
            },
        }
    }

    /// What others than its owner may do with a file that is a secret.
    pub(super) fn openness(&self, name: &str) -> Option<Problem> {
        let Self::Directory(dir) = self else { return None };
        let mode = fs::metadata(dir.join(name)).ok()?.permissions().mode() & 0o777;
        let message = format!("others can read it (mode {mode:04o})");
        let told = Problem { is_warning: true, ..Problem::new(name, message, "`chmod 600` it, and consider it known") };
        (mode & 0o077 != 0).then_some(told)
    }

    /// Where the file is, as its user knows it.
    pub(super) fn path(&self, name: &str) -> OptionPath {
        match self {
            Self::Store(_) => OptionPath::of("cluster.secrets.store").attr(name),
            Self::Directory(dir) => OptionPath::file(dir.join(name).display()),
        }
    }
}
