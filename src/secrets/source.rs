//! The name of a key's or a certificate's file -> its text, from where the cluster keeps it.

use super::Problem;
use crate::cluster::SecretText;
use crate::report::OptionPath;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
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

    /// Where the file is, as its user knows it.
    pub(super) fn path(&self, name: &str) -> OptionPath {
        match self {
            Self::Store(_) => OptionPath::of("cluster.secrets.store").attr(name),
            Self::Directory(dir) => OptionPath::file(dir.join(name).display()),
        }
    }
}
