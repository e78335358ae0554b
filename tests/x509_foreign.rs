//! Certificates that openssl makes, of kinds that we do not make, become the same verdicts as openssl's.

mod common;

use common::certificates::{Held, LONG, Maker, Referee, profile};
use tinderbox::x509::{self, Certificate, KeyType, X509Error};

const CA: [&str; 2] = ["-addext", "basicConstraints=critical,CA:TRUE"];

/// An authority with the key that openssl makes with `arguments`.
fn authority(referee: &Referee, arguments: &str, options: &[&str]) -> Held {
    let words: Vec<_> = arguments.split(' ').collect();
    let key = referee.printed(&words, "");
    Held { pem: referee.foreign_authority(&key, "theirs", &[&CA, options].concat()), key }
}

#[test]
fn signatures_of_every_supported_kind_verify_and_only_with_their_own_authority() {
    let Some(referee) = Referee::find() else { return };
    for (arguments, hash) in [
        ("ecparam -name prime256v1 -genkey -noout", "-sha256"),
        ("ecparam -name prime256v1 -genkey -noout", "-sha384"),
        ("ecparam -name prime256v1 -genkey -noout", "-sha512"),
        ("ecparam -name secp384r1 -genkey -noout", "-sha256"),
        ("ecparam -name secp384r1 -genkey -noout", "-sha384"),
        ("ecparam -name secp384r1 -genkey -noout", "-sha512"),
        ("genrsa 2048", "-sha256"),
        ("genrsa 3072", "-sha384"),
        ("genrsa 2048", "-sha512"),
        ("genrsa -3 2048", "-sha256"),
    ] {
        let (ca, other) = (authority(&referee, arguments, &[hash]), authority(&referee, arguments, &[hash]));
        let pem = referee.foreign_leaf(&ca, "x", &[hash]);
        let read = |pem: &str| Certificate::read(pem).unwrap();
        assert_eq!(read(&pem).is_signed_by(&read(&ca.pem)), Ok(()), "{arguments} {hash}");
        assert_eq!(read(&ca.pem).is_signed_by(&read(&ca.pem)), Ok(()), "{arguments} {hash}");
        let refused = Err(X509Error::BadSignature("CN=theirs".to_owned()));
        assert_eq!(read(&pem).is_signed_by(&read(&other.pem)), refused, "{arguments} {hash}");
        // No extendedKeyUsage: for everything.
        assert!(read(&pem).server() && read(&pem).client());
    }
}

#[test]
fn signatures_of_other_kinds_are_named() {
    let Some(referee) = Referee::find() else { return };
    for (arguments, options, name) in [
        ("ecparam -name secp521r1 -genkey -noout", &["-sha512"][..], "secp521r1"),
        ("ecparam -name secp256k1 -genkey -noout", &["-sha256"], "1.3.132.0.10"),
        ("genpkey -algorithm ed25519", &[], "Ed25519"),
        ("genrsa 2048", &["-sha256", "-sigopt", "rsa_padding_mode:pss"], "id-RSASSA-PSS"),
        ("genrsa 2048", &["-sha1"], "sha1WithRSAEncryption"),
        ("ecparam -name prime256v1 -genkey -noout", &["-sha1"], "1.2.840.10045.4.1"),
        ("genrsa 512", &["-sha256"], "this RSA key"),
    ] {
        let ca = authority(&referee, arguments, options);
        let read = Certificate::read(&ca.pem).unwrap();
        let Err(X509Error::UnsupportedSignature(found)) = read.is_signed_by(&read) else {
            panic!("{arguments} {options:?} is supported");
        };
        assert!(found.contains(name), "{found} is not {name}");
    }
}

