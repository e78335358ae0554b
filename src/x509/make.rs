//! Keys, a profile and dates -> certificates: an authority that signs itself, and what it signs.

use super::{Certificate, Name, Profile, Subject, Validity, X509Error, randomness};
use crate::keypair::{self, KeyError, Private, SPKI_PUBLIC};
use core::time::Duration;
use der::asn1::{Any, OctetString, Utf8StringRef};
use der::oid::ObjectIdentifier;
use der::oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME};
use der::oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use der::{DateTime, Decode, Encode};
use p256::ecdsa::DerSignature;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::{RsaPrivateKey, pkcs1v15};
use sha2::Sha256;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::{Name as DistinguishedName, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::Time;
use x509_cert::{TbsCertificate, time};

/// Makes the certificate of an authority, signed by itself: version 3, a random serial number, SHA-256; critical
/// basicConstraints CA:TRUE without intermediates, critical keyUsage for certificates, revocation lists and TLS itself,
/// and a subjectKeyIdentifier (RFC 5280 section 4.2.1). In: its private key and out: the certificate, both PEM.
///
/// # Errors
/// [`X509Error::Key`] or [`X509Error::UnsupportedKey`] for the key, [`X509Error::BadSubject`], and those of
/// [`Validity::check`].
pub fn authority(key_pem: &str, subject: &Subject, validity: Validity) -> Result<String, X509Error> {
    subject.check()?;
    let subject = distinguished(subject)?;
    let usage = KeyUsages::KeyCertSign | KeyUsages::CRLSign | KeyUsages::DigitalSignature;
    let contents = Contents {
        issuer: subject.clone(),
        subject,
        constraints: BasicConstraints { ca: true, path_len_constraint: Some(0) },
        usage: KeyUsage(usage),
        purposes: vec![],
        names: vec![],
        issuer_key: None,
    };
    sign(contents, &spki(key_pem)?, validity, key_pem)
}

/// Makes a certificate that an authority signs: version 3, a random serial number, SHA-256; critical basicConstraints
/// CA:FALSE, critical keyUsage digitalSignature (and keyEncipherment for RSA keys, which TLS 1.2 may need),
/// extendedKeyUsage, subjectAltName if there are names, and both key identifiers. All keys and certificates are PEM.
/// Readers refuse it once the authority's own certificate has ended, however much later its own end is.
///
/// # Errors
/// Those of [`Certificate::read`] for the authority's certificate; [`X509Error::NotAuthority`],
/// [`X509Error::MayNotSign`] or [`X509Error::OtherKey`] if it cannot sign with that key; [`X509Error::Key`] or
/// [`X509Error::UnsupportedKey`] for either key; those of [`Profile::check`] and [`Validity::check`].
pub fn leaf(
    ca_pem: &str,
    ca_key_pem: &str,
    key_pem: &str,
    profile: &Profile,
    validity: Validity,
) -> Result<String, X509Error> {
    profile.check()?;
    let ca = signer(ca_pem, ca_key_pem)?;
    let key = spki(key_pem)?;
    let usage = match is_rsa(&key) {
        true => KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment,
        false => KeyUsages::DigitalSignature.into(),
    };
    let names = profile.names.iter().map(|name| {
        Ok(match name {
            Name::Dns(name) => GeneralName::DnsName(der::asn1::Ia5String::new(name)?),
            Name::Ip(address) => GeneralName::from(*address),
        })
    });
    let contents = Contents {
        issuer: ca.inner.tbs_certificate().subject().clone(),
        subject: distinguished(&profile.subject)?,
        constraints: BasicConstraints { ca: false, path_len_constraint: None },
        usage: KeyUsage(usage),
        purposes: purposes(profile),
        names: names.collect::<der::Result<_>>().map_err(not_made)?,
        issuer_key: Some(ca.key_identifier().map_err(not_made)?),
    };
    sign(contents, &key, validity, ca_key_pem)
}

/// The certificate of an authority that can sign with that key.
///
/// # Errors
/// Those of [`leaf`] for the authority.
pub(crate) fn signer(ca_pem: &str, ca_key_pem: &str) -> Result<Certificate, X509Error> {
    let ca = Certificate::read(ca_pem)?;
    ca.may_sign()?;
    if ca.is_for_key(ca_key_pem).map_err(unsupported)? { Ok(ca) } else { Err(X509Error::OtherKey) }
}

/// Whether the public key of a private key in PEM is an RSA key.
///
/// # Errors
/// [`X509Error::Key`] or [`X509Error::UnsupportedKey`].
pub(crate) fn is_rsa_key(key_pem: &str) -> Result<bool, X509Error> {
    spki(key_pem).map(|key| is_rsa(&key))
}

fn is_rsa(key: &SubjectPublicKeyInfoOwned) -> bool {
    key.algorithm.oid == rsa::pkcs1::ALGORITHM_OID
}

fn purposes(profile: &Profile) -> Vec<ObjectIdentifier> {
    let all = [(profile.server, ID_KP_SERVER_AUTH), (profile.client, ID_KP_CLIENT_AUTH)];
    all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, purpose)| purpose).collect()
}

