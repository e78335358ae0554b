//! Certificates of both makers become what was asked for in openssl's eyes, and those of openssl what they say.

mod common;

use std::collections::BTreeSet;

use common::certificates::{Held, LONG, Maker, Referee, makers, profile, subject};
use tinderbox::keypair;
use tinderbox::x509::{Certificate, KeyType, Name, Profile, Subject, Validity, X509Error};

const KINDS: [(KeyType, &str, &str); 3] = [
    (KeyType::EcdsaP256, "EC", "(256 bit)"),
    (KeyType::Rsa2048, "RSA", "(2048 bit"),
    (KeyType::Rsa4096, "RSA", "(4096 bit"),
];

#[test]
fn private_keys_are_sound_and_in_the_forms_that_go_reads() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        for (kind, label, bits) in KINDS {
            let key = maker.key(kind);
            assert!(key.starts_with(&format!("-----BEGIN {label} {}-----\n", "PRIVATE KEY")), "{maker:?} {kind:?}");
            assert_eq!(key.matches("-----BEGIN").count(), 1);
            assert!(referee.printed(&["pkey", "-check", "-noout"], &key).contains("Key is valid"));
            assert!(referee.printed(&["pkey", "-noout", "-text"], &key).contains(bits), "{maker:?} {kind:?}");
            assert_eq!(keypair::public_of(&key).unwrap(), referee.printed(&["pkey", "-pubout"], &key));
            assert!(maker.key(KeyType::EcdsaP256) != maker.key(KeyType::EcdsaP256));
        }
    }
}

#[test]
fn openssl_writes_a_private_rsa_key_back_byte_for_byte() {
    let Some(referee) = Referee::find() else { return };
    let key = Maker::Embedded.key(KeyType::Rsa2048);
    assert!(referee.printed(&["rsa", "-traditional"], &key) == key);
}

#[test]
fn a_certificate_is_for_the_purposes_that_were_asked_for_and_no_other() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        for (authority, kind) in [
            (KeyType::EcdsaP256, KeyType::EcdsaP256),
            (KeyType::Rsa2048, KeyType::EcdsaP256),
            (KeyType::EcdsaP256, KeyType::Rsa2048),
            (KeyType::Rsa4096, KeyType::Rsa4096),
        ] {
            let ca = Held::authority(&maker, authority, "kubernetes");
            let read_ca = Certificate::read(&ca.pem).unwrap();
            let key = maker.key(kind);
            for (server, client) in [(true, false), (false, true), (true, true)] {
                let pem = maker.leaf(&ca, &key, &profile("someone", &["10.0.0.1"], server, client), LONG);
                let why = format!("{maker:?} {authority:?} {kind:?} {server} {client}");
                assert_eq!(referee.verifies(&ca.pem, &pem, "sslserver"), server, "{why}");
                assert_eq!(referee.verifies(&ca.pem, &pem, "sslclient"), client, "{why}");
                let read = Certificate::read(&pem).unwrap();
                assert_eq!((read.server(), read.client(), read.is_authority()), (server, client, false), "{why}");
                assert_eq!(read.is_signed_by(&read_ca), Ok(()), "{why}");
            }
        }
    }
}

#[test]
fn openssl_shows_what_was_asked_for() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        for (kind, usage) in
            [(KeyType::EcdsaP256, "Digital Signature"), (KeyType::Rsa2048, "Digital Signature, Key Encipherment")]
        {
            let ca = Held::authority(&maker, kind, "kubernetes");
            let names = ["kubernetes.default", "*.example.org", "10.254.0.1", "fd00::1"];
            let asked = Profile {
                subject: Subject { common_name: "kube".to_owned(), organization: Some("system:masters".to_owned()) },
                ..profile("", &names, true, true)
            };
            let leaf = ca.signs(&maker, kind, &asked);
            let text = flat(&referee.text(&leaf.pem));
            for expected in [
                "Version: 3 (0x2)",
                "Issuer: CN=kubernetes ",
                "Subject: CN=kube,O=system:masters ",
                "Not Before: Sep 9 01:46:40 2001 GMT Not After : Dec 31 23:59:59 2099 GMT",
                "X509v3 Basic Constraints: critical CA:FALSE ",
                &format!("X509v3 Key Usage: critical {usage} X509v3"),
                "X509v3 Extended Key Usage: TLS Web Server Authentication, TLS Web Client Authentication ",
                "X509v3 Subject Alternative Name: DNS:kubernetes.default, DNS:*.example.org, IP Address:10.254.0.1, \
                 IP Address:FD00:0:0:0:0:0:0:1 ",
            ] {
                assert!(text.contains(expected), "{maker:?}: {expected}\n{text}");
            }
            let text_of_ca = flat(&referee.text(&ca.pem));
            for expected in [
                "Version: 3 (0x2)",
                "Issuer: CN=kubernetes ",
                "Subject: CN=kubernetes ",
                "X509v3 Basic Constraints: critical CA:TRUE, pathlen:0 ",
                "X509v3 Key Usage: critical Digital Signature, Certificate Sign, CRL Sign X509v3",
            ] {
                assert!(text_of_ca.contains(expected), "{maker:?}: {expected}\n{text_of_ca}");
            }
            assert!(!text_of_ca.contains("Extended Key Usage"));
            let id = |text: &str, what: &str| {
                let after = text.split(&format!("X509v3 {what} Key Identifier: ")).nth(1).unwrap();
                after.split(' ').next().unwrap().to_owned()
            };
            assert_eq!(id(&text, "Authority"), id(&text_of_ca, "Subject"));
            assert_eq!(id(&text, "Subject").len(), 20 * 3 - 1);

            let read = Certificate::read(&leaf.pem).unwrap();
            assert_eq!(read.subject(), asked.subject);
            assert_eq!(read.organizations(), ["system:masters"]);
            assert_eq!(read.names(), asked.names);
            assert_eq!(read.names().iter().map(Name::to_string).collect::<Vec<_>>(), names);
            assert_eq!(read.issuer_common_name(), "kubernetes");
            assert_eq!(read.public_key_pem(), referee.printed(&["x509", "-noout", "-pubkey"], &leaf.pem));
            let read = Certificate::read(&ca.pem).unwrap();
            assert!(read.is_authority() && read.names().is_empty());
            assert_eq!(read.is_signed_by(&read), Ok(()));
        }
    }
}

