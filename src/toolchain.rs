//! The field's own tools as a second way to make everything: ct, butane, xorriso and openssl; and Nix to read
//! descriptions.

mod modules;
mod nix;
mod openssl;
pub mod verify;

pub use nix::{export, export_from_flake};
pub use openssl::Openssl;

use crate::encode::{self, Target, local};
use crate::machine::Machine;
use crate::x509::X509Error;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use thiserror::Error;

/// Why a tool did not do its work.
#[derive(Debug, Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("{tool} is not on PATH\n  help: {help}")]
    NotFound {
        /// Its name.
        tool: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// It said no.
    #[error("{tool} failed{status}:\n{stderr}", status = code.map(|c| format!(" with exit code {c}")).unwrap_or_default())]
    Failed {
        /// Its name.
        tool: &'static str,
        /// Its exit code, if it was not killed.
        code: Option<i32>,
        /// What it printed.
        stderr: String,
    },
    /// It could not be started or fed.
    #[error("running {tool}: {source}")]
    Io {
        /// Its name.
        tool: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// What it was to make a certificate of is not fit for one.
    #[error(transparent)]
    X509(#[from] X509Error),
}

/// 1980-01-01, the earliest time that all file systems know: with it xorriso's images are the same on every run.
pub const EPOCH: &str = "315532800";

/// The tools that are needed to make media, found.
#[derive(Clone, Debug)]
pub struct Toolchain {
    target: Target,
    transpiler: (&'static str, PathBuf),
    xorriso: PathBuf,
}

impl Toolchain {
    /// Finds xorriso and the target's transpiler on PATH.
    ///
    /// # Errors
    /// The first one that is missing.
    pub fn find(target: Target) -> Result<Self, ToolError> {
        let (tool, help) = match target {
            Target::ContainerLinux => {
                ("ct", "install the Container Linux Config Transpiler 0.9.4, or use `--maker embedded`")
            }
            Target::Flatcar(_) | Target::FedoraCoreOs(_) => {
                ("butane", "install Butane 0.28.0, or use `--maker embedded`")
            }
        };
        Ok(Self { target, transpiler: (tool, find(tool, help)?), xorriso: xorriso()? })
    }

    /// The Ignition config of a machine, made by `ct -strict` or `butane --strict`.
    ///
    /// # Errors
    /// When the transpiler cannot be run, or refuses the config.
    pub fn ignition(&self, machine: &Machine) -> Result<Vec<u8>, ToolError> {
        let (tool, program) = &self.transpiler;
        let io = |source| ToolError::Io { tool, source };
        // Made for its owner alone: it may hold keys.
        let files = tempfile::tempdir().map_err(io)?;
        for (path, file) in local::files(machine) {
            let full = files.path().join(path);
            if let Some(parent) = full.parent() {
                fs::create_dir_all(parent).map_err(io)?;
            }
            fs::write(full, &file.content).map_err(io)?;
        }
        let mut command = Command::new(program);
        match self.target {
            Target::ContainerLinux => command.args(["-strict", "-files-dir"]),
            Target::Flatcar(_) | Target::FedoraCoreOs(_) => command.args(["--strict", "--files-dir"]),
        };
        let (_, config) = encode::readable(machine, self.target);
        Ok(run(tool, command.arg(files.path()), config.as_bytes())?.stdout)
    }

    /// An ISO that holds `content` as `name`, which may be a path, made by xorriso.
    ///
    /// # Errors
    /// When xorriso cannot be run, or fails.
    pub fn iso(&self, volume_id: &str, name: &str, content: &[u8]) -> Result<Vec<u8>, ToolError> {
        let io = |source| ToolError::Io { tool: "xorriso", source };
        let dir = tempfile::tempdir().map_err(io)?;
        fs::write(dir.path().join("content"), content).map_err(io)?;
        let mut command = Command::new(&self.xorriso);
        command
            .current_dir(dir.path())
            .env("SOURCE_DATE_EPOCH", EPOCH)
            .args(xorriso_arguments(volume_id, name, "content", "out.iso"));
        run("xorriso", &mut command, b"")?;
        fs::read(dir.path().join("out.iso")).map_err(io)
    }
}

/// What xorriso is told to make `to`, an image that holds the file `from` as `name`. With [`EPOCH`] in
/// `SOURCE_DATE_EPOCH` it is the same on every run.
pub fn xorriso_arguments(volume_id: &str, name: &str, from: &str, to: &str) -> Vec<String> {
    let (dates, graft) = (format!("={EPOCH}"), format!("{name}={from}"));
    let format = ["-as", "mkisofs", "-quiet", "-V", volume_id, "-J", "-R", "-no-pad"];
    let owner = ["-uid", "0", "-gid", "0", "-dir-mode", "0555", "-file-mode", "0444"];
    let origin = ["--set_all_file_dates", &dates, "-preparer", "TINDERBOX"];
    let files = ["-graft-points", "-o", to, &graft];
    [&format[..], &owner, &origin, &files].concat().into_iter().map(str::to_owned).collect()
}

/// Where xorriso is.
///
/// # Errors
/// When it is not on PATH.
pub fn xorriso() -> Result<PathBuf, ToolError> {
    find("xorriso", "install xorriso, or use `--maker embedded`")
}

/// Where a program is on PATH.
fn find(tool: &'static str, help: &'static str) -> Result<PathBuf, ToolError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(OsStr::new(tool)))
        .find(|file| is_program(file))
        .ok_or(ToolError::NotFound { tool, help })
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Runs a program with `input`; its output, if it succeeds.
fn run(tool: &'static str, command: &mut Command, input: &[u8]) -> Result<Output, ToolError> {
    let io = |source| ToolError::Io { tool, source };
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(io)?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // From a thread: a program may print before it has read everything. One that does not read to the end shows
        // that in its exit code.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output()
    });
    let output = output.map_err(io)?;
    if output.status.success() {
        return Ok(output);
    }
    Err(ToolError::Failed {
        tool,
        code: output.status.code(),
        stderr: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
    })
}
