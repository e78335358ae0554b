//! A tool, its arguments and its input -> how it ended and what it said, in a directory for its owner alone that goes
//! away with it.

use super::Verdict;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A tool that takes longer does not end, or was given something to make it take long.
const LIMIT: Duration = Duration::from_secs(120);
/// The most bytes that are read of what a tool prints or extracts.
const MOST: u64 = 1 << 30;

/// The directory.
pub(super) struct Scratch {
    tool: &'static str,
    dir: TempDir,
}

/// What a tool did.
pub(super) struct Said {
    /// Whether it succeeded; `None` when it had to be ended.
    pub(super) success: Option<bool>,
    /// Its standard output.
    pub(super) out: Vec<u8>,
    /// What it said beside that, fit to be shown.
    pub(super) err: String,
}

impl Said {
    /// Success is good, everything else is bad.
    pub(super) fn verdict(self) -> Verdict {
        match self.success {
            Some(true) => Verdict::Good,
            Some(false) => Verdict::Bad(self.err),
            None => Verdict::Bad("it did not end in two minutes".to_owned()),
        }
    }
}

impl Scratch {
    pub(super) fn new(tool: &'static str) -> io::Result<Self> {
        Ok(Self { tool, dir: tempfile::Builder::new().prefix("tinderbox-verify-").tempdir()? })
    }

    /// Where a path below it is; `None` if the path leads out.
    pub(super) fn at(&self, path: &str) -> Option<PathBuf> {
        let path = Path::new(path);
        let is_clean = path.components().all(|part| matches!(part, Component::Normal(_)));
        is_clean.then(|| self.dir.path().join(path))
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Whether its owner is root.
    pub(super) fn is_roots(&self) -> bool {
        fs::metadata(self.path()).is_ok_and(|meta| meta.uid() == 0)
    }

    /// Writes a file for its owner alone.
    pub(super) fn write(&self, path: &str, content: &[u8]) -> io::Result<()> {
        self.write_mode(path, content, 0o600)
    }

    pub(super) fn write_mode(&self, path: &str, content: &[u8], mode: u32) -> io::Result<()> {
        let odd = || io::Error::new(io::ErrorKind::InvalidInput, "a path that leads out of a scratch directory");
        let full = self.at(path).ok_or_else(odd)?;
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        OpenOptions::new().write(true).create_new(true).mode(mode).open(full)?.write_all(content)
    }

    /// What a tool left there, if it is a file.
    pub(super) fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match self.at(path).filter(|full| fs::symlink_metadata(full).is_ok_and(|meta| meta.is_file())) {
            None => Ok(None),
            Some(full) => some(&full).map(Some),
        }
    }

    /// Runs a program here. What it prints goes to files, so that no program waits for a reader.
    pub(super) fn run(&self, program: &Path, arguments: &[&str], input: &[u8]) -> io::Result<Said> {
        // Beside the tool's own files, and gone before it returns, so that it can run several times.
        let streams = TempDir::new()?;
        let at = |name| streams.path().join(name);
        let create = |name| OpenOptions::new().write(true).create_new(true).mode(0o600).open(at(name));
        create("in")?.write_all(input)?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env("LC_ALL", "C").env_remove("SYSTEMD_LOG_LEVEL");
        // Ignition asks the kernel for its arguments only where it is no container (internal/distro).
        command.env("container", "1").stdin(File::open(at("in"))?).stdout(create("out")?).stderr(create("err")?);
        let name = |error: io::Error| io::Error::new(error.kind(), format!("running {}: {error}", self.tool));
        let status = wait(&mut command.spawn().map_err(name)?)?;
        let (out, err) = (some(&at("out"))?, some(&at("err"))?);
        // Ignition's programs say everything there; what others print there is what they made.
        let said = if self.tool.starts_with("ignition-") { [out.as_slice(), &err].concat() } else { err };
        let err = shown(&String::from_utf8_lossy(&said), &self.path().display().to_string());
        Ok(Said { success: status.map(|status| status.success()), out, err })
    }
}

fn some(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(MOST).read_to_end(&mut content)?;
    Ok(content)
}

/// Waits for a program, or ends it.
fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        sleep(Duration::from_millis(5));
    }
}

/// What a tool said, in a few lines, without its scratch directory, and without any word that could be content: tools
/// quote what they cannot read, and a config may hold keys.
pub(super) fn shown(text: &str, scratch: &str) -> String {
    let text = text.replace(scratch, "");
    // A unit's place is long, and none of the characters of its name is another's.
    let is_place = |word: &str| word.starts_with("/etc/systemd/system/");
    let is_secret = |word: &str| ["data:", "$6$", "-----"].iter().any(|sign| word.contains(sign));
    let is_content = |word: &str| word.len() > 60 && !is_place(word) || is_secret(word);
    let line = |line: &str| {
        let words = line.split_whitespace().map(|word| if is_content(word) { "[…]" } else { word });
        let line: String = words.collect::<Vec<_>>().join(" ").chars().take(200).collect();
        line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect::<String>()
    };
    let lines: Vec<_> = text.lines().map(line).filter(|line| !line.is_empty()).collect();
    // Whatever a tool logs, what it ends for comes last.
    lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_quotes_of_a_config_is_not_shown() {
        let long = "A".repeat(61);
        let said = shown(&format!("at /tmp/x/a: \u{1b}[1m\n\n\"data:,secret\" $6$salt {long} b"), "/tmp/x");
        assert_eq!(said, "at /a: \u{fffd}[1m\n[…] […] […] b");
    }

    #[test]
    fn no_file_is_written_or_read_outside() {
        let scratch = Scratch::new("test").unwrap();
        for path in ["../a", "/etc/a", "a/../../b"] {
            assert!(scratch.write(path, b"").is_err() && scratch.read(path).unwrap().is_none(), "{path}");
        }
        scratch.write("a/b", b"c").unwrap();
        assert_eq!(scratch.read("a/b").unwrap().as_deref(), Some(&b"c"[..]));
        assert_eq!(fs::metadata(scratch.path().join("a/b")).unwrap().mode() & 0o777, 0o600);
    }
}
