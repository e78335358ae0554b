//! A directory of keys -> the service account key pair, and back: read strictly, written once, never overwritten.

use crate::keypair::{self, KeyError, KeyPair, PRIVATE_FILE as PRIVATE, PUBLIC_FILE as PUBLIC};
use crate::toolchain::{Openssl, ToolError};
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why keys could not be read or made. No message holds key material.
#[derive(Debug, Error)]
pub enum SecretsError {
    /// Files that are needed and not there.
    #[error("{} has no {}\n  help: `tinderbox keys CLUSTER -o {}` makes what is missing", dir.display(), missing.join(" and no "), dir.display())]
    Missing {
        /// Where they were looked for.
        dir: PathBuf,
        /// Their names.
        missing: Vec<&'static str>,
    },
    /// The directory is in the Nix store, which every user of the machine can read.
    #[error("{} is in the Nix store, where everybody can read it\n  help: keep secrets in a directory outside the store", dir.display())]
    InStore {
        /// The directory.
        dir: PathBuf,
    },
    /// A key that is not one.
    #[error("{}: {source}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// There is a public key and no private one, and the public one is not overwritten.
    #[error("{} is there without its private key {PRIVATE}\n  help: put the private key beside it, or move it away to make a new pair", file.display())]
    PublicAlone {
        /// The public key.
        file: PathBuf,
    },
    /// A file or directory could not be read or written.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// openssl failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Reads the pair out of `dir`, and checks that both keys belong together.
///
/// # Errors
/// See [`SecretsError`]; all missing files at once.
pub fn read(dir: &Path) -> Result<KeyPair, SecretsError> {
    refuse_store(dir)?;
    let missing: Vec<_> = [PRIVATE, PUBLIC].into_iter().filter(|name| !dir.join(name).exists()).collect();
    if !missing.is_empty() {
        return Err(SecretsError::Missing { dir: dir.to_owned(), missing });
    }
    let pair = KeyPair {
        private_pem: Zeroizing::new(read_text(&dir.join(PRIVATE))?),
        public_pem: read_text(&dir.join(PUBLIC))?,
    };
    keypair::matching(&pair.private_pem, &pair.public_pem).map_err(at(&dir.join(PRIVATE)))?;
    Ok(pair)
}

/// Makes what `dir` lacks of the pair, by itself or by openssl; gives the names of the files that were made.
///
/// The directory is made for its owner alone. A file is written beside its place and then linked there, which fails
/// when something is there already.
///
/// # Errors
/// See [`SecretsError`]. Keys that are there and belong together stay as they are.
pub fn make(dir: &Path, openssl: Option<&Openssl>) -> Result<Vec<&'static str>, SecretsError> {
    refuse_store(dir)?;
    if !dir.is_dir() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.and_then(|()| fs::set_permissions(dir, Permissions::from_mode(0o700))).map_err(doing("making", dir))?;
    }
    let (private, public) = (dir.join(PRIVATE), dir.join(PUBLIC));
    match (private.exists(), public.exists()) {
        (true, true) => read(dir).map(|_| Vec::new()),
        (false, true) => Err(SecretsError::PublicAlone { file: public }),
        (true, false) => {
            let pem = Zeroizing::new(read_text(&private)?);
            let derived = match openssl {
                Some(openssl) => openssl.public_key(&pem)?,
                None => keypair::public_of(&pem).map_err(at(&private))?,
            };
            write_new(dir, PUBLIC, derived.as_bytes(), 0o644)?;
            Ok(vec![PUBLIC])
        }
        (false, false) => {
            let pair = match openssl {
                Some(openssl) => openssl.key_pair()?,
                None => keypair::generate().map_err(at(&private))?,
            };
            write_new(dir, PRIVATE, pair.private_pem.as_bytes(), 0o600)?;
            write_new(dir, PUBLIC, pair.public_pem.as_bytes(), 0o644)?;
            Ok(vec![PRIVATE, PUBLIC])
        }
    }
}

/// Whether others than the owner of a private key can read it.
pub fn is_open(dir: &Path) -> bool {
    fs::metadata(dir.join(PRIVATE)).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

fn refuse_store(dir: &Path) -> Result<(), SecretsError> {
    let real = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    if real.starts_with("/nix/store") {
        return Err(SecretsError::InStore { dir: dir.to_owned() });
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String, SecretsError> {
    fs::read_to_string(path).map_err(doing("reading", path))
}

fn write_new(dir: &Path, name: &str, content: &[u8], mode: u32) -> Result<(), SecretsError> {
    let path = dir.join(name);
    // A temporary file starts with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(doing("writing", &path))?;
    let written = file.write_all(content).and_then(|()| {
        file.as_file().set_permissions(Permissions::from_mode(mode))?;
        file.as_file().sync_all()
    });
    written.map_err(doing("writing", &path))?;
    file.persist_noclobber(&path).map_err(|error| doing("writing", &path)(error.error))?;
    Ok(())
}

fn doing(what: &str, path: &Path) -> impl FnOnce(io::Error) -> SecretsError {
    let doing = format!("{what} {}", path.display());
    move |source| SecretsError::Io { doing, source }
}

fn at(file: &Path) -> impl FnOnce(KeyError) -> SecretsError {
    let file = file.to_owned();
    move |source| SecretsError::Key { file, source }
}
