//! Broken certificates and keys, and profiles that cannot be, become errors: never a panic, never a signature that holds.

mod common;

use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use common::certificates::{Held, LONG, Maker, makers, profile, subject};
use proptest::prelude::*;
use tinderbox::keypair::KeyError;
use tinderbox::toolchain::ToolError;
use tinderbox::x509::{self, Certificate, KeyType, Profile, Validity, X509Error};

/// For each kind of key an authority and what it has signed.
static CHAINS: LazyLock<Vec<(Held, Held)>> = LazyLock::new(|| {
    let chain = |kind| {
        let ca = Held::authority(&Maker::Embedded, kind, "ca");
        let leaf = ca.signs(&Maker::Embedded, KeyType::EcdsaP256, &profile("x", &["a.b", "10.0.0.1"], true, true));
        (ca, leaf)
    };
    vec![chain(KeyType::EcdsaP256), chain(KeyType::Rsa2048)]
});

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&body).unwrap()
}

fn framed(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der))
}

#[test]
fn no_certificate_with_a_changed_bit_verifies() {
    for (ca, leaf) in CHAINS.iter() {
        let ca = Certificate::read(&ca.pem).unwrap();
        assert_eq!(Certificate::read(&leaf.pem).unwrap().is_signed_by(&ca), Ok(()));
        let whole = der(&leaf.pem);
        let mut read = 0;
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            if let Ok(certificate) = Certificate::read(&framed("CERTIFICATE", &changed)) {
                read += 1;
                assert!(certificate.is_signed_by(&ca).is_err(), "byte {at}");
            }
        }
        // Most changes leave a certificate that can be read.
        assert!(read > whole.len() / 4, "{read}");
    }
}

#[test]
fn a_signature_whose_algorithm_is_named_otherwise_where_it_is_not_signed_is_bad() {
    let (ca, leaf) = &CHAINS[1];
    let whole = der(&leaf.pem);
    // sha256WithRSAEncryption (RFC 8017 appendix A.2.4) with NULL, the second time without: both are allowed.
    let name = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
    let at = whole.windows(name.len()).rposition(|window| window == name).unwrap();
    let mut changed = whole.clone();
    assert_eq!((changed.remove(at + name.len()), changed.remove(at + name.len())), (0x05, 0x00));
    changed[at - 1] -= 2;
    let length = u16::from_be_bytes([changed[2], changed[3]]) - 2;
    changed[2..4].copy_from_slice(&length.to_be_bytes());
    let read = Certificate::read(&framed("CERTIFICATE", &changed)).unwrap();
    let error = read.is_signed_by(&Certificate::read(&ca.pem).unwrap());
    assert_eq!(error, Err(X509Error::BadSignature("CN=ca".to_owned())));
}

#[test]
fn a_changed_authority_never_panics() {
    for (ca, leaf) in CHAINS.iter() {
        let (whole, leaf) = (der(&ca.pem), Certificate::read(&leaf.pem).unwrap());
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x80 >> (at % 8);
            if let Ok(certificate) = Certificate::read(&framed("CERTIFICATE", &changed)) {
                let _ = leaf.is_signed_by(&certificate);
                let _ = certificate.is_signed_by(&certificate);
            }
        }
    }
}

#[test]
fn a_certificate_that_was_cut_is_an_error() {
    for (_, leaf) in CHAINS.iter() {
        let whole = der(&leaf.pem);
        for end in 0..whole.len() {
            assert!(Certificate::read(&framed("CERTIFICATE", &whole[..end])).is_err());
        }
        let mut longer = whole;
        longer.push(0);
        assert!(Certificate::read(&framed("CERTIFICATE", &longer)).is_err());
        let end = leaf.pem.find("-----END").unwrap();
        for cut in 0..=end {
            assert!(Certificate::read(&leaf.pem[..cut]).is_err());
        }
    }
}

#[test]
fn a_changed_key_signs_nothing_that_does_not_verify() {
    for (ca, leaf) in CHAINS.iter() {
        let authority = Certificate::read(&ca.pem).unwrap();
        let label = if ca.key.contains("RSA") { "RSA PRIVATE KEY" } else { "EC PRIVATE KEY" };
        let whole = der(&ca.key);
        for at in (0..whole.len()).step_by(5) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            for der in [&changed[..], &whole[..at]] {
                let key = framed(label, der);
                let _ = x509::authority(&key, &subject("x"), LONG);
                let made = x509::leaf(&ca.pem, &key, &leaf.key, &profile("x", &[], true, false), LONG);
                if let Ok(made) = made {
                    assert_eq!(Certificate::read(&made).unwrap().is_signed_by(&authority), Ok(()), "byte {at}");
                }
            }
        }
    }
}

