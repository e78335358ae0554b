//! Rules for TLS: what needs it, what goes without it, what certificates say and how long they last.

use super::super::{facts::Facts, net};
use super::Findings;
use crate::report::OptionPath;
use crate::spec::{FlannelDatastore, KubeletCertificates, Role, SecretsSource};

pub fn needs_port(facts: &Facts, findings: &mut Findings) {
    if !facts.spec.tls.enable
        && facts.spec.kubernetes.api_server.insecure_port.is_none()
        && facts.with(Role::ControlPlane).next().is_some()
    {
        findings.error(
            OptionPath::of("cluster.kubernetes.apiServer.insecurePort"),
            "null: with cluster.tls.enable = false the API would be served nowhere",
            "set it to 8080, and insecureBindAddress to \"0.0.0.0\" where there are workers; or leave TLS on",
        );
    }
}

pub fn needed(facts: &Facts, findings: &mut Findings) {
    let spec = facts.spec;
    if spec.tls.enable {
        return;
    }
    let has_api = facts.with(Role::ControlPlane).next().is_some();
    let on_api = "the API servers trust nobody's certificate, so what runs in the cluster cannot talk to them";
    let asked = [
        ("cluster.addons.dns.enable", "true", spec.addons.dns.enable),
        ("cluster.addons.rbac.enable", "true", spec.addons.rbac.enable),
        (
            "cluster.flannel.datastore",
            "kubernetes",
            spec.flannel.enable && spec.flannel.datastore == FlannelDatastore::Kubernetes,
        ),
    ];
    for (option, value, _) in asked.into_iter().filter(|(.., asked)| *asked && has_api) {
        findings.error(
            OptionPath::of(option),
            format!("{value}: with cluster.tls.enable = false {on_api}"),
            "leave it at its default, or leave TLS on",
        );
    }
    if spec.kubernetes.api_server.encrypt_secrets && has_api && spec.secrets.source == SecretsSource::FirstBoot {
        findings.error(
            OptionPath::of("cluster.kubernetes.apiServer.encryptSecrets"),
            "true: the key is not one that is made at first boot",
            "set cluster.secrets.source to \"directory\", and make the key with `tinderbox keys`",
        );
    }
}

pub fn bindings(facts: &Facts, findings: &mut Findings) {
    let spec = facts.spec;
    if !spec.tls.enable || spec.addons.rbac.enable || facts.with(Role::ControlPlane).next().is_none() {
        return;
    }
    let bootstraps = spec.kubernetes.kubelet.certificates == KubeletCertificates::Bootstrap;
    let joins = facts.nodes.iter().find(|n| bootstraps && n.joins() && !n.is(Role::ControlPlane));
    let what = match joins {
        Some(worker) => format!("worker {} may not ask for a certificate, nor kubectl for logs", worker.name),
        None => "kubectl may not ask kubelets for logs".to_owned(),
    };
    findings.warning(
        OptionPath::of("cluster.addons.rbac.enable"),
        format!("false: until you bind the roles yourself, {what}"),
        "set it to true, or apply bindings of your own (docs/security.md, \"Who is who\") and out/bootstrap-token.yaml",
    );
}

pub fn names(facts: &Facts, findings: &mut Findings) {
    for (n, text) in facts.spec.kubernetes.api_server.extra_names.iter().enumerate() {
        let is_name = net::is_dns_name(text.strip_prefix("*.").unwrap_or(text));
        if !is_name && net::address(text).is_err() {
            findings.error(
                OptionPath::of("cluster.kubernetes.apiServer.extraNames").index(n),
                format!("{text:?} is neither a DNS name nor an IP address"),
                "write it as api.example.com, 192.168.1.5 or fd00::5, without scheme and port",
            );
        }
    }
    // RFC 5280, ub-common-name: `system:node:` and the name have 64 characters at most.
    const MOST: usize = 64 - "system:node:".len();
    let pre_issued = facts.spec.kubernetes.kubelet.certificates == KubeletCertificates::PreIssued;
    let holders = facts.nodes.iter().filter(|n| n.joins() && (pre_issued || n.is(Role::ControlPlane)));
    for node in holders.filter(|_| facts.spec.tls.enable) {
        let (option, name) = match &node.spec.kubelet.hostname_override {
            Some(name) => ("kubelet.hostnameOverride", name),
            None => ("hostname", &node.spec.hostname),
        };
        if name.len() > MOST {
            findings.error(
                node.option(option),
                format!(
                    "{name:?} has {} characters, and the name of a node in a certificate has at most {MOST}",
                    name.len()
                ),
                "set kubelet.hostnameOverride to a shorter name",
            );
        }
    }
}

