//! What the tables of every version are to tell.

use super::*;

fn release() -> &'static Release {
    Release::of("1.9.6").unwrap()
}

/// Those that are run otherwise than 1.9.
fn later() -> impl Iterator<Item = &'static Release> {
    ["1.34.0", "1.35.1", "1.36.10"].into_iter().map(|version| Release::of(version).unwrap())
}

const COMPONENTS: [Component; 5] =
    [Component::ApiServer, Component::ControllerManager, Component::Proxy, Component::Scheduler, Component::Kubelet];

#[test]
fn knows_every_flag_of_every_version() {
    let counts = |release: &Release| COMPONENTS.map(|component| release.flags[component.name()].len());
    assert_eq!(counts(release()), [138, 95, 47, 37, 174]);
    assert_eq!(
        later().map(counts).collect::<Vec<_>>(),
        [[173, 143, 57, 58, 148], [174, 146, 57, 59, 147], [175, 148, 57, 60, 147]]
    );
}

#[test]
fn the_known_versions_are_in_order() {
    assert_eq!(Release::known(), ["1.9", "1.34", "1.35", "1.36"]);
    let numbers: Vec<_> = ["1.9.0", "1.34.0", "1.35.0", "1.36.0"].map(|v| Release::of(v).unwrap().minor()).into();
    assert_eq!(numbers, [(1, 9), (1, 34), (1, 35), (1, 36)]);
}

#[test]
fn the_rows_of_a_table_are_sorted_and_no_two_are_of_one_thing() {
    for row in RELEASES {
        let sorted = |name: &str, text: &'static str, keys: usize| {
            let rows: Vec<Vec<_>> = rows::<2>(text).map(|columns| columns[..keys].to_vec()).collect();
            assert!(!rows.is_empty(), "{} {name}", row.minor);
            for pair in rows.windows(2) {
                assert!(pair[0] < pair[1], "{} {name}: {pair:?}", row.minor);
            }
            assert!(text.starts_with("# ") && text.ends_with('\n'), "{} {name}", row.minor);
        };
        sorted("flags", row.tables.flags, 2);
        sorted("feature gates", row.tables.feature_gates, 1);
        sorted("admission plugins", row.tables.admission_plugins, 1);
        sorted("config fields", row.tables.config_fields, 2);
    }
}

#[test]
fn every_column_holds_what_it_may() {
    for row in RELEASES {
        for [component, flag, kind, deprecated, _, ignored] in rows(row.tables.flags) {
            let known = COMPONENTS.iter().any(|known| known.name() == component);
            assert!(known && flag.starts_with("--") && !flag.contains('_') && !kind.is_empty(), "{component} {flag}");
            assert!(["yes", "no"].contains(&deprecated) && ["", "ignored"].contains(&ignored), "{component} {flag}");
        }
        for [gate, stage, default, since, locked] in rows(row.tables.feature_gates) {
            assert!(["ALPHA", "BETA", "GA", "DEPRECATED"].contains(&stage), "{gate}");
            assert!(["true", "false"].contains(&default) && since.parse::<u32>().is_ok(), "{gate}");
            assert!(["", "locked"].contains(&locked), "{gate}");
        }
        for [kind, field, of] in rows(row.tables.config_fields) {
            assert!(value::FIELD_TYPES.contains(&of), "{kind} {field} {of}");
        }
    }
}

#[test]
fn what_is_gone_is_unknown() {
    for new in later() {
        let flag = |component, name| new.flag(component, name).is_some();
        for gone in ["insecure-port", "experimental-encryption-provider-config", "etcd-quorum-read", "kubelet-https"] {
            assert!(
                !flag(Component::ApiServer, gone) && release().flag(Component::ApiServer, gone).is_some(),
                "{gone}"
            );
        }
        for there in ["encryption-provider-config", "enable-admission-plugins", "authentication-config"] {
            assert!(flag(Component::ApiServer, there), "{new:?} {there}");
        }
        assert!(!flag(Component::ControllerManager, "port") && flag(Component::ControllerManager, "secure-port"));
        assert!(!flag(Component::Scheduler, "port") && flag(Component::Scheduler, "secure-port"));
        assert!(!flag(Component::Kubelet, "cadvisor-port") && flag(Component::Kubelet, "node-ip"));
        assert!(flag(Component::Proxy, "init-only") && flag(Component::Proxy, "version"));
        let plugin = |name| new.admission_plugin(name);
        assert!(plugin("PodSecurity") && plugin("NodeRestriction") && !plugin("PodSecurityPolicy"), "{new:?}");
        let gate = |name| new.feature_gate(name, 0).is_some();
        assert!(gate("AllAlpha") && gate("NFTablesProxyMode") && !gate("SupportIPVSProxyMode"), "{new:?}");
    }
}

