//! The texts of keys and certificates, and what the cluster needs them to be -> what is wrong with them.

use super::{DAY, Problem, SOON_DAYS, rfc3339, seconds};
use crate::k8s::addon::bootstrap::BootstrapToken;
use crate::k8s::encryption::EncryptionKey;
use crate::keypair;
use crate::pki::{Authority, BOOTSTRAP_TOKEN, ENCRYPTION_KEYS, Leaf, SERVICE_ACCOUNT_KEY, SERVICE_ACCOUNT_PUBLIC};
use crate::pki::{certificate_file, key_file};
use crate::x509::Certificate;
use zeroize::Zeroizing;

/// What makes a file that is missing.
pub const MAKE: &str = "`tinderbox keys` with this directory makes what is missing";
/// What makes a certificate anew.
pub const RENEW: &str = "`tinderbox keys --renew leaf` with this directory makes it anew";

/// The texts of a certificate and of its key, where they are there.
#[derive(Default)]
pub struct Pair {
    pub certificate: Option<Zeroizing<String>>,
    pub key: Option<Zeroizing<String>>,
}

/// The certificate of an authority; its key too, where it is there or `needs_key`.
pub fn authority(
    authority: Authority,
    pair: &Pair,
    needs_key: bool,
    now: u64,
) -> Result<(Certificate, Vec<Problem>), Vec<Problem>> {
    let (file, key_file) = (certificate_file(authority.stem()), key_file(authority.stem()));
    let Some(text) = &pair.certificate else { return Err(vec![missing(&file, MAKE)]) };
    let move_away = "move it away together with all that it signed, and make them anew; or bring the right one";
    let certificate =
        Certificate::read(text).map_err(|error| vec![Problem::new(&file, error.to_string(), move_away)])?;
    let mut problems = Vec::new();
    if !certificate.is_authority() {
        problems.push(Problem::new(&file, "is the certificate of no authority", move_away));
    }
    problems.extend(expiry(&certificate, &file, now, move_away));
    match &pair.key {
        Some(key) => problems.extend(own_key(&certificate, key, &key_file, move_away)),
        None if needs_key => {
            problems.push(missing(&key_file, "bring it back: the control plane signs kubelets' certificates with it"));
        }
        None => {}
    }
    if problems.iter().all(|problem| problem.is_warning) { Ok((certificate, problems)) } else { Err(problems) }
}

/// A leaf, as its authority `ca` should have signed it.
pub fn leaf(leaf: &Leaf, pair: &Pair, ca: Option<&Certificate>, now: u64) -> Vec<Problem> {
    let (file, key_file) = (certificate_file(&leaf.stem), key_file(&leaf.stem));
    let help = if leaf.is_foreign { "ask who runs etcd for a new one" } else { RENEW };
    let make = if leaf.is_foreign { "put there what the administrator of etcd gave you" } else { MAKE };
    let mut problems = Vec::new();
    if pair.key.is_none() {
        problems.push(missing(&key_file, make));
    }
    let Some(text) = &pair.certificate else {
        problems.push(missing(&file, make));
        return problems;
    };
    let certificate = match Certificate::read(text) {
        Ok(certificate) => certificate,
        Err(error) => {
            problems.push(Problem::new(&file, error.to_string(), help));
            return problems;
        }
    };
    if let Some(key) = &pair.key {
        problems.extend(own_key(&certificate, key, &key_file, help));
    }
    if let Some(Err(error)) = ca.map(|ca| certificate.is_signed_by(ca)) {
        problems.push(Problem::new(&file, error.to_string(), help));
    }
    problems.extend(expiry(&certificate, &file, now, help));
    let profile = &leaf.profile;
    let subject = certificate.subject();
    if !leaf.is_foreign && subject != profile.subject {
        let of = |subject: &crate::x509::Subject| match &subject.organization {
            Some(group) => format!("{} of {group}", subject.common_name),
            None => subject.common_name.clone(),
        };
        let message = format!("is of {}, and should be of {}", of(&subject), of(&profile.subject));
        problems.push(Problem::new(&file, message, help));
    }
    for (what, wanted, has) in
        [("servers", profile.server, certificate.server()), ("clients", profile.client, certificate.client())]
    {
        if wanted && !has {
            problems.push(Problem::new(&file, format!("is not for {what}"), help));
        }
    }
    let names = certificate.names();
    let lacking: Vec<_> = profile.names.iter().filter(|name| !names.contains(name)).map(ToString::to_string).collect();
    if !lacking.is_empty() {
        let message = format!("is not for {}, by which it is reached", lacking.join(", "));
        problems.push(Problem::new(&file, message, help));
    }
    problems
}

