//! Keys, subjects and names -> key pairs and certificates, made by openssl: what `keypair` and `x509` make, by the
//! field's own tool.

use super::{ToolError, find, run};
use crate::keypair::{KeyPair, PRIVATE_KEYS, neat};
use crate::x509::{self, CERTIFICATE, KeyType, Name, Profile, Subject, Validity, X509Error};
use der::DateTime;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// openssl, found.
#[derive(Clone, Debug)]
pub struct Openssl(PathBuf);

/// Who signs a certificate.
enum Signer<'a> {
    /// Its own key.
    Itself,
    /// An authority: its certificate and its key.
    Authority(&'a str, &'a str),
}

impl Openssl {
    /// Finds openssl on PATH.
    ///
    /// # Errors
    /// When it is missing.
    pub fn find() -> Result<Self, ToolError> {
        find("openssl", "install openssl, or use `--maker embedded`").map(Self)
    }

    /// A service account key pair.
    ///
    /// # Errors
    /// When openssl fails.
    pub fn key_pair(&self) -> Result<KeyPair, ToolError> {
        let private_pem = self.private_key(KeyType::EcdsaP256)?;
        let public_pem = self.public_key(&private_pem)?;
        Ok(KeyPair { private_pem, public_pem })
    }

    /// The public key of a private one.
    ///
    /// # Errors
    /// When openssl does not take the key.
    pub fn public_key(&self, private_pem: &str) -> Result<String, ToolError> {
        self.run(&["pkey", "-pubout"], private_pem.as_bytes())
    }

    /// A private key in the forms of [`crate::x509::private_key`].
    ///
    /// # Errors
    /// When openssl fails.
    pub fn private_key(&self, kind: KeyType) -> Result<Zeroizing<String>, ToolError> {
        let made = match kind {
            KeyType::EcdsaP256 => self.run(&["ecparam", "-name", "prime256v1", "-genkey", "-noout"], b""),
            KeyType::Rsa2048 => self.run(&["genrsa", "2048"], b""),
            KeyType::Rsa4096 => self.run(&["genrsa", "4096"], b""),
        };
        let key = Zeroizing::new(made?);
        // openssl 3 writes PKCS#8, and only there is the option that it takes to write PKCS#1.
        if key.contains("BEGIN PRIVATE KEY") {
            return self.run(&["rsa", "-traditional"], key.as_bytes()).map(Zeroizing::new);
        }
        Ok(key)
    }

    /// The certificate of an authority as [`crate::x509::authority`] makes it.
    ///
    /// # Errors
    /// Those of that function in [`ToolError::X509`]; when openssl fails.
    pub fn authority(&self, key_pem: &str, subject: &Subject, validity: Validity) -> Result<String, ToolError> {
        subject.check()?;
        let extensions = "basicConstraints = critical, CA:TRUE, pathlen:0\n\
            keyUsage = critical, keyCertSign, cRLSign, digitalSignature\n\
            subjectKeyIdentifier = hash\n";
        self.certificate(&Signer::Itself, key_pem, subject, extensions, validity)
    }

    /// A certificate that an authority signs, as [`crate::x509::leaf`] makes it.
    ///
    /// # Errors
    /// Those of that function in [`ToolError::X509`]; when openssl fails.
    pub fn leaf(
        &self,
        ca_pem: &str,
        ca_key_pem: &str,
        key_pem: &str,
        profile: &Profile,
        validity: Validity,
    ) -> Result<String, ToolError> {
        profile.check()?;
        x509::signer(ca_pem, ca_key_pem)?;
        let encipherment = if x509::is_rsa_key(key_pem)? { ", keyEncipherment" } else { "" };
        let purposes = match (profile.server, profile.client) {
            (true, true) => "serverAuth, clientAuth",
            (true, false) => "serverAuth",
            _ => "clientAuth",
        };
        let mut extensions = format!(
            "basicConstraints = critical, CA:FALSE\n\
             keyUsage = critical, digitalSignature{encipherment}\n\
             extendedKeyUsage = {purposes}\n\
             subjectKeyIdentifier = hash\n\
             authorityKeyIdentifier = keyid:always\n"
        );
        if !profile.names.is_empty() {
            extensions.push_str("subjectAltName = @names\n[names]\n");
        }
        for (number, name) in profile.names.iter().enumerate() {
            // What a name or an address is made of means nothing else in this file: `Profile::check`.
            let kind = if let Name::Ip(_) = name { "IP" } else { "DNS" };
            extensions.push_str(&format!("{kind}.{number} = {name}\n"));
        }
        self.certificate(&Signer::Authority(ca_pem, ca_key_pem), key_pem, &profile.subject, &extensions, validity)
    }

