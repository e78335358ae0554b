//! Command lines -> exit codes, what is printed where, and what lies on disk afterwards.

mod common;

use common::tree;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn case(name: &str) -> String {
    format!("{}/tests/cases/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

fn tinderbox() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tinderbox"))
}

fn run(arguments: &[&str]) -> Output {
    tinderbox().args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The article's case with one text replaced.
fn broken(from: &str, to: &str) -> String {
    let text = fs::read_to_string(case("article")).unwrap();
    assert!(text.contains(from));
    text.replace(from, to)
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    common::run(Path::new(env!("CARGO_BIN_EXE_tinderbox")), arguments, input)
}

#[test]
fn a_good_cluster_is_checked_in_silence() {
    let output = run(&["check", &case("article")]);
    assert_eq!((code(&output), output.stdout.len(), stderr(&output).as_str()), (0, 0, ""));
}

#[test]
fn every_problem_is_told_at_once_with_path_and_file() {
    let text = broken("192.168.1.10/24", "10.254.3.10/24")
        .replace("\"clusterToken\": \"kubetest\"", "\"clusterToken\": \"xxxx\"");
    let output = with_input(&["check", "-"], &text);
    let said = stderr(&output);
    assert_eq!(code(&output), 1);
    for part in [
        "error[cluster.nodes.app-kube1.network.address]: 10.254.3.0/24 overlaps cluster.network.podCIDR (10.254.0.0/16)",
        "set in examples/article/cluster.nix",
        "error[cluster.etcd.clusterToken]",
        "help: ",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn problems_are_json_for_machines() {
    let output = with_input(&["check", "-", "--format", "json"], &broken("192.168.1.1\"", "192.168.2.1\""));
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), value["errors"].as_u64()), (1, Some(1)));
    assert_eq!(value["problems"][0]["path"], "cluster.nodes.app-kube1.network.gateway");
    assert_eq!(value["problems"][0]["rule"], "gateways");
    assert_eq!(value["problems"][0]["origin"], "examples/article/cluster.nix");
}

#[test]
fn a_collision_is_found_by_check_and_leaves_no_output() {
    let text = broken(
        "\"files\": {},\n      \"manifests\"",
        "\"files\": {\"/etc/hostname\": {\"text\": \"x\", \"mode\": \"0644\", \"override\": false}},\n      \"manifests\"",
    );
    let output = with_input(&["check", "-"], &text);
    assert_eq!(code(&output), 1);
    assert!(
        stderr(&output)
            .contains("/etc/hostname is written twice: by host (cluster.nodes.app-kube1.hostname) and by extra")
    );
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let output = with_input(&["build", "-", "-o", out.to_str().unwrap()], &text);
    assert_eq!(code(&output), 1);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn usage_and_missing_files_exit_with_2() {
    for arguments in
        [&["build"][..], &["nonsense"], &["check", "no-such.json"], &["check", "no-such.nix"], &["build", "x", "-o"]]
    {
        assert_eq!(code(&run(arguments)), 2, "{arguments:?}");
    }
    let output = run(&["build", &case("article"), "-o", "/proc/nope/out"]);
    assert_eq!(code(&output), 2);
    let output = run(&["build", &case("article"), "-o", "out", "--node", "nobody"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("there is no node nobody; there are app-kube1"));
}

#[test]
fn broken_json_is_told_with_line_and_column() {
    let output = with_input(&["check", "-"], "{\n  \"schema\": 3,\n  oops\n}");
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("line 3 column 3"), "{}", stderr(&output));
    let output = with_input(&["check", "-"], &broken("\"schema\": 3", "\"schema\": 7"));
    assert!(stderr(&output).contains("error[schema]: 7 is not a schema"), "{}", stderr(&output));
    let output = with_input(&["check", "-"], &broken("\"hostname\"", "\"hostnam\""));
    assert!(stderr(&output).contains("error[cluster.nodes.app-kube1"), "{}", stderr(&output));
}

#[test]
fn without_nix_a_nix_file_is_refused_clearly() {
    let file = format!("{}/examples/article/cluster.nix", env!("CARGO_MANIFEST_DIR"));
    let output = tinderbox().args(["check", &file]).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("nix-instantiate is not on PATH"), "{}", stderr(&output));
    let output = tinderbox().args(["check", ".#lab"]).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("nix is not on PATH"), "{}", stderr(&output));
    let output = tinderbox()
        .args(["build", &case("article"), "-o", "out", "--maker", "toolchain"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("ct is not on PATH"), "{}", stderr(&output));
}

#[test]
fn a_build_replaces_its_own_tree_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("deep/out");
    let build = || run(&["build", &case("article"), "-o", out.to_str().unwrap()]);
    assert_eq!(code(&build()), 0);
    let first = tree(&out);
    assert_eq!(code(&build()), 0);
    assert_eq!(tree(&out), first);

    fs::write(out.join("notes.txt"), "mine").unwrap();
    let output = build();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("notes.txt in it is not a file that tinderbox made"), "{}", stderr(&output));
    fs::remove_file(out.join("notes.txt")).unwrap();

    let config = out.join("app-kube1/config.yaml");
    let original = fs::read(&config).unwrap();
    fs::write(&config, "edited").unwrap();
    assert!(stderr(&build()).contains("was changed since tinderbox made it"));
    assert_eq!(fs::read(&config).unwrap(), b"edited");
    fs::write(&config, original).unwrap();
    assert_eq!(code(&build()), 0);
    assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_directory_or_file_of_somebody_else_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let build = || run(&["build", &case("article"), "-o", out.to_str().unwrap()]);
    fs::write(&out, "a file").unwrap();
    assert_eq!(code(&build()), 2);
    assert_eq!(fs::read(&out).unwrap(), b"a file");
    fs::remove_file(&out).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(out.join("SHA256SUMS"), "").unwrap();
    assert!(stderr(&build()).contains("tinderbox did not make it"));
    fs::remove_file(out.join("SHA256SUMS")).unwrap();
    assert_eq!(code(&build()), 0, "an empty directory is free");
}

