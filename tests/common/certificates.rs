//! Authorities and certificates for tests, by both makers, and what openssl says of them.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;
use tinderbox::toolchain::Openssl;
use tinderbox::x509::{self, KeyType, Name, Profile, Subject, Validity};

/// 2001-09-09 to 2099-12-31: no test asks what time it is.
pub const LONG: Validity = Validity { not_before: 1_000_000_000, not_after: 4_102_444_799 };

/// One of the two ways to make a certificate.
#[derive(Debug)]
pub enum Maker {
    Embedded,
    Openssl(Openssl),
}

/// Both makers; none, and a note, where openssl is not on PATH.
pub fn makers() -> Vec<Maker> {
    match Openssl::find() {
        Ok(openssl) => vec![Maker::Embedded, Maker::Openssl(openssl)],
        Err(_) => {
            super::skip("openssl on PATH");
            vec![]
        }
    }
}

impl Maker {
    pub fn key(&self, kind: KeyType) -> String {
        match self {
            Self::Embedded => x509::private_key(kind).unwrap().to_string(),
            Self::Openssl(openssl) => openssl.private_key(kind).unwrap().to_string(),
        }
    }

    pub fn authority(&self, key: &str, subject: &Subject, validity: Validity) -> String {
        match self {
            Self::Embedded => x509::authority(key, subject, validity).unwrap(),
            Self::Openssl(openssl) => openssl.authority(key, subject, validity).unwrap(),
        }
    }

    pub fn leaf(&self, ca: &Held, key: &str, profile: &Profile, validity: Validity) -> String {
        match self {
            Self::Embedded => x509::leaf(&ca.pem, &ca.key, key, profile, validity).unwrap(),
            Self::Openssl(openssl) => openssl.leaf(&ca.pem, &ca.key, key, profile, validity).unwrap(),
        }
    }
}

/// A certificate and its key.
pub struct Held {
    pub pem: String,
    pub key: String,
}

impl Held {
    /// An authority with a new key.
    pub fn authority(maker: &Maker, kind: KeyType, common_name: &str) -> Self {
        let key = maker.key(kind);
        Self { pem: maker.authority(&key, &subject(common_name), LONG), key }
    }

    /// What `self` has signed, with a new key.
    pub fn signs(&self, maker: &Maker, kind: KeyType, profile: &Profile) -> Self {
        let key = maker.key(kind);
        Self { pem: maker.leaf(self, &key, profile, LONG), key }
    }
}

pub fn subject(common_name: &str) -> Subject {
    Subject { common_name: common_name.to_owned(), organization: None }
}

/// A profile for `names`, each an address or a DNS name.
pub fn profile(common_name: &str, names: &[&str], server: bool, client: bool) -> Profile {
    let name = |name: &&str| name.parse().map_or_else(|_| Name::Dns((*name).to_owned()), Name::Ip);
    Profile { subject: subject(common_name), names: names.iter().map(name).collect(), server, client }
}

/// openssl, in a directory for the files that it reads.
pub struct Referee {
    pub openssl: PathBuf,
    pub dir: TempDir,
}

impl Referee {
    /// Nothing, and a note, where openssl is missing.
    pub fn find() -> Option<Self> {
        Some(Self { openssl: super::referee("openssl")?, dir: TempDir::new().unwrap() })
    }

    /// The path of a file with that text.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What openssl prints; it must succeed.
    pub fn printed(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        super::run(&self.openssl, arguments, input)
    }

    /// Whether openssl finds that `ca` has signed `pem`, and that it is fit for `purpose`, by the letter of RFC 5280.
    pub fn verifies(&self, ca: &str, pem: &str, purpose: &str) -> bool {
        let (ca, pem) = (self.file("ca.pem", ca), self.file("leaf.pem", pem));
        self.run(&["verify", "-x509_strict", "-purpose", purpose, "-CAfile", &ca, &pem], "").status.success()
    }

    /// `openssl x509 -text`, with lines in which the random parts are left out.
    pub fn text(&self, pem: &str) -> String {
        self.printed(&["x509", "-noout", "-text", "-certopt", "no_serial,no_sigdump", "-nameopt", "RFC2253"], pem)
    }

    /// A certificate that openssl makes of itself, with what is asked for and nothing of ours.
    pub fn foreign_authority(&self, key: &str, common_name: &str, options: &[&str]) -> String {
        let key = self.file("foreign.key", key);
        let config = self.file("empty.cnf", "[req]\ndistinguished_name = empty\n[empty]\n");
        let name = format!("/CN={common_name}");
        let request = ["req", "-new", "-x509", "-config", &config, "-key", &key, "-subj", &name, "-days", "9999"];
        self.printed(&[&request, options].concat(), "")
    }

    /// A certificate for `common_name` that `ca` signs by `openssl x509 -req`.
    pub fn foreign_leaf(&self, ca: &Held, common_name: &str, options: &[&str]) -> String {
        let ca = (self.file("foreign-ca.pem", &ca.pem), self.file("foreign-ca.key", &ca.key));
        let key = self.printed(&["ecparam", "-name", "prime256v1", "-genkey", "-noout"], "");
        let key = self.file("foreign-leaf.key", &key);
        let config = self.file("empty.cnf", "[req]\ndistinguished_name = empty\n[empty]\n");
        let name = format!("/CN={common_name}");
        let request = self.printed(&["req", "-new", "-config", &config, "-key", &key, "-subj", &name], "");
        let sign = ["x509", "-req", "-CA", &ca.0, "-CAkey", &ca.1, "-set_serial", "7", "-days", "9999"];
        self.printed(&[&sign, options].concat(), &request)
    }
}
