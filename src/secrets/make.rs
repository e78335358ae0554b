//! A cluster and a directory -> the keys and certificates that it lacks there, and, where that is asked for, its leaves
//! anew from the authorities that are there.

use super::directory::Directory;
use super::keychain::is_secret;
use super::verify::{self, Pair};
use super::{DAY, Problem, Source, diagnostic, is_in_store, now, rfc3339};
use crate::cluster::{self, Cluster};
use crate::keypair;
use crate::pki::{self, Authority, Leaf, certificate_file, key_file, node_leaves, shared_leaves};
use crate::report::{Diagnostic, OptionPath, Report};
use crate::toolchain::Openssl;
use crate::x509::{self, KeyType, Profile, Subject, Validity};
use base64ct::{Base64, Encoding};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::Path;
use zeroize::Zeroizing;

/// Who makes keys and certificates.
#[derive(Debug)]
pub enum Maker {
    /// This program.
    Embedded,
    /// openssl.
    Openssl(Openssl),
}

/// What is made anew though it is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Renew {
    /// Every certificate that is no authority's, for the key that it has.
    Leaves,
    /// The bootstrap token.
    Token,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Made {
    /// The names of the files that were written.
    pub files: Vec<String>,
    /// Everything that is wrong with what is there, and what could not be made.
    pub report: Report,
}

/// Makes what is missing in `dir`.
pub fn make(dir: &Path, cluster: &Cluster, maker: &Maker, renew: Option<Renew>) -> Made {
    let here = |message: String, help: &str| -> Made {
        let told = diagnostic(OptionPath::file(dir.display()), Problem::new("", message, help));
        Made { files: Vec::new(), report: told.into() }
    };
    if is_in_store(dir) {
        let message = "is in the Nix store, where everybody can read it".to_owned();
        return here(message, "keep secrets in a directory outside the store");
    }
    if Directory::is_media(dir) {
        let message = "is a tree of media that tinderbox has built".to_owned();
        return here(message, "choose another directory: the next build replaces this one as a whole");
    }
    let directory = match Directory::take(dir) {
        Ok(directory) => directory,
        Err(error) => return here(error.to_string(), "choose a directory of your own"),
    };
    let mut workshop = Workshop {
        cluster,
        maker,
        directory,
        source: Source::Directory(dir),
        renew,
        now: now(),
        signers: BTreeMap::new(),
        made: Vec::new(),
        problems: Report::default(),
    };
    if Directory::is_open(dir) {
        let message = "others can look into it";
        let told = Diagnostic::warning("keys", OptionPath::file(dir.display()), message);
        workshop.problems.push(told.help("`chmod 700` it"));
    }
    for authority in pki::authorities(cluster) {
        workshop.authority(authority);
    }
    if pki::needs_service_account(cluster) {
        workshop.service_account();
    }
    if pki::needs_encryption(cluster) {
        workshop.encryption_keys();
    }
    if pki::needs_token(cluster) {
        workshop.token();
    }
    let leaves = cluster.nodes.iter().flat_map(|node| node_leaves(cluster, node));
    for leaf in shared_leaves(cluster).into_iter().chain(leaves) {
        workshop.leaf(&leaf);
    }
    Made { files: workshop.made, report: workshop.problems }
}

/// An authority that can sign: its certificate, and its key where that is there.
struct Signer {
    certificate: x509::Certificate,
    text: Zeroizing<String>,
    key: Option<Zeroizing<String>>,
}

struct Workshop<'a> {
    cluster: &'a Cluster,
    maker: &'a Maker,
    directory: Directory,
    source: Source<'a>,
    renew: Option<Renew>,
    now: u64,
    signers: BTreeMap<Authority, Signer>,
    made: Vec<String>,
    problems: Report,
}

/// A certificate is valid a little earlier than it is made, as clocks differ.
const EARLIER: u64 = 300;

