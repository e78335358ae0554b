//! Keys -> the file by which the API server encrypts Secrets before it writes them to etcd.
//!
//! Source: Kubernetes 1.9.4, staging/src/k8s.io/apiserver/pkg/server/options/encryptionconfig (types.go, config.go), for
//! `--experimental-encryption-provider-config`; since 1.13 `--encryption-provider-config`.

use crate::text::yaml::{Yaml, write};
use base64ct::{Base64, Encoding};
use thiserror::Error;
use zeroize::Zeroizing;

/// How the file is called inside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EncryptionApi {
    /// Up to 1.12: `EncryptionConfig`. 1.9 looks at the kind and takes any version.
    EncryptionConfig,
    /// Since 1.13: `EncryptionConfiguration` of apiserver.config.k8s.io/v1.
    V1,
}

/// A key of AES-256, with the name that is written before all it encrypts. It cannot be shown.
#[derive(Clone, Eq, PartialEq)]
pub struct EncryptionKey {
    name: String,
    secret: Zeroizing<String>,
}

/// Why a key is none. No message holds key material.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum EncryptionKeyError {
    /// The name ends at the first colon in what is stored (`keyData.Name + ":"`).
    #[error("its name must be of a-z, A-Z, 0-9, '.', '_' and '-', and not empty")]
    Name,
    /// Go's base64.StdEncoding, which is with padding.
    #[error("it is not base64 with padding on one line")]
    NotBase64,
    /// AES-256 has keys of 32 bytes. Half of that would be taken too, for AES-128, but types.go asks for 32.
    #[error("it has {0} bytes, and must have 32")]
    Length(usize),
}

/// Bytes of a key.
const LENGTH: usize = 32;

impl EncryptionKey {
    /// A key by its name and its bytes in base64, as `head -c 32 /dev/urandom | base64` gives them.
    ///
    /// # Errors
    /// When the API server would not start with it.
    pub fn parse(name: &str, base64: &str) -> Result<Self, EncryptionKeyError> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.is_empty() || !name.bytes().all(known) {
            return Err(EncryptionKeyError::Name);
        }
        let key = Base64::decode_vec(base64).map(Zeroizing::new).map_err(|_| EncryptionKeyError::NotBase64)?;
        match key.len() {
            LENGTH => Ok(Self { name: name.to_owned(), secret: Zeroizing::new(base64.to_owned()) }),
            length => Err(EncryptionKeyError::Length(length)),
        }
    }
}

/// The keys of a cluster, of which no two have the same name.
#[derive(Clone, Eq, PartialEq)]
pub struct EncryptionKeys(Vec<EncryptionKey>);

/// Two keys of the same name: what one of them encrypted could not be read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("two keys have the name {0:?}")]
pub struct SameName(pub String);

impl EncryptionKeys {
    /// `writer` encrypts what is written from now on, `older` read what was written before.
    ///
    /// # Errors
    /// When two have the same name.
    pub fn new(writer: EncryptionKey, older: Vec<EncryptionKey>) -> Result<Self, SameName> {
        let mut keys: Vec<EncryptionKey> = Vec::with_capacity(older.len() + 1);
        for key in [writer].into_iter().chain(older) {
            if keys.iter().any(|other| other.name == key.name) {
                return Err(SameName(key.name));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// The file as YAML. Last comes `identity`, which reads what was written before there was any key.
    pub fn config(&self, api: EncryptionApi) -> Zeroizing<String> {
        let (version, kind) = match api {
            EncryptionApi::EncryptionConfig => ("v1", "EncryptionConfig"),
            EncryptionApi::V1 => ("apiserver.config.k8s.io/v1", "EncryptionConfiguration"),
        };
        let key = |key: &EncryptionKey| Yaml::map([("name", key.name.as_str()), ("secret", key.secret.as_str())]);
        let providers = Yaml::seq([
            Yaml::map([("aescbc", Yaml::map([("keys", Yaml::seq(self.0.iter().map(key)))]))]),
            Yaml::map([("identity", Yaml::Map(Vec::new()))]),
        ]);
        let resources = Yaml::seq([Yaml::map([("resources", Yaml::seq(["secrets"])), ("providers", providers)])]);
        let file = [("apiVersion", version.into()), ("kind", kind.into()), ("resources", resources)];
        Zeroizing::new(write(&Yaml::map(file)))
    }
}