/// On one line, each word with a space after it.
fn flat(text: &str) -> String {
    text.split_whitespace().flat_map(|word| [word, " "]).collect()
}

#[test]
fn both_makers_make_the_same_but_for_the_serial_number_and_the_signature() {
    let Some(referee) = Referee::find() else { return };
    let makers = makers();
    for kind in [KeyType::EcdsaP256, KeyType::Rsa2048] {
        let (ca_key, key) = (Maker::Embedded.key(kind), Maker::Embedded.key(kind));
        let asked = profile("etcd", &["etcd.local", "10.0.0.1", "::1"], true, true);
        let texts = makers.iter().map(|maker| {
            let ca = Held { pem: maker.authority(&ca_key, &subject("ca"), LONG), key: ca_key.clone() };
            let leaf = maker.leaf(&ca, &key, &asked, LONG);
            // The types of the strings and dates too, which the text does not show.
            let types = referee.printed(&["asn1parse"], &leaf);
            let types: Vec<_> = types.lines().filter(|line| line.contains(" UTF8") || line.contains("TIME")).collect();
            let types: Vec<_> = types.iter().map(|line| line.split("prim:").nth(1).unwrap()).collect();
            (referee.text(&ca.pem), referee.text(&leaf), types.join("\n"))
        });
        let texts: Vec<_> = texts.collect();
        let [ours, theirs] = texts.as_slice() else { return };
        assert_eq!(ours, theirs);
        assert!(ours.2.contains("UTF8STRING") && ours.2.contains("UTCTIME"));
    }
}

#[test]
fn subjects_with_signs_of_openssls_own_come_back_as_they_were() {
    for maker in makers() {
        let ca = Held::authority(&maker, KeyType::EcdsaP256, "a/CN=b+O=c\\d, \"e\" #$ENV::HOME é");
        let mut asked = profile("system:node:one", &[], false, true);
        asked.subject.organization = Some("/=+\\ ,;<>#é$x".to_owned());
        let leaf = ca.signs(&maker, KeyType::EcdsaP256, &asked);
        let read = Certificate::read(&leaf.pem).unwrap();
        assert_eq!(read.subject(), asked.subject, "{maker:?}");
        assert_eq!(read.issuer_common_name(), "a/CN=b+O=c\\d, \"e\" #$ENV::HOME é", "{maker:?}");
        assert_eq!(read.is_signed_by(&Certificate::read(&ca.pem).unwrap()), Ok(()));
    }
}

#[test]
fn what_another_authority_of_the_same_name_has_signed_is_refused() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        for kind in [KeyType::EcdsaP256, KeyType::Rsa2048] {
            let (ca, other) = (Held::authority(&maker, kind, "ca"), Held::authority(&maker, kind, "ca"));
            let leaf = ca.signs(&maker, KeyType::EcdsaP256, &profile("x", &[], false, true));
            assert!(referee.verifies(&ca.pem, &leaf.pem, "sslclient"));
            assert!(!referee.verifies(&other.pem, &leaf.pem, "sslclient"));
            let read = Certificate::read(&leaf.pem).unwrap();
            let error = read.is_signed_by(&Certificate::read(&other.pem).unwrap());
            assert_eq!(error, Err(X509Error::BadSignature("CN=ca".to_owned())));
        }
    }
}

