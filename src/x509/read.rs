//! The PEM text of a certificate -> what it says.

use super::{Name, Subject, X509Error};
use crate::keypair::{self, KeyError, SPKI_PUBLIC, UNKNOWN};
use der::asn1::{AnyRef, OctetString};
use der::oid::AssociatedOid;
use der::oid::ObjectIdentifier;
use der::oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME};
use der::oid::db::rfc5280::{ANY_EXTENDED_KEY_USAGE, ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use der::referenced::OwnedToRef;
use der::{Decode, Encode, ErrorKind, Reader, SliceReader};
use std::net::IpAddr;
use x509_cert::ext::pkix::name::{DirectoryString, GeneralName};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName, SubjectKeyIdentifier};
use x509_cert::name::Name as DistinguishedName;

/// The label of the PEM block (RFC 7468 section 5).
pub(crate) const CERTIFICATE: &str = "CERTIFICATE";

/// A certificate that was read. That it holds, now or for a name, is not checked.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) inner: x509_cert::Certificate,
    /// The bytes that are signed, as they stood in the text.
    pub(super) signed: Vec<u8>,
    names: Vec<Name>,
    public_pem: String,
    constraints: Option<BasicConstraints>,
    usage: Option<KeyUsage>,
    purposes: Option<ExtendedKeyUsage>,
    key_identifier: Option<OctetString>,
}

impl Certificate {
    /// Reads the first certificate of a PEM text as Go does: blocks of other kinds are passed over, indented lines are
    /// read.
    ///
    /// # Errors
    /// [`X509Error::NoCertificate`], [`X509Error::OtherKind`], [`X509Error::Truncated`], [`X509Error::NotBase64`] or
    /// [`X509Error::Malformed`].
    pub fn read(pem: &str) -> Result<Self, X509Error> {
        let ((_, der), _) = keypair::block(pem, &[CERTIFICATE]).map_err(no_certificate)?;
        Self::from_der(&der)
    }