#[test]
fn texts_that_are_no_certificate_are_named_errors() {
    let (ca, _) = &CHAINS[0];
    let public = tinderbox::keypair::public_of(&ca.key).unwrap();
    for (text, error) in [
        (String::new(), X509Error::NoCertificate),
        (framed("X509 CRL", b"x"), X509Error::NoCertificate),
        (ca.key.clone(), X509Error::OtherKind("a private key")),
        (public, X509Error::OtherKind("a public key")),
        (framed("ENCRYPTED PRIVATE KEY", b"x"), X509Error::OtherKind("an encrypted private key")),
        (framed("TRUSTED CERTIFICATE", b"x"), X509Error::OtherKind("a certificate with openssl's trust settings")),
        ("-----BEGIN CERTIFICATE-----\nAAAA".to_owned(), X509Error::Truncated),
        ("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----".to_owned(), X509Error::NotBase64),
        (framed("CERTIFICATE", b""), X509Error::Truncated),
        (framed("CERTIFICATE", &[2, 1, 0]), X509Error::Malformed("certificate")),
    ] {
        assert_eq!(Certificate::read(&text).unwrap_err(), error);
        assert_eq!(Certificate::read_all(&text).unwrap_err(), error);
    }
}

#[test]
fn what_cannot_be_written_is_refused_by_both_makers_alike() {
    let (ca, leaf) = &CHAINS[0];
    let good = profile("x", &["a.b"], true, false);
    let with = |change: fn(&mut Profile)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    let bad = |name: &str| (profile("x", &[name], true, false), LONG, X509Error::BadName(name.to_owned()));
    let at = |not_before, not_after| Validity { not_before, not_after };
    for (profile, validity, error) in [
        (with(|p| p.subject.common_name.clear()), LONG, X509Error::BadSubject("common name")),
        (with(|p| p.subject.common_name = "é".repeat(65)), LONG, X509Error::BadSubject("common name")),
        (with(|p| p.subject.common_name = "a\nb".to_owned()), LONG, X509Error::BadSubject("common name")),
        (with(|p| p.subject.organization = Some(String::new())), LONG, X509Error::BadSubject("organization")),
        (with(|p| p.server = false), LONG, X509Error::NoPurpose),
        bad(""),
        bad("a..b"),
        bad("a.b."),
        bad("*"),
        bad("a.*.b"),
        bad("a b"),
        bad("é.org"),
        bad("a\nDNS.9 = evil"),
        bad(&"a".repeat(64)),
        bad(&"a.".repeat(127).replace("a.", "aa.")),
        (good.clone(), at(2, 1), X509Error::EndsBeforeItBegins),
        (good.clone(), at(0, 253_402_300_800), X509Error::TooLate),
        (good.clone(), at(u64::MAX, u64::MAX), X509Error::TooLate),
    ] {
        let made = x509::leaf(&ca.pem, &ca.key, &leaf.key, &profile, validity);
        assert_eq!(made, Err(error.clone()));
        for maker in makers() {
            if let Maker::Openssl(openssl) = maker {
                let made = openssl.leaf(&ca.pem, &ca.key, &leaf.key, &profile, validity);
                assert!(matches!(made, Err(ToolError::X509(found)) if found == error));
            }
        }
        if !matches!(error, X509Error::BadName(_) | X509Error::NoPurpose) {
            assert_eq!(x509::authority(&ca.key, &profile.subject, validity), Err(error));
        }
    }
    let longest = with(|p| p.subject.common_name = "é".repeat(64));
    for maker in makers() {
        let pem = maker.leaf(ca, &leaf.key, &longest, at(7, 7));
        assert_eq!(Certificate::read(&pem).unwrap().subject(), longest.subject);
    }
}

#[test]
fn the_key_of_another_authority_signs_nothing() {
    let ((ca, leaf), (other, _)) = (&CHAINS[0], &CHAINS[1]);
    let asked = profile("x", &[], true, false);
    for key in [&other.key, &leaf.key] {
        assert_eq!(x509::leaf(&ca.pem, key, &leaf.key, &asked, LONG), Err(X509Error::OtherKey));
        for maker in makers() {
            if let Maker::Openssl(openssl) = maker {
                let made = openssl.leaf(&ca.pem, key, &leaf.key, &asked, LONG);
                assert!(matches!(made, Err(ToolError::X509(X509Error::OtherKey))), "{made:?}");
            }
        }
    }
    let made = x509::leaf(&ca.pem, &ca.pem, &leaf.key, &asked, LONG);
    assert_eq!(made, Err(X509Error::Key(KeyError::OtherKind("a certificate"))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_no_certificate_and_never_a_panic(text in "\\PC{0,80}", bytes in any::<Vec<u8>>()) {
        let quoted = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----");
        for text in [text, quoted, framed("CERTIFICATE", &bytes)] {
            prop_assert!(Certificate::read(&text).is_err());
            prop_assert!(Certificate::read_all(&text).is_err());
        }
    }

    #[test]
    fn bytes_that_are_swapped_for_others_never_panic_and_never_verify(
        from in 0_usize..400,
        with in proptest::collection::vec(any::<u8>(), 1..40),
        chain in 0_usize..2,
    ) {
        let (ca, leaf) = &CHAINS[chain];
        let mut changed = der(&leaf.pem);
        let whole = changed.clone();
        let end = (from + with.len()).min(changed.len());
        changed.splice(from.min(end)..end, with);
        if let Ok(certificate) = Certificate::read(&framed("CERTIFICATE", &changed)) {
            let signed = certificate.is_signed_by(&Certificate::read(&ca.pem).unwrap());
            prop_assert!(signed.is_err() || changed == whole);
        }
    }
}
