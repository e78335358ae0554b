//! Key pairs become sound keys in openssl's eyes, and openssl's private keys
//! the public keys that openssl derives from them.

mod common;

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tinderbox::keypair;

/// What openssl prints; it must succeed.
fn printed(openssl: &Path, arguments: &[&str], input: &str) -> String {
    let output = common::run(openssl, arguments, input);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn openssl_finds_a_generated_key_sound_and_derives_the_same_public_key() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    for _ in 0..8 {
        let pair = keypair::generate().unwrap();
        let check = printed(&openssl, &["pkey", "-check", "-noout"], &pair.private_pem);
        assert!(check.contains("Key is valid"), "{check}");
        let text = printed(&openssl, &["ec", "-noout", "-text"], &pair.private_pem);
        assert!(text.contains("ASN1 OID: prime256v1"));
        let public = printed(&openssl, &["ec", "-pubout"], &pair.private_pem);
        assert_eq!(public, pair.public_pem);
    }
}

#[test]
fn openssl_writes_a_generated_key_back_byte_for_byte() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    let pair = keypair::generate().unwrap();
    let private = printed(&openssl, &["ec"], &pair.private_pem);
    assert!(private == *pair.private_pem);
    let public = printed(&openssl, &["pkey", "-pubin"], &pair.public_pem);
    assert_eq!(public, pair.public_pem);
}

#[test]
fn a_signature_of_the_private_key_verifies_with_the_public_key() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    let pair = keypair::generate().unwrap();
    let directory = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let private = file("sa.key", &pair.private_pem);
    let public = file("sa.pub", &pair.public_pem);
    let signature = file("signature", "");
    let sign = ["dgst", "-sha256", "-sign", &private, "-out", &signature];
    printed(&openssl, &sign, "a token");
    let verify = ["dgst", "-sha256", "-verify", &public, "-signature"];
    let verify = [&verify[..], &[&signature]].concat();
    assert!(printed(&openssl, &verify, "a token").contains("Verified OK"));
    assert!(!common::run(&openssl, &verify, "another").status.success());
}

#[test]
fn two_generated_keys_differ() {
    let (a, b) = (keypair::generate().unwrap(), keypair::generate().unwrap());
    assert!(*a.private_pem != *b.private_pem);
    let same = keypair::same_public(&a.public_pem, &b.public_pem);
    assert_eq!(same, Ok(false));
    let same = keypair::same_public(&a.public_pem, &a.public_pem);
    assert_eq!(same, Ok(true));
}

#[test]
fn debug_output_shows_the_public_key_and_hides_the_private_one() {
    let pair = keypair::generate().unwrap();
    let shown = format!("{pair:?} {pair:#?}");
    assert!(shown.contains("PUBLIC KEY"));
    assert!(!shown.contains("PRIVATE KEY"));
    // The whole scalar is in the first line of base64 (bytes 7 to 38 of 48);
    // the last line holds nothing but a part of the public point.
    let scalar = pair.private_pem.lines().nth(1).unwrap();
    assert!(scalar.len() == 64 && !shown.contains(scalar));
}

#[test]
fn the_public_half_of_every_key_form_openssl_makes_is_the_one_openssl_derives() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    for arguments in [
        "ecparam -name prime256v1 -genkey -noout",
        // With an `EC PARAMETERS` block ahead of the key.
        "ecparam -name prime256v1 -genkey",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "genrsa -traditional 2048",
        "genrsa 2048",
        "genrsa -3 1024",
        "genrsa -traditional -primes 3 2048",
    ] {
        let words: Vec<_> = arguments.split(' ').collect();
        let private = printed(&openssl, &words, "");
        let public = printed(&openssl, &["pkey", "-pubout"], &private);
        assert_eq!(keypair::public_of(&private), Ok(public), "{arguments}");
    }
}

#[test]
fn a_key_with_a_compressed_point_gives_the_uncompressed_public_key() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    let pair = keypair::generate().unwrap();
    let compressed = ["ec", "-conv_form", "compressed"];
    let private = printed(&openssl, &compressed, &pair.private_pem);
    assert!(private.len() < pair.private_pem.len());
    assert_eq!(keypair::public_of(&private), Ok(pair.public_pem));
}

#[test]
fn indented_and_unwrapped_and_crlf_keys_are_read() {
    let pair = keypair::generate().unwrap();
    let lines: Vec<_> = pair.private_pem.lines().collect();
    let [head, body @ .., tail] = lines.as_slice() else {
        panic!("a PEM text has a first and a last line");
    };
    for text in [
        format!("{head}\n{}\n{tail}", body.concat()),
        lines.join("\r\n"),
        format!("service account\n  {}\n\n", lines.join("\n  ")),
    ] {
        assert_eq!(keypair::public_of(&text).as_ref(), Ok(&pair.public_pem));
    }
}

#[test]
fn an_rsa_public_key_is_the_same_in_both_of_its_pem_forms() {
    let Some(openssl) = common::referee("openssl") else {
        return;
    };
    let private = printed(&openssl, &["genrsa", "2048"], "");
    let spki = printed(&openssl, &["rsa", "-pubout"], &private);
    let pkcs1 = printed(&openssl, &["rsa", "-RSAPublicKey_out"], &private);
    assert!(pkcs1.starts_with("-----BEGIN RSA PUBLIC KEY-----"));
    assert_eq!(keypair::same_public(&spki, &pkcs1), Ok(true));
    let other = keypair::generate().unwrap().public_pem;
    assert_eq!(keypair::same_public(&other, &pkcs1), Ok(false));
}