/// Signs with SHA-256: what every reader knows, and the strength of P-256.
fn sign(
    contents: Contents,
    key: &SubjectPublicKeyInfoOwned,
    validity: Validity,
    signer_pem: &str,
) -> Result<String, X509Error> {
    // 17 random octets, the first not zero: more than 64 bits, positive, and less than the 20 octets that are allowed
    // (RFC 5280 section 4.1.2.2).
    let serial = SerialNumber::generate(&mut randomness()?);
    let builder = CertificateBuilder::new(contents, serial, dates(validity)?, key.clone()).map_err(not_made)?;
    let certificate = match keypair::private(signer_pem).map_err(|error| unsupported(error.into()))? {
        Private::Ec(secret) => builder.build::<_, DerSignature>(&p256::ecdsa::SigningKey::from(secret)),
        Private::Rsa(der) => {
            let secret = RsaPrivateKey::from_pkcs1_der(&der).map_err(|_| X509Error::UnsupportedKey)?;
            builder.build::<_, pkcs1v15::Signature>(&pkcs1v15::SigningKey::<Sha256>::new(secret))
        }
    };
    let der = certificate.map_err(not_made)?.to_der().map_err(not_made)?;
    Ok(keypair::pem(super::read::CERTIFICATE, &der)?)
}

/// Everything in a certificate but its serial number, dates, key and signature.
struct Contents {
    issuer: DistinguishedName,
    subject: DistinguishedName,
    constraints: BasicConstraints,
    usage: KeyUsage,
    purposes: Vec<ObjectIdentifier>,
    names: Vec<GeneralName>,
    /// The identifier of the key that signs, as the authority's certificate has it: readers compare both.
    issuer_key: Option<OctetString>,
}

impl BuilderProfile for Contents {
    fn get_issuer(&self, _: &DistinguishedName) -> DistinguishedName {
        self.issuer.clone()
    }

    fn get_subject(&self) -> DistinguishedName {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = certificate.subject();
        let mut all = vec![self.constraints.to_extension(subject, &[])?, self.usage.to_extension(subject, &[])?];
        if !self.purposes.is_empty() {
            all.push(ExtendedKeyUsage(self.purposes.clone()).to_extension(subject, &all)?);
        }
        all.push(SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &all)?);
        if let Some(key_identifier) = self.issuer_key.clone() {
            let issuer = AuthorityKeyIdentifier { key_identifier: Some(key_identifier), ..Default::default() };
            all.push(issuer.to_extension(subject, &all)?);
        }
        if !self.names.is_empty() {
            all.push(SubjectAltName(self.names.clone()).to_extension(subject, &all)?);
        }
        Ok(all)
    }
}

/// O before CN, as Go and openssl's users write them; each a UTF8String (RFC 5280 section 4.1.2.4).
fn distinguished(subject: &Subject) -> Result<DistinguishedName, X509Error> {
    let organization = subject.organization.as_deref().map(|name| (ORGANIZATION_NAME, name));
    let mut all = RdnSequence::default();
    for (oid, text) in organization.into_iter().chain([(COMMON_NAME, subject.common_name.as_str())]) {
        let value = Any::from(Utf8StringRef::new(text).map_err(not_made)?);
        let attribute = AttributeTypeAndValue { oid, value };
        all.push(RelativeDistinguishedName::try_from(vec![attribute]).map_err(not_made)?);
    }
    // The crate has no other way from the one type to the other.
    DistinguishedName::from_der(&all.to_der().map_err(not_made)?).map_err(not_made)
}

/// UTCTime up to 2049 and GeneralizedTime from 2050 on, both in whole seconds of Zulu.
fn dates(validity: Validity) -> Result<time::Validity, X509Error> {
    validity.check()?;
    let time = |seconds| DateTime::from_unix_duration(Duration::from_secs(seconds)).map(Time::from).map_err(not_made);
    Ok(time::Validity::new(time(validity.not_before)?, time(validity.not_after)?))
}

fn spki(private_pem: &str) -> Result<SubjectPublicKeyInfoOwned, X509Error> {
    let public = keypair::public_of(private_pem).map_err(|error| unsupported(error.into()))?;
    let ((_, der), _) = keypair::block(&public, &[SPKI_PUBLIC])?;
    SubjectPublicKeyInfoOwned::from_der(&der).map_err(not_made)
}

/// Says which keys there could be, where another one is.
fn unsupported(error: X509Error) -> X509Error {
    match error {
        X509Error::Key(KeyError::UnknownCurve | KeyError::UnknownAlgorithm) => X509Error::UnsupportedKey,
        other => other,
    }
}

fn not_made<E>(_: E) -> X509Error {
    X509Error::NotMade
}