pub fn validity(facts: &Facts, findings: &mut Findings) {
    let secrets = &facts.spec.secrets;
    let at_least_one = [
        ("cluster.secrets.authorityDays", secrets.authority_days),
        ("cluster.secrets.certificateDays", secrets.certificate_days),
        ("cluster.secrets.tokenHours", secrets.token_hours),
    ];
    for (option, _) in at_least_one.into_iter().filter(|(_, value)| *value == 0) {
        findings.error(OptionPath::of(option), "0: it would be over as soon as it is made", "choose 1 or more");
    }
    // A certificate ends before the year 10000 (RFC 5280, 4.1.2.5), and long before that nobody remembers the key.
    const MOST: u32 = 36_500;
    if secrets.authority_days > MOST {
        findings.error(
            OptionPath::of("cluster.secrets.authorityDays"),
            format!("{} days are more than a hundred years", secrets.authority_days),
            "3650 days are ten years",
        );
    } else if secrets.certificate_days > secrets.authority_days {
        findings.error(
            OptionPath::of("cluster.secrets.certificateDays"),
            format!(
                "{} days are more than the {} of the authority that signs",
                secrets.certificate_days, secrets.authority_days
            ),
            "a certificate is not valid longer than its authority; choose fewer days",
        );
    }
    if secrets.token_hours > 8760 {
        findings.error(
            OptionPath::of("cluster.secrets.tokenHours"),
            format!("{} hours are more than a year", secrets.token_hours),
            "whoever has the token can become a node; make a new one when you need one, with `tinderbox keys --renew token`",
        );
    }
}

pub fn dns(facts: &Facts, findings: &mut Findings) {
    let network = &facts.spec.network;
    if !net::is_dns_name(&network.dns_domain) {
        findings.error(
            OptionPath::of("cluster.network.dnsDomain"),
            format!("{:?} is not a DNS name", network.dns_domain),
            "use labels of lower-case letters, digits and inner hyphens, joined by dots, such as cluster.local",
        );
    }
    let addon = &facts.spec.addons.dns;
    if addon.enable && addon.replicas == 0 {
        findings.error(
            OptionPath::of("cluster.addons.dns.replicas"),
            "0: kubelets send every pod to the cluster's DNS, and nobody would answer",
            "choose 1 or more, or set cluster.addons.dns.enable to false",
        );
    }
    let Some(services) = facts.services else { return };
    let at = OptionPath::of("cluster.network.dnsAddress");
    let help = "choose one inside it, or leave it null for the tenth one";
    match (&network.dns_address, facts.dns) {
        (Some(text), None) => {
            findings.error(at, format!("{text:?} is not an IP address"), help);
        }
        (Some(_), Some(address)) if !services.contains(address) => {
            findings.error(at, format!("{address} is not inside cluster.network.serviceCIDR ({services})"), help);
        }
        (Some(_), Some(address))
            if services.all().any(|net| Some(address) == net::nth(&net, 1) || address == net.network()) =>
        {
            findings.error(
                at,
                format!("{address} is the address of the service kubernetes, or of the range itself"),
                help,
            );
        }
        (None, None) if facts.spec.addons.dns.enable => {
            findings.error(
                at,
                format!("null: cluster.network.serviceCIDR ({services}) has no tenth address"),
                "set it",
            );
        }
        _ => {}
    }
}

pub fn taints(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        for (n, taint) in node.spec.kubelet.taints.iter().enumerate() {
            if !is_taint(taint) {
                findings.error(
                    node.option("kubelet.taints").index(n),
                    format!("{taint:?} is not a taint"),
                    "write it as key=value:NoSchedule, PreferNoSchedule or NoExecute",
                );
            }
        }
    }
}

/// `key=value:effect` (kubelet, `--register-with-taints`), where the value may be empty.
fn is_taint(text: &str) -> bool {
    let is_word = |word: &str| {
        word.len() <= 63
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && word.starts_with(|c: char| c.is_ascii_alphanumeric())
            && word.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    let Some((key, rest)) = text.split_once('=') else { return false };
    let Some((value, effect)) = rest.split_once(':') else { return false };
    let is_key = match key.split_once('/') {
        Some((prefix, name)) => net::is_dns_name(prefix) && is_word(name),
        None => is_word(key),
    };
    is_key && (value.is_empty() || is_word(value)) && ["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect)
}
