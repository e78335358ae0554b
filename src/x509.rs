//! Keys, subjects and names -> X.509 certificates as Kubernetes and etcd read them, and back: what a certificate says
//! and whether an authority has signed it.
//!
//! RFC 5280 is the profile; what Go's `crypto/x509` 1.8 reads (etcd 3.x and Kubernetes 1.9 are built with it) is the
//! limit. Dates come from the caller; randomness, for keys and serial numbers, from the operating system.

mod make;
mod read;
mod verify;

pub use make::{authority, leaf};
pub(crate) use make::{is_rsa_key, signer};
pub(crate) use read::CERTIFICATE;
pub use read::Certificate;

use crate::keypair::{self, KeyError, RSA_PRIVATE};
use getrandom::SysRng;
use getrandom::rand_core::{TryRng, UnwrapErr};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use std::fmt;
use std::net::IpAddr;
use thiserror::Error;
use zeroize::Zeroizing;

/// The most characters in a common name or an organization (RFC 5280 appendix A.1, ub-common-name and
/// ub-organization-name). openssl makes no longer ones.
pub const MAX_SUBJECT: usize = 64;

/// What kind of key is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// ECDSA on the curve P-256.
    EcdsaP256,
    /// RSA with a modulus of 2048 bits.
    Rsa2048,
    /// RSA with a modulus of 4096 bits.
    Rsa4096,
}

/// Who a certificate is about. Kubernetes takes the common name for the user and the organization for the group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// CN: 1 to [`MAX_SUBJECT`] characters. Empty only where a certificate that was read has none.
    pub common_name: String,
    /// O: as long.
    pub organization: Option<String>,
}

/// A name that a server answers to (subjectAltName, RFC 5280 section 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A DNS name, perhaps with the wildcard `*` for its first label.
    Dns(String),
    /// An IPv4 or IPv6 address.
    Ip(IpAddr),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

/// From when until when, both included, a certificate holds: seconds since 1970-01-01T00:00:00Z, up to the end of the
/// year 9999 (RFC 5280 section 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub not_before: u64,
    /// The last second.
    pub not_after: u64,
}

/// What a certificate that is no authority is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its subject.
    pub subject: Subject,
    /// Its names, written in this order; none is fine.
    pub names: Vec<Name>,
    /// Whether servers may show it (id-kp-serverAuth, RFC 5280 section 4.2.1.12).
    pub server: bool,
    /// Whether clients may show it (id-kp-clientAuth).
    pub client: bool,
}

/// Why a certificate was not made, not read, or not accepted. No message holds any part of a key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum X509Error {
    /// A private key is not one, or could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A sound private key of a kind that is not used here.
    #[error(
        "the private key is of an unsupported kind; supported are ECDSA keys on P-256 and RSA keys with two primes"
    )]
    UnsupportedKey,
    /// A common name or an organization that cannot be written; which of both.
    #[error("the {0} of a certificate must have 1 to 64 characters, none of them a control character")]
    BadSubject(&'static str),
    /// A DNS name that cannot be written.
    #[error("'{0}' is not a DNS name: it must have labels of letters, digits, '-' and '_' with dots between them")]
    BadName(String),
    /// Neither for servers nor for clients: readers would take it to be for everything.
    #[error("a certificate must be for servers, for clients, or for both")]
    NoPurpose,
    /// The last second is before the first.
    #[error("the certificate would end before it begins")]
    EndsBeforeItBegins,
    /// A date after the year 9999.
    #[error("a certificate cannot hold dates after the year 9999")]
    TooLate,
    /// The certificate could not be put together.
    #[error("the certificate could not be encoded or signed")]
    NotMade,
    /// There is no PEM block of a certificate, and none of a key either.
    #[error("the text holds no certificate: it has no '-----BEGIN CERTIFICATE-----' line")]
    NoCertificate,
    /// PEM of another kind; what it is.
    #[error("the text holds {0} instead of a certificate")]
    OtherKind(&'static str),
    /// The end of a certificate is missing.
    #[error("the certificate is truncated: its end is missing")]
    Truncated,
    /// The lines between the PEM boundaries are not base64.
    #[error("the lines between BEGIN CERTIFICATE and END CERTIFICATE are not base64")]
    NotBase64,
    /// Bytes without the structure of RFC 5280; which part of it.
    #[error("the bytes of the certificate are not a valid {0}")]
    Malformed(&'static str),
    /// The private key of an authority belongs to another certificate.
    #[error("the private key does not belong to the certificate of the authority")]
    OtherKey,
    /// The certificate that should have signed is no authority's.
    #[error("'{0}' is not a certificate authority: its certificate has no CA:TRUE in basicConstraints")]
    NotAuthority(String),
    /// It is an authority's, but not for signing certificates.
    #[error("the certificate of '{0}' does not allow to sign others: its keyUsage lacks keyCertSign")]
    MayNotSign(String),
    /// Another authority is named as the issuer.
    #[error("the certificate was issued by '{issuer}' and not by '{authority}'")]
    OtherIssuer {
        /// The issuer's name in the certificate (RFC 4514).
        issuer: String,
        /// The name of the authority that was asked about.
        authority: String,
    },
    /// The signature is not the authority's.
    #[error("the signature of the certificate is not one of '{0}'")]
    BadSignature(String),
    /// A signature that is not verified here; its algorithm or key.
    #[error(
        "signatures with {0} are not supported; supported are ECDSA on P-256 and P-384, and RSA with PKCS#1 v1.5 \
         padding, with SHA-256, SHA-384 or SHA-512"
    )]
    UnsupportedSignature(String),
}

