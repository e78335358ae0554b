//! A `.nix` file, by the embedded modules, or a flake -> the bytes of its `cluster.json`, by the Nix on PATH.

use super::{ToolError, find, modules, run};
use std::io;
use std::path::Path;
use std::process::Command;

/// Evaluates with nixpkgs' `lib`: that of `$NIXPKGS_LIB`, of `<nixpkgs>`, or of the flake registry's nixpkgs.
const EXPRESSION: &str = r#"{ tinderbox, file, root, nixpkgs }:
let
  looked-up = builtins.tryEval <nixpkgs/lib>;
  lib =
    if nixpkgs != "" then import (/. + nixpkgs + "/lib")
    else if looked-up.success then import looked-up.value
    else (builtins.getFlake "nixpkgs").lib;
in
import (/. + tinderbox + "/nix/cluster-json.nix") {
  inherit lib root;
  modules = [ (/. + file) ];
}"#;

/// Exports the cluster that `file` describes.
///
/// # Errors
/// When there is no Nix, or when it does not take the file: then what it printed.
pub fn export(file: &Path) -> Result<Vec<u8>, ToolError> {
    const TOOL: &str = "nix-instantiate";
    let io = |source| ToolError::Io { tool: TOOL, source };
    let program = find(
        TOOL,
        "a .nix file is read with Nix; install it, or export the cluster to a cluster.json on a machine that has it",
    )?;
    let file = std::path::absolute(file).map_err(io)?;
    std::fs::metadata(&file)
        .map_err(|error| io(io::Error::new(error.kind(), format!("{}: {error}", file.display()))))?;
    // Files are shown as the user sees them: relative to where the command runs.
    let root = std::env::current_dir().map_err(io)?;
    let unpacked = tempfile::tempdir().map_err(io)?;
    modules::unpack(unpacked.path()).map_err(io)?;
    let nixpkgs = std::env::var_os("NIXPKGS_LIB").unwrap_or_default();
    let mut command = Command::new(program);
    command.args(["--eval", "--strict", "--json", "--expr", EXPRESSION]);
    for (name, value) in [
        ("tinderbox", unpacked.path().as_os_str()),
        ("file", file.as_os_str()),
        ("root", root.as_os_str()),
        ("nixpkgs", nixpkgs.as_os_str()),
    ] {
        command.args(["--argstr".as_ref(), name.as_ref(), value]);
    }
    let output = run(TOOL, &mut command, b"").map_err(without_trace)?;
    // A JSON string that holds the JSON.
    serde_json::from_slice::<String>(&output.stdout)
        .map(String::into_bytes)
        .map_err(|error| io(io::Error::other(error)))
}

/// What Nix puts before the lines of a message that is the reason of another.
const INDENT: &str = "       ";

/// The message itself, which Nix prints last: what stands before it are places in the modules and in nixpkgs, which say
/// nothing to whoever wrote the description.
fn without_trace(error: ToolError) -> ToolError {
    match error {
        ToolError::Failed { tool, code, stderr } => {
            let lines: Vec<&str> = stderr.lines().collect();
            let last = lines.iter().rposition(|line| line.trim_start().starts_with("error:")).unwrap_or(0);
            let stderr = lines
                .iter()
                .skip(last)
                .map(|line| line.strip_prefix(INDENT).unwrap_or(line))
                .collect::<Vec<_>>()
                .join("\n");
            ToolError::Failed { tool, code, stderr }
        }
        other => other,
    }
}

/// Exports the cluster that a flake offers as `clusters.NAME.json`, which is where `lib.mkCluster` of tinderbox's own
/// flake puts it; without a name the one called `default`.
///
/// # Errors
/// When there is no Nix, or when it does not take the flake: then what it printed.
pub fn export_from_flake(flake: &str, name: &str) -> Result<Vec<u8>, ToolError> {
    const TOOL: &str = "nix";
    let program = find(
        TOOL,
        "a flake is read with Nix; install it, or export the cluster to a cluster.json on a machine that has it",
    )?;
    let flake = if flake.is_empty() { "." } else { flake };
    let name = if name.is_empty() { "default" } else { name };
    let mut command = Command::new(program);
    command.args(["--extra-experimental-features", "nix-command flakes", "eval", "--raw"]);
    // Quoted, so that a dot in a name is a dot.
    command.arg(format!("{flake}#clusters.\"{name}\".json"));
    Ok(run(TOOL, &mut command, b"")?.stdout)
}