#[test]
fn the_kubelet_reads_a_file_since_it_can() {
    let field = |release: &Release, path| release.config_field(ConfigKind::Kubelet, path).is_some();
    assert!(release().kubelet_config_api_version().is_none() && !field(release(), "clusterDNS"));
    for new in later() {
        assert_eq!(new.kubelet_config_api_version(), Some("kubelet.config.k8s.io/v1beta1"));
        for path in ["shutdownGracePeriod", "clusterDNS", "authentication.x509.clientCAFile", "logging.verbosity"] {
            assert!(field(new, path), "{new:?} {path}");
        }
        assert!(
            !field(new, "authentication.x509") && new.has_config_section(ConfigKind::Kubelet, "authentication.x509")
        );
        let accepts = |path, value| new.config_field(ConfigKind::Kubelet, path).unwrap().accepts(&value);
        assert!(
            accepts("shutdownGracePeriod", "30s".into()).is_ok() && accepts("shutdownGracePeriod", 30.into()).is_err()
        );
        assert!(new.config_field(ConfigKind::Proxy, "nftables.syncPeriod").is_some());
        assert!(new.config_field(ConfigKind::Scheduler, "profiles").is_some());
    }
}

#[test]
fn a_locked_gate_says_its_value() {
    assert_eq!(release().locked_feature_gate("VolumeSubpath"), None);
    for new in later() {
        assert_eq!(new.locked_feature_gate("AnonymousAuthConfigurableEndpoints"), Some(true), "{new:?}");
        assert_eq!(new.locked_feature_gate("AllAlpha"), None);
        assert_eq!(new.locked_feature_gate("NoSuchGate"), None);
    }
}

#[test]
fn what_later_versions_are_run_with() {
    assert_eq!((release().packaging(), release().serving()), (Packaging::Hyperkube, Serving::Insecure));
    assert_eq!((release().skew(), release().proxy_modes()), (2, &["iptables", "ipvs"][..]));
    for new in later() {
        assert_eq!((new.packaging(), new.serving()), (Packaging::Images, Serving::Secure));
        assert_eq!((new.serving().controller_manager_port(), new.serving().scheduler_port()), (10257, 10259));
        assert!(new.has_dual_stack() && new.anonymous_endpoints() && new.skew() == 3);
        assert!(new.proxy_modes().contains(&"nftables") && new.ipvs_feature_gate().is_none());
        assert_eq!(new.deprecated_proxy_modes().contains(&"ipvs"), new.minor() >= (1, 35));
        assert_eq!(new.proxy_feature_gates_form(), GatesForm::Map);
    }
}

#[test]
fn knows_gates_by_patch_version() {
    let known = |patch| release().gates.values().filter(|gate| gate.since <= patch).count();
    assert_eq!((known(0), known(4)), (37, 40));
    assert!(release().feature_gate("VolumeSubpath", 0).is_none());
    assert!(release().feature_gate("VolumeSubpath", 4).is_some());
    assert_eq!(release().plugins.len(), 32);
}

#[test]
fn words_of_a_flag_are_joined_by_either() {
    let flag = |name| release().flag(Component::ControllerManager, name).is_some();
    assert!(flag("concurrent_rc_syncs") && flag("concurrent-rc-syncs") && !flag("concurrent.rc.syncs"));
}

#[test]
fn names_the_nearest_only_when_it_is_near() {
    let nearest = |name| release().nearest_flag(Component::ApiServer, name);
    assert_eq!(nearest("admision_control"), Some("admission-control"));
    assert_eq!(nearest("make-it-fast"), None);
    assert_eq!(release().nearest_feature_gate("supportIPVSproxymode"), Some("SupportIPVSProxyMode"));
}

#[test]
fn few_flags_count_beside_a_configuration_file() {
    let counts = |name| release().counts_beside_config(Component::Proxy, name);
    assert!(counts("master") && counts("v") && counts("feature_gates") && counts("cleanup-iptables"));
    assert!(!counts("hostname-override") && !counts("proxy-mode"));
    assert!(release().counts_beside_config(Component::Kubelet, "hostname-override"));
    for new in later() {
        let proxy = |name| new.counts_beside_config(Component::Proxy, name);
        assert!(proxy("hostname-override") && proxy("v") && !proxy("feature-gates") && !proxy("kubeconfig"), "{new:?}");
        let scheduler = |name| new.counts_beside_config(Component::Scheduler, name);
        assert!(scheduler("leader-elect") && scheduler("bind-address") && scheduler("authentication-kubeconfig"));
        assert!(!scheduler("kubeconfig") && !scheduler("profiling"), "{new:?}");
        let other = |of, name| new.counts_beside_config(of, name);
        assert!(other(Component::Kubelet, "cluster-dns") && other(Component::ApiServer, "profiling"), "{new:?}");
    }
}

#[test]
fn refuses_versions_without_tables() {
    for bad in ["1.9", "1.9.6.1", "v1.9.6", "1.9.x", "", "1..6", "1.09.6", "1.9.6-rc.1"] {
        assert!(matches!(Release::of(bad), Err(UnknownRelease::Malformed(_))), "{bad}");
    }
    assert!(matches!(Release::of("1.10.0"), Err(UnknownRelease::Unknown(_))));
}