/// Makes a private key from the operating system's randomness, as PEM in the form that Go's `tls.X509KeyPair` and every
/// other reader takes: `EC PRIVATE KEY` (SEC1, RFC 5915) or `RSA PRIVATE KEY` (PKCS#1, RFC 8017 appendix A.1.2).
///
/// # Errors
/// [`X509Error::Key`] if the operating system gives no randomness.
pub fn private_key(kind: KeyType) -> Result<Zeroizing<String>, X509Error> {
    let bits = match kind {
        KeyType::EcdsaP256 => return Ok(keypair::generate()?.private_pem),
        KeyType::Rsa2048 => 2048,
        KeyType::Rsa4096 => 4096,
    };
    let key = RsaPrivateKey::new(&mut randomness()?, bits).map_err(|_| X509Error::NotMade)?;
    let der = key.to_pkcs1_der().map_err(|_| X509Error::NotMade)?;
    Ok(Zeroizing::new(keypair::pem(RSA_PRIVATE, der.as_bytes())?))
}

/// The operating system's randomness. The type would panic if there were none, so it is asked once before: a system
/// that has given some does not stop to (getrandom(2)).
fn randomness() -> Result<UnwrapErr<SysRng>, KeyError> {
    let mut source = SysRng;
    source.try_next_u64().map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(UnwrapErr(source))
}

impl Subject {
    /// Whether it can be written into a certificate.
    ///
    /// # Errors
    /// [`X509Error::BadSubject`].
    pub fn check(&self) -> Result<(), X509Error> {
        let fits =
            |text: &str| (1..=MAX_SUBJECT).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        match self {
            Self { common_name, .. } if !fits(common_name) => Err(X509Error::BadSubject("common name")),
            Self { organization: Some(name), .. } if !fits(name) => Err(X509Error::BadSubject("organization")),
            _ => Ok(()),
        }
    }
}

impl Profile {
    /// Whether a certificate can be made of it.
    ///
    /// # Errors
    /// [`X509Error::BadSubject`], [`X509Error::BadName`] or [`X509Error::NoPurpose`].
    pub fn check(&self) -> Result<(), X509Error> {
        self.subject.check()?;
        let label = |label: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            (1..=63).contains(&label.len()) && label.chars().all(known)
        };
        for name in &self.names {
            if let Name::Dns(name) = name {
                let labels = name.strip_prefix("*.").unwrap_or(name);
                if name.len() > 253 || !labels.split('.').all(label) {
                    return Err(X509Error::BadName(name.clone()));
                }
            }
        }
        if self.server || self.client { Ok(()) } else { Err(X509Error::NoPurpose) }
    }
}

impl Validity {
    /// The last second that a certificate can name: 9999-12-31T23:59:59Z.
    const LAST: u64 = 253_402_300_799;

    /// Whether it is one.
    ///
    /// # Errors
    /// [`X509Error::EndsBeforeItBegins`] or [`X509Error::TooLate`].
    pub fn check(self) -> Result<(), X509Error> {
        match self {
            Self { not_before, not_after } if not_after < not_before => Err(X509Error::EndsBeforeItBegins),
            Self { not_after, .. } if not_after > Self::LAST => Err(X509Error::TooLate),
            _ => Ok(()),
        }
    }
}