impl Workshop<'_> {
    fn tell(&mut self, problem: Problem) {
        self.problems.push(problem.at(&self.source));
    }

    fn failed(&mut self, file: &str, error: impl Display) {
        self.tell(Problem::new(file, format!("could not be made: {error}"), "mend that, and say the same again"));
    }

    fn read(&mut self, name: &str) -> Option<Zeroizing<String>> {
        if let Some(problem) = self.source.openness(name).filter(|_| is_secret(name)) {
            self.tell(problem);
        }
        self.source.text(name).unwrap_or_else(|problem| {
            self.tell(problem);
            None
        })
    }

    fn pair(&mut self, stem: &str) -> Pair {
        Pair { certificate: self.read(&certificate_file(stem)), key: self.read(&key_file(stem)) }
    }

    /// Writes a file that is not there, or is to be replaced; whether it did.
    fn write(&mut self, name: &str, content: &str, mode: u32, replace: bool) -> bool {
        let written = match replace {
            true => self.directory.replace(name, content.as_bytes(), mode),
            false => self.directory.write_new(name, content.as_bytes(), mode),
        };
        match written {
            Ok(()) => self.made.push(name.to_owned()),
            // It was not there to be read.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let message = "is there and leads nowhere: a link whose file is gone, or was made just now by another";
                self.tell(Problem::new(name, message, "look at it, remove it, and say the same again"));
            }
            Err(error) => self.failed(name, error),
        }
        self.made.last().is_some_and(|last| last == name)
    }

    /// A key that is there, or a new one.
    fn key(&mut self, stem: &str, there: Option<Zeroizing<String>>) -> Option<Zeroizing<String>> {
        if there.is_some() {
            return there;
        }
        let kind = match self.cluster.secrets.key_type {
            cluster::KeyType::EcdsaP256 => KeyType::EcdsaP256,
            cluster::KeyType::Rsa2048 => KeyType::Rsa2048,
            cluster::KeyType::Rsa4096 => KeyType::Rsa4096,
        };
        let made = match self.maker {
            Maker::Embedded => x509::private_key(kind).map_err(|error| error.to_string()),
            Maker::Openssl(openssl) => openssl.private_key(kind).map_err(|error| error.to_string()),
        };
        match made {
            Ok(key) => self.write(&key_file(stem), &key, 0o600, false).then_some(key),
            Err(error) => {
                self.failed(&key_file(stem), error);
                None
            }
        }
    }

    fn validity(&self, days: u32) -> Validity {
        Validity { not_before: self.now - EARLIER, not_after: self.now + u64::from(days) * DAY }
    }

    fn authority(&mut self, authority: Authority) {
        let stem = authority.stem();
        let is_foreign = authority == Authority::Etcd && pki::has_foreign_etcd(&self.cluster.etcd);
        let mut pair = self.pair(stem);
        if pair.certificate.is_none() && is_foreign {
            let help = "put there what the administrator of etcd gave you: its authority's certificate";
            return self.tell(Problem::new(certificate_file(stem), "is not there", help));
        }
        if pair.certificate.is_none() {
            let Some(key) = self.key(stem, pair.key.take()) else { return };
            let subject = authority.subject(self.cluster);
            let made = self.make_authority(&key, &subject);
            let Some(text) = self.written(&certificate_file(stem), made, false) else { return };
            pair = Pair { certificate: Some(text), key: Some(key) };
        }
        let signs = authority == Authority::Cluster && pki::needs_token(self.cluster);
        match verify::authority(authority, &pair, signs, self.now) {
            Ok((certificate, warnings)) => {
                warnings.into_iter().for_each(|warning| self.tell(warning));
                if let Some(text) = pair.certificate {
                    self.signers.insert(authority, Signer { certificate, text, key: pair.key });
                }
            }
            Err(problems) => problems.into_iter().for_each(|problem| self.tell(problem)),
        }
    }

    fn make_authority(&self, key: &str, subject: &Subject) -> Result<String, String> {
        let validity = self.validity(self.cluster.secrets.authority_days);
        match self.maker {
            Maker::Embedded => x509::authority(key, subject, validity).map_err(|error| error.to_string()),
            Maker::Openssl(openssl) => openssl.authority(key, subject, validity).map_err(|error| error.to_string()),
        }
    }

    /// What was made, written as `file`.
    fn written(&mut self, file: &str, made: Result<String, String>, replace: bool) -> Option<Zeroizing<String>> {
        match made {
            Ok(text) => self.write(file, &text, 0o644, replace).then(|| Zeroizing::new(text)),
            Err(error) => {
                self.failed(file, error);
                None
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let (file, key) = (certificate_file(&leaf.stem), key_file(&leaf.stem));
        let mut pair = self.pair(&leaf.stem);
        // Without its authority nothing can be said of it, and what is wrong with that has been said.
        let Some(signer) = self.signers.get(&leaf.authority) else { return };
        let can_sign = signer.key.is_some();
        let is_asked = self.renew == Some(Renew::Leaves) && (can_sign || !leaf.is_foreign);
        if pair.certificate.is_some() && !is_asked {
            if pair.key.is_none() {
                let help = "bring its key back, or move it away and let both be made";
                return self.tell(Problem::new(key, "is not there, and its certificate is", help));
            }
            let problems = verify::leaf(leaf, &pair, Some(&signer.certificate), self.now);
            return problems.into_iter().for_each(|problem| self.tell(problem));
        }
        if !can_sign {
            let (message, help) = match leaf.is_foreign {
                true => ("is not there".to_owned(), "put there what the administrator of etcd gave you".to_owned()),
                false => {
                    let key = key_file(leaf.authority.stem());
                    (format!("cannot be signed: {key} is not there"), format!("bring {key} for as long as it takes"))
                }
            };
            return self.tell(Problem::new(file, message, help));
        }
        let replace = pair.certificate.is_some();
        let Some(key) = self.key(&leaf.stem, pair.key.take()) else { return };
        let made = self.make_leaf(leaf.authority, &key, &leaf.profile);
        self.written(&file, made, replace);
    }

    fn make_leaf(&self, authority: Authority, key: &str, profile: &Profile) -> Result<String, String> {
        let Some(signer) = self.signers.get(&authority) else { return Err("its authority is missing".to_owned()) };
        let Some(ca_key) = &signer.key else { return Err("the key of its authority is missing".to_owned()) };
        let mut validity = self.validity(self.cluster.secrets.certificate_days);
        validity.not_after = validity.not_after.min(signer.certificate.not_after());
        match self.maker {
            Maker::Embedded => {
                x509::leaf(&signer.text, ca_key, key, profile, validity).map_err(|error| error.to_string())
            }
            Maker::Openssl(openssl) => {
                openssl.leaf(&signer.text, ca_key, key, profile, validity).map_err(|error| error.to_string())
            }
        }
    }

    fn service_account(&mut self) {
        let (private, public) = (pki::SERVICE_ACCOUNT_KEY, pki::SERVICE_ACCOUNT_PUBLIC);
        let (key, there) = (self.read(private), self.read(public));
        if let (None, Some(_)) = (&key, &there) {
            let help = format!("put {private} beside it, or move it away to make a new pair");
            return self.tell(Problem::new(public, "is there without its private key", help));
        }
        let Some(key) = self.key(private.trim_end_matches(".key"), key) else { return };
        if there.is_some() {
            let problems = verify::service_account(Some(&key), there.as_ref().map(|text| text.as_str()));
            return problems.into_iter().for_each(|problem| self.tell(problem));
        }
        let made = match self.maker {
            Maker::Embedded => keypair::public_of(&key).map_err(|error| error.to_string()),
            Maker::Openssl(openssl) => openssl.public_key(&key).map_err(|error| error.to_string()),
        };
        match made {
            Ok(text) => drop(self.write(public, &text, 0o644, false)),
            Err(error) => self.tell(Problem::new(private, error, "bring the right key, or move it away")),
        }
    }

    fn encryption_keys(&mut self) {
        let name = pki::ENCRYPTION_KEYS;
        if let Some(text) = self.read(name) {
            let problems = verify::encryption_keys(Some(&text));
            return problems.into_iter().for_each(|problem| self.tell(problem));
        }
        let mut bytes = Zeroizing::new([0; 32]);
        match getrandom::fill(bytes.as_mut()) {
            Ok(()) => {
                let line = Zeroizing::new(Base64::encode_string(bytes.as_ref()) + "\n");
                self.write(name, &line, 0o600, false);
            }
            Err(error) => self.failed(name, error),
        }
    }

    fn token(&mut self) {
        let name = pki::BOOTSTRAP_TOKEN;
        let there = self.read(name);
        if self.renew != Some(Renew::Token)
            && let Some(text) = &there
        {
            let found = match verify::token(Some(text)) {
                // It is short-lived by intent, and nothing else needs it; `build` tells where it is needed.
                Ok(end) => verify::expired_token(end, self.now).map(|told| Problem { is_warning: true, ..told }),
                Err(problem) => Some(problem),
            };
            return found.into_iter().for_each(|problem| self.tell(problem));
        }
        let end = self.now + u64::from(self.cluster.secrets.token_hours) * 3600;
        match random_token() {
            Ok(token) => {
                let text = Zeroizing::new(format!("{}\n{}\n", token.as_str(), rfc3339(end)));
                self.write(name, &text, 0o600, there.is_some());
            }
            Err(error) => self.failed(name, error),
        }
    }
}

/// Six and sixteen of 36 characters, each as likely as the others.
fn random_token() -> Result<Zeroizing<String>, getrandom::Error> {
    const CHARACTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut token = Zeroizing::new(String::with_capacity(23));
    while token.len() < 23 {
        let mut byte = [0];
        getrandom::fill(&mut byte)?;
        let [byte] = byte;
        if token.len() == 6 {
            token.push('.');
        }
        // 252 is the greatest multiple of 36 in a byte.
        if let Some(character) = CHARACTERS.get(usize::from(byte) % 36).filter(|_| byte < 252) {
            token.push(char::from(*character));
        }
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::addon::bootstrap::BootstrapToken;

    #[test]
    fn a_random_token_is_one() {
        for _ in 0..100 {
            assert!(BootstrapToken::parse(&random_token().unwrap()).is_ok());
        }
    }
}
