//! The table of rules -> `docs/checks.md`.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use tinderbox::cluster::check::{OTHER_RULES, RULES};

const HEAD: &str = "\
# Checks

A cluster is checked as a whole before anything of it is built. All problems are told at once, each with the option as
it is written in Nix, the value and why it cannot be, the file that the option was set in, and what to do:

```
error[cluster.nodes.app-kube1.network.gateway]: 192.168.2.1 is not a host in the node's network 192.168.1.0/24
  set in cluster.nix
  help: a gateway must be reachable without another gateway; correct it or the node's address
```

An **error** stops a build. A **warning** does not: the cluster can be built, and probably is not what was meant.

`tinderbox check --format json` prints the same for machines: `{ \"errors\", \"warnings\", \"problems\": [ { \"severity\",
\"rule\", \"path\", \"message\", \"help\", \"origin\" } ] }`, where `rule` is a name of the tables below. The exit code is 0
without errors, 1 when the cluster has some, and 2 when the command line is wrong or a file cannot be read or written.

Each rule has an example that breaks it: a case of [tests/cases](../tests/cases) and what is changed in it. Where a rule
has several messages, `tests/reject` has more examples, with the rule's name in front, and `tests/snapshots` what is said
of each.

This page is made from the rules in `src/cluster/check.rs`: `TINDERBOX_UPDATE=1 cargo test --test docs` writes it.
";

fn table<'a>(title: &str, about: &str, rules: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = format!("\n## {title}\n\n{about}\n\n| rule | what it demands |\n|---|---|\n");
    for (name, demands) in rules {
        writeln!(text, "| [`{name}`](../tests/reject/{name}.json) | {} |", demands.replace('|', "\\|")).unwrap();
    }
    text
}

#[test]
fn the_page_of_checks_is_the_table_of_rules() {
    let rules = RULES.iter().map(|rule| (rule.name, rule.demands));
    let page = [
        HEAD.to_owned(),
        table("The description", "In the order their problems are shown.", rules),
        table(
            "Before and after",
            "`cluster.json` is read before the rules above are held against it. When they have found no error, every \
             machine is composed, which shows the rest.",
            OTHER_RULES.iter().copied(),
        ),
    ]
    .concat();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md");
    if std::env::var_os("TINDERBOX_UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &page).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "docs/checks.md is not what the rules say: TINDERBOX_UPDATE=1 cargo test --test docs writes it"
    );
}
