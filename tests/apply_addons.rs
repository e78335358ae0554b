//! The script that applies add-ons, run for real with a kubectl and a sleep of ours -> what it applied, in which order.
//!
//! The sleep drives it: between two looks it takes the next step of a test, and after the last one it ends the script.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Logs its arguments; refuses a file with a mark beside it, and everything while the API server is down.
const KUBECTL: &str = r#"#!/bin/sh
[ "$1" = kubectl ] || exit 99
shift
[ ! -e "$STUB/down" ] || exit 1
case $1 in
  get) [ "$*" = "get --raw /healthz" ] ;;
  apply)
    echo "apply $(basename "$3"): $(cat "$3")" >>"$STUB/log"
    if [ -e "$STUB/hang" ]; then
      kill -TERM "$PPID"
      exec tail -f /dev/null
    fi
    [ ! -e "$STUB/refuse-$(basename "$3")" ]
    ;;
esac
"#;

const SLEEP: &str = r#"#!/bin/sh
[ "$*" = 7 ] || exit 99
n=$(cat "$STUB/n")
echo $((n + 1)) >"$STUB/n"
echo "look $((n + 1))" >>"$STUB/log"
if [ -e "$STUB/step-$n" ]; then
  cd "$ADDONS" && . "$STUB/step-$n"
else
  kill -TERM "$PPID"
fi
"#;

struct Stage {
    dir: tempfile::TempDir,
    shell: PathBuf,
}

impl Stage {
    /// Add-ons with their texts, and the steps between looks.
    fn new(shell: &Path, addons: &[(&str, &str)], steps: &[&str]) -> Self {
        let stage = Self { dir: tempfile::tempdir().unwrap(), shell: shell.to_owned() };
        fs::create_dir(stage.path("addons")).unwrap();
        for (name, text) in addons {
            fs::write(stage.path("addons").join(name), text).unwrap();
        }
        fs::write(stage.path("n"), "0").unwrap();
        fs::write(stage.path("log"), "").unwrap();
        for (number, step) in steps.iter().enumerate() {
            fs::write(stage.path(&format!("step-{number}")), step).unwrap();
        }
        for (name, text) in [("hyperkube", KUBECTL), ("sleep", SLEEP)] {
            fs::write(stage.path(name), text).unwrap();
            fs::set_permissions(stage.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the script to its end; its output, and what was logged.
    fn run(&self) -> (Output, Vec<String>) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/component/addons/apply-addons.sh");
        let path = std::env::var("PATH").unwrap();
        let output = Command::new(&self.shell)
            .arg(script)
            .env("PATH", format!("{}:{path}", self.dir.path().display()))
            .env("STUB", self.dir.path())
            .env("ADDONS", self.path("addons"))
            .env("KUBECTL", "hyperkube kubectl")
            .env("POLL", "7")
            .output()
            .unwrap();
        let log = fs::read_to_string(self.path("log")).unwrap();
        assert!(output.status.success(), "{output:?} {log}");
        (output, log.lines().map(str::to_owned).collect())
    }
}

/// What is logged for these add-ons and steps, by every shell there is: `sh` is bash in the hyperkube image, and dash or
/// busybox elsewhere.
fn log(addons: &[(&str, &str)], steps: &[&str]) -> Vec<String> {
    let logs: Vec<_> = shells().iter().map(|shell| Stage::new(shell, addons, steps).run().1).collect();
    for log in &logs {
        assert_eq!(log, &logs[0]);
    }
    logs.into_iter().next().unwrap()
}

fn shells() -> Vec<PathBuf> {
    let found: Vec<_> = ["sh", "bash"].into_iter().filter_map(common::referee).collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn applies_once_in_order_while_nothing_changes() {
    let addons = [("20-b.yaml", "b"), ("10-c.json", "c"), ("B.yml", "x"), ("a.yaml", "a"), ("notes.txt", "no")];
    assert_eq!(
        log(&addons, &["", ""]),
        ["apply 10-c.json: c", "apply 20-b.yaml: b", "apply B.yml: x", "apply a.yaml: a", "look 1", "look 2", "look 3"]
    );
}

#[test]
fn applies_again_what_was_changed_added_or_taken_away() {
    let steps =
        ["echo 2 >a.yaml", "", "echo b >b.yaml", "rm a.yaml", "mv b.yaml c.yaml", "rm c.yaml", "echo n >n.yaml"];
    assert_eq!(
        log(&[("a.yaml", "1")], &steps),
        [
            "apply a.yaml: 1",
            "look 1",
            "apply a.yaml: 2",
            "look 2",
            "look 3",
            "apply a.yaml: 2",
            "apply b.yaml: b",
            "look 4",
            "apply b.yaml: b",
            "look 5",
            "apply c.yaml: b",
            "look 6",
            "look 7",
            "apply n.yaml: n",
            "look 8",
        ]
    );
}

#[test]
fn tries_again_what_was_refused_and_lets_nothing_wait_for_it() {
    let steps = ["touch \"$STUB/refuse-a.yaml\"; echo 2 >a.yaml", "", "rm \"$STUB/refuse-a.yaml\"", ""];
    assert_eq!(
        log(&[("a.yaml", "1"), ("b.yaml", "b")], &steps),
        [
            "apply a.yaml: 1",
            "apply b.yaml: b",
            "look 1",
            "apply a.yaml: 2",
            "apply b.yaml: b",
            "look 2",
            "apply a.yaml: 2",
            "apply b.yaml: b",
            "look 3",
            "apply a.yaml: 2",
            "apply b.yaml: b",
            "look 4",
            "look 5",
        ]
    );
}

#[test]
fn waits_for_the_api_server_and_for_manifests() {
    for shell in shells() {
        let steps = ["", "echo 1 >a.yaml", "", "rm \"$STUB/down\"", ""];
        let stage = Stage::new(&shell, &[], &steps);
        fs::write(stage.path("down"), "").unwrap();
        let (output, log) = stage.run();
        assert_eq!(log, ["look 1", "look 2", "look 3", "look 4", "apply a.yaml: 1", "look 5", "look 6"]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said, "waiting for the API server\napplied 1 manifests\n", "each said once");
    }
}

#[test]
fn survives_a_directory_that_goes_away() {
    let steps =
        ["mv \"$ADDONS\" \"$STUB/gone\"; mkdir \"$ADDONS\"", "rmdir \"$ADDONS\"; mv \"$STUB/gone\" \"$ADDONS\"", ""];
    assert_eq!(
        log(&[("a.yaml", "1")], &steps),
        ["apply a.yaml: 1", "look 1", "look 2", "apply a.yaml: 1", "look 3", "look 4"]
    );
}

#[test]
fn ends_at_once_though_kubectl_hangs() {
    for shell in shells() {
        let stage = Stage::new(&shell, &[("a.yaml", "1"), ("b.yaml", "b")], &[]);
        fs::write(stage.path("hang"), "").unwrap();
        // The hanging kubectl keeps our end of its output open, so this returns only when it is gone as well.
        assert_eq!(stage.run().1, ["apply a.yaml: 1"]);
    }
}
