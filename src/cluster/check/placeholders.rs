//! The rule against placeholders that nobody replaced.

use super::super::facts::Facts;
use super::Findings;
use crate::report::OptionPath;

/// Whether a value looks like the stand-in of a guide for something of one's own.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = ["xxx", "changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me", "todo", "fixme"];
    let has_word = lower
        .split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)))
        .any(|word| words.contains(&word) || (word.len() > 2 && word.chars().all(|c| c == 'x')));
    let enclosed = |open, close| text.starts_with(open) && text.ends_with(close);
    has_word || enclosed('<', '>') || enclosed('(', ')') || enclosed('（', '）') || text == "..."
}

pub fn placeholders(facts: &Facts, findings: &mut Findings) {
    let mut values = vec![
        (OptionPath::of("cluster.name"), &facts.spec.name),
        (OptionPath::of("cluster.etcd.clusterToken"), &facts.spec.etcd.cluster_token),
        (OptionPath::of("cluster.kubernetes.image.repository"), &facts.spec.kubernetes.image.repository),
        (OptionPath::of("cluster.kubernetes.image.tag"), &facts.spec.kubernetes.image.tag),
    ];
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
        if is_placeholder(&node.spec.hostname) {
            report(findings, node.option("hostname"), &node.spec.hostname);
        }
        if is_placeholder(&node.spec.etcd.name) && node.spec.etcd.name != node.spec.hostname {
            report(findings, node.option("etcd.name"), &node.spec.etcd.name);
        }
        for (n, key) in node.spec.user.ssh_authorized_keys.iter().enumerate() {
            if is_placeholder(key) {
                report(findings, node.option("user.sshAuthorizedKeys").index(n), key);
            }
        }
        if let Some(hash) = node.spec.user.password_hash.as_ref().filter(|hash| is_placeholder(hash)) {
            report(findings, node.option("user.passwordHash"), hash);
        }
    }
}

fn report(findings: &mut Findings, path: OptionPath, value: &str) {
    if is_placeholder(value) {
        findings.error(path, format!("{value:?} is a placeholder"), "put a value of your own in its place");
    }
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn knows_the_placeholders_of_guides() {
        for text in ["xxxx", "ssh-rsa xxxx", "$6$xxxx", "(ホスト名)", "<your key>", "CHANGEME", "xxx"] {
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