    /// Makes a certificate by `openssl req` and `openssl ca`, in a directory for its owner alone. Not by `openssl x509`,
    /// which before openssl 3.4 knows only a number of days from now, and the dates are to be those that were asked for.
    fn certificate(
        &self,
        signer: &Signer<'_>,
        key_pem: &str,
        subject: &Subject,
        extensions: &str,
        validity: Validity,
    ) -> Result<String, ToolError> {
        validity.check()?;
        let dir = tempfile::tempdir().map_err(io)?;
        write(&dir, "config", &format!("{CONFIG}{extensions}"))?;
        write(&dir, "database", "")?;
        // openssl is stricter than we are about what may be around and in a PEM block.
        let neat = |text: &str, labels: &[&'static str]| neat(text, labels).map_err(X509Error::from);
        write(&dir, "key", &neat(key_pem, &PRIVATE_KEYS)?)?;
        let (from, until) = (date(validity.not_before)?, date(validity.not_after)?);
        let name = distinguished(subject);
        let request = ["req", "-new", "-config", "config", "-key", "key", "-utf8", "-subj", &name, "-out", "request"];
        self.run_in(dir.path(), &request)?;
        let sign = ["ca", "-config", "config", "-in", "request", "-batch", "-notext", "-utf8", "-out", "certificate"];
        let dates = ["-startdate", &from, "-enddate", &until];
        let signer: &[&str] = match signer {
            Signer::Itself => &["-selfsign", "-keyfile", "key"],
            Signer::Authority(certificate, key) => {
                write(&dir, "ca", &neat(certificate, &[CERTIFICATE])?)?;
                write(&dir, "ca-key", &neat(key, &PRIVATE_KEYS)?)?;
                &["-cert", "ca", "-keyfile", "ca-key"]
            }
        };
        self.run_in(dir.path(), &[&sign[..], &dates, signer].concat())?;
        std::fs::read_to_string(dir.path().join("certificate")).map_err(io)
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<String, ToolError> {
        let output = run("openssl", Command::new(&self.0).args(arguments), input)?;
        String::from_utf8(output.stdout).map_err(|error| {
            // The error holds what was printed, which may be a key.
            drop(Zeroizing::new(error.into_bytes()));
            io(io::Error::other("it printed something else than text"))
        })
    }

    fn run_in(&self, dir: &Path, arguments: &[&str]) -> Result<(), ToolError> {
        run("openssl", Command::new(&self.0).current_dir(dir).args(arguments), b"").map(|_| ())
    }
}

/// What `openssl ca` needs to keep books, which are thrown away; its extensions come last, in a section of their own.
/// `preserve` keeps the order of the subject. Strings are UTF8String, as ours.
const CONFIG: &str = "\
[req]
distinguished_name = empty
string_mask = utf8only
[empty]
[ca]
default_ca = books
[books]
database = database
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
string_mask = utf8only
email_in_dn = no
preserve = yes
policy = any
x509_extensions = extensions
[any]
organizationName = optional
commonName = supplied
[extensions]
";

/// The argument of `-subj`, where `/`, `+` and `\` have a meaning.
fn distinguished(subject: &Subject) -> String {
    let quoted = |text: &str| {
        let quote = |c: char| if "/+\\".contains(c) { format!("\\{c}") } else { c.to_string() };
        text.chars().map(quote).collect::<String>()
    };
    let organization = subject.organization.as_deref().map(|name| format!("/O={}", quoted(name))).unwrap_or_default();
    format!("{organization}/CN={}", quoted(&subject.common_name))
}

/// A date as `openssl ca` reads it, YYYYMMDDHHMMSSZ.
fn date(seconds: u64) -> Result<String, ToolError> {
    let date = DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(|_| X509Error::TooLate)?;
    let (year, month, day) = (date.year(), date.month(), date.day());
    Ok(format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}Z", date.hour(), date.minutes(), date.seconds()))
}

/// A file for its owner alone.
fn write(dir: &TempDir, name: &str, content: &str) -> Result<(), ToolError> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(dir.path().join(name));
    file.and_then(|mut file| file.write_all(content.as_bytes())).map_err(io)
}

fn io(source: io::Error) -> ToolError {
    ToolError::Io { tool: "openssl", source }
}
