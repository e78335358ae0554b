//! The keys and certificates of a cluster, where they are kept -> those that the media of each node are made with, held
//! against the cluster before anything is made.

use super::verify::{self, Pair};
use super::{Problem, Source, diagnostic, is_in_store, now};
use crate::cluster::{Cluster, Node, SecretsSource};
use crate::pki::{self, Authority, KeySource, Keys, Leaf, certificate_file, key_file, node_leaves, shared_leaves};
use crate::report::{Diagnostic, OptionPath, Report};
use crate::x509::Certificate;
use std::collections::BTreeMap;
use std::sync::Mutex;
use zeroize::Zeroizing;

type Texts = BTreeMap<String, Zeroizing<String>>;

/// What is no single node's has been read and found right; what is a node's is read when it is asked for.
pub struct Keychain<'a> {
    cluster: &'a Cluster,
    source: Source<'a>,
    now: u64,
    authorities: BTreeMap<Authority, Certificate>,
    shared: Texts,
    token: Option<Problem>,
    warnings: Mutex<Report>,
}

impl KeySource for Keychain<'_> {
    fn shared(&self) -> Keys {
        Keys::new(self.shared.clone())
    }

    fn of(&self, node: &Node) -> Result<Keys, Report> {
        let mut texts = self.shared.clone();
        let mut problems = self.read_leaves(&node_leaves(self.cluster, node), &mut texts);
        problems.extend(self.token.iter().filter(|_| pki::bootstraps(self.cluster, node)).cloned());
        self.judge(problems)?;
        Ok(Keys::new(texts))
    }
}

impl<'a> Keychain<'a> {
    /// Reads what is no single node's.
    ///
    /// # Errors
    /// Every file that is missing or wrong.
    pub fn open(cluster: &'a Cluster, source: Source<'a>) -> Result<Self, Report> {
        if let Source::Directory(dir) = source
            && is_in_store(dir)
        {
            let message = "is in the Nix store, where everybody can read it";
            return Err(diagnostic(
                OptionPath::file(dir.display()),
                Problem::new("", message, "keep secrets in a directory outside the store"),
            )
            .into());
        }
        let now = now();
        let mut keychain = Self {
            cluster,
            source,
            now,
            authorities: BTreeMap::new(),
            shared: Texts::new(),
            token: None,
            warnings: Mutex::default(),
        };
        let mut problems = keychain.read_authorities();
        problems.extend(keychain.read_texts());
        let shared = shared_leaves(cluster);
        let mut texts = Texts::new();
        problems.extend(keychain.read_leaves(&shared, &mut texts));
        keychain.shared.extend(texts);
        problems.extend(keychain.unknown_names());
        keychain.judge(problems)?;
        Ok(keychain)
    }

    /// What was found besides, such as certificates that are about to expire, each once.
    pub fn warnings(&self) -> Report {
        let mut all = std::mem::take(&mut *lock(&self.warnings));
        let mut seen = std::collections::BTreeSet::new();
        let mut distinct = Report::default();
        let fresh = |warning: &&Diagnostic| seen.insert((warning.path.clone(), warning.message.clone()));
        all.diagnostics().iter().filter(fresh).cloned().for_each(|warning| distinct.push(warning));
        std::mem::swap(&mut all, &mut distinct);
        all
    }