/// The pair that signs and checks tokens of service accounts.
pub fn service_account(private: Option<&str>, public: Option<&str>) -> Vec<Problem> {
    let files = [(SERVICE_ACCOUNT_KEY, private), (SERVICE_ACCOUNT_PUBLIC, public)];
    let mut problems: Vec<_> =
        files.into_iter().filter(|(_, text)| text.is_none()).map(|(file, _)| missing(file, MAKE)).collect();
    if let (Some(private), Some(public)) = (private, public)
        && let Err(error) = keypair::matching(private, public)
    {
        let help = "move both away to make a new pair; every token of a service account is void then";
        problems.push(Problem::new(SERVICE_ACCOUNT_KEY, error.to_string(), help));
    }
    problems
}

/// The keys that Secrets are encrypted with.
pub fn encryption_keys(text: Option<&str>) -> Vec<Problem> {
    let Some(text) = text else { return vec![missing(ENCRYPTION_KEYS, MAKE)] };
    let help = "a line is 32 random bytes in base64; what was encrypted with a key can only be read with that key";
    let wrong = |(n, line): (usize, &str)| {
        let error = EncryptionKey::parse("key", line).err()?;
        Some(Problem::new(ENCRYPTION_KEYS, format!("line {}: {error}", n + 1), help))
    };
    match text.lines().count() {
        0 => vec![Problem::new(ENCRYPTION_KEYS, "is empty", help)],
        _ => text.lines().enumerate().filter_map(wrong).collect(),
    }
}

/// What makes a bootstrap token anew.
const NEW_TOKEN: &str = "`tinderbox keys --renew token` with this directory makes a new one";

/// The time that the bootstrap token ends.
pub fn token(text: Option<&str>) -> Result<u64, Problem> {
    let Some(text) = text else { return Err(missing(BOOTSTRAP_TOKEN, MAKE)) };
    let mut lines = text.lines();
    let (token, end) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if let Err(error) = BootstrapToken::parse(token) {
        return Err(Problem::new(BOOTSTRAP_TOKEN, format!("the token {error}"), NEW_TOKEN));
    }
    seconds(end).ok_or_else(|| Problem::new(BOOTSTRAP_TOKEN, "has no time of its end in the second line", NEW_TOKEN))
}

/// A bootstrap token that is over: a machine that boots with it for the first time is refused.
pub fn expired_token(end: u64, now: u64) -> Option<Problem> {
    (end <= now).then(|| Problem::new(BOOTSTRAP_TOKEN, format!("has expired on {}", rfc3339(end)), NEW_TOKEN))
}

fn missing(file: &str, help: &str) -> Problem {
    Problem::new(file, "is not there", help)
}

fn own_key(certificate: &Certificate, key: &str, key_file: &str, help: &str) -> Option<Problem> {
    match certificate.is_for_key(key) {
        Ok(true) => None,
        Ok(false) => Some(Problem::new(key_file, "is not the key of the certificate beside it", help)),
        Err(error) => Some(Problem::new(key_file, error.to_string(), "bring the right key, or move both away")),
    }
}

fn expiry(certificate: &Certificate, file: &str, now: u64, help: &str) -> Option<Problem> {
    let (begin, end) = (certificate.not_before(), certificate.not_after());
    if end < now {
        Some(Problem::new(file, format!("has expired on {}", rfc3339(end)), help))
    } else if begin > now {
        let message = format!("is valid from {} on only", rfc3339(begin));
        Some(Problem::new(file, message, "look at the clock of this machine"))
    } else if end < now + SOON_DAYS * DAY {
        let message = format!("expires on {}, in {} days", rfc3339(end), (end - now) / DAY);
        Some(Problem { is_warning: true, ..Problem::new(file, message, help) })
    } else {
        None
    }
}
