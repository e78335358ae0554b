//! Texts that are no usable key become errors that say why and quote nothing.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use proptest::prelude::*;
use tempfile::TempDir;
use tinderbox::keypair::{self, KeyError, KeyPair};

/// One key pair for the tests that only need some sound key to spoil.
static PAIR: LazyLock<KeyPair> = LazyLock::new(|| keypair::generate().unwrap());

/// What openssl prints for `arguments`, where `KEY` stands for the path of a
/// file with the private key of [`PAIR`]; it must succeed.
fn printed(openssl: &Path, arguments: &str) -> String {
    let directory = TempDir::new().unwrap();
    let key = directory.path().join("key");
    fs::write(&key, &*PAIR.private_pem).unwrap();
    let arguments = arguments.replace("KEY", key.to_str().unwrap());
    let output = Command::new(openssl).args(arguments.split(' ')).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

fn framed(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&body).unwrap()
}

#[test]
fn keys_openssl_makes_that_cannot_be_used_are_named_errors() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    for (arguments, error) in [
        ("ecparam -name secp384r1 -genkey -noout", KeyError::UnknownCurve),
        ("ecparam -name secp256k1 -genkey", KeyError::UnknownCurve),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", KeyError::UnknownCurve),
        ("genpkey -algorithm ed25519", KeyError::UnknownAlgorithm),
        ("genpkey -algorithm RSA-PSS", KeyError::UnknownAlgorithm),
        ("ec -in KEY -aes128 -passout pass:secret", KeyError::Encrypted),
        ("pkcs8 -topk8 -in KEY -passout pass:secret", KeyError::Encrypted),
        ("req -x509 -key KEY -subj /CN=x -days 9", KeyError::OtherKind("a certificate")),
        ("ec -in KEY -pubout", KeyError::OtherKind("a public key")),
        ("ecparam -name prime256v1", KeyError::OtherKind("nothing that Kubernetes reads as a key")),
    ] {
        let text = printed(&openssl, arguments);
        assert_eq!(keypair::public_of(&text), Err(error), "{arguments}");
    }
}

#[test]
fn a_private_key_where_a_public_one_belongs_is_a_named_error() {
    assert_eq!(keypair::same_public(&PAIR.public_pem, &PAIR.private_pem), Err(KeyError::OtherKind("a private key")));
}

#[test]
fn texts_that_are_no_whole_key_are_named_errors() {
    let lines: Vec<_> = PAIR.private_pem.lines().collect();
    let [head, body @ .., tail] = lines.as_slice() else {
        panic!("a PEM text has a first and a last line");
    };
    let short = &body[..body.len() - 1].join("\n");
    for (text, error) in [
        (String::new(), KeyError::NotPem),
        (body.join("\n"), KeyError::NotPem),
        ("-----BEGIN EC PRIVATE".to_owned(), KeyError::Truncated),
        (format!("{head}\n{}", body.join("\n")), KeyError::Truncated),
        (format!("{head}\n{short}\n{tail}"), KeyError::Truncated),
        (format!("{head}\n{tail}"), KeyError::Truncated),
        (format!("{head}\n!!!!\n{tail}"), KeyError::NotBase64),
        (format!("{head}\nAAAAAAAA\n{tail}"), KeyError::Malformed("EC private key")),
    ] {
        assert_eq!(keypair::public_of(&text), Err(error));
    }
}

#[test]
fn a_private_key_with_another_keys_public_half_is_an_error() {
    let other = keypair::generate().unwrap();
    let (mut mixed, other) = (der(&PAIR.private_pem), der(&other.private_pem));
    // The point's coordinates end both keys.
    let at = mixed.len() - 64;
    mixed[at..].copy_from_slice(&other[at..]);
    let text = framed("EC PRIVATE KEY", &Base64::encode_string(&mixed));
    assert_eq!(keypair::public_of(&text), Err(KeyError::Mismatch));
}

#[test]
fn a_scalar_of_zero_or_beyond_the_curves_order_is_an_error() {
    for byte in [0x00, 0xff] {
        let mut key = der(&PAIR.private_pem);
        key[7..39].fill(byte);
        let text = framed("EC PRIVATE KEY", &Base64::encode_string(&key));
        let error = KeyError::Malformed("EC private key");
        assert_eq!(keypair::public_of(&text), Err(error));
    }
}

#[test]
fn no_error_message_quotes_the_text_it_is_about() {
    let marker = "c2VjcmV0";
    for text in [
        marker.to_owned(),
        format!("-----BEGIN {marker}"),
        framed(marker, ""),
        framed("PRIVATE KEY", marker),
        framed("PRIVATE KEY", &format!("{marker}!")),
    ] {
        let error = keypair::public_of(&text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(marker));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_in_any_frame_is_an_error_and_never_a_panic(
        text in "\\PC{0,80}",
        label in "(EC |RSA )?(PRIVATE|PUBLIC) KEY",
    ) {
        for text in [framed(&label, &text), text] {
            prop_assert!(keypair::public_of(&text).is_err());
            prop_assert!(keypair::same_public(&text, &text).is_err());
        }
    }

    #[test]
    fn any_der_in_any_frame_never_panics(
        at in 0_usize..121,
        with in any::<u8>(),
        label in "(EC |RSA )?(PRIVATE|PUBLIC) KEY",
    ) {
        let mut key = der(&PAIR.private_pem);
        key[at] = with;
        let whole = framed(&label, &Base64::encode_string(&key));
        let cut = framed(&label, &Base64::encode_string(&key[..at]));
        for text in [whole, cut] {
            let _ = keypair::public_of(&text);
            let _ = keypair::same_public(&text, &text);
        }
    }

    #[test]
    fn a_key_with_one_character_changed_or_cut_off_never_panics(at in 0_usize..200, with in "[ -~]") {
        let mut changed = PAIR.private_pem.to_string();
        changed.replace_range(at..=at, &with);
        let _ = keypair::public_of(&changed);
        prop_assert!(keypair::public_of(&PAIR.private_pem[..at]).is_err());
    }
}
