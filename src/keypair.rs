//! Randomness becomes a Kubernetes service account key pair, and a private key
//! somebody brought becomes its public half.
//!
//! kube-controller-manager signs tokens with the private key, kube-apiserver
//! verifies them with the public one. Both read PEM as client-go's
//! `util/keyutil/key.go` does, and so do the functions here: the first block of
//! a known kind counts, others (openssl's `EC PARAMETERS`) are passed over.

use std::fmt;

use base64ct::{Base64, Encoding};
use der::asn1::BitStringRef;
use der::pem::{LineEnding, encode_string};
use der::{Decode, Document, Encode, ErrorKind};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::elliptic_curve::{ALGORITHM_OID as EC, Generate};
use p256::pkcs8::spki::{EncodePublicKey, SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use p256::pkcs8::{AssociatedOid, PrivateKeyInfoRef};
use p256::{NistP256, PublicKey, SecretKey};
use pkcs1::{ALGORITHM_OID as RSA, RsaPrivateKeyRef, RsaPublicKeyRef};
use sec1::{EcParameters, EcPrivateKey};
use thiserror::Error;
use zeroize::Zeroizing;

// Labels: RFC 7468 sections 10 and 13, RFC 5915 section 4, openssl's `pem.h`.
const EC_PRIVATE: &str = "EC PRIVATE KEY";
pub(crate) const RSA_PRIVATE: &str = "RSA PRIVATE KEY";
const PKCS8_PRIVATE: &str = "PRIVATE KEY";
pub(crate) const SPKI_PUBLIC: &str = "PUBLIC KEY";
const RSA_PUBLIC: &str = "RSA PUBLIC KEY";
/// The labels of private keys that are read.
pub(crate) const PRIVATE_KEYS: [&str; 3] = [EC_PRIVATE, RSA_PRIVATE, PKCS8_PRIVATE];

/// The file that holds the private key of the service account pair, wherever it lies.
pub const PRIVATE_FILE: &str = "sa.key";
/// The file that holds its public key.
pub const PUBLIC_FILE: &str = "sa.pub";

/// What a text is said to hold whose PEM blocks are of no kind that is known here.
pub(crate) const UNKNOWN: KeyError = KeyError::OtherKind("nothing that Kubernetes reads as a key");

/// A PEM block's label and its bytes.
pub(crate) type Block = (&'static str, Zeroizing<Vec<u8>>);

/// An ECDSA P-256 key pair in the form openssl writes.
pub struct KeyPair {
    /// The SEC1 `EC PRIVATE KEY` PEM (RFC 5915), wiped from memory on drop.
    pub private_pem: Zeroizing<String>,
    /// The `PUBLIC KEY` PEM (SubjectPublicKeyInfo, RFC 5480 section 2).
    pub public_pem: String,
}

impl fmt::Debug for KeyPair {
    /// Shows the public half only, for the sake of logs and panic messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("private_pem", &"[hidden]").field("public_pem", &self.public_pem).finish()
    }
}

/// Why a key was not made or not read. No message holds any part of the text
/// it is about, so all of them are safe to print.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// The operating system's random source failed; its reason.
    #[error("the operating system gave no random bytes: {0}")]
    Random(String),
    /// There is no `-----BEGIN` line.
    #[error("the text is not PEM: it has no '-----BEGIN' line")]
    NotPem,
    /// The end of the key is missing.
    #[error("the key is truncated: its end is missing")]
    Truncated,
    /// The key needs a passphrase, which Kubernetes has no option for.
    #[error("the private key is encrypted; decrypt it with 'openssl pkey' first")]
    Encrypted,
    /// PEM of another kind; what it is.
    #[error("the text holds {0} instead of the key that is needed")]
    OtherKind(&'static str),
    /// The lines between the PEM boundaries are not base64.
    #[error("the lines between BEGIN and END are not base64")]
    NotBase64,
    /// The decoded bytes do not have the structure that the label promises.
    #[error("the bytes of the key are not a valid {0}")]
    Malformed(&'static str),
    /// An elliptic curve other than P-256, or one without a name.
    #[error("the key is not on the curve P-256 (prime256v1)")]
    UnknownCurve,
    /// Neither ECDSA nor RSA, such as Ed25519.
    #[error("the key is neither an ECDSA nor an RSA key")]
    UnknownAlgorithm,
    /// The public key stored inside the private key is another one's.
    #[error("the private key carries a public key that does not belong to it")]
    Mismatch,
    /// A private and a public key that were given as a pair are none.
    #[error("the public key does not belong to the private key")]
    OtherPair,
}

/// Makes a fresh key pair from the operating system's randomness. The private
/// half is what `openssl ecparam -name prime256v1 -genkey -noout` writes: with
/// the public point and with the curve's name, which Go's
/// `x509.ParseECPrivateKey` needs.
///
/// # Errors
///
/// [`KeyError::Random`] if the operating system gives no randomness.
pub fn generate() -> Result<KeyPair, KeyError> {
    let secret = SecretKey::try_generate().map_err(|error| KeyError::Random(error.to_string()))?;
    let scalar = Zeroizing::new(secret.to_bytes());
    let public = secret.public_key();
    let point = public.to_sec1_point(false);
    let key = EcPrivateKey {
        private_key: scalar.as_slice(),
        parameters: Some(EcParameters::NamedCurve(NistP256::OID)),
        public_key: Some(point.as_bytes()),
    };
    let der = Zeroizing::new(key.to_der().map_err(unsound("EC private key"))?);
    Ok(KeyPair {
        private_pem: Zeroizing::new(pem(EC_PRIVATE, &der)?),
        public_pem: pem(SPKI_PUBLIC, &ec_spki(&public)?)?,
    })
}

/// Derives the `PUBLIC KEY` PEM, byte for byte as `openssl pkey -pubout` does,
/// from a private key in PEM: P-256 as SEC1 (RFC 5915) or PKCS#8 (RFC 5958),
/// RSA as PKCS#1 (RFC 8017 appendix A.1.2) or PKCS#8.
///
/// # Errors
///
/// Any [`KeyError`] but [`KeyError::Random`], for a text without such a key.
pub fn public_of(private_pem: &str) -> Result<String, KeyError> {
    let spki = match private(private_pem)? {
        Private::Ec(secret) => ec_spki(&secret.public_key())?,
        Private::Rsa(der) => rsa_public(&der)?,
    };
    pem(SPKI_PUBLIC, &spki)
}

/// A private key in one of the forms that [`public_of`] reads.
pub(crate) enum Private {
    /// ECDSA on P-256; wiped from memory on drop.
    Ec(SecretKey),
    /// RSA: the PKCS#1 structure (RFC 8017 appendix A.1.2), whose numbers were not checked.
    Rsa(Zeroizing<Vec<u8>>),
}

/// Reads a private key in PEM, in the forms and with the errors of [`public_of`].
pub(crate) fn private(private_pem: &str) -> Result<Private, KeyError> {
    let ((label, der), _) = block(private_pem, &PRIVATE_KEYS)?;
    match label {
        EC_PRIVATE => ec_secret(&der, false).map(Private::Ec),
        RSA_PRIVATE => Ok(Private::Rsa(der)),
        _ => {
            let info = PrivateKeyInfoRef::from_der(&der).map_err(unsound("PKCS#8 key"))?;
            let curve = info.algorithm.parameters_oid();
            let key = info.private_key.as_bytes();
            match info.algorithm.oid {
                EC if curve != Ok(NistP256::OID) => Err(KeyError::UnknownCurve),
                EC => ec_secret(key, true).map(Private::Ec),
                RSA => Ok(Private::Rsa(Zeroizing::new(key.to_vec()))),
                _ => Err(KeyError::UnknownAlgorithm),
            }
        }
    }
}

/// Whether two public keys in PEM are the same key, by their
/// SubjectPublicKeyInfo in DER. Each may be a `PUBLIC KEY` of any algorithm or
/// a PKCS#1 `RSA PUBLIC KEY` (RFC 8017 appendix A.1.1).
///
/// # Errors
///
/// Any [`KeyError`] but [`KeyError::Random`], for a text without such a key.
pub fn same_public(a_pem: &str, b_pem: &str) -> Result<bool, KeyError> {
    Ok(spki_of(a_pem)? == spki_of(b_pem)?)
}

/// Whether a public key is the one of a private key, both in PEM.
///
/// # Errors
///
/// Any [`KeyError`] but [`KeyError::Random`]; [`KeyError::OtherPair`] if they do not belong together.
pub fn matching(private_pem: &str, public_pem: &str) -> Result<(), KeyError> {
    match same_public(&public_of(private_pem)?, public_pem)? {
        true => Ok(()),
        false => Err(KeyError::OtherPair),
    }
}

/// The SubjectPublicKeyInfo of a public key in PEM.
fn spki_of(public_pem: &str) -> Result<Vec<u8>, KeyError> {
    let ((label, der), _) = block(public_pem, &[SPKI_PUBLIC, RSA_PUBLIC])?;
    let spki = match label {
        RSA_PUBLIC => RsaPublicKeyRef::from_der(&der).and_then(|public| rsa_spki(&public)),
        _ => SubjectPublicKeyInfoRef::from_der(&der).map(|_| der.to_vec()),
    };
    spki.map_err(unsound("public key"))
}

/// The key in a SEC1 private key, whose curve's name may only be missing where
/// the PKCS#8 structure around it has it.
fn ec_secret(der: &[u8], curve_known: bool) -> Result<SecretKey, KeyError> {
    const WHAT: &str = "EC private key";
    let key = EcPrivateKey::from_der(der).map_err(unsound(WHAT))?;
    let curve = key.parameters.and_then(EcParameters::named_curve);
    if curve.map_or(!curve_known, |curve| curve != NistP256::OID) {
        return Err(KeyError::UnknownCurve);
    }
    let secret = SecretKey::from_slice(key.private_key).map_err(|_| KeyError::Malformed(WHAT))?;
    let stored = key.public_key.map(PublicKey::from_sec1_bytes).transpose();
    match stored.map_err(|_| KeyError::Malformed(WHAT))? {
        Some(stored) if stored != secret.public_key() => Err(KeyError::Mismatch),
        _ => Ok(secret),
    }
}

/// The SubjectPublicKeyInfo of a point, uncompressed: the only form that Go's
/// `x509.ParsePKIXPublicKey` reads.
fn ec_spki(public: &PublicKey) -> Result<Vec<u8>, KeyError> {
    let document = public.to_public_key_der().map(Document::into_vec);
    document.map_err(|_| KeyError::Malformed("public key"))
}

/// The SubjectPublicKeyInfo of a PKCS#1 private key: its modulus and exponent.
fn rsa_public(der: &[u8]) -> Result<Vec<u8>, KeyError> {
    let key = RsaPrivateKeyRef::from_der(der).map_err(unsound("RSA private key"))?;
    rsa_spki(&key.public_key()).map_err(unsound("RSA private key"))
}

/// Wraps an RSA public key as RFC 3279 section 2.3.1 says, with NULL parameters.
fn rsa_spki(public: &RsaPublicKeyRef<'_>) -> der::Result<Vec<u8>> {
    let key = public.to_der()?;
    SubjectPublicKeyInfo { algorithm: pkcs1::ALGORITHM_ID, subject_public_key: BitStringRef::from_bytes(&key)? }
        .to_der()
}

/// The first PEM block whose label is `wanted`, and the text after it; the error
/// says what is there instead. Spaces and line ends in the base64 are skipped as Go's
/// `encoding/pem` does: keys pasted into YAML are often indented or on one
/// line, which the strict grammar of RFC 7468 refuses.
pub(crate) fn block<'a>(text: &'a str, wanted: &[&'static str]) -> Result<(Block, &'a str), KeyError> {
    let mut rest = text;
    let mut reason = KeyError::NotPem;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----").ok_or(KeyError::Truncated)?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(&end).ok_or(KeyError::Truncated)?;
        if let Some(known) = wanted.iter().find(|known| **known == label) {
            // The header of openssl's older encryption (RFC 1421 section 4.6.1.1).
            if body.contains("Proc-Type:") {
                return Err(KeyError::Encrypted);
            }
            let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
            base64.extend(body.split_ascii_whitespace());
            let der = Base64::decode_vec(&base64).map_err(|_| KeyError::NotBase64)?;
            return Ok(((known, Zeroizing::new(der)), after));
        }
        if matches!(reason, KeyError::NotPem | UNKNOWN) {
            reason = match label {
                "CERTIFICATE" | "TRUSTED CERTIFICATE" => KeyError::OtherKind("a certificate"),
                "ENCRYPTED PRIVATE KEY" => KeyError::Encrypted,
                SPKI_PUBLIC | RSA_PUBLIC => KeyError::OtherKind("a public key"),
                EC_PRIVATE | RSA_PRIVATE | PKCS8_PRIVATE => KeyError::OtherKind("a private key"),
                _ => UNKNOWN,
            };
        }
        rest = after;
    }
    Err(reason)
}

/// The block that [`block`] finds, alone and in the lines that strict readers want.
pub(crate) fn neat(text: &str, wanted: &[&'static str]) -> Result<Zeroizing<String>, KeyError> {
    let ((label, der), _) = block(text, wanted)?;
    pem(label, &der).map(Zeroizing::new)
}

/// Writes DER as PEM with lines of 64 characters that end in LF, as openssl.
pub(crate) fn pem(label: &'static str, der: &[u8]) -> Result<String, KeyError> {
    encode_string(label, LineEnding::LF, der).map_err(|_| KeyError::Malformed("PEM block"))
}

/// Turns a DER error about `what` into a sentence: either the bytes end too
/// early, or they are something else.
fn unsound(what: &'static str) -> impl Fn(der::Error) -> KeyError {
    move |error| match error.kind() {
        ErrorKind::Incomplete { .. } => KeyError::Truncated,
        _ => KeyError::Malformed(what),
    }
}
