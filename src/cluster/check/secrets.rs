//! Rules for where the service account key pair comes from. No message here holds a value.

use super::super::facts::Facts;
use super::{Findings, roles::needs_given_keys};
use crate::keypair::{PRIVATE_FILE, PUBLIC_FILE, matching};
use crate::report::OptionPath;
use crate::spec::{Role, SecretsSource};

/// The files of the service account key pair: private, then public.
const SERVICE_ACCOUNT_FILES: [&str; 2] = [PRIVATE_FILE, PUBLIC_FILE];

pub fn first_boot(facts: &Facts, findings: &mut Findings) {
    let count = facts.with(Role::ControlPlane).count();
    let source = facts.spec.secrets.source;
    if source == SecretsSource::FirstBoot
        && facts.spec.tls.enable
        && facts.nodes.iter().any(|n| n.joins() || n.is(Role::Etcd))
    {
        findings.error(
            OptionPath::of("cluster.secrets.source"),
            "first-boot: with TLS the machines have to trust one authority, and none of them can make it alone",
            "set it to \"directory\" and make the keys with `tinderbox keys`",
        );
    } else if source == SecretsSource::FirstBoot && count > 1 {
        findings.error(
            OptionPath::of("cluster.secrets.source"),
            format!("first-boot: each of the {count} control-plane nodes would make a key of its own, and refuse the others' tokens"),
            "set it to \"directory\" and make the keys with `tinderbox keys`",
        );
    }
}

pub fn store(facts: &Facts, findings: &mut Findings) {
    let secrets = &facts.spec.secrets;
    let at = |name: &str| OptionPath::of("cluster.secrets.store").attr(name);
    if secrets.source != SecretsSource::Store {
        for name in secrets.store.keys() {
            findings.error(
                at(name),
                "is a secret in the description, and cluster.secrets.source does not ask for that",
                "remove it, and consider the key known to others; or set the source to \"store\"",
            );
        }
        return;
    }
    findings.warning(
        OptionPath::of("cluster.secrets.source"),
        "store: the private keys are in the description and in all that is made of it, readable by every user of the machine",
        "use \"directory\" for anything that matters, or, without TLS, \"first-boot\"",
    );
    // With TLS there are many, which are held against the whole cluster when it is built.
    if facts.spec.tls.enable {
        return;
    }
    for name in secrets.store.keys().filter(|name| !SERVICE_ACCOUNT_FILES.contains(&name.as_str())) {
        findings.error(
            at(name),
            "is no key file that the cluster needs",
            format!("the files are {}", SERVICE_ACCOUNT_FILES.join(" and ")),
        );
    }
    for name in SERVICE_ACCOUNT_FILES {
        if needs_given_keys(facts) && !secrets.store.contains_key(name) {
            findings.error(
                at(name),
                "is missing",
                format!("make it with `tinderbox keys`, then set it to `builtins.readFile ./secrets/{name}`"),
            );
        }
    }
    if let [Some(private), Some(public)] = SERVICE_ACCOUNT_FILES.map(|name| secrets.store.get(name))
        && let Err(problem) = matching(&private.0, &public.0)
    {
        findings.error(
            at(PRIVATE_FILE),
            problem.to_string(),
            "make a new pair with `tinderbox keys` in an empty directory",
        );
    }
}
