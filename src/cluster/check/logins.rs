//! Rules for who may log in.

use super::super::facts::Facts;
use super::Findings;
use ssh_key::PublicKey;

pub fn ssh_keys(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        for (n, key) in node.spec.user.ssh_authorized_keys.iter().enumerate() {
            if let Some(problem) = key_problem(key) {
                findings.error(
                    node.option("user.sshAuthorizedKeys").index(n),
                    format!("{} {problem}", excerpt(key, 24)),
                    "give the content of a .pub file, such as ~/.ssh/id_ed25519.pub, one line a key",
                );
            }
        }
    }
}

/// What is wrong with a line of `authorized_keys` (sshd(8), "AUTHORIZED_KEYS FILE FORMAT").
pub(super) fn key_problem(key: &str) -> Option<&'static str> {
    if key.contains("PRIVATE KEY") {
        return Some("is a private key; it must never leave its owner");
    }
    if key.trim_end_matches('\n').contains(['\n', '\r']) {
        return Some("has more than one line");
    }
    if key.trim().is_empty() {
        return Some("is empty");
    }
    if key != key.trim() {
        return Some("has spaces or a line break around it");
    }
    let good = is_key(key) || behind_options(key).is_some_and(is_key);
    (!good).then_some("is not a public key of OpenSSH")
}

/// Whether `text` is a key, with whatever comment.
fn is_key(text: &str) -> bool {
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    let (Some(kind), Some(data)) = (words.next(), words.next()) else { return false };
    PublicKey::from_openssh(&format!("{kind} {data}")).is_ok()
}

/// What is left behind the options: they end at the first blank outside of quotes, and `\"` is no quote (OpenSSH,
/// auth2-pubkeyfile.c).
fn behind_options(line: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            ' ' | '\t' if !quoted => return line.get(at..),
            _ => {}
        }
        escaped = c == '\\';
    }
    None
}

/// The beginning of a value that is too long or too private to be shown whole.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    // Not even a part of a private key is repeated.
    if text.contains("PRIVATE KEY") {
        return "the value".to_owned();
    }
    let start: String = text.chars().take(most).collect();
    if start.len() < text.len() { format!("\"{}…\"", start.escape_debug()) } else { format!("{text:?}") }
}

pub fn password_hash(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        if let Some(hash) = &node.spec.user.password_hash
            && let Some(problem) = hash_problem(hash)
        {
            findings.error(
                node.option("user.passwordHash"),
                format!("{} {problem}", hash_excerpt(hash, 6)),
                "make one with `mkpasswd -m sha-512` or `openssl passwd -6`, or leave it null",
            );
        }
    }
}

/// The beginning of a hash. What is none may be a password, of which nothing is repeated.
pub(super) fn hash_excerpt(hash: &str, most: usize) -> String {
    if hash.starts_with('$') { excerpt(hash, most) } else { "the value".to_owned() }
}

/// What is wrong with a crypt(3) hash, for the glibc of Container Linux: MD5, SHA-256 and SHA-512 are all it knows
/// (glibc manual, "Passphrase Storage"), libxcrypt's bcrypt and yescrypt it does not.
pub(super) fn hash_problem(hash: &str) -> Option<&'static str> {
    let mut fields = hash.split('$');
    let (Some(""), Some(method)) = (fields.next(), fields.next()) else {
        return Some("is not a crypt(3) hash; a password in clear would be readable by everyone and open nothing");
    };
    let (salt_max, digest_len) = match method {
        "1" => return Some("is an MD5 hash, which is broken within hours"),
        "5" => (16, 43),
        "6" => (16, 86),
        "2a" | "2b" | "2y" | "y" | "gy" | "7" => {
            return Some("is of a method that Container Linux's crypt(3) does not know");
        }
        _ => return Some("is of an unknown method"),
    };
    let mut rest: Vec<&str> = fields.collect();
    if let Some(rounds) = rest.first().and_then(|field| field.strip_prefix("rounds=")) {
        if !rounds.parse::<u32>().is_ok_and(|n| (1000..=999_999_999).contains(&n)) {
            return Some("has a number of rounds outside 1000 to 999999999");
        }
        rest.remove(0);
    }
    let is_digest = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"./".contains(&b));
    match rest.as_slice() {
        [salt, digest] if salt.len() <= salt_max && is_digest(salt) && is_digest(digest) => {
            (digest.len() != digest_len).then_some("is cut off or too long: its last part has the wrong length")
        }
        _ => Some("is malformed: after the method come a salt of at most 16 characters and the hash"),
    }
}

pub fn user_name(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let name = &node.spec.user.name;
        // useradd(8): lower-case letters, digits, underscore and dash, at most 32 characters.
        let good = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.len() <= 32
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
        if !good {
            findings.error(
                node.option("user.name"),
                format!("{name:?} is not a login name"),
                "use lower-case letters, digits, `_` and `-`, at most 32 characters; `core` is the one there is",
            );
        }
    }
}

pub fn login(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        if node.spec.user.ssh_authorized_keys.is_empty() && node.spec.user.password_hash.is_none() {
            findings.warning(
                node.option("user.sshAuthorizedKeys"),
                "nobody can log in: there is neither an SSH key nor a password",
                "add a key, so that a node that does not come up can be looked at",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_hashes_that_open_nothing() {
        for bad in
            ["", "secret", "$6$xxxx", "$1$abc$4Xyl9VxKzvQ5n5UkVJgAc.", "$y$j9T$abc$def", "$6$rounds=1$a$b", "$9$a$b"]
        {
            assert!(hash_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn takes_sha_512_with_and_without_rounds() {
        let digest = "a".repeat(86);
        assert_eq!(hash_problem(&format!("$6$salt${digest}")), None);
        assert_eq!(hash_problem(&format!("$6$rounds=5000$salt${digest}")), None);
        assert_eq!(hash_problem(&format!("$5$salt${}", "b".repeat(43))), None);
    }

    #[test]
    fn takes_keys_with_options_and_comments() {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA";
        for options in ["", "restrict ", "command=\"echo \\\"a b\\\"\",no-pty ", "from=\"10.0.0.0/8\"\t"] {
            for comment in ["", " me@example.com", "\ta b  c"] {
                assert_eq!(key_problem(&format!("{options}{key}{comment}")), None, "{options} {comment}");
            }
        }
        for bad in ["restrict", "command=\"a b ", "a b "] {
            assert!(key_problem(&format!("{bad}{key}")).is_some(), "{bad}");
        }
    }

    #[test]
    fn never_repeats_a_private_key() {
        let key = "b3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----";
        assert!(key_problem(key).is_some());
        assert_eq!(excerpt(key, 24), "the value");
    }

    #[test]
    fn never_repeats_a_password_in_clear() {
        assert_eq!(hash_excerpt("secret", 6), "the value");
        assert_eq!(hash_excerpt("$6$abcdefg$xyz", 6), "\"$6$abc…\"");
    }
}