#[test]
fn a_certificate_belongs_to_its_own_key_in_every_form() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        for kind in [KeyType::EcdsaP256, KeyType::Rsa2048] {
            let held = Held::authority(&maker, kind, "ca");
            let read = Certificate::read(&held.pem).unwrap();
            assert_eq!(read.is_for_key(&held.key), Ok(true));
            let pkcs8 = referee.printed(&["pkcs8", "-topk8", "-nocrypt"], &held.key);
            assert_eq!(read.is_for_key(&pkcs8), Ok(true));
            assert_eq!(read.is_for_key(&maker.key(kind)), Ok(false));
            assert_eq!(read.is_for_key(&maker.key(KeyType::EcdsaP256)), Ok(false));
            // And what was brought as PKCS#8 signs, pasted into something else as it may be.
            let pasted = |text: &str| format!("pasted:\r\n    {}", text.replace('\n', "\r\n    "));
            let brought = Held { pem: pasted(&held.pem), key: pasted(&pkcs8) };
            let leaf = brought.signs(&maker, KeyType::EcdsaP256, &profile("x", &[], true, false));
            assert!(referee.verifies(&held.pem, &leaf.pem, "sslserver"));
        }
    }
}

#[test]
fn serial_numbers_are_random_and_positive_and_of_no_more_than_20_octets() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        let ca = Held::authority(&maker, KeyType::EcdsaP256, "ca");
        let all = (0..16).map(|_| maker.leaf(&ca, &ca.key, &profile("x", &[], true, false), LONG));
        let all: Vec<_> = all.chain([ca.pem.clone()]).collect();
        let serials =
            all.iter().map(|pem| referee.printed(&["x509", "-noout", "-serial"], pem)).collect::<BTreeSet<_>>();
        assert_eq!(serials.len(), all.len(), "{maker:?}");
        for serial in serials {
            let hex = serial.trim().strip_prefix("serial=").unwrap();
            // openssl shows the sign of a negative one.
            assert!(hex.chars().all(|c| c.is_ascii_hexdigit()), "{serial}");
            assert!((16..=40).contains(&hex.len()), "{serial}");
        }
    }
}

#[test]
fn dates_are_those_that_were_asked_for_and_change_their_form_in_2050() {
    let Some(referee) = Referee::find() else { return };
    for maker in makers() {
        let key = maker.key(KeyType::EcdsaP256);
        for (from, until, dates, types) in [
            (0, 1, "1970-01-01 00:00:00Z 1970-01-01 00:00:01Z", ["UTCTIME", "UTCTIME"]),
            (951_782_400, 2_524_607_999, "2000-02-29 00:00:00Z 2049-12-31 23:59:59Z", ["UTCTIME", "UTCTIME"]),
            (2_524_607_999, 2_524_608_000, "2049-12-31 23:59:59Z 2050-01-01 00:00:00Z", ["UTCTIME", "GENERALIZEDTIME"]),
            (
                2_524_608_000,
                253_402_300_799,
                "2050-01-01 00:00:00Z 9999-12-31 23:59:59Z",
                ["GENERALIZEDTIME", "GENERALIZEDTIME"],
            ),
        ] {
            let validity = Validity { not_before: from, not_after: until };
            let pem = maker.authority(&key, &subject("ca"), validity);
            let shown = referee.printed(&["x509", "-noout", "-startdate", "-enddate", "-dateopt", "iso_8601"], &pem);
            let shown: Vec<_> = shown.lines().map(|line| line.split('=').nth(1).unwrap()).collect();
            assert_eq!(shown.join(" "), dates, "{maker:?}");
            let parsed = referee.printed(&["asn1parse"], &pem);
            let found: Vec<_> = parsed.split_whitespace().filter(|word| word.ends_with("TIME")).collect();
            assert_eq!(found, types, "{maker:?} {dates}");
            let read = Certificate::read(&pem).unwrap();
            assert_eq!((read.not_before(), read.not_after()), (from, until), "{maker:?}");
        }
    }
}

#[test]
fn all_certificates_of_a_bundle_are_read_and_the_first_alone() {
    for maker in makers() {
        let (a, b) =
            (Held::authority(&maker, KeyType::EcdsaP256, "a"), Held::authority(&maker, KeyType::EcdsaP256, "b"));
        let indented = b.pem.replace('\n', "\r\n    ");
        let bundle = format!("the first\n{}{}\nthe second\n    {indented}\n{}", a.key, a.pem, b.key);
        let names: Vec<_> =
            Certificate::read_all(&bundle).unwrap().iter().map(|read| read.subject().common_name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(Certificate::read(&bundle).unwrap().subject().common_name, "a");
        assert!(matches!(Certificate::read_all(&bundle[..bundle.len() - b.key.len() - 40]), Err(X509Error::Truncated)));
    }
}
