//! The rule against placeholders that nobody replaced.

use super::super::facts::Facts;
use super::{Findings, logins};
use crate::report::OptionPath;

/// Whether a value looks like the stand-in of a guide for something of one's own.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = ["xxx", "changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me", "todo", "fixme"];
    let has_word = lower
        .split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)))
        .any(|word| words.contains(&word) || (word.len() > 2 && word.chars().all(|c| c == 'x')));
    let enclosed = |open, close| text.starts_with(open) && text.ends_with(close);
    let cut = text.contains("...") || text.contains('…');
    has_word || cut || enclosed('<', '>') || enclosed('(', ')') || enclosed('（', '）')
}

pub fn placeholders(facts: &Facts, findings: &mut Findings) {
    let mut values = vec![
        (OptionPath::of("cluster.name"), &facts.spec.name),
        (OptionPath::of("cluster.kubernetes.image.repository"), &facts.spec.kubernetes.image.repository),
        (OptionPath::of("cluster.kubernetes.image.tag"), &facts.spec.kubernetes.image.tag),
    ];
    // By default the token is the cluster's name, and a member's name the host name: told once.
    if facts.spec.etcd.cluster_token != facts.spec.name {
        values.push((OptionPath::of("cluster.etcd.clusterToken"), &facts.spec.etcd.cluster_token));
    }
    values.extend(
        facts
            .spec
            .control_plane
            .endpoint
            .as_ref()
            .map(|endpoint| (OptionPath::of("cluster.controlPlane.endpoint"), endpoint)),
    );
    for (path, value) in values {
        report(findings, path, value);
    }
    for node in &facts.nodes {
        report(findings, node.option("hostname"), &node.spec.hostname);
        if node.spec.etcd.name != node.spec.hostname {
            report(findings, node.option("etcd.name"), &node.spec.etcd.name);
        }
        for (n, key) in node.spec.user.ssh_authorized_keys.iter().enumerate() {
            // A real key may have `xxx` in its comment or between two slashes.
            if logins::key_problem(key).is_some() && !key.contains("PRIVATE KEY") {
                report(findings, node.option("user.sshAuthorizedKeys").index(n), key);
            }
        }
        if let Some(hash) = &node.spec.user.password_hash
            && logins::hash_problem(hash).is_some()
            && is_placeholder(hash)
        {
            // It may be a password in clear.
            let shown = logins::hash_excerpt(hash, 8);
            findings.placeholder(node.option("user.passwordHash"), format!("{shown} is a placeholder"), HELP);
        }
    }
}

const HELP: &str = "put a value of your own in its place";

fn report(findings: &mut Findings, path: OptionPath, value: &str) {
    if is_placeholder(value) {
        findings.placeholder(path, format!("{} is a placeholder", logins::excerpt(value, 40)), HELP);
    }
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn knows_the_placeholders_of_guides() {
        for text in
            ["xxxx", "ssh-rsa xxxx", "$6$xxxx", "(ホスト名)", "<your key>", "CHANGEME", "xxx", "ssh-rsa AAAA...", "…"]
        {
            assert!(is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn lets_real_values_pass() {
        for text in ["xx", "app-kube1", "$6$axxxb$qqq", "ssh-ed25519 AAAAxxxx me@example.com", "v1.9.6_coreos.0"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
