//! The commands of a unit -> every variable in them that nothing defines.

use super::node::{Node, There, Unit};
use super::unit::variables;
use crate::report::Report;
use std::collections::BTreeSet;

/// What systemd defines itself (systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager").
const SYSTEMD: [&str; 36] = [
    "CACHE_DIRECTORY",
    "CONFIGURATION_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
    "EXIT_CODE",
    "EXIT_STATUS",
    "HOME",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LANG",
    "LC_ALL",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LOGNAME",
    "LOGS_DIRECTORY",
    "LOG_NAMESPACE",
    "MAINPID",
    "MANAGERPID",
    "MONITOR_EXIT_CODE",
    "MONITOR_EXIT_STATUS",
    "MONITOR_INVOCATION_ID",
    "MONITOR_SERVICE_RESULT",
    "MONITOR_UNIT",
    "NOTIFY_SOCKET",
    "PATH",
    "PIDFILE",
    "REMOTE_ADDR",
    "REMOTE_PORT",
    "RUNTIME_DIRECTORY",
    "SERVICE_RESULT",
    "SHELL",
    "STATE_DIRECTORY",
    "SYSTEMD_EXEC_PID",
    "TERM",
    "USER",
    "WATCHDOG_USEC",
];

/// The rule `unit-variables`.
pub fn check(node: &Node, report: &mut Report) {
    // What the operating system's units define is not known.
    for unit in node.units.iter().filter(|unit| unit.is_whole) {
        let Some(defined) = defined(node, unit) else { continue };
        let mut told = BTreeSet::new();
        for (command, origin) in unit.commands().into_iter().filter(|(command, _)| command.expands) {
            // The program itself is taken as it is.
            for name in command.words.iter().skip(1).flat_map(|word| used(word)) {
                if !defined.contains(name) && !SYSTEMD.contains(&name) && told.insert(name.to_owned()) {
                    report.push(node.problem(
                        "unit-variables",
                        origin,
                        &format!("${{{name}}} in {}", unit.name),
                        "nothing defines this variable, so systemd puts nothing in its place",
                        "define it with `Environment=` or `EnvironmentFile=`, or write `$$` for a `$` that a shell is to see",
                    ));
                }
            }
        }
    }
}

/// The variables that a unit defines; `None` where it reads a file whose content is not known.
fn defined(node: &Node, unit: &Unit) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for (setting, _) in unit.settings() {
        match setting.key.as_str() {
            "Environment" => names.extend(variables(&setting.value).map(|(name, _)| name)),
            "PassEnvironment" => names.extend(setting.value.split_whitespace().map(str::to_owned)),
            "EnvironmentFile" if !setting.value.is_empty() => {
                // With - it may be missing, and be written later by anybody.
                let There::File(file) = node.find(&setting.value) else { return None };
                let text = String::from_utf8_lossy(&file.content);
                let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
                names.extend(lines.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())));
            }
            _ => {}
        }
    }
    Some(names)
}

/// The variables that systemd expands in a word: `${NAME}` anywhere, and `$NAME` that is the whole of it. `$$` is a
/// plain `$` (systemd.service(5), "Command lines").
fn used(word: &str) -> Vec<&str> {
    let mut names = Vec::new();
    if let Some(name) = word.strip_prefix('$').filter(|name| is_name(name)) {
        names.push(name);
    }
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
        } else if let Some(inside) = rest.strip_prefix('{') {
            names.extend(inside.split_once('}').map(|(name, _)| name).filter(|name| is_name(name)));
        }
    }
    names
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