    /// Reads all certificates of a PEM text, a bundle, in their order; there is at least one.
    ///
    /// # Errors
    /// Those of [`Certificate::read`], for any of them.
    pub fn read_all(pem: &str) -> Result<Vec<Self>, X509Error> {
        let ((_, der), mut rest) = keypair::block(pem, &[CERTIFICATE]).map_err(no_certificate)?;
        let mut all = vec![Self::from_der(&der)?];
        loop {
            match keypair::block(rest, &[CERTIFICATE]) {
                Ok(((_, der), after)) => {
                    all.push(Self::from_der(&der)?);
                    rest = after;
                }
                Err(error @ (KeyError::Truncated | KeyError::NotBase64)) => return Err(no_certificate(error)),
                Err(_) => return Ok(all),
            }
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        let inner = x509_cert::Certificate::from_der(der).map_err(unsound("certificate"))?;
        let certificate = inner.tbs_certificate();
        let names = extension::<SubjectAltName>(&inner, "subjectAltName")?.map(|names| names.0).unwrap_or_default();
        let names = names.iter().filter_map(|name| named(name).transpose()).collect::<Result<_, _>>()?;
        let spki = certificate.subject_public_key_info().to_der().map_err(unsound("public key"))?;
        Ok(Self {
            signed: signed(der).map_err(unsound("certificate"))?.to_vec(),
            names,
            public_pem: keypair::pem(SPKI_PUBLIC, &spki)?,
            constraints: extension(&inner, "basicConstraints")?,
            usage: extension(&inner, "keyUsage")?,
            purposes: extension(&inner, "extendedKeyUsage")?,
            key_identifier: extension::<SubjectKeyIdentifier>(&inner, "subjectKeyIdentifier")?.map(|id| id.0),
            inner,
        })
    }

    /// Whom it is about: its last common name, as Go takes it, or nothing; and its first organization.
    pub fn subject(&self) -> Subject {
        Subject {
            common_name: common_name(self.inner.tbs_certificate().subject()),
            organization: self.organizations().into_iter().next(),
        }
    }

    /// All organizations of its subject, which Kubernetes takes for the user's groups.
    pub fn organizations(&self) -> Vec<String> {
        values(self.inner.tbs_certificate().subject(), ORGANIZATION_NAME).collect()
    }

    /// The common name of who issued it, or nothing.
    pub fn issuer_common_name(&self) -> String {
        common_name(self.inner.tbs_certificate().issuer())
    }

    /// The first second at which it holds, in seconds since 1970-01-01T00:00:00Z.
    pub fn not_before(&self) -> u64 {
        self.inner.tbs_certificate().validity().not_before.to_unix_duration().as_secs()
    }

    /// The last second at which it holds, in seconds since 1970-01-01T00:00:00Z.
    pub fn not_after(&self) -> u64 {
        self.inner.tbs_certificate().validity().not_after.to_unix_duration().as_secs()
    }

    /// The DNS names and addresses in its subjectAltName, in their order; names of other kinds are passed over.
    pub fn names(&self) -> Vec<Name> {
        self.names.clone()
    }

    /// Whether it is an authority's: basicConstraints says CA:TRUE (RFC 5280 section 4.2.1.9).
    pub fn is_authority(&self) -> bool {
        self.constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    /// Whether servers may show it: extendedKeyUsage says so, or is not there (RFC 5280 section 4.2.1.12).
    pub fn server(&self) -> bool {
        self.is_for(ID_KP_SERVER_AUTH)
    }

    /// Whether clients may show it: extendedKeyUsage says so, or is not there.
    pub fn client(&self) -> bool {
        self.is_for(ID_KP_CLIENT_AUTH)
    }

    fn is_for(&self, purpose: ObjectIdentifier) -> bool {
        let purposes = self.purposes.as_ref();
        purposes.is_none_or(|all| all.0.iter().any(|one| [purpose, ANY_EXTENDED_KEY_USAGE].contains(one)))
    }

    /// Its public key as a `PUBLIC KEY` PEM (SubjectPublicKeyInfo).
    pub fn public_key_pem(&self) -> &str {
        &self.public_pem
    }

    /// Whether a private key in PEM belongs to it.
    ///
    /// # Errors
    /// [`X509Error::Key`] if that text is no such key, or one on another curve than P-256.
    pub fn is_for_key(&self, private_pem: &str) -> Result<bool, X509Error> {
        Ok(keypair::same_public(&keypair::public_of(private_pem)?, &self.public_pem)?)
    }

    /// Whether it may sign certificates.
    pub(super) fn may_sign(&self) -> Result<(), X509Error> {
        let name = || self.inner.tbs_certificate().subject().to_string();
        if !self.is_authority() {
            return Err(X509Error::NotAuthority(name()));
        }
        match self.usage {
            Some(usage) if !usage.key_cert_sign() => Err(X509Error::MayNotSign(name())),
            _ => Ok(()),
        }
    }

    /// What the certificates that it signs call its key: its own subjectKeyIdentifier, or what that would be.
    pub(super) fn key_identifier(&self) -> der::Result<OctetString> {
        match &self.key_identifier {
            Some(identifier) => Ok(identifier.clone()),
            None => {
                let key = self.inner.tbs_certificate().subject_public_key_info().owned_to_ref();
                SubjectKeyIdentifier::try_from(key).map(|identifier| identifier.0)
            }
        }
    }
}

/// The bytes of the TBSCertificate in those of a certificate. Not what the crate would make of what it has read: the
/// signature is of what was there.
fn signed(der: &[u8]) -> der::Result<&[u8]> {
    SliceReader::new(AnyRef::from_der(der)?.value())?.tlv_bytes()
}

/// An extension, of which there must not be two.
fn extension<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
    certificate: &'a x509_cert::Certificate,
    what: &'static str,
) -> Result<Option<T>, X509Error> {
    let found = certificate.tbs_certificate().get_extension::<T>().map_err(|_| X509Error::Malformed(what))?;
    Ok(found.map(|(_, extension)| extension))
}

fn named(name: &GeneralName) -> Result<Option<Name>, X509Error> {
    let address = |bytes: &[u8]| match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    };
    match name {
        GeneralName::DnsName(name) => Ok(Some(Name::Dns(name.to_string()))),
        GeneralName::IpAddress(bytes) => {
            let address = address(bytes.as_bytes()).ok_or(X509Error::Malformed("address in subjectAltName"))?;
            Ok(Some(Name::Ip(address)))
        }
        _ => Ok(None),
    }
}

fn common_name(name: &DistinguishedName) -> String {
    values(name, COMMON_NAME).last().unwrap_or_default()
}

/// The values of an attribute that are strings of a kind for names.
fn values(name: &DistinguishedName, oid: ObjectIdentifier) -> impl Iterator<Item = String> {
    let found = name.iter().filter(move |attribute| attribute.oid == oid);
    found.filter_map(|attribute| DirectoryString::try_from(&attribute.value).ok().map(String::from))
}

/// Tells about a certificate what [`keypair::block`] tells about a key.
fn no_certificate(error: KeyError) -> X509Error {
    match error {
        KeyError::Truncated => X509Error::Truncated,
        KeyError::NotBase64 => X509Error::NotBase64,
        KeyError::NotPem => X509Error::NoCertificate,
        error if error == UNKNOWN => X509Error::NoCertificate,
        // The one kind of certificate that is not read: Go passes it over too.
        KeyError::OtherKind("a certificate") => X509Error::OtherKind("a certificate with openssl's trust settings"),
        KeyError::OtherKind(what) => X509Error::OtherKind(what),
        KeyError::Encrypted => X509Error::OtherKind("an encrypted private key"),
        other => X509Error::Key(other),
    }
}

fn unsound(what: &'static str) -> impl Fn(der::Error) -> X509Error {
    move |error| match error.kind() {
        ErrorKind::Incomplete { .. } => X509Error::Truncated,
        _ => X509Error::Malformed(what),
    }
}