#[test]
fn an_authority_must_be_one_and_may_sign_and_be_the_issuer() {
    let Some(referee) = Referee::find() else { return };
    let key = Maker::Embedded.key(KeyType::EcdsaP256);
    let made =
        |name: &str, options: &[&str]| Held { pem: referee.foreign_authority(&key, name, options), key: key.clone() };
    let good = made("theirs", &CA);
    let leaf = Certificate::read(&referee.foreign_leaf(&good, "x", &[])).unwrap();
    assert_eq!(leaf.is_signed_by(&Certificate::read(&good.pem).unwrap()), Ok(()));
    let usage = |usage| [&CA[..], &["-addext", usage]].concat();
    for (ca, error) in [
        (made("theirs", &["-addext", "basicConstraints=CA:FALSE"]), X509Error::NotAuthority("CN=theirs".to_owned())),
        (made("theirs", &["-addext", "nsComment=none"]), X509Error::NotAuthority("CN=theirs".to_owned())),
        (made("theirs", &usage("keyUsage=cRLSign")), X509Error::MayNotSign("CN=theirs".to_owned())),
        (
            made("others", &CA),
            X509Error::OtherIssuer { issuer: "CN=theirs".to_owned(), authority: "CN=others".to_owned() },
        ),
    ] {
        assert_eq!(leaf.is_signed_by(&Certificate::read(&ca.pem).unwrap()), Err(error.clone()));
        if matches!(error, X509Error::NotAuthority(_) | X509Error::MayNotSign(_)) {
            let profile = profile("x", &[], true, false);
            assert_eq!(x509::leaf(&ca.pem, &ca.key, &key, &profile, LONG), Err(error));
        }
    }
    let allowed = made("theirs", &usage("keyUsage=keyCertSign"));
    assert_eq!(leaf.is_signed_by(&Certificate::read(&allowed.pem).unwrap()), Ok(()));
}

#[test]
fn an_authority_that_somebody_brings_signs_with_its_own_key_identifier_or_none() {
    let Some(referee) = Referee::find() else { return };
    for identifier in ["subjectKeyIdentifier=01:02:03", "nsComment=none"] {
        let ca = authority(&referee, "genrsa 2048", &["-addext", identifier]);
        let leaf = ca.signs(&Maker::Embedded, KeyType::EcdsaP256, &profile("x", &["a.b"], true, false));
        let (file, pem) = (referee.file("brought.pem", &ca.pem), referee.file("x.pem", &leaf.pem));
        referee.printed(&["verify", "-purpose", "sslserver", "-CAfile", &file, &pem], "");
        let text = referee.text(&leaf.pem);
        let ids = text.split("Authority Key Identifier:").nth(1).unwrap().split_whitespace().next().unwrap();
        assert_eq!(ids == "01:02:03", identifier.contains("01:02:03"), "{text}");
    }
}

#[test]
fn a_key_of_another_kind_is_told_which_there_could_be() {
    let Some(referee) = Referee::find() else { return };
    for arguments in [
        "ecparam -name secp384r1 -genkey -noout",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "genpkey -algorithm ed25519",
        "genrsa -traditional -primes 3 2048",
    ] {
        let ca = authority(&referee, arguments, &[]);
        let key = Maker::Embedded.key(KeyType::EcdsaP256);
        let made = x509::leaf(&ca.pem, &ca.key, &key, &profile("x", &[], true, false), LONG);
        assert_eq!(made, Err(X509Error::UnsupportedKey), "{arguments}");
        assert!(X509Error::UnsupportedKey.to_string().contains("P-256"));
    }
}

#[test]
fn the_names_and_subject_of_a_foreign_certificate_are_those_that_kubernetes_takes() {
    let Some(referee) = Referee::find() else { return };
    let key = Maker::Embedded.key(KeyType::EcdsaP256);
    let names = "subjectAltName=email:a@b.c,DNS:a.b,URI:http://x/,IP:10.0.0.1,IP:::1,dirName:empty";
    let names = referee.foreign_authority(&key, "one/O=first/O=second/CN=two", &["-addext", names]);
    let read = Certificate::read(&names).unwrap();
    assert_eq!(read.names().iter().map(ToString::to_string).collect::<Vec<_>>(), ["a.b", "10.0.0.1", "::1"]);
    assert_eq!(read.subject().common_name, "two");
    assert_eq!(read.subject().organization.as_deref(), Some("first"));
    assert_eq!(read.organizations(), ["first", "second"]);
}
