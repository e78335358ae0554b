//! A certificate and an authority's -> whether the one was signed by the other.

use super::{Certificate, X509Error};
use der::asn1::Null;
use der::oid::db::DB;
use der::oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1,
    SECP_384_R_1, SHA_256_WITH_RSA_ENCRYPTION, SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
};
use der::oid::{AssociatedOid, ObjectIdentifier};
use der::referenced::OwnedToRef;
use rsa::signature::Verifier;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::{RsaPublicKey, pkcs1v15};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::spki::SubjectPublicKeyInfoRef;

impl Certificate {
    /// Checks that `ca` has signed this certificate: it is an authority that may sign, it is the issuer that the
    /// certificate names, and the signature is its key's (RFC 5280 section 6.1.3). Dates and names are not checked.
    ///
    /// # Errors
    /// [`X509Error::NotAuthority`], [`X509Error::MayNotSign`], [`X509Error::OtherIssuer`],
    /// [`X509Error::BadSignature`]; [`X509Error::UnsupportedSignature`] for an algorithm or a key that is not known
    /// here.
    pub fn is_signed_by(&self, ca: &Certificate) -> Result<(), X509Error> {
        ca.may_sign()?;
        let (issuer, authority) = (self.inner.tbs_certificate().issuer(), ca.inner.tbs_certificate().subject());
        if issuer != authority {
            return Err(X509Error::OtherIssuer { issuer: issuer.to_string(), authority: authority.to_string() });
        }
        match self.has_signature_of(ca.inner.tbs_certificate().subject_public_key_info().owned_to_ref())? {
            true => Ok(()),
            false => Err(X509Error::BadSignature(authority.to_string())),
        }
    }

    fn has_signature_of(&self, key: SubjectPublicKeyInfoRef<'_>) -> Result<bool, X509Error> {
        let algorithm = self.inner.signature_algorithm();
        // The algorithm is named twice, and only the first is signed (RFC 5280 section 4.1.1.2).
        if self.inner.tbs_certificate().signature() != algorithm {
            return Ok(false);
        }
        let Some(signature) = self.inner.signature().as_bytes() else {
            return Ok(false);
        };
        let signed = &self.signed;
        let parameters = algorithm.parameters.as_ref();
        match algorithm.oid {
            // None (RFC 5758 section 3.2).
            ECDSA_WITH_SHA_256 | ECDSA_WITH_SHA_384 | ECDSA_WITH_SHA_512 if parameters.is_some() => Ok(false),
            ECDSA_WITH_SHA_256 => ecdsa(key, &Sha256::digest(signed), signature),
            ECDSA_WITH_SHA_384 => ecdsa(key, &Sha384::digest(signed), signature),
            ECDSA_WITH_SHA_512 => ecdsa(key, &Sha512::digest(signed), signature),
            // NULL, or as some write it none (RFC 4055 section 5).
            SHA_256_WITH_RSA_ENCRYPTION | SHA_384_WITH_RSA_ENCRYPTION | SHA_512_WITH_RSA_ENCRYPTION
                if parameters.is_some_and(|any| any.decode_as::<Null>().is_err()) =>
            {
                Ok(false)
            }
            SHA_256_WITH_RSA_ENCRYPTION => rsa::<Sha256>(key, signed, signature),
            SHA_384_WITH_RSA_ENCRYPTION => rsa::<Sha384>(key, signed, signature),
            SHA_512_WITH_RSA_ENCRYPTION => rsa::<Sha512>(key, signed, signature),
            other => Err(X509Error::UnsupportedSignature(known_as(other))),
        }
    }
}

/// Any hash goes with any curve (RFC 5758 section 3.2).
fn ecdsa(key: SubjectPublicKeyInfoRef<'_>, hash: &[u8], signature: &[u8]) -> Result<bool, X509Error> {
    if key.algorithm.oid != ID_EC_PUBLIC_KEY {
        return Ok(false);
    }
    match key.algorithm.parameters_oid() {
        Ok(SECP_256_R_1) => Ok(p256::ecdsa::VerifyingKey::try_from(key).is_ok_and(|key| {
            let signature = p256::ecdsa::DerSignature::try_from(signature);
            signature.is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
        })),
        Ok(SECP_384_R_1) => Ok(p384::ecdsa::VerifyingKey::try_from(key).is_ok_and(|key| {
            let signature = p384::ecdsa::DerSignature::try_from(signature);
            signature.is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
        })),
        Ok(curve) => Err(X509Error::UnsupportedSignature(format!("the curve {}", known_as(curve)))),
        Err(_) => Err(X509Error::UnsupportedSignature("a curve without a name".to_owned())),
    }
}

fn rsa<D: Digest + AssociatedOid>(
    key: SubjectPublicKeyInfoRef<'_>,
    signed: &[u8],
    signature: &[u8],
) -> Result<bool, X509Error> {
    if key.algorithm.oid != RSA_ENCRYPTION {
        return Ok(false);
    }
    // The crate takes keys of 1024 to 8192 bits; what it does not take is not known to be no key.
    let key = RsaPublicKey::try_from(key).map_err(|_| X509Error::UnsupportedSignature("this RSA key".to_owned()))?;
    let signature = pkcs1v15::Signature::try_from(signature);
    Ok(signature.is_ok_and(|signature| pkcs1v15::VerifyingKey::<D>::new(key).verify(signed, &signature).is_ok()))
}

/// The name of an algorithm, or its number.
fn known_as(oid: ObjectIdentifier) -> String {
    DB.by_oid(&oid).map_or_else(|| oid.to_string(), str::to_owned)
}