#[test]
fn a_link_is_followed_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (real, link) = (dir.path().join("real"), dir.path().join("link"));
    fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    assert_eq!(code(&run(&["build", &case("standalone"), "-o", link.to_str().unwrap()])), 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(real.join("web/config.iso").is_file());
}

#[test]
fn only_what_is_asked_for_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let (out, keys) = (dir.path().join("out"), dir.path().join("keys"));
    let (out_text, keys_text) = (out.to_str().unwrap(), keys.to_str().unwrap());
    assert_eq!(code(&run(&["keys", &case("ipvs"), "-o", keys_text])), 0);
    let output =
        run(&["build", &case("ipvs"), "-o", out_text, "--secrets", keys_text, "--node", "worker-1", "--emit", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let made: Vec<_> =
        tree(&out).into_keys().map(|path| path.strip_prefix(&out).unwrap().display().to_string()).collect();
    let whole = [".tinderbox", "SHA256SUMS", "admin.kubeconfig", "bootstrap-token.yaml", "kubeconfig"];
    assert_eq!(made, [&whole[..], &["worker-1/config.json"]].concat());
}

#[test]
fn keys_are_made_once_for_their_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("a/keys");
    let keys_text = keys.to_str().unwrap();
    let make = || run(&["keys", &case("ipvs"), "-o", keys_text]);
    assert_eq!(code(&make()), 0);
    let first = tree(&keys);
    let mode = |name: &str| first[&keys.join(name)].0;
    assert_eq!((mode("sa.key"), mode("sa.pub")), (0o600, 0o644));
    assert_eq!(fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(code(&make()), 0);
    assert!(tree(&keys) == first, "a second run changes nothing");

    fs::remove_file(keys.join("sa.pub")).unwrap();
    assert_eq!(code(&make()), 0);
    assert!(tree(&keys) == first, "the public key follows from the private one");

    fs::remove_file(keys.join("sa.key")).unwrap();
    let output = make();
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("without its private key"), "{}", stderr(&output));

    fs::write(keys.join("sa.key"), "nonsense\n-----END EC PRIVATE KEY-----\n").unwrap();
    let output = run(&["build", &case("ipvs"), "-o", dir.path().join("out").to_str().unwrap(), "--secrets", keys_text]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("sa.key"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("nonsense"));
}

#[test]
fn openssl_makes_keys_of_the_same_form() {
    if common::referee("openssl").is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (own, theirs) = (dir.path().join("own"), dir.path().join("theirs"));
    assert_eq!(code(&run(&["keys", &case("ipvs"), "-o", own.to_str().unwrap()])), 0);
    let output = run(&["keys", &case("ipvs"), "-o", theirs.to_str().unwrap(), "--maker", "toolchain"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let form = |dir: &Path| -> Vec<_> {
        let first = |text: Vec<u8>| String::from_utf8(text).unwrap().lines().next().unwrap().to_owned();
        let shape = |text: Vec<u8>| Some(first(text)).filter(|line| line.starts_with("-----BEGIN "));
        let files = tree(dir).into_iter();
        files.map(|(path, (mode, text))| (path.strip_prefix(dir).unwrap().to_owned(), mode, shape(text))).collect()
    };
    assert_eq!(form(&own), form(&theirs));
    fs::remove_file(theirs.join("sa.pub")).unwrap();
    let again = run(&["keys", &case("ipvs"), "-o", theirs.to_str().unwrap(), "--maker", "toolchain"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert_eq!(form(&own), form(&theirs));
}

#[test]
fn a_build_names_all_missing_keys_and_who_makes_them() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let empty = dir.path().join("none");
    let output = run(&["build", &case("ipvs"), "-o", out.to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("tinderbox keys"), "{}", stderr(&output));
    let output = run(&["build", &case("ipvs"), "-o", out.to_str().unwrap(), "--secrets", empty.to_str().unwrap()]);
    let said = stderr(&output);
    for file in ["ca.crt", "sa.key", "sa.pub", "encryption.keys", "bootstrap-token"] {
        assert!(said.contains(&format!("none/{file}]: is not there")), "{said}");
    }
    assert!(said.contains("tinderbox keys"), "{said}");
    assert!(!out.exists());
}

#[test]
fn what_holds_a_private_key_is_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (out, keys) = (dir.path().join("out"), dir.path().join("keys"));
    assert_eq!(code(&run(&["keys", &case("ipvs"), "-o", keys.to_str().unwrap()])), 0);
    let output = run(&["build", &case("ipvs"), "-o", out.to_str().unwrap(), "--secrets", keys.to_str().unwrap()]);
    assert_eq!(code(&output), 0);
    let key = fs::read_to_string(keys.join("sa.key")).unwrap();
    let word = key.lines().nth(1).unwrap();
    let percent = word.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let mut found = 0;
    for (path, (mode, content)) in tree(&out) {
        let holds = |text: &str| content.windows(text.len()).any(|window| window == text.as_bytes());
        if holds(word) || holds(&percent) {
            found += 1;
            assert_eq!(mode, 0o600, "{}", path.display());
            assert!(path.strip_prefix(&out).unwrap().starts_with("master"), "{}", path.display());
        }
    }
    assert_eq!(found, 3, "the file itself, config.json and config.iso");
}

#[test]
fn keys_in_the_description_are_used_when_that_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    assert_eq!(code(&run(&["keys", &case("ha"), "-o", keys.to_str().unwrap()])), 0);
    let read = |name: &str| fs::read_to_string(keys.join(name)).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&fs::read_to_string(case("article")).unwrap()).unwrap();
    value["cluster"]["secrets"]["store"] = serde_json::json!({"sa.key": read("sa.key"), "sa.pub": read("sa.pub")});
    let output = with_input(&["check", "-"], &value.to_string());
    assert_eq!(code(&output), 1, "keys without asking are refused");
    assert!(!stderr(&output).contains(read("sa.key").lines().nth(1).unwrap()));
    value["cluster"]["secrets"]["source"] = "store".into();
    let out = dir.path().join("out");
    let output = with_input(&["build", "-", "-o", out.to_str().unwrap()], &value.to_string());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("warning[cluster.secrets.source]"));
    let placed = fs::read_to_string(out.join("app-kube1/files/etc/kubernetes/ssl/sa.key")).unwrap();
    assert_eq!(placed, read("sa.key"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = tinderbox().args(["completions", "bash"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn every_shell_has_completions_and_every_command_an_example() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&["completions", shell]);
        assert!(String::from_utf8(output.stdout).unwrap().contains("tinderbox"));
    }
    for command in ["check", "build", "keys", "export", "verify", "completions"] {
        let help = String::from_utf8(run(&[command, "--help"]).stdout).unwrap();
        assert!(help.contains("Example") && help.contains(&format!("tinderbox {command} ")), "{help}");
    }
}

#[test]
fn color_comes_only_when_asked_for_or_on_a_terminal() {
    let text = broken("192.168.1.10/24", "192.168.1.0/24");
    let escape = |arguments: &[&str]| stderr(&with_input(arguments, &text)).contains('\u{1b}');
    assert!(!escape(&["check", "-"]));
    assert!(escape(&["check", "-", "--color", "always"]));
}