    fn read(&self, name: &str, problems: &mut Vec<Problem>) -> Option<Zeroizing<String>> {
        problems.extend(self.source.openness(name).filter(|_| is_secret(name)));
        self.source.text(name).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        })
    }

    fn pair(&self, stem: &str, problems: &mut Vec<Problem>) -> Pair {
        let certificate = self.read(&certificate_file(stem), problems);
        let key = self.read(&key_file(stem), problems);
        Pair { certificate, key }
    }

    fn read_authorities(&mut self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for authority in pki::authorities(self.cluster) {
            let signs = authority == Authority::Cluster && pki::needs_token(self.cluster);
            let mut pair = self.pair(authority.stem(), &mut problems);
            if !signs {
                // No machine gets it, so it may be elsewhere.
                pair.key = None;
            }
            match verify::authority(authority, &pair, signs, self.now) {
                Ok((certificate, warnings)) => {
                    self.authorities.insert(authority, certificate);
                    problems.extend(warnings);
                }
                Err(found) => problems.extend(found),
            }
            self.keep(authority.stem(), pair);
        }
        problems
    }

    fn keep(&mut self, stem: &str, pair: Pair) {
        self.shared.extend(pair.certificate.map(|text| (certificate_file(stem), text)));
        self.shared.extend(pair.key.map(|text| (key_file(stem), text)));
    }

    fn read_texts(&mut self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut needed: Vec<&str> = Vec::new();
        if pki::needs_service_account(self.cluster) {
            needed.extend([pki::SERVICE_ACCOUNT_KEY, pki::SERVICE_ACCOUNT_PUBLIC]);
        }
        needed.extend(pki::needs_encryption(self.cluster).then_some(pki::ENCRYPTION_KEYS));
        needed.extend(pki::needs_token(self.cluster).then_some(pki::BOOTSTRAP_TOKEN));
        for name in &needed {
            let text = self.read(name, &mut problems);
            self.shared.extend(text.map(|text| ((*name).to_owned(), text)));
        }
        let text = |name: &str| self.shared.get(name).map(|text| text.as_str());
        if pki::needs_service_account(self.cluster) {
            let [private, public] = [pki::SERVICE_ACCOUNT_KEY, pki::SERVICE_ACCOUNT_PUBLIC].map(text);
            problems.extend(verify::service_account(private, public));
        }
        if pki::needs_encryption(self.cluster) {
            problems.extend(verify::encryption_keys(text(pki::ENCRYPTION_KEYS)));
        }
        if pki::needs_token(self.cluster) {
            match verify::token(text(pki::BOOTSTRAP_TOKEN)) {
                // One that is over is of no use to a worker, and no harm to a control plane.
                Ok(end) => self.token = verify::expired_token(end, self.now),
                Err(problem) => problems.push(problem),
            }
        }
        problems
    }

    fn read_leaves(&self, leaves: &[Leaf], texts: &mut Texts) -> Vec<Problem> {
        let mut problems = Vec::new();
        for leaf in leaves {
            let pair = self.pair(&leaf.stem, &mut problems);
            problems.extend(verify::leaf(leaf, &pair, self.authorities.get(&leaf.authority), self.now));
            texts.extend(pair.certificate.map(|text| (certificate_file(&leaf.stem), text)));
            texts.extend(pair.key.map(|text| (key_file(&leaf.stem), text)));
        }
        problems
    }

    /// In a description there should be nothing else.
    fn unknown_names(&self) -> Vec<Problem> {
        let Source::Store(texts) = self.source else { return Vec::new() };
        let needed = pki::needed_files(self.cluster);
        let is_unknown = |name: &&String| !needed.contains(name);
        let message = "is no file that the cluster needs";
        texts.keys().filter(is_unknown).map(|name| Problem::new(name, message, "remove it")).collect()
    }

    /// Keeps the warnings; the errors, if there are any, are what comes back.
    fn judge(&self, problems: Vec<Problem>) -> Result<(), Report> {
        let mut errors = Report::default();
        for problem in problems {
            let is_warning = problem.is_warning;
            let told = problem.at(&self.source);
            if is_warning { lock(&self.warnings).push(told) } else { errors.push(told) }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Whether a file of the directory of keys is for its owner alone.
pub fn is_secret(name: &str) -> bool {
    name.ends_with(".key") || [pki::ENCRYPTION_KEYS, pki::BOOTSTRAP_TOKEN].contains(&name)
}

/// Whether the machines are given something that is read from somewhere.
pub fn is_needed(cluster: &Cluster) -> bool {
    cluster.secrets.source != SecretsSource::FirstBoot && !pki::needed_files(cluster).is_empty()
}

/// The content of a mutex; what a thread that panicked left there is as good as any, as the panic goes on.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
